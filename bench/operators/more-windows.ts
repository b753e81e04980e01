import { CumulatingEventTimeWindows } from '../../engine/api/assigners/cumulating-event-time.ts';
import { GlobalWindows } from '../../engine/api/assigners/global.ts';
import { TumblingEventTimeWindows } from '../../engine/api/assigners/tumbling-event-time.ts';
import { CountEvictor } from '../../engine/api/evictors/count.ts';
import { CountTrigger } from '../../engine/api/triggers/count.ts';
import { type Columns, Ends, into, type OperatorCase, rows, type Sum, whole } from './case.ts';

/** Records after which a window of a count fires. */
const COUNT = 50;
/** Records that the evictor leaves. */
const KEPT = 10;

/** Calls `full` after every 50th record of a key with its sum so far, and goes on with what it gives. */
function everyCount({ key, value }: Columns, full: (total: number) => number): void {
  const counts = new Map<number, { n: number; total: number }>();
  for (let i = 0; i < key.length; i++) {
    const id = key[i] ?? 0;
    let count = counts.get(id);
    if (count === undefined) counts.set(id, (count = { n: 0, total: 0 }));
    count.total += whole(value[i] ?? 0);
    if (++count.n % COUNT === 0) count.total = full(count.total);
  }
}

function lastOfCount({ key, value }: Columns, sum: Sum): void {
  const counts = new Map<number, { n: number; last: number[] }>();
  for (let i = 0; i < key.length; i++) {
    const id = key[i] ?? 0;
    let count = counts.get(id);
    if (count === undefined) counts.set(id, (count = { n: 0, last: [] }));
    count.last[count.n++ % KEPT] = whole(value[i] ?? 0);
    if (count.n % COUNT === 0) sum.add(count.last.reduce((a, b) => a + b, 0));
  }
}

/** Sums from the start of each ten seconds to every second in them. */
function cumulatedSums({ key, ts, value }: Columns, sum: Sum): void {
  const [size, step] = [10_000, 1_000];
  const windows = new Map<number, Map<number, number>>();
  const slices = new Map<number, Map<number, number>>();
  const ends = new Ends();
  const fire = (end: number): void => {
    const start = Math.floor((end - 1) / size) * size;
    let sums = windows.get(start);
    if (sums === undefined) windows.set(start, (sums = new Map()));
    for (const [id, part] of slices.get(end - step) ?? []) sums.set(id, (sums.get(id) ?? 0) + part);
    for (const total of sums.values()) sum.add(total);
    slices.delete(end - step);
    if (end === start + size) windows.delete(start);
  };
  for (let i = 0; i < key.length; i++) {
    const time = ts[i] ?? 0;
    const start = time - (time % step);
    let slice = slices.get(start);
    if (slice === undefined) {
      slices.set(start, (slice = new Map()));
      const until = Math.floor(time / size) * size + size;
      for (let end = start + step; end <= until; end += step) ends.expect(end);
    }
    const id = key[i] ?? 0;
    slice.set(id, (slice.get(id) ?? 0) + whole(value[i] ?? 0));
    ends.pass(time, fire);
  }
  ends.finish(fire);
}

function sumsOfAll({ ts, value }: Columns, sum: Sum): void {
  const sums = new Map<number, number>();
  const ends = new Ends();
  const fire = (end: number): void => {
    sum.add(sums.get(end) ?? 0);
    sums.delete(end);
  };
  for (let i = 0; i < ts.length; i++) {
    const time = ts[i] ?? 0;
    const end = time - (time % 1_000) + 1_000;
    const before = sums.get(end);
    if (before === undefined) ends.expect(end);
    sums.set(end, (before ?? 0) + whole(value[i] ?? 0));
    ends.pass(time, fire);
  }
  ends.finish(fire);
}

/** Windows that are neither tumbling nor sliding nor sessions. */
export const MORE_WINDOWS: readonly OperatorCase[] = [
  {
    name: 'count window: built-in aggregates',
    records: 200_000,
    keys: 1_000,
    pipeline: (env, data, sum) =>
      into(
        rows(env, data)
          .keyBy('key')
          .countWindow(COUNT)
          .aggregate({ total: ['sum', 'value'] }),
        sum,
        (r) => r.total,
      ),
    loop: (data, sum) =>
      everyCount(data, (total) => {
        sum.add(total);
        return 0;
      }),
  },
  {
    name: 'global window with a count trigger',
    records: 200_000,
    keys: 1_000,
    pipeline: (env, data, sum) =>
      into(
        rows(env, data)
          .keyBy('key')
          .window(GlobalWindows.create())
          .trigger(CountTrigger.of(COUNT))
          .aggregate({ total: ['sum', 'value'] }),
        sum,
        (r) => r.total,
      ),
    loop: (data, sum) =>
      everyCount(data, (total) => {
        sum.add(total);
        return total;
      }),
  },
  {
    name: 'global window with trigger and evictor',
    records: 200_000,
    keys: 1_000,
    pipeline: (env, data, sum) =>
      into(
        rows(env, data)
          .keyBy('key')
          .window(GlobalWindows.create())
          .trigger(CountTrigger.of(COUNT))
          .evictor(CountEvictor.of(KEPT))
          .aggregate({ total: ['sum', 'value'] }),
        sum,
        (r) => r.total,
      ),
    loop: lastOfCount,
  },
  {
    name: 'cumulating window, size / step = 10: sum',
    records: 200_000,
    keys: 1_000,
    pipeline: (env, data, sum) =>
      into(
        rows(env, data)
          .keyBy('key')
          .window(CumulatingEventTimeWindows.of(10_000, 1_000))
          .aggregate({ total: ['sum', 'value'] }),
        sum,
        (r) => r.total,
      ),
    loop: cumulatedSums,
  },
  {
    name: 'windowAll: reduce',
    records: 3_000_000,
    pipeline: (env, data, sum) =>
      into(
        rows(env, data)
          .windowAll(TumblingEventTimeWindows.of(1_000))
          .reduce((a, b) => ({ key: a.key, ts: a.ts, value: a.value + b.value })),
        sum,
        (row) => row.value,
      ),
    loop: sumsOfAll,
  },
];
