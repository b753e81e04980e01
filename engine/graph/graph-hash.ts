import { describePlan } from '../api/watermark-strategy.ts';
import type { KeySelection, Partitioner, StreamEdge, StreamGraph, StreamVertex, VertexRole } from './stream-graph.ts';

/** Everything about a vertex that decides what it does, as canonical text (rule 3). */
export function describeVertex(vertex: StreamVertex): string {
  return JSON.stringify([
    vertex.id,
    vertex.name,
    vertex.uid,
    vertex.uidHash,
    vertex.parallelism,
    vertex.maxParallelism,
    vertex.chaining,
    vertex.slotSharingGroup,
    vertex.display,
    vertex.inputs.map(describeEdge),
    describeWork(vertex.role),
  ]);
}

function describeEdge({ from, tag, partitioner, input }: StreamEdge): unknown {
  return [from, tag, partitioner && describePartitioner(partitioner), ...(input === 0 ? [] : [input])];
}

function describeWork(role: VertexRole): unknown {
  return role.kind === 'source'
    ? { source: role.source.description, boundedness: role.source.boundedness, strategy: describePlan(role.strategy) }
    : { operator: role.operator.kind, config: role.operator.config, functions: role.operator.functions.map((f) => f.source) };
}

/** Equal for operators that do the same, wherever they are and whatever they are called. */
export function operatorSignature({ role }: StreamVertex): string {
  return fnv1a(JSON.stringify(describeWork(role)));
}

function describePartitioner(partitioner: Partitioner): unknown {
  switch (partitioner.kind) {
    case 'hash':
      return ['hash', describeSelection(partitioner.selection)];
    case 'custom':
      return ['custom', describeSelection(partitioner.selection), partitioner.partitioner.source];
    default:
      return [partitioner.kind];
  }
}

/** A key selection as plain data, with functions as their source text. */
export function describeSelection(selection: KeySelection): unknown {
  return selection.kind === 'function' ? ['function', selection.selector.source] : selection;
}

/** FNV-1a over UTF-16 code units, 32 bits, hexadecimal. */
function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** Equal for two evaluations of one program; different when an operator, a function or a setting differs. */
export function graphHash(graph: StreamGraph): string {
  return fnv1a(JSON.stringify([graph.jobName, graph.chaining, graph.maxParallelism, graph.vertices.map(describeVertex)]));
}

/** The first vertex in which two graphs differ, from `second` if it has it; null when they do not differ. */
export function firstDifference(first: StreamGraph, second: StreamGraph): StreamVertex | null {
  const count = Math.max(first.vertices.length, second.vertices.length);
  for (let i = 0; i < count; i++) {
    const a = first.vertices[i];
    const b = second.vertices[i];
    if (!a || !b) return b ?? a ?? null;
    if (describeVertex(a) !== describeVertex(b)) return b;
  }
  return null;
}
