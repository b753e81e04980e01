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
 * How a script is played. 'straight': each step goes through the whole job before the next. 'batched': all at once, and the job takes it in large pieces: of
 * watermarks only the last is seen. 'replay': after every step the journal so far is replayed by a fresh job, which must come to the
 * same outputs and the same state bytes. 'snapshot': a checkpoint after every step, which must not be noticed. 'restore': after every step the job
 * goes on as a new one, restored from a full checkpoint. 'alternating': so after every second step, from a full checkpoint and the delta that followed. 'rescaled': as
 * 'restore', with 2, 3 and 1 subtasks in turn for operators without a parallelism of their own. 'stored': as
 * 'snapshot', with keyed state in a store of bytes and hardly anything of it in memory. 'swapped': as 'restore', on the heap and in such a store in turn. Use
 * all of them for every operator: they find hidden clocks, shared instances, accidental order and forgotten state.
 */
export type PlayMode = 'straight' | 'batched' | 'replay' | 'snapshot' | 'restore' | 'alternating' | 'rescaled' | 'stored' | 'swapped';

/** All that have the same outputs, whatever the pipeline: 'rescaled' does not where subtasks show, nor 'batched' where the job depends on answers in between. */
export const PLAY_MODES: readonly PlayMode[] = ['straight', 'replay', 'snapshot', 'restore', 'alternating', 'stored', 'swapped'];

/** Modes in which the job goes on as another one, which has nothing but the state of the first. */
export const RESTORING_MODES: ReadonlySet<PlayMode> = new Set(['restore', 'alternating', 'rescaled', 'swapped']);

const RESCALES = [2, 3, 1];

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
  const play = new Play(describe, mode);
  for (const [index, step] of script.entries()) {
    if (!play.next(step, index, script.length)) break;
  }
  return play.end();
}

/** A script that is being played. */
class Play {
  readonly #describe: (context: PipelineContext) => void;
  readonly #mode: PlayMode;
  readonly #recorder: Recorder;
  readonly #chain = new SnapshotChain();
  readonly #sources: ReadonlyMap<string, number>;
  #calls = new ScriptedCalls();
  #executor: Executor;
  #isStored: boolean;
  #isRestored = false;
  #rescaled: Readonly<Record<string, string>> = {};
  /** Elements that the job may not have taken yet: while a full operator holds the sources they wait, and another job has to get them too. */
  #delivered: readonly Mail[] = [];
  /** The inputs that have ended: a restored source comes to its end again. */
  readonly #ends: Mail[] = [];

  constructor(describe: (context: PipelineContext) => void, mode: PlayMode) {
    this.#describe = describe;
    this.#mode = mode;
    this.#isStored = mode === 'stored';
    this.#executor = startJob(describe, { isStored: this.#isStored, calls: this.#calls });
    this.#recorder = new Recorder(this.#executor);
    this.#sources = new Map(this.#executor.sources.map(({ name, source }) => [name, source]));
  }

  /** Whether the job goes on. */
  next(step: ScriptStep, index: number, steps: number): boolean {
    const isBatched = this.#mode === 'batched';
    if (step.kind === 'restore') {
      if (isBatched) this.#settle();
      const restore = this.#chain.add(takeSnapshot(this.#executor, steps + index, true));
      if (step.parallelism !== null) this.#rescaled = { 'parallelism.default': String(step.parallelism) };
      this.#goOn(restore, { ...FLINKS_WAY, ...this.#rescaled }, step.now ?? 0);
      this.#isRestored = true;
      this.#settle();
      return true;
    }
    // A job that was just restored makes its calls when it begins.
    if (!isBatched || step.kind === 'answer') drain(this.#executor);
    const mail =
      step.kind === 'answer' ? this.#calls.answer(step.input, step.outcome) : mailOf(step, (stream) => this.#sources.get(stream));
    if (mail === null) return true;
    this.#executor.deliver(mail);
    if (mail.kind === 'elements') this.#delivered = [...this.#delivered, mail];
    if (isBatched) return true;
    this.#settle();
    if (this.#executor.failure !== null) return false;
    this.#check(index);
    return true;
  }

  /** Lets the job come to rest, with answers to its calls. */
  #settle(): void {
    const executor = this.#executor;
    drain(executor);
    for (const answer of this.#calls.take()) {
      executor.deliver(answer);
      drain(executor);
    }
    const held = this.#delivered.slice(this.#delivered.length - executor.pendingMail);
    this.#ends.push(...this.#delivered.filter((mail) => isEnd(mail) && !held.includes(mail)));
    this.#delivered = held;
    this.#recorder.record();
  }

  /** What the mode wants after a step. */
  #check(index: number): void {
    switch (this.#mode) {
      case 'straight':
      case 'batched':
        return;
      case 'replay':
        // A journal begins with its job: what came before a restore is not in it.
        if (!this.#isRestored) verifyReplay(this.#describe, this.#executor, this.#recorder, index);
        return;
      case 'snapshot':
      case 'stored':
        this.#chain.add(takeSnapshot(this.#executor, index + 1, index % 3 === 0));
        return;
      case 'alternating':
        if (index % 2 === 0) this.#chain.add(takeSnapshot(this.#executor, index + 1, true));
        else this.#restored(index, this.#chain.add(takeSnapshot(this.#executor, index + 1, false)));
        return;
      case 'swapped':
        this.#isStored = !this.#isStored;
        this.#restored(index, this.#chain.add(takeSnapshot(this.#executor, index + 1, true)));
        return;
      case 'restore':
        this.#restored(index, this.#chain.add(takeSnapshot(this.#executor, index + 1, true)));
        return;
      case 'rescaled': {
        this.#rescaled = { 'parallelism.default': String(RESCALES[index % RESCALES.length]) };
        const restore = this.#chain.add(takeSnapshot(this.#executor, index + 1, true));
        this.#goOn(restore, this.#rescaled);
        drain(this.#executor);
      }
    }
  }

  /** The job goes on as another one, with the same state. */
  #restored(index: number, restore: JobRestore): void {
    const before = this.#executor.stateBytes();
    this.#goOn(restore, this.#rescaled, undefined, (after) => verifyState(before, after, index));
  }

  #goOn(restore: JobRestore, overrides: Readonly<Record<string, string>>, startTime = 0, verify?: (state: Uint8Array) => void): void {
    this.#executor.close();
    this.#calls = new ScriptedCalls();
    this.#executor = startJob(this.#describe, { isStored: this.#isStored, calls: this.#calls, restore, overrides, startTime });
    this.#recorder.follow(this.#executor);
    verify?.(this.#executor.stateBytes());
    for (const mail of [...this.#ends, ...this.#delivered]) this.#executor.deliver(mail);
  }

  end(): PipelineRun {
    if (this.#mode === 'batched') this.#settle();
    else drain(this.#executor);
    const run = { ...this.#recorder.result(), calls: this.#calls.inputs };
    this.#executor.close();
    return run;
  }
}

function isEnd(mail: Mail): boolean {
  return mail.kind === 'elements' && mail.elements[0]?.kind === 'end';
}

/** Watermarks are not part of a checkpoint. */
const FLINKS_WAY = { 'streambook.checkpoint.store-watermarks': 'false' };

interface JobStart {
  /** Keyed state is in a store. */
  readonly isStored: boolean;
  readonly calls?: Calls;
  /** Null: the program was described before, and starts afresh. */
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
  const started = withoutStacks(restore !== undefined, () => createExecutor(program, options));
  if (started.ok) return started.executor;
  throw thrown[0] ?? new Error(`${started.failure.errorName}: ${started.failure.message}`);
}

/** A description that has worked before needs no places of its operators, and taking a stack for each of them is most of the time. */
function withoutStacks<R>(without: boolean, run: () => R): R {
  const { stackTraceLimit } = Error;
  if (without) Error.stackTraceLimit = 0;
  try {
    return run();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
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
  const second = startJob(describe, { isStored: false, restore: null });
  const replayed = new Recorder(second);
  replay(second, structuredClone(executor.journal()));
  replayed.record();
  const [expected, actual] = [recorder.digest(), replayed.digest()];
  second.close();
  if (expected !== actual)
    throw new Error(`Replaying the journal after step ${index + 1} of the script gave\n${actual}\ninstead of\n${expected}`);
}
