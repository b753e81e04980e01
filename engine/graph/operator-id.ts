import type { StreamGraph, StreamVertex } from './stream-graph.ts';

/** Flink's operator ids: murmur3_128 (seed 0) of the UTF-8 bytes of the uid, as 32 hexadecimal digits. */
const C1 = 0x87c37b91114253d5n;
const C2 = 0x4cf5ad432745937fn;

function rotate(value: bigint, bits: bigint): bigint {
  return BigInt.asUintN(64, value << bits) | (value >> (64n - bits));
}

function multiply(a: bigint, b: bigint): bigint {
  return BigInt.asUintN(64, a * b);
}

function finalize(value: bigint): bigint {
  let mixed = multiply(value ^ (value >> 33n), 0xff51afd7ed558ccdn);
  mixed = multiply(mixed ^ (mixed >> 33n), 0xc4ceb9fe1a85ec53n);
  return mixed ^ (mixed >> 33n);
}

function little(bytes: Uint8Array, from: number, to: number): bigint {
  let value = 0n;
  for (let i = Math.min(to, bytes.length) - 1; i >= from; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
}

function hex(value: bigint): string {
  const digits = value.toString(16).padStart(16, '0');
  return (digits.match(/../g) ?? []).reverse().join('');
}

/** The operator id of a uid. */
export function operatorId(uid: string): string {
  const bytes = new TextEncoder().encode(uid);
  let h1 = 0n;
  let h2 = 0n;
  const blocks = Math.floor(bytes.length / 16) * 16;
  const mix1 = (k: bigint): bigint => multiply(rotate(multiply(k, C1), 31n), C2);
  const mix2 = (k: bigint): bigint => multiply(rotate(multiply(k, C2), 33n), C1);
  for (let i = 0; i < blocks; i += 16) {
    h1 = BigInt.asUintN(64, multiply(rotate(h1 ^ mix1(little(bytes, i, i + 8)), 27n) + h2, 5n) + 0x52dce729n);
    h2 = BigInt.asUintN(64, multiply(rotate(h2 ^ mix2(little(bytes, i + 8, i + 16)), 31n) + h1, 5n) + 0x38495ab5n);
  }
  h1 ^= mix1(little(bytes, blocks, blocks + 8));
  h2 ^= mix2(little(bytes, blocks + 8, blocks + 16));
  const length = BigInt(bytes.length);
  h1 ^= length;
  h2 ^= length;
  h1 = BigInt.asUintN(64, h1 + h2);
  h2 = BigInt.asUintN(64, h2 + h1);
  h1 = finalize(h1);
  h2 = finalize(h2);
  h1 = BigInt.asUintN(64, h1 + h2);
  h2 = BigInt.asUintN(64, h2 + h1);
  return hex(h1) + hex(h2);
}

/** How users address operators, in their order in the graph: by uid, else by kind and ordinal among those of the kind. */
export function operatorLabels(operators: readonly { readonly uid: string | null; readonly kind: string }[]): readonly string[] {
  const ordinals = new Map<string, number>();
  return operators.map(({ uid, kind }) => {
    const ordinal = (ordinals.get(kind) ?? 0) + 1;
    ordinals.set(kind, ordinal);
    return uid ?? `${kind} ${ordinal}`;
  });
}

/** OperatorSpec.kind, or 'source'. */
export function kindOf({ role }: StreamVertex): string {
  return role.kind === 'source' ? 'source' : role.operator.kind;
}

/** The labels of a graph's operators, in its order. */
export function vertexLabels(vertices: readonly StreamVertex[]): readonly string[] {
  return operatorLabels(vertices.map((vertex) => ({ uid: vertex.uid, kind: kindOf(vertex) })));
}

/**
 * How the operators of a graph are found again in a checkpoint of the same program, by vertex id: the hash set by the user, else that of their label,
 * which edits of functions and names leave alone.
 */
export function operatorIds({ vertices }: StreamGraph): ReadonlyMap<number, string> {
  const labels = vertexLabels(vertices);
  return new Map(vertices.map(({ id, uidHash }, at) => [id, uidHash ?? operatorId(labels[at] ?? '')]));
}
