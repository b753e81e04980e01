/** The jobs whose checkpoints are measured, and what they run on. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TumblingEventTimeWindows } from '../../engine/api/assigners/tumbling-event-time.ts';
import { display } from '../../engine/api/display.ts';
import type { StreamExecutionEnvironment } from '../../engine/api/environment.ts';
import { ValueStateDescriptor } from '../../engine/api/state-descriptors.ts';
import { WatermarkStrategy } from '../../engine/api/watermark-strategy.ts';
import { DataGeneratorSource } from '../../engine/connectors/data-generator-source.ts';
import { CheckpointStore } from '../../engine/node/checkpoints/checkpoint-store.ts';
import { FileDisk } from '../../engine/node/checkpoints/file-disk.ts';
import { lockHolder } from '../../engine/node/checkpoints/lock.ts';
import { nodeStateBackends } from '../../engine/node/state/node-state-backends.ts';
import type { Pause } from '../../engine/node/time-slices.ts';
import { createExecutor } from '../../engine/runtime/executor.ts';
import type { Executor, ExecutorOptions, JobProgram } from '../../engine/runtime/job.ts';

export const MILLION = 1_000_000;

interface Row {
  readonly key: number;
  readonly ts: number;
  readonly value: number;
}

export type Describe = (env: StreamExecutionEnvironment) => void;

export const rows = (count: number, keys: number, perKey = 1): ReturnType<typeof DataGeneratorSource<Row>> =>
  DataGeneratorSource({ count, generatorFunction: (i) => ({ key: i % keys, ts: Math.floor(i / perKey / 1_000), value: i * 0.5 }) });

export const strategy = WatermarkStrategy.forMonotonousTimestamps<Row>().withTimestampAssigner((row) => row.ts);

/** An object in keyed state per key: all `keys` of them once so many records are through. */
export const objectsByKey = (keys: number): Describe => {
  const descriptor = new ValueStateDescriptor<{ n: number; total: number }>('totals');
  return (env) => {
    const keyed = env.fromSource(rows(100 * keys, keys), strategy, 'rows').keyBy('key');
    display(
      keyed.process((row, ctx) => {
        const state = ctx.getState(descriptor);
        const { n, total } = state.value() ?? { n: 0, total: 0 };
        state.update({ n: n + 1, total: total + row.value });
        return [];
      }),
    );
  };
};

/** A million keys in state when so many records are through. */
export const CASES: Readonly<Record<string, Describe>> = {
  "built-in aggregates (aggregate({ n: 'count', … }))": (env) => {
    const keyed = env.fromSource(rows(2 * MILLION, MILLION), strategy, 'rows').keyBy('key');
    display(keyed.window(TumblingEventTimeWindows.of('1 h')).aggregate({ n: 'count', total: ['sum', 'value'] }));
  },
  'opaque accumulators (AggregateFunction)': (env) => {
    const keyed = env.fromSource(rows(2 * MILLION, MILLION), strategy, 'rows').keyBy('key');
    display(
      keyed.window(TumblingEventTimeWindows.of('1 h')).aggregate({
        createAccumulator: () => ({ n: 0, total: 0 }),
        add: (row: Row, acc: { n: number; total: number }) => {
          acc.n++;
          acc.total += row.value;
          return acc;
        },
        getResult: (acc: { n: number; total: number }) => acc.total,
        merge: (a: { n: number; total: number }) => a,
      }),
    );
  },
  'keyed ValueState (objects)': objectsByKey(MILLION),
};

/** What the executors of all jobs are made with. A million objects are more than a job may keep by default. */
export function executorOptions(backend: string): Pick<ExecutorOptions, 'settings' | 'overrides' | 'journal' | 'stateBackends'> {
  const limits = { 'streambook.state.max-size': '3 gb', 'streambook.state.max-window-size': '3 gb' };
  const thread = new URL('./state-thread.cjs', import.meta.url);
  const stateBackends = nodeStateBackends(thread, join(tmpdir(), 'streambook-bench-working'));
  return { settings: {}, overrides: { ...limits, 'state.backend.type': backend }, journal: false, stateBackends };
}

export function program(describe: Describe): JobProgram<StreamExecutionEnvironment> {
  return { name: 'bench', evaluate: describe, locate: () => null };
}

export function startJob(
  describe: Describe,
  backend: string,
  restore: Awaited<ReturnType<CheckpointStore['load']>> | null = null,
): Executor {
  const started = createExecutor(program(describe), { ...executorOptions(backend), startTime: 0, restore });
  if (!started.ok) throw new Error(started.failure.message);
  return started.executor;
}

/** Lets the job take `records` more, and a checkpoint with the last of them; ms of that step. Leaves its snapshot. */
export function runToCheckpoint(executor: Executor, records: number, checkpoint: number, full: boolean): number {
  const end = executor.recordCount + records - 1;
  while (executor.recordCount < end) executor.step(Math.min(4_096, end - executor.recordCount));
  executor.deliver({ kind: 'checkpoint', checkpoint, full });
  const begin = performance.now();
  executor.step(1);
  const pause = performance.now() - begin;
  if (executor.failure !== null) throw new Error(executor.failure.message);
  return pause;
}

export const DETAILS = {
  kind: 'checkpoint',
  label: null,
  final: false,
  triggered: 0,
  pause: 0,
  encoding: 0,
  elapsed: () => performance.now(),
} as const;

export async function openStore(folder: string, pause: Pause = () => null): Promise<CheckpointStore> {
  const options = { holder: lockHolder('bench', 'bench', 0), now: Date.now, from: null, pause };
  return await CheckpointStore.open(new FileDisk(folder), { notebook: 'bench.stream.md', cell: 'bench' }, options);
}
