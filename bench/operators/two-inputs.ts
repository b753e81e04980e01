import { TumblingEventTimeWindows } from '../../engine/api/assigners/tumbling-event-time.ts';
import type { Collector } from '../../engine/api/collector.ts';
import {
  type BroadcastContext,
  BroadcastProcessFunction,
  KeyedCoProcessFunction,
  type KeyedContext,
  type ReadOnlyBroadcastContext,
} from '../../engine/api/process-functions.ts';
import { MapStateDescriptor, ValueStateDescriptor } from '../../engine/api/state-descriptors.ts';
import { type Columns, into, type OperatorCase, type Row, rows, type Sum, whole } from './case.ts';

const WINDOW = 100;
/** ms that a right record may be later. */
const LATER = 50;

/** Counts the records of a key in both streams. */
class CountBoth extends KeyedCoProcessFunction<unknown, Row, Row, number> {
  readonly #count = new ValueStateDescriptor<number>('count');
  #add(ctx: KeyedContext<unknown>, out: Collector<number>): void {
    const count = ctx.getState(this.#count);
    const next = (count.value() ?? 0) + 1;
    count.update(next);
    out.collect(next);
  }
  override processElement1(_row: Row, ctx: KeyedContext<unknown>, out: Collector<number>): void {
    this.#add(ctx, out);
  }
  override processElement2(_row: Row, ctx: KeyedContext<unknown>, out: Collector<number>): void {
    this.#add(ctx, out);
  }
}

const offsets = (): MapStateDescriptor<string, number> => new MapStateDescriptor<string, number>('offsets');

/** Adds what the broadcast state says, which is nothing, so that it does not matter when it comes. */
class AddOffset extends BroadcastProcessFunction<Row, number, number> {
  readonly #offsets = offsets();
  override processElement(row: Row, ctx: ReadOnlyBroadcastContext, out: Collector<number>): void {
    out.collect(row.value + (ctx.getBroadcastState(this.#offsets).get('all') ?? 0));
  }
  override processBroadcastElement(offset: number, ctx: BroadcastContext): void {
    ctx.getBroadcastState(this.#offsets).put('all', offset);
  }
}

interface Timed {
  readonly ts: number;
  readonly value: number;
}

/** The records of each key in order of time. */
function byKey({ key, ts, value }: Columns): Iterable<readonly Timed[]> {
  const lists = new Map<number, Timed[]>();
  for (let i = 0; i < key.length; i++) {
    const id = key[i] ?? 0;
    const record = { ts: ts[i] ?? 0, value: whole(value[i] ?? 0) };
    const list = lists.get(id);
    if (list === undefined) lists.set(id, [record]);
    else list.push(record);
  }
  for (const list of lists.values()) list.sort((a, b) => a.ts - b.ts);
  return lists.values();
}

/** Both sides are the same records here. */
function joinedByInterval(data: Columns, sum: Sum): void {
  for (const list of byKey(data)) {
    let first = 0;
    for (const left of list) {
      while ((list[first]?.ts ?? 0) < left.ts) first++;
      for (let at = first; at < list.length; at++) {
        const right = list[at];
        if (right === undefined || right.ts > left.ts + LATER) break;
        sum.add(left.value + right.value);
      }
    }
  }
}

function joinedInWindows(data: Columns, sum: Sum): void {
  for (const list of byKey(data)) {
    for (let from = 0; from < list.length; ) {
      const window = Math.floor((list[from]?.ts ?? 0) / WINDOW);
      let to = from;
      while (to < list.length && Math.floor((list[to]?.ts ?? 0) / WINDOW) === window) to++;
      for (let a = from; a < to; a++) for (let b = from; b < to; b++) sum.add((list[a]?.value ?? 0) + (list[b]?.value ?? 0));
      from = to;
    }
  }
}

/** Operators with two inputs; both streams have all the records, so that there are twice as many. */
export const TWO_INPUTS: readonly OperatorCase[] = [
  {
    name: 'co-process of two keyed streams',
    records: 200_000,
    pipeline: (env, data, sum) =>
      into(
        rows(env, data, 'left')
          .connect(rows(env, data, 'right'))
          .keyBy('key', 'key')
          .process(new CountBoth()),
        sum,
        (count) => count,
      ),
    loop: ({ key }, sum) => {
      const counts = new Map<number, number>();
      for (let round = 0; round < 2; round++) {
        for (const id of key) {
          const next = (counts.get(id) ?? 0) + 1;
          counts.set(id, next);
          sum.add(next);
        }
      }
    },
  },
  {
    name: 'broadcast state beside a stream',
    records: 2_000_000,
    pipeline: (env, data, sum) =>
      into(rows(env, data).connect(env.fromData(0).broadcast(offsets())).process(new AddOffset()), sum, (value) => value),
    loop: ({ value }, sum) => {
      const state = new Map([['all', 0]]);
      for (const one of value) sum.add(whole(one) + (state.get('all') ?? 0));
    },
  },
  {
    name: 'interval join',
    records: 20_000,
    pipeline: (env, data, sum) =>
      into(
        rows(env, data, 'left')
          .keyBy('key')
          .intervalJoin(rows(env, data, 'right').keyBy('key'))
          .between(0, LATER)
          .process<number>((left, right) => [left.value + right.value]),
        sum,
        (value) => value,
      ),
    loop: joinedByInterval,
  },
  {
    name: 'window join',
    records: 20_000,
    pipeline: (env, data, sum) =>
      into(
        rows(env, data, 'left')
          .join(rows(env, data, 'right'))
          .where((row) => row.key)
          .equalTo((row) => row.key)
          .window(TumblingEventTimeWindows.of(WINDOW))
          .apply((left, right) => left.value + right.value),
        sum,
        (value) => value,
      ),
    loop: joinedInWindows,
  },
];
