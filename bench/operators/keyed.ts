import { KeyedProcessFunction, type KeyedContext } from '../../engine/api/process-functions.ts';
import type { Collector } from '../../engine/api/collector.ts';
import { MapStateDescriptor, ReducingStateDescriptor, ValueStateDescriptor } from '../../engine/api/state-descriptors.ts';
import { StateTtlConfig } from '../../engine/api/state-ttl-config.ts';
import { Ends, into, type OperatorCase, type Row, rows, whole } from './case.ts';

const MINUTE = 60_000;

/** Counts the records of a key and tells the count a minute of event time after the first of them. */
class CountPerMinute extends KeyedProcessFunction<number, Row, number> {
  readonly #count = new ValueStateDescriptor<number>('count');

  override processElement(row: Row, ctx: KeyedContext<number>): void {
    const count = ctx.getState(this.#count);
    const before = count.value();
    if (before === null) ctx.timerService().registerEventTimeTimer((Math.floor(row.ts / MINUTE) + 1) * MINUTE - 1);
    count.update((before ?? 0) + 1);
  }

  override onTimer(_time: number, ctx: KeyedContext<number>, out: Collector<number>): void {
    const count = ctx.getState(this.#count);
    out.collect(count.value() ?? 0);
    count.clear();
  }
}

function countPerMinute(keys: number | undefined, records: number, name: string): OperatorCase {
  return {
    name,
    records,
    ...(keys === undefined ? {} : { keys }),
    pipeline: (env, data, sum) => into(rows(env, data).keyBy('key').process(new CountPerMinute()), sum, (count) => count),
    loop: ({ key, ts }, sum) => {
      const counts = new Map<number, number>();
      const timers = new Map<number, number[]>();
      const ends = new Ends();
      const fire = (end: number): void => {
        for (const due of timers.get(end) ?? []) {
          sum.add(counts.get(due) ?? 0);
          counts.delete(due);
        }
        timers.delete(end);
      };
      for (let i = 0; i < key.length; i++) {
        const id = key[i] ?? 0;
        const time = ts[i] ?? 0;
        const before = counts.get(id);
        counts.set(id, (before ?? 0) + 1);
        if (before === undefined) {
          const end = (Math.floor(time / MINUTE) + 1) * MINUTE;
          const due = timers.get(end);
          if (due === undefined) timers.set(end, [id]);
          else due.push(id);
          ends.expect(end);
        }
        ends.pass(time, fire);
      }
      ends.finish(fire);
    },
  };
}

/** Keyed operators outside of windows. */
export const KEYED: readonly OperatorCase[] = [
  {
    name: 'rolling sum',
    records: 3_000_000,
    pipeline: (env, data, sum) => into(rows(env, data).keyBy('key').sum('value'), sum, (row) => row.value),
    loop: ({ key, value }, sum) => {
      const sums = new Map<number, number>();
      for (let i = 0; i < key.length; i++) {
        const id = key[i] ?? 0;
        const next = (sums.get(id) ?? 0) + whole(value[i] ?? 0);
        sums.set(id, next);
        sum.add(next);
      }
    },
  },
  {
    name: 'rolling reduce',
    records: 3_000_000,
    pipeline: (env, data, sum) =>
      into(
        rows(env, data)
          .keyBy('key')
          .reduce((a, b) => (a.value >= b.value ? a : b)),
        sum,
        (row) => row.value,
      ),
    loop: ({ key, value }, sum) => {
      const largest = new Map<number, number>();
      for (let i = 0; i < key.length; i++) {
        const id = key[i] ?? 0;
        const next = Math.max(largest.get(id) ?? 0, whole(value[i] ?? 0));
        largest.set(id, next);
        sum.add(next);
      }
    },
  },
  {
    name: 'keyed process, ValueState',
    records: 3_000_000,
    pipeline: (env, data, sum) => {
      const count = new ValueStateDescriptor<number>('count');
      const counts = rows(env, data)
        .keyBy('key')
        .process<number>((_row, ctx, out) => {
          const state = ctx.getState(count);
          const next = (state.value() ?? 0) + 1;
          state.update(next);
          out.collect(next);
        });
      into(counts, sum, (value) => value);
    },
    loop: ({ key }, sum) => {
      const counts = new Map<number, number>();
      for (const id of key) {
        const next = (counts.get(id) ?? 0) + 1;
        counts.set(id, next);
        sum.add(next);
      }
    },
  },
  {
    name: 'keyed process, MapState',
    records: 2_000_000,
    pipeline: (env, data, sum) => {
      const byDigit = new MapStateDescriptor<number, number>('by digit');
      const counts = rows(env, data)
        .keyBy('key')
        .process<number>((row, ctx, out) => {
          const state = ctx.getMapState(byDigit);
          const digit = row.value % 10;
          const next = (state.get(digit) ?? 0) + 1;
          state.put(digit, next);
          out.collect(next);
        });
      into(counts, sum, (value) => value);
    },
    loop: ({ key, value }, sum) => {
      const counts = new Map<number, Map<number, number>>();
      for (let i = 0; i < key.length; i++) {
        const id = key[i] ?? 0;
        let digits = counts.get(id);
        if (digits === undefined) counts.set(id, (digits = new Map()));
        const digit = whole(value[i] ?? 0) % 10;
        const next = (digits.get(digit) ?? 0) + 1;
        digits.set(digit, next);
        sum.add(next);
      }
    },
  },
  {
    name: 'keyed process, ReducingState',
    records: 2_000_000,
    pipeline: (env, data, sum) => {
      const total = new ReducingStateDescriptor<number>('total', (a, b) => a + b);
      const totals = rows(env, data)
        .keyBy('key')
        .process<number>((row, ctx, out) => {
          const state = ctx.getReducingState(total);
          state.add(row.value);
          out.collect(state.get() ?? 0);
        });
      into(totals, sum, (value) => value);
    },
    loop: ({ key, value }, sum) => {
      const totals = new Map<number, number>();
      for (let i = 0; i < key.length; i++) {
        const id = key[i] ?? 0;
        const next = (totals.get(id) ?? 0) + whole(value[i] ?? 0);
        totals.set(id, next);
        sum.add(next);
      }
    },
  },
  {
    name: 'keyed process, ValueState that expires',
    records: 50_000,
    keys: 1_000,
    pipeline: (env, data, sum) => {
      const count = new ValueStateDescriptor<number>('count');
      count.enableTimeToLive(StateTtlConfig.newBuilder('1 h').build());
      const counts = rows(env, data)
        .keyBy('key')
        .process<number>((_row, ctx, out) => {
          const state = ctx.getState(count);
          const next = (state.value() ?? 0) + 1;
          state.update(next);
          out.collect(next);
        });
      into(counts, sum, (value) => value);
    },
    loop: ({ key }, sum) => {
      const counts = new Map<number, { n: number; written: number }>();
      for (const id of key) {
        let count = counts.get(id);
        if (count === undefined || count.written + 3_600_000 <= 0) counts.set(id, (count = { n: 0, written: 0 }));
        count.n++;
        count.written = 0;
        sum.add(count.n);
      }
    },
  },
  countPerMinute(undefined, 3_000_000, 'keyed process, state and timer'),
];

/** The same with ever more keys, each with a timer: the cost per record stays, or it is not linear. */
export const MANY_KEYS: readonly OperatorCase[] = [
  countPerMinute(10_000, 2_000_000, '10,000 keys with a timer each'),
  countPerMinute(100_000, 2_000_000, '100,000 keys with a timer each'),
  countPerMinute(1_000_000, 2_000_000, '1,000,000 keys with a timer each'),
];
