/** The engine as a job runs it in a worker: journal, metrics and key groups on, and a display whose rows and open windows are taken as a chart does. */
import { TumblingEventTimeWindows } from '../engine/api/assigners/tumbling-event-time.ts';
import { display } from '../engine/api/display.ts';
import { Duration } from '../engine/api/duration.ts';
import type { StreamExecutionEnvironment } from '../engine/api/environment.ts';
import { WatermarkStrategy } from '../engine/api/watermark-strategy.ts';
import { DataGeneratorSource } from '../engine/connectors/data-generator-source.ts';
import { createExecutor } from '../engine/runtime/executor.ts';
import type { JobProgram } from '../engine/runtime/job.ts';

interface Input {
  readonly key: Int32Array;
  readonly ts: Float64Array;
  readonly value: Float64Array;
}

type Emit = (key: number, windowStart: number, count: number, sum: number) => void;

const RECORDS_PER_STEP = 4096;
/** A chart looks at most ten times a second; by records, so that every run does the same. */
const STEPS_PER_LOOK = 128;
const GHOSTS = 50;
/** With the last watermark all windows fire at once. */
const MAX_OPEN_WINDOWS = 3;

export const engine = {
  prepare(data: Input): Promise<(emit: Emit) => void> {
    const keys = data.key.reduce((most, key) => Math.max(most, key), 0) + 1;
    return Promise.resolve((emit) => runJob(data, keys, emit));
  },
};

function describeJob(env: StreamExecutionEnvironment, { key, ts, value }: Input): void {
  const count = key.length;
  const source = DataGeneratorSource({
    count,
    generatorFunction: (i) => ({ key: key[i] ?? 0, ts: ts[i] ?? 0, value: value[i] ?? 0 }),
  });
  const strategy = WatermarkStrategy.forBoundedOutOfOrderness<{ ts: number }>(200).withTimestampAssigner((r) => r.ts);
  display(
    env
      .fromSource(source, strategy, 'generate')
      .map((r) => ({ key: r.key, ts: r.ts, value: r.value * 1.1 }))
      .filter((r) => r.value > 0.05)
      .keyBy('key')
      .window(TumblingEventTimeWindows.of(Duration.ofSeconds(10)))
      .aggregate({ n: 'count', total: ['sum', 'value'] }),
  );
}

function runJob(data: Input, keys: number, emit: Emit): void {
  const program: JobProgram<StreamExecutionEnvironment> = { name: 'bench', evaluate: (env) => describeJob(env, data), locate: () => null };
  const options = { settings: {}, overrides: {}, startTime: 0, journal: true, maxBufferedRows: MAX_OPEN_WINDOWS * keys };
  const started = createExecutor(program, options);
  if (!started.ok) throw new Error(started.failure.message);
  const { executor } = started;
  const look = (): void => {
    for (const { value, window } of executor.takeRows(0, MAX_OPEN_WINDOWS * keys).rows) {
      // SAFETY: what the job above shows.
      const { key, n, total } = value as { readonly key: number; readonly n: number; readonly total: number };
      emit(key, window?.start ?? Number.NaN, n, total);
    }
  };
  let steps = 0;
  while (executor.step(RECORDS_PER_STEP) === 'progress') {
    if (++steps % STEPS_PER_LOOK !== 0) continue;
    look();
    executor.openWindows(0, GHOSTS);
    executor.metrics();
  }
  look();
  if (executor.failure !== null) throw new Error(executor.failure.stack ?? executor.failure.message);
  executor.close();
}
