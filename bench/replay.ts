/**
 * What moving in a recorded run costs: a step on, a step back, a jump to a random record; in runs of different lengths, with a checkpoint every
 * 500,000 records as a job at full speed has them. Prints a table, times in ms.
 */
import { TumblingEventTimeWindows } from '../engine/api/assigners/tumbling-event-time.ts';
import { display } from '../engine/api/display.ts';
import type { StreamExecutionEnvironment } from '../engine/api/environment.ts';
import { WatermarkStrategy } from '../engine/api/watermark-strategy.ts';
import { DataGeneratorSource } from '../engine/connectors/data-generator-source.ts';
import { createExecutor } from '../engine/runtime/executor.ts';
import type { Executor, JobProgram } from '../engine/runtime/job.ts';
import { Timeline } from '../engine/observe/timeline.ts';
import type { JobRestore } from '../engine/checkpoint/snapshot.ts';

const LENGTHS = [10_000, 100_000, 2_000_000];
const KEYS = 1_000;
const CHECKPOINT_EVERY = 500_000;
const MOVES = 200;

interface Row {
  readonly key: number;
  readonly ts: number;
  readonly value: number;
}

function programOf(count: number): JobProgram<StreamExecutionEnvironment> {
  return {
    name: 'replay',
    locate: () => null,
    evaluate: (env) => {
      const source = DataGeneratorSource<Row>({
        count,
        generatorFunction: (i) => ({ key: i % KEYS, ts: Math.floor(i / 10), value: i * 0.5 }),
      });
      const strategy = WatermarkStrategy.forMonotonousTimestamps<Row>().withTimestampAssigner((row) => row.ts);
      const keyed = env
        .fromSource(source, strategy, 'rows')
        .map((row) => ({ ...row, value: row.value * 2 }))
        .keyBy('key');
      display(keyed.window(TumblingEventTimeWindows.of(10_000)).aggregate({ n: 'count', total: ['sum', 'value'] }), { name: 'windows' });
    },
  };
}

function startJob(count: number, restore: JobRestore | null, journal: boolean): Executor {
  const created = createExecutor(programOf(count), { settings: {}, overrides: {}, startTime: 0, journal, restore });
  if (!created.ok) throw new Error(created.failure.message);
  return created.executor;
}

/** The job as it is recorded. */
function run(count: number): Executor {
  const executor = startJob(count, null, true);
  let checkpoint = 0;
  for (let next = CHECKPOINT_EVERY; ; ) {
    const kind = executor.step(Math.max(1, Math.min(4_096, next - executor.recordCount)));
    if (kind !== 'progress') return executor;
    if (executor.recordCount >= next) {
      executor.deliver({ kind: 'checkpoint', checkpoint: ++checkpoint, full: true });
      executor.step(0);
      executor.snapshot?.release();
      next += CHECKPOINT_EVERY;
    }
  }
}

function quantiles(times: number[]): string {
  times.sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(1).padStart(7);
  return `${at(0.5)} ${at(0.95)} ${at(1)}`;
}

function timed(move: () => void): number {
  const begun = performance.now();
  move();
  return performance.now() - begun;
}

console.log('records      move                    p50     p95     max');
for (const count of LENGTHS) {
  const recorded = run(count);
  const recording = {
    startTime: 0,
    restore: null,
    journal: recorded.journal(),
    end: { turn: recorded.turnCount, record: recorded.recordCount },
  };
  recorded.close();
  const timeline = new Timeline({
    recording,
    create: (restore) => startJob(count, restore, false),
    writesFiles: () => false,
    mark: () => null,
    onRestart: () => undefined,
  });
  const first = timed(() => timeline.seek('end'));
  const lines: [string, number[]][] = [['once to the end', [first]]];
  lines.push(['step back from the end', Array.from({ length: MOVES }, () => timed(() => timeline.stepBack()))]);
  lines.push(['step on', Array.from({ length: MOVES }, () => timed(() => timeline.step()))]);
  const positions = Array.from({ length: MOVES }, (_, i) => Math.floor((((i * 7_919 + 13) % 10_007) / 10_007) * count));
  lines.push(['to a random record', positions.map((position) => timed(() => timeline.seek(position)))]);
  lines.push([
    'step back anywhere',
    positions.map((position) => {
      timeline.seek(position);
      return timed(() => timeline.stepBack());
    }),
  ]);
  for (const [name, times] of lines) console.log(`${count.toLocaleString('en').padStart(9)}    ${name.padEnd(22)}${quantiles(times)}`);
  timeline.close();
}
