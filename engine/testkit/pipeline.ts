/**
 * Runs a pipeline on a script and returns everything that came out: the way to test an operator, a pipeline or a function.
 *
 * ```ts
 * const run = runPipeline(({ input, show, scope }) => {
 *   show('sums', input<Click>('clicks').keyBy('k').window(TumblingEventTimeWindows.of(1000)).sum('v'));
 * }, [record('clicks', { k: 'a', v: 1 }, 10), watermark('clicks', 999), end('clicks')]);
 * assert.deepEqual(run.outputs.sums.map((row) => row.value), [{ k: 'a', v: 1 }]);
 * ```
 */
import type { DataStream } from '../api/data-stream.ts';
import type { StreamExecutionEnvironment } from '../api/environment.ts';
import { createCellScope } from '../cells.ts';
import { WatermarkStrategy } from '../api/watermark-strategy.ts';
import { type Calls, NO_CALLS } from '../runtime/async-calls.ts';
import { createExecutor } from '../runtime/executor.ts';
import type { Mail } from '../runtime/mail.ts';
import type { JobRestore } from '../checkpoint/snapshot.ts';
import type { Executor, JobFailure, JobProgram, LateRecord, ResultRow } from '../runtime/job.ts';
import { canonical } from './canonical.ts';
import { drain } from './drain.ts';
import { replay } from '../observe/replay.ts';
import { MEMORY_STATE_BACKEND } from './memory-state-backend.ts';
import { ScriptedCalls } from './scripted-calls.ts';
import { mailOf, type ScriptStep } from './script.ts';
import { scriptedSource } from './scripted-source.ts';
import { SnapshotChain, takeSnapshot } from './snapshots.ts';

/** What a pipeline under test is described with. */
export interface PipelineContext {
  readonly env: StreamExecutionEnvironment;
  /** The stream of the script with this name. */
  input<T>(stream: string): DataStream<T>;
  /** Makes a stream an output of the run. */
  show<T>(name: string, stream: DataStream<T>): void;
  /** The names that cells see, bound to this environment. */
  readonly scope: Readonly<Record<string, unknown>>;
}

/**
 * How a script is played. 'straight': as it is. 'replay': after every step the journal so far is replayed by a fresh job, which must come to the
 * same outputs and the same state bytes. 'snapshot': a checkpoint after every step, which must not be noticed. 'restore': after every step the job
 * goes on as a new one, restored from a checkpoint that is full or a delta in turn. 'stored': as 'snapshot', with keyed state in a store of bytes and
 * hardly anything of it in memory. 'swapped': as 'restore', on the heap and in such a store in turn. Use all of them for every operator: they find hidden
 * clocks, shared instances, accidental order and forgotten state.
 */
export type PlayMode = 'straight' | 'replay' | 'snapshot' | 'restore' | 'stored' | 'swapped';

export const PLAY_MODES: readonly PlayMode[] = ['straight', 'replay', 'snapshot', 'restore', 'stored', 'swapped'];

/** So little that nearly everything is written and read again. */
const TINY_CACHE = { entries: 1, bytes: 256 };

/** A result as a test compares it. */
export interface OutputRow {
  readonly value: unknown;
  readonly timestamp: number | null;
  readonly window: ResultRow['window'];
  readonly key: unknown;
  readonly subtask: number;
}

export interface Output {
  readonly rows: readonly OutputRow[];
  /** [n, watermark]: after n rows the output's watermark became this. */
  readonly watermarks: readonly (readonly [number, number])[];
  readonly late: { readonly records: readonly LateRecord[]; readonly dropped: number; readonly counted: number };
}

export interface PipelineRun {
  readonly outputs: Readonly<Record<string, Output>>;
  /** Lines of `print()`. */
  readonly printed: readonly string[];
  /** All keyed state, timers and watermarks at the end of the script. */
  readonly stateBytes: Uint8Array;
  /** Inputs of the calls that are under way at the end (AsyncDataStream). */
  readonly calls: readonly unknown[];
  readonly failure: JobFailure | null;
}

/** Rows and late records that one call fetches: above what any script emits in one step. */
const LIMIT = 1_000_000;

/**
 * Describes the pipeline, plays the script step by step, each through the whole job before the next, and collects the results.
 * Streams of the script that the pipeline does not use are left out. Throws what `describe` throws; a failure while running is in the result.
 */
export function runPipeline(
  describe: (context: PipelineContext) => void,
  script: readonly ScriptStep[],
  mode: PlayMode = 'straight',
): PipelineRun {
  let isStored = mode === 'stored';
  let calls = new ScriptedCalls();
  let executor = startJob(describe, { isStored, calls });
  /** Elements that wait while a full operator holds the sources: another job has to get them too. */
  let held: readonly Mail[] = [];
  /** The inputs that have ended: a restored source comes to its end again. */
  const ends: Mail[] = [];
  const recorder = new Recorder(executor);
  const chain = new SnapshotChain();
  let isRestored = false;
  let rescaled: Readonly<Record<string, string>> = {};
  const sources = new Map(executor.sources.map(({ name, source }) => [name, source]));
  for (const [index, step] of script.entries()) {
    if (step.kind === 'restore') {
      const restore = chain.add(takeSnapshot(executor, script.length + index, true));
      executor.close();
      if (step.parallelism !== null) rescaled = { 'parallelism.default': String(step.parallelism) };
      calls = new ScriptedCalls();
      executor = startJob(describe, { isStored, calls, restore, overrides: { ...FLINKS_WAY, ...rescaled }, startTime: step.now ?? 0 });
      isRestored = true;
      recorder.follow(executor);
      for (const mail of [...ends, ...held]) executor.deliver(mail);
      drain(executor);
      recorder.record();
      continue;
    }
    // A job that was just restored makes its calls when it begins.
    drain(executor);
    const mail = step.kind === 'answer' ? calls.answer(step.input, step.outcome) : mailOf(step, (stream) => sources.get(stream));
    if (mail === null) continue;
    executor.deliver(mail);
    drain(executor);
    for (const answer of calls.take()) {
      executor.deliver(answer);
      drain(executor);
    }
    const elements = mail.kind === 'elements' ? [...held, mail] : held;
    held = elements.slice(elements.length - executor.pendingMail);
    if (step.kind === 'element' && step.element.kind === 'end' && !held.includes(mail)) ends.push(mail);
    recorder.record();
    if (executor.failure !== null) break;
    // A journal begins with its job: what came before a restore is not in it.
    if (mode === 'replay' && !isRestored) verifyReplay(describe, executor, recorder, index);
    if (mode !== 'straight' && mode !== 'replay') {
      const isKept = mode === 'snapshot' || mode === 'stored';
      const restore = chain.add(takeSnapshot(executor, index + 1, index % 3 === 0 || !isKept));
      if (isKept) continue;
      const before = executor.stateBytes();
      executor.close();
      isStored = mode === 'swapped' && !isStored;
      calls = new ScriptedCalls();
      executor = startJob(describe, { isStored, calls, restore, overrides: rescaled });
      recorder.follow(executor);
      verifyState(before, executor.stateBytes(), index);
      for (const again of [...ends, ...held]) executor.deliver(again);
    }
  }
  drain(executor);
  const run = { ...recorder.result(), calls: calls.inputs };
  executor.close();
  return run;
}

/** Watermarks are not part of a checkpoint. */
const FLINKS_WAY = { 'streambook.checkpoint.store-watermarks': 'false' };

interface JobStart {
  /** Keyed state is in a store. */
  readonly isStored: boolean;
  readonly calls?: Calls;
  readonly restore?: JobRestore | null;
  readonly overrides?: Readonly<Record<string, string>>;
  readonly startTime?: number;
}

/** Evaluates the description as a program. Throws the error of `describe` itself. */
function startJob(
  describe: (context: PipelineContext) => void,
  { isStored, calls = NO_CALLS, restore, overrides = {}, startTime = 0 }: JobStart,
): Executor {
  const thrown: Error[] = [];
  const program: JobProgram<StreamExecutionEnvironment> = {
    name: 'test',
    evaluate(env) {
      try {
        evaluate(describe, env);
      } catch (error) {
        if (error instanceof Error) thrown.push(error);
        throw error;
      }
    },
    locate: () => null,
  };
  const options = {
    settings: {},
    overrides: isStored ? { ...overrides, 'state.backend.type': 'leveldb' } : overrides,
    startTime,
    journal: true,
    maxBufferedRows: LIMIT,
    restore: restore ?? null,
    stateBackends: () => MEMORY_STATE_BACKEND,
    stateCache: TINY_CACHE,
    calls,
  };
  const started = createExecutor(program, options);
  if (started.ok) return started.executor;
  throw thrown[0] ?? new Error(`${started.failure.errorName}: ${started.failure.message}`);
}

function evaluate(describe: (context: PipelineContext) => void, env: StreamExecutionEnvironment): void {
  const scope = createCellScope(env);
  const inputs = new Map<string, DataStream<unknown>>();
  describe({
    env,
    scope,
    input<T>(stream: string): DataStream<T> {
      const known =
        inputs.get(stream) ?? env.fromSource(scriptedSource<unknown>(stream), WatermarkStrategy.noWatermarks(), stream).setParallelism(1);
      inputs.set(stream, known);
      // SAFETY: the test says what its script holds.
      return known as DataStream<T>;
    },
    show(name, stream) {
      // SAFETY: the scope's `display` is the function of the public API.
      (scope.display as (stream: DataStream<unknown>, options: { name: string }) => void)(stream, { name });
    },
  });
}

/** Collects what a job has emitted since the last look. */
class Recorder {
  #executor: Executor;
  readonly #outputs = new Map<
    number,
    { name: string; rows: OutputRow[]; watermarks: [number, number][]; late: LateRecord[]; watermark: number }
  >();
  readonly #printed: string[] = [];

  constructor(executor: Executor) {
    this.#executor = executor;
    for (const { id, name } of executor.displays) {
      this.#outputs.set(id, { name, rows: [], watermarks: [], late: [], watermark: Number.NEGATIVE_INFINITY });
    }
  }

  /** The job goes on as another one. */
  follow(executor: Executor): void {
    this.#executor = executor;
    for (const [id, output] of this.#outputs) output.watermark = Math.min(output.watermark, executor.displayWatermark(id));
  }

  record(): void {
    for (const [id, output] of this.#outputs) {
      for (const { value, timestamp, window, key, subtask = 0 } of this.#executor.takeRows(id, LIMIT).rows) {
        output.rows.push({ value: structuredClone(value), timestamp, window, key, subtask });
      }
      output.late.push(...this.#executor.takeLate(id, LIMIT).records);
      const watermark = this.#executor.displayWatermark(id);
      if (watermark > output.watermark) output.watermarks.push([output.rows.length, watermark]);
      output.watermark = watermark;
    }
    this.#printed.push(...this.#executor.takePrinted().map(({ line }) => line));
  }

  /** Everything so far as one text. */
  digest(): string {
    const outputs = [...this.#outputs.values()].map(({ name, rows, watermark }) => ({ name, rows, watermark }));
    return `${canonical({ outputs, printed: this.#printed })}\n${Buffer.from(this.#executor.stateBytes()).toString('hex')}`;
  }

  result(): Omit<PipelineRun, 'calls'> {
    const outputs: Record<string, Output> = {};
    for (const [id, { name, rows, watermarks, late }] of this.#outputs) {
      const { dropped, counted } = this.#executor.takeLate(id, 0);
      outputs[name] = { rows, watermarks, late: { records: late, dropped, counted } };
    }
    const { failure } = this.#executor;
    return { outputs, printed: this.#printed, stateBytes: this.#executor.stateBytes(), failure };
  }
}

function verifyState(before: Uint8Array, after: Uint8Array, index: number): void {
  const [expected, actual] = [before, after].map((bytes) => Buffer.from(bytes).toString('hex'));
  if (expected !== actual)
    throw new Error(`After step ${index + 1} of the script the restored state was\n${actual}\ninstead of\n${expected}`);
}

function verifyReplay(describe: (context: PipelineContext) => void, executor: Executor, recorder: Recorder, index: number): void {
  const second = startJob(describe, { isStored: false });
  const replayed = new Recorder(second);
  replay(second, structuredClone(executor.journal()));
  replayed.record();
  const [expected, actual] = [recorder.digest(), replayed.digest()];
  second.close();
  if (expected !== actual)
    throw new Error(`Replaying the journal after step ${index + 1} of the script gave\n${actual}\ninstead of\n${expected}`);
}
