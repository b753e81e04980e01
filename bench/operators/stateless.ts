import { OutputTag } from '../../engine/api/output-tag.ts';
import { into, type OperatorCase, rows, whole } from './case.ts';

const LARGE = 1_000;

/** Operators without state: what is measured is a record's way through the chain. */
export const STATELESS: readonly OperatorCase[] = [
  {
    name: 'map',
    records: 5_000_000,
    pipeline: (env, data, sum) =>
      into(
        rows(env, data).map((row) => ({ key: row.key, ts: row.ts, value: row.value + 1 })),
        sum,
        (row) => row.value,
      ),
    loop: ({ value }, sum) => {
      for (const one of value) sum.add(whole(one) + 1);
    },
  },
  {
    name: 'flatMap',
    records: 3_000_000,
    pipeline: (env, data, sum) =>
      into(
        rows(env, data).flatMap<number>((row, out) => {
          out.collect(row.value);
          if (row.value > LARGE) out.collect(-row.value);
        }),
        sum,
        (value) => value,
      ),
    loop: ({ value }, sum) => {
      for (const one of value) {
        sum.add(whole(one));
        if (whole(one) > LARGE) sum.add(-whole(one));
      }
    },
  },
  {
    name: 'process with a side output',
    records: 3_000_000,
    pipeline: (env, data, sum) => {
      const large = new OutputTag<number>('large');
      const main = rows(env, data).process<number>((row, ctx, out) => {
        if (row.value > LARGE) ctx.output(large, -row.value);
        else out.collect(row.value);
      });
      into(main, sum, (value) => value);
      into(main.getSideOutput(large), sum, (value) => value);
    },
    loop: ({ value }, sum) => {
      for (const one of value) sum.add(whole(one) > LARGE ? -whole(one) : whole(one));
    },
  },
];
