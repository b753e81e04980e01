/**
 * What checkpoints cost: the pause of the job, encoding, writing and restoring a million entries, and what an interval of one second takes from the
 * throughput of the engine benchmark. Prints a table; every figure is the median of the rounds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TumblingEventTimeWindows } from '../engine/api/assigners/tumbling-event-time.ts';
import { display } from '../engine/api/display.ts';
import type { StreamExecutionEnvironment } from '../engine/api/environment.ts';
import { WatermarkStrategy } from '../engine/api/watermark-strategy.ts';
import { DataGeneratorSource } from '../engine/connectors/data-generator-source.ts';
import { createExecutor } from '../engine/runtime/executor.ts';
import type { Executor, JobProgram } from '../engine/runtime/job.ts';
import { ValueStateDescriptor } from '../engine/api/state-descriptors.ts';
import type { CheckpointManifest } from '../engine/checkpoint/manifest.ts';
import { CheckpointStore } from '../engine/node/checkpoints/checkpoint-store.ts';
import { FileDisk } from '../engine/node/checkpoints/file-disk.ts';
import { lockHolder } from '../engine/node/checkpoints/lock.ts';
import { FilePartDisk } from '../engine/node/file-part-disk.ts';
import { JobMaster } from '../engine/node/job-master.ts';
import { PartFiles } from '../engine/node/part-files.ts';
import type { Pause } from '../engine/node/time-slices.ts';
import { type ExplorerFigures, exploreCheckpoints } from './explorer.ts';

const MILLION = 1_000_000;
const ROUNDS = 5;
const INTERVAL_ROUNDS = 5;
const RECORDS = 20 * MILLION;
const KEYS = 10_000;
/** As the checkpointer encodes them between two steps of a job. */
const ENTRIES_AT_ONCE = 500;
/** Keys that change between the two checkpoints that are compared. */
const CHANGED = 100_000;

interface Row {
  readonly key: number;
  readonly ts: number;
  readonly value: number;
}

type Describe = (env: StreamExecutionEnvironment) => void;

const rows = (count: number, keys: number, perKey = 1): ReturnType<typeof DataGeneratorSource<Row>> =>
  DataGeneratorSource({ count, generatorFunction: (i) => ({ key: i % keys, ts: Math.floor(i / perKey / 1_000), value: i * 0.5 }) });

const strategy = WatermarkStrategy.forMonotonousTimestamps<Row>().withTimestampAssigner((row) => row.ts);

/** A million keys in state when all records but the last are through. */
const CASES: Readonly<Record<string, Describe>> = {
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
  'keyed ValueState (objects)': (env) => {
    const descriptor = new ValueStateDescriptor<{ n: number; total: number }>('totals');
    const keyed = env.fromSource(rows(2 * MILLION, MILLION), strategy, 'rows').keyBy('key');
    display(
      keyed.process((row, ctx) => {
        const state = ctx.getState(descriptor);
        const { n, total } = state.value() ?? { n: 0, total: 0 };
        state.update({ n: n + 1, total: total + row.value });
        return [];
      }),
    );
  },
};

function program(describe: Describe): JobProgram<StreamExecutionEnvironment> {
  return { name: 'bench', evaluate: describe, locate: () => null };
}

function startJob(describe: Describe, restore: Awaited<ReturnType<CheckpointStore['load']>> | null = null): Executor {
  const started = createExecutor(program(describe), { settings: {}, overrides: {}, startTime: 0, journal: false, restore });
  if (!started.ok) throw new Error(started.failure.message);
  return started.executor;
}

const DETAILS = {
  kind: 'checkpoint',
  label: null,
  final: false,
  triggered: 0,
  pause: 0,
  encoding: 0,
  elapsed: () => performance.now(),
} as const;

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const fixed = (value: number, digits = 1): string => value.toFixed(digits);

async function openStore(folder: string, pause: Pause = () => null): Promise<CheckpointStore> {
  const options = { holder: lockHolder('bench', 'bench', 0), now: Date.now, from: null, pause };
  return await CheckpointStore.open(new FileDisk(folder), { notebook: 'bench.stream.md', cell: 'bench' }, options);
}

/** Ms of the longest piece of work between two chances for others. */
class LongestTurn {
  milliseconds = 0;
  #begun = performance.now();

  begin(): void {
    this.#begun = performance.now();
  }
  end(): void {
    this.milliseconds = Math.max(this.milliseconds, performance.now() - this.#begun);
    this.begin();
  }
}

async function measure(name: string, describe: Describe, folder: string): Promise<void> {
  const figures = { pause: [] as number[], encode: [] as number[], write: [] as number[], restore: [] as number[], turn: [] as number[] };
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const executor = startJob(describe);
    while (executor.recordCount < MILLION) executor.step(Math.min(4_096, MILLION - executor.recordCount));
    executor.deliver({ kind: 'checkpoint', checkpoint: 1, full: true });
    let begin = performance.now();
    executor.step(1);
    figures.pause.push(performance.now() - begin);
    const { snapshot } = executor;
    if (snapshot === null) throw new Error('no snapshot');
    const turn = new LongestTurn();
    begin = performance.now();
    turn.begin();
    while (!snapshot.encode(ENTRIES_AT_ONCE)) turn.end();
    const whole = snapshot.finish();
    turn.end();
    figures.encode.push(performance.now() - begin);
    const store = await openStore(folder, () => {
      turn.end();
      return null;
    });
    begin = performance.now();
    turn.begin();
    const manifest = await store.publish(whole, DETAILS);
    figures.write.push(performance.now() - begin);
    figures.turn.push(turn.milliseconds);
    bytes = manifest.stateBytes;
    begin = performance.now();
    startJob(describe, await store.load(manifest)).close();
    figures.restore.push(performance.now() - begin);
    await store.close();
    executor.close();
  }
  const total = median(figures.encode) + median(figures.write);
  console.log(
    `${name.padEnd(52)} pause ${fixed(median(figures.pause)).padStart(6)} ms   encode ${fixed(median(figures.encode), 0).padStart(5)} ms   write ${fixed(median(figures.write), 0).padStart(5)} ms` +
      `   checkpoint ${fixed(1_000 / total, 2)} M entries/s, ${fixed(bytes / 1e3 / total, 0)} MB/s   longest turn ${fixed(median(figures.turn), 0).padStart(3)} ms   restore ${fixed(1_000 / median(figures.restore), 2)} M entries/s   ${fixed(bytes / 1e6, 0)} MB`,
  );
}

/** Ms for the engine benchmark's job under the job master, with that interval of checkpoints. */
async function run(interval: string, folder: string): Promise<number> {
  const describe: Describe = (env) => {
    env.configure({ 'execution.checkpointing.interval': interval });
    const source = env.fromSource(rows(RECORDS, KEYS, 10), strategy, 'rows');
    const mapped = source.map((row) => ({ key: row.key, ts: row.ts, value: row.value * 1.1 })).filter((row) => row.value > 0.05);
    display(
      mapped
        .keyBy('key')
        .window(TumblingEventTimeWindows.of('10 s'))
        .aggregate({ n: 'count', total: ['sum', 'value'] }),
    );
  };
  const store = await openStore(folder);
  const attempts: Executor[] = [];
  const master = new JobMaster<StreamExecutionEnvironment>({
    program: program(describe),
    createExecutor,
    executor: { settings: {}, overrides: {}, journal: false },
    baseDirectory: folder,
    pace: { kind: 'full' },
    store,
    parts: new PartFiles(new FilePartDisk(folder)),
    restore: null,
    events: { onPublished: () => undefined, onFailed: ({ reason }) => console.error(reason) },
    onAttempt: ({ executor }) => attempts.push(executor),
    onProgress: () => attempts.at(-1)?.takeRows(0, 1),
  });
  const begin = performance.now();
  const end = await master.run();
  const elapsed = performance.now() - begin;
  if (end.kind !== 'finished') throw new Error(end.failure?.message ?? end.kind);
  await store.close();
  return elapsed;
}

/** Two checkpoints of a state with a million keys, of which every tenth changes in between, as the Checkpoints view looks at them. */
async function explore(root: string): Promise<void> {
  const [, describe] = Object.entries(CASES).at(-1) ?? [];
  if (describe === undefined) return;
  const executor = startJob((env) => describe(env));
  const store = await openStore(join(root, 'notebook'));
  const publish = async (checkpoint: number, records: number): Promise<CheckpointManifest> => {
    while (executor.recordCount < records) executor.step(Math.min(4_096, records - executor.recordCount));
    executor.deliver({ kind: 'checkpoint', checkpoint, full: checkpoint === 1 });
    executor.step(1);
    if (executor.snapshot === null) throw new Error('no snapshot');
    return await store.publish(executor.snapshot.finish(), DETAILS);
  };
  const older = await publish(1, MILLION);
  const newer = await publish(2, MILLION + CHANGED);
  const figures: ExplorerFigures[] = [];
  for (let round = 0; round < ROUNDS; round++) figures.push(await exploreCheckpoints(root, older, newer));
  const of = (figure: keyof ExplorerFigures): number => median(figures.map((one) => one[figure]));
  console.log(
    `Checkpoints view, a million keys: first page ${fixed(of('page'))} ms   compare (${of('changes')} changed) ${fixed(of('compare'), 0)} ms, longest turn ${fixed(of('longestTurn'))} ms`,
  );
  await store.close();
  executor.close();
}

const folder = mkdtempSync(join(tmpdir(), 'streambook-bench-'));
try {
  for (const [name, describe] of Object.entries(CASES)) await measure(name, describe, folder);
  await explore(join(folder, 'explored'));
  const [off, on]: [number[], number[]] = [[], []];
  for (let round = 0; round <= INTERVAL_ROUNDS; round++) {
    const [without, with1s] = [await run('0 ms', folder), await run('1 s', folder)];
    // The first round warms up.
    if (round === 0) continue;
    off.push(without);
    on.push(with1s);
  }
  const cost = median(on.map((time, at) => time / (off[at] ?? time) - 1));
  console.log(
    `interval of 1 s on the engine benchmark (${RECORDS / MILLION} M records, ${KEYS} keys): ${fixed(median(off), 0)} ms without, ${fixed(median(on), 0)} ms with: ${fixed(cost * 100)} %`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
