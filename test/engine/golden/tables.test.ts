import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { SlidingEventTimeWindows } from '../../../engine/api/assigners/sliding-event-time.ts';
import { mergeTimeWindows } from '../../../engine/api/merge-windows.ts';
import { TimeWindow, windowStart } from '../../../engine/api/windows.ts';
import { redistribute } from '../../../engine/checkpoint/redistribute.ts';
import type { OperatorState, Redistribution } from '../../../engine/checkpoint/snapshot.ts';
import { exponentialDelay, NO_BACKOFF } from '../../../engine/failover/exponential-delay.ts';
import { type FailureRateState, failureRate } from '../../../engine/failover/failure-rate.ts';
import { operatorId } from '../../../engine/graph/operator-id.ts';
import { defaultMaxParallelism, hashCode, keyGroupOf, keyGroupRange, subtaskOfKeyGroup } from '../../../engine/state/key-groups.ts';
import { decodeValue, encodeValue } from '../../../engine/state/stored-value.ts';
import { runPipeline } from '../../../engine/testkit/pipeline.ts';
import { end, record } from '../../../engine/testkit/script.ts';

/** The rows of a table that Flink's own classes computed. */
async function table<Row>(name: string): Promise<readonly Row[]> {
  const text = await readFile(new URL(`../../golden/tables/${name}.json`, import.meta.url), 'utf8');
  // SAFETY: the files are part of the project; a row of another shape fails its test.
  return (JSON.parse(text) as { readonly table: readonly Row[] }).table;
}

interface KeyRow {
  readonly type: string;
  readonly key: unknown;
  readonly hashCode: number;
  readonly keyGroup128: number;
  readonly keyGroup4096: number;
  readonly operator128: Readonly<Record<string, number>>;
}

/** The key as our users write it; null for a double that JavaScript cannot tell from an integer. */
function keyOf({ type, key }: KeyRow): { readonly key: unknown } | null {
  if (type === 'long') return { key: typeof key === 'number' ? BigInt(key) : BigInt(String(key)) };
  if (type !== 'double') return { key };
  return Number.isInteger(Number(key)) ? null : { key: Number(key) };
}

describe('tables computed by Flink', () => {
  it('gives every key its hash code, key group and subtask', async () => {
    const rows = await table<KeyRow>('key-groups');
    let compared = 0;
    for (const row of rows) {
      const key = keyOf(row);
      if (key === null) continue;
      const group = keyGroupOf(key.key, 128);
      const subtasks = Object.fromEntries(Object.keys(row.operator128).map((p) => [p, subtaskOfKeyGroup(group, 128, Number(p))]));
      assert.deepEqual(
        { hashCode: hashCode(key.key), keyGroup128: group, keyGroup4096: keyGroupOf(key.key, 4096), operator128: subtasks },
        { hashCode: row.hashCode, keyGroup128: row.keyGroup128, keyGroup4096: row.keyGroup4096, operator128: row.operator128 },
        `${row.type} ${String(row.key)}`,
      );
      compared++;
    }
    assert.ok(compared > 150, `${compared} keys compared`);
  });

  it('gives every subtask its range of key groups', async () => {
    const rows = await table<{ maxParallelism: number; parallelism: number; ranges: number[][] }>('key-group-ranges');
    for (const { maxParallelism, parallelism, ranges } of rows) {
      const actual = ranges.map((_, subtask) => keyGroupRange(subtask, maxParallelism, parallelism)).map(({ start, end }) => [start, end]);
      assert.deepEqual(actual, ranges, `maxParallelism ${maxParallelism}, parallelism ${parallelism}`);
    }
  });

  it('computes the default maximum parallelism', async () => {
    for (const { parallelism, maxParallelism } of await table<{ parallelism: number; maxParallelism: number }>('default-max-parallelism')) {
      assert.equal(defaultMaxParallelism(parallelism), maxParallelism, `parallelism ${parallelism}`);
    }
  });

  it('computes the start of a window, also for negative times and offsets', async () => {
    const rows = await table<{ ts: number; offset: number; size: number; start: number }>('window-start');
    for (const { ts, offset, size, start } of rows) {
      assert.equal(windowStart(ts, offset, size), start, `ts ${ts}, offset ${offset}, size ${size}`);
    }
  });

  it('makes the operator ids of a real cluster from uids', async () => {
    for (const { uid, operatorId: id } of await table<{ uid: string; operatorId: string }>('operator-ids')) {
      assert.equal(operatorId(uid), id, JSON.stringify(uid));
    }
  });

  interface Failures {
    readonly failures: readonly {
      readonly failureAt: number;
      readonly newAttempt: boolean;
      readonly canRestart: boolean;
      readonly backoff: number;
    }[];
  }

  it('restarts at a failure rate as Flink does', async () => {
    for (const { maxFailuresPerInterval, interval, delay, failures } of await table<
      Failures & { maxFailuresPerInterval: number; interval: number; delay: number }
    >('failure-rate')) {
      let state: FailureRateState = [];
      for (const { failureAt, canRestart, backoff } of failures) {
        const said = failureRate(state, failureAt, { type: 'failure-rate', maxFailuresPerInterval, interval, delay });
        ({ state } = said);
        assert.deepEqual(
          [said.mayRestart, said.delay],
          [canRestart, backoff],
          `${maxFailuresPerInterval} in ${interval} ms, at ${failureAt}`,
        );
      }
    }
  });

  it('backs off exponentially as Flink does', async () => {
    for (const { failures, attemptsBeforeReset, ...options } of await table<
      Failures & {
        initialBackoff: number;
        maxBackoff: number;
        multiplier: number;
        resetThreshold: number;
        attemptsBeforeReset: number | string;
      }
    >('exponential-delay')) {
      const strategy = {
        type: 'exponential-delay',
        ...options,
        attemptsBeforeReset: Number(attemptsBeforeReset),
        jitterFactor: 0,
      } as const;
      let state = NO_BACKOFF;
      for (const { failureAt, newAttempt, canRestart, backoff } of failures) {
        const said = exponentialDelay(state, failureAt, 1, strategy);
        assert.equal(said.state !== state && said.state.restartAt !== state.restartAt, newAttempt, `at ${failureAt}`);
        ({ state } = said);
        assert.deepEqual([said.mayRestart, said.delay], [canRestart, backoff], `at ${failureAt}`);
      }
    }
  });

  it('deals the elements of operator state out', async () => {
    const rows = await table<{ mode: string; oldSizes: number[]; newParallelism: number; assignment: string[][] }>('operator-state');
    const modes: Readonly<Record<string, Redistribution>> = { SPLIT_DISTRIBUTE: 'split', UNION: 'union', BROADCAST: 'broadcast' };
    for (const { mode, oldSizes, newParallelism, assignment } of rows) {
      const redistribution = modes[mode];
      assert.ok(redistribution, mode);
      const before = oldSizes.map((size, subtask): OperatorState[] => [
        { name: 's', redistribution, values: Array.from({ length: size }, (_, at) => encodeValue(`${subtask}.${at}`)), ofFunction: true },
      ]);
      const after = Array.from({ length: newParallelism }, (_, subtask) =>
        redistribute(before, subtask, newParallelism).flatMap(({ values }) => values.map(decodeValue)),
      );
      assert.deepEqual(after, assignment, `${mode}: ${oldSizes.join()} to ${newParallelism}`);
    }
    assert.equal(rows.length, 30);
  });

  it('assigns sliding windows', async () => {
    const rows = await table<{ ts: number; size: number; slide: number; offset: number; windows: number[][] }>('sliding-windows');
    for (const { ts, size, slide, offset, windows } of rows) {
      const run = runPipeline(
        ({ input, show }) =>
          show(
            'counts',
            input<{ k: string }>('in')
              .keyBy('k')
              .window(SlidingEventTimeWindows.of(size, slide, offset))
              .aggregate({ n: 'count' }),
          ),
        [record('in', { k: 'a' }, ts), end('in')],
      );
      const fired = run.outputs['counts']?.rows.map(({ window }) => [window?.start, window?.end]);
      // Flink assigns the latest first; they fire the other way round.
      assert.deepEqual(fired?.toReversed(), windows, `${ts} in ${size}/${slide}/${offset}`);
    }
    assert.ok(rows.length > 0);
  });

  it('merges session windows', async () => {
    type Pair = readonly [number, number];
    const rows = await table<{ windows: readonly Pair[]; merges: readonly { into: Pair; merged: readonly Pair[] }[] }>('session-merge');
    const pair = ({ start, end: to }: TimeWindow): Pair => [start, to];
    for (const { windows, merges } of rows) {
      const actual: { into: Pair; merged: readonly Pair[] }[] = [];
      mergeTimeWindows(
        windows.map(([from, to]) => new TimeWindow(from, to)),
        (merged, into) => actual.push({ into: pair(into), merged: merged.map(pair) }),
      );
      assert.deepEqual(actual, merges, JSON.stringify(windows));
    }
    assert.ok(rows.some(({ merges }) => merges.length > 1));
  });
});
