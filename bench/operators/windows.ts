import { SlidingEventTimeWindows } from '../../engine/api/assigners/sliding-event-time.ts';
import { TumblingEventTimeWindows } from '../../engine/api/assigners/tumbling-event-time.ts';
import { type Columns, Ends, into, type OperatorCase, rows, type Sum, whole } from './case.ts';

/** Sums of windows of `size` ms, one every `slide` ms, by hand: a sum per slice, and windows add the slices up when they end. */
function windowSums({ key, ts, value }: Columns, sum: Sum, size: number, slide: number): void {
  const slices = new Map<number, Map<number, number>>();
  const ends = new Ends();
  const fire = (end: number): void => {
    const sums = new Map<number, number>();
    for (let start = end - size; start < end; start += slide) {
      for (const [id, part] of slices.get(start) ?? []) sums.set(id, (sums.get(id) ?? 0) + part);
    }
    for (const total of sums.values()) sum.add(total);
    slices.delete(end - size);
  };
  for (let i = 0; i < key.length; i++) {
    const time = ts[i] ?? 0;
    const start = time - (time % slide);
    let slice = slices.get(start);
    if (slice === undefined) {
      slices.set(start, (slice = new Map()));
      for (let end = start + slide; end <= start + size; end += slide) ends.expect(end);
    }
    const id = key[i] ?? 0;
    slice.set(id, (slice.get(id) ?? 0) + whole(value[i] ?? 0));
    ends.pass(time, fire);
  }
  ends.finish(fire);
}

function sliding(slices: number): OperatorCase {
  const slide = 1_000;
  const size = slides(slices);
  return {
    name: `sliding window, size / slide = ${slices}: sum`,
    records: 2_000_000,
    keys: 1_000,
    pipeline: (env, data, sum) =>
      into(
        rows(env, data)
          .keyBy('key')
          .window(SlidingEventTimeWindows.of(size, slide))
          .aggregate({ total: ['sum', 'value'] }),
        sum,
        (r) => r.total,
      ),
    loop: (data, sum) => windowSums(data, sum, size, slide),
  };
}

const slides = (slices: number): number => slices * 1_000;

/** Windows of event time, by assigner and by function. */
export const WINDOWS: readonly OperatorCase[] = [
  {
    name: 'tumbling window: built-in aggregates',
    records: 5_000_000,
    pipeline: (env, data, sum) =>
      into(
        rows(env, data)
          .keyBy('key')
          .window(TumblingEventTimeWindows.of(10_000))
          .aggregate({ total: ['sum', 'value'] }),
        sum,
        (r) => r.total,
      ),
    loop: (data, sum) => windowSums(data, sum, 10_000, 10_000),
  },
  {
    name: 'tumbling window: AggregateFunction',
    records: 3_000_000,
    pipeline: (env, data, sum) =>
      into(
        rows(env, data)
          .keyBy('key')
          .window(TumblingEventTimeWindows.of(10_000))
          .aggregate({
            createAccumulator: () => ({ total: 0 }),
            add: (row, acc: { total: number }) => {
              acc.total += row.value;
              return acc;
            },
            getResult: (acc) => acc.total,
          }),
        sum,
        (total) => total,
      ),
    loop: (data, sum) => windowSums(data, sum, 10_000, 10_000),
  },
  {
    name: 'tumbling window: reduce',
    records: 3_000_000,
    pipeline: (env, data, sum) =>
      into(
        rows(env, data)
          .keyBy('key')
          .window(TumblingEventTimeWindows.of(10_000))
          .reduce((a, b) => ({ key: a.key, ts: a.ts, value: a.value + b.value })),
        sum,
        (row) => row.value,
      ),
    loop: (data, sum) => windowSums(data, sum, 10_000, 10_000),
  },
  {
    name: 'tumbling window: process',
    records: 3_000_000,
    pipeline: (env, data, sum) =>
      into(
        rows(env, data)
          .keyBy('key')
          .window(TumblingEventTimeWindows.of(10_000))
          .process<number>((_key, _context, elements) => {
            let total = 0;
            for (const { value } of elements) total += value;
            return [total];
          }),
        sum,
        (total) => total,
      ),
    loop: (data, sum) => windowSums(data, sum, 10_000, 10_000),
  },
  sliding(1),
  sliding(10),
  sliding(100),
];
