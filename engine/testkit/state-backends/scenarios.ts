import assert from 'node:assert/strict';
import { SeededRandom } from '../../api/random.ts';
import { compareBytes } from '../../state/byte-writer.ts';
import { keyGroupOf } from '../../state/key-groups.ts';
import type { EncodedState, RestoredState, StateCapture } from '../../state/state-capture.ts';
import { MAX_PARALLELISM, type Subject } from './subjects.ts';

type Entries = Map<string, readonly [Uint8Array, Uint8Array]>;

/** What a store of checkpoints would have of a state after all captures so far. */
interface Checkpointed {
  readonly state: EncodedState;
  readonly entries: Entries;
}

/** A state on the backend under test beside the same one on the heap, which has to be no different at any time. */
export class Pair {
  readonly own: Subject;
  readonly heap: Subject;
  readonly #fresh: () => Pair;
  readonly #checkpoints = new Map<Subject, Map<string, Checkpointed>>();

  /** `fresh`: another pair, empty. */
  constructor(own: Subject, heap: Subject, fresh: () => Pair) {
    this.own = own;
    this.heap = heap;
    this.#fresh = fresh;
  }

  fresh(): Pair {
    return this.#fresh();
  }

  set(key: unknown, namespace: number, n: number): void {
    this.own.set(key, namespace, n);
    this.heap.set(key, namespace, n);
  }

  clear(key: unknown, namespace: number): void {
    this.own.clear(key, namespace);
    this.heap.clear(key, namespace);
  }

  /** Both hold the same: for these keys as user code sees it, and byte by byte. */
  verify(keys: readonly unknown[], message?: string): void {
    for (const key of keys) {
      for (const namespace of [0, 1]) assert.deepEqual(this.own.read(key, namespace), this.heap.read(key, namespace), message);
    }
    assert.deepEqual(Buffer.from(this.own.bytes()).toString('hex'), Buffer.from(this.heap.bytes()).toString('hex'), message);
  }

  captures(full: boolean): readonly [own: readonly StateCapture[], heap: readonly StateCapture[]] {
    return [this.own.captures(full), this.heap.captures(full)];
  }

  /** Ends captures, lays them over those before and compares what a checkpoint holds then: entries, order, counts, bytes. */
  finish([own, heap]: readonly [readonly StateCapture[], readonly StateCapture[]]): void {
    const [ours, theirs] = [this.#finish(this.own, own), this.#finish(this.heap, heap)];
    assert.deepEqual(describe(ours), describe(theirs));
  }

  #finish(subject: Subject, captures: readonly StateCapture[]): ReadonlyMap<string, Checkpointed> {
    const known = this.#checkpoints.get(subject) ?? new Map<string, Checkpointed>();
    this.#checkpoints.set(subject, known);
    for (const capture of captures) {
      while (capture.encode(3) > 0);
      const state = capture.finish();
      known.set(state.name, { state, entries: lay(state, known.get(state.name)?.entries) });
    }
    return known;
  }

  /** What the checkpoints of one side hold, for the key groups in range. */
  checkpointed(side: 'own' | 'heap', start = 0, end = MAX_PARALLELISM - 1): readonly RestoredState[] {
    return [...(this.#checkpoints.get(side === 'own' ? this.own : this.heap) ?? [])].map(([name, { state, entries }]) => ({
      name,
      kind: state.kind,
      entries: sorted(entries).filter(([key]) => {
        const keyGroup = ((key[0] ?? 0) << 8) | (key[1] ?? 0);
        return keyGroup >= start && keyGroup <= end;
      }),
    }));
  }
}

function sorted(entries: Entries): readonly (readonly [Uint8Array, Uint8Array])[] {
  return [...entries.values()].sort(([a], [b]) => compareBytes(a, b));
}

function lay({ mode, groups, name }: EncodedState, before: Entries | undefined): Entries {
  assert.ok(mode === 'full' || before !== undefined, `${name} gave a delta, but nothing came before`);
  const entries: Entries = mode === 'full' || before === undefined ? new Map() : before;
  let last: Uint8Array | null = null;
  for (const { keyGroup, keys, values } of groups) {
    for (const [at, key] of keys.entries()) {
      assert.ok(last === null || compareBytes(last, key) < 0, 'entries are in the order of their keys, each once');
      assert.equal(((key[0] ?? 0) << 8) | (key[1] ?? 0), keyGroup);
      last = key;
      const value = values[at] ?? null;
      const identity = Buffer.from(key).toString('latin1');
      if (value === null) entries.delete(identity);
      else entries.set(identity, [key, value]);
    }
  }
  return entries;
}

function describe(states: ReadonlyMap<string, Checkpointed>): unknown {
  return [...states]
    .filter(([, { state }]) => state.entries > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { state, entries }]) => ({
      name,
      kind: state.kind,
      count: state.entries,
      bytes: state.bytes,
      next: state.next,
      entries: sorted(entries).map(([key, value]) => `${Buffer.from(key).toString('hex')}=${Buffer.from(value).toString('hex')}`),
    }));
}

const KEYS = ['a', 'b', 1, 2, ['t', 3]];

/** Keys that something else than care would confuse. */
const HOSTILE = [
  '',
  '\u0000',
  '\u0000\u0000',
  '__proto__',
  'constructor',
  '\ud800',
  '\udfff\ud800',
  '\uffff',
  'a\u0000',
  'ä',
  '0',
  0,
  1,
  -1,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.MIN_VALUE,
  2 ** 40,
  1n,
  -1n,
  10n ** 40n,
  true,
  false,
  [],
  [[]],
  ['a', ['b', 1]],
  { a: 1 },
  { b: { a: '' } },
  'x'.repeat(2_000),
];

/** As many keys as make every cache too small. */
const MANY = Array.from({ length: 150 }, (_, n) => (n % 3 === 0 ? `key ${n}` : n));

export const SCENARIOS: Readonly<Record<string, (pair: Pair) => void>> = {
  'is empty at first'(pair) {
    pair.verify(KEYS);
    pair.finish(pair.captures(true));
  },
  'keeps what it is given, key by key and namespace by namespace'(pair) {
    pair.set('a', 0, 1);
    pair.verify(KEYS);
    pair.set('a', 1, 2);
    pair.set('b', 0, 3);
    pair.set(1, 1, 4);
    pair.set('1', 1, 5);
    pair.verify([...KEYS, '1']);
  },
  'is updated'(pair) {
    for (let n = 0; n < 5; n++) for (const key of KEYS) pair.set(key, n % 2, n);
    pair.verify(KEYS);
  },
  'is cleared, for one key and namespace only'(pair) {
    for (const key of KEYS) for (const namespace of [0, 1]) pair.set(key, namespace, 7);
    pair.clear('a', 0);
    pair.verify(KEYS);
    pair.clear('a', 1);
    pair.clear(['t', 3], 0);
    pair.verify(KEYS);
  },
  'can be cleared when there is nothing'(pair) {
    pair.clear('a', 0);
    pair.clear('a', 0);
    pair.verify(KEYS);
  },
  'begins anew after it was cleared'(pair) {
    pair.set('a', 0, 1);
    pair.clear('a', 0);
    pair.set('a', 0, 2);
    pair.verify(KEYS);
    pair.finish(pair.captures(true));
  },
  'keeps keys of every key group apart'(pair) {
    const keys = Array.from({ length: 300 }, (_, n) => n);
    for (const key of keys) pair.set(key, key % 2, key);
    assert.ok(new Set(keys.map((key) => keyGroupOf(key, MAX_PARALLELISM))).size > 100);
    pair.verify([0, 7, 99, 299]);
    pair.finish(pair.captures(true));
  },
  'may be much more than is kept in memory'(pair) {
    for (const n of [1, 2, 3]) for (const key of MANY) pair.set(key, n % 2, n);
    for (const key of MANY.slice(0, 50)) pair.clear(key, 1);
    pair.verify(MANY.filter((_, n) => n % 40 === 0));
    pair.finish(pair.captures(true));
  },
  'tells hostile keys apart'(pair) {
    for (const [n, key] of HOSTILE.entries()) pair.set(key, n % 2, n);
    pair.verify(HOSTILE);
    pair.set(-0, 0, 100);
    pair.verify([0, -0]);
    pair.finish(pair.captures(true));
  },
  'gives a checkpoint what it held at the barrier, whatever changes while it is encoded'(pair) {
    for (const key of MANY) pair.set(key, 0, 1);
    const captures = pair.captures(true);
    for (const side of captures) for (const capture of side) capture.encode(20);
    for (const [n, key] of MANY.entries()) {
      if (n % 3 === 0) pair.set(key, 0, 2);
      if (n % 5 === 0) pair.set(key, 1, 2);
      if (n % 50 === 0) for (const side of captures) for (const capture of side) capture.encode(7);
    }
    pair.clear('key 0', 0);
    pair.set('new', 0, 1);
    pair.finish(captures);
    pair.finish(pair.captures(false));
    pair.verify([...MANY.slice(0, 20), 'new']);
  },
  'gives deltas that add up'(pair) {
    for (const key of KEYS) pair.set(key, 0, 1);
    pair.finish(pair.captures(false));
    pair.set('a', 0, 2);
    pair.set('c', 0, 2);
    pair.finish(pair.captures(false));
    pair.clear('b', 0);
    pair.set('d', 0, 3);
    pair.clear('d', 0);
    pair.finish(pair.captures(false));
    pair.finish(pair.captures(false));
    pair.set('a', 1, 3);
    pair.finish(pair.captures(false));
    pair.finish(pair.captures(true));
  },
  'gives deltas of what changes while one is encoded'(pair) {
    for (const key of MANY) pair.set(key, 0, 1);
    pair.finish(pair.captures(true));
    for (const key of MANY.slice(0, 100)) pair.set(key, 0, 2);
    const captures = pair.captures(false);
    for (const key of MANY.slice(50, 120)) pair.set(key, 0, 3);
    pair.finish(captures);
    pair.finish(pair.captures(false));
  },
  'gives everything after a checkpoint that was called off'(pair) {
    for (const key of MANY) pair.set(key, 0, 1);
    pair.finish(pair.captures(true));
    pair.set('a', 0, 1);
    for (const side of pair.captures(false)) for (const capture of side) capture.release();
    pair.set('b', 0, 1);
    const captures = pair.captures(true);
    for (const side of captures) for (const capture of side) capture.encode(1);
    for (const side of captures) for (const capture of side) capture.release();
    pair.finish(pair.captures(false));
  },
  'comes back from its own checkpoint and from that of the heap, and goes on'(pair) {
    for (const key of MANY) pair.set(key, 0, 1);
    pair.set('b', 1, 2);
    pair.finish(pair.captures(true));
    for (const [own, heap] of [
      ['own', 'heap'],
      ['heap', 'own'],
    ] as const) {
      const next = pair.fresh();
      next.own.restore(pair.checkpointed(own));
      next.heap.restore(pair.checkpointed(heap));
      for (const key of ['b', 'c', 7]) next.set(key, 1, 5);
      next.verify(['b', 'c', 7, 8]);
      next.finish(next.captures(false));
    }
  },
  'comes back at another parallelism: 1, 3, 2'(pair) {
    for (const key of MANY) pair.set(key, 0, 1);
    pair.finish(pair.captures(true));
    const rescaled = (from: readonly Pair[], ranges: readonly (readonly [number, number])[]): readonly Pair[] =>
      ranges.map(([start, end], at) => {
        const next = pair.fresh();
        next.own.restore(merged(from.map((one) => one.checkpointed('own', start, end))));
        next.heap.restore(merged(from.map((one) => one.checkpointed('heap', start, end))));
        for (const key of MANY.filter((one) => inRange(one, start, end)).slice(0, 30)) next.set(key, at % 2, 9);
        next.finish(next.captures(true));
        return next;
      });
    const three = rescaled(
      [pair],
      [
        [0, 42],
        [43, 85],
        [86, 127],
      ],
    );
    for (const two of rescaled(three, [
      [0, 63],
      [64, 127],
    ]))
      two.verify(MANY.slice(0, 10));
  },
  'is the same as on the heap after many things that happen at random'(pair) {
    const random = new SeededRandom(7, 1, 1);
    const keys = [...KEYS, ...MANY.slice(0, 20)];
    let captures: ReturnType<Pair['captures']> | null = null;
    for (let n = 0; n < 600; n++) {
      const key = keys[random.nextInt(keys.length)];
      switch (random.nextInt(12)) {
        case 0:
          pair.clear(key, random.nextInt(2));
          break;
        case 1:
          if (captures === null) captures = pair.captures(random.nextInt(3) === 0);
          break;
        case 2:
          for (const side of captures ?? []) for (const capture of side) capture.encode(4);
          break;
        case 3:
          if (captures !== null) pair.finish(captures);
          captures = null;
          break;
        case 4:
          for (const namespace of [0, 1]) assert.deepEqual(pair.own.read(key, namespace), pair.heap.read(key, namespace));
          break;
        default:
          pair.set(key, random.nextInt(2), random.nextInt(20));
      }
    }
    pair.verify(keys);
  },
};

function inRange(key: unknown, start: number, end: number): boolean {
  const keyGroup = keyGroupOf(key, MAX_PARALLELISM);
  return keyGroup >= start && keyGroup <= end;
}

/** The parts of several subtasks as one. */
function merged(parts: readonly (readonly RestoredState[])[]): readonly RestoredState[] {
  const names = new Map(parts.flat().map(({ name, kind }) => [name, kind]));
  return [...names].map(([name, kind]) => {
    const entries = parts.flatMap((states) => states.filter((state) => state.name === name).flatMap((state) => [...state.entries]));
    return { name, kind, entries: entries.sort(([a], [b]) => compareBytes(a, b)) };
  });
}
