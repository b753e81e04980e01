import { CollectionSource } from '../connectors/collection-source.ts';
import { SequenceSource } from '../connectors/sequence-source.ts';
import { socketSource } from '../connectors/socket-source.ts';
import type { Source } from '../connectors/source.ts';
import { INFERRED_DISPLAY } from '../graph/display-options.ts';
import { executionPlan } from '../graph/execution-plan.ts';
import type { DisplaySpec, StreamEdge, StreamGraph, StreamVertex, VertexRole, WindowDescription } from '../graph/stream-graph.ts';
import { inBatch } from '../operators/batch.ts';
import { displaySink } from '../operators/display.ts';
import { CheckpointConfig } from './checkpoint-config.ts';
import type { CheckpointStorage } from './checkpoint-storage.ts';
import { LayeredConfiguration } from './configuration.ts';
import { DataStream, SingleOutputStreamOperator } from './data-stream.ts';
import type { DurationLike } from './duration.ts';
import { IllegalArgumentException, IllegalStateException } from './errors.ts';
import { ExecutionConfig } from './execution-config.ts';
import { addFormerMethods } from './flink-1.ts';
import { checkMaxParallelism, checkParallelism } from './operator-settings.ts';
import { SeededRandom } from './random.ts';
import type { StateBackend } from './state-backend.ts';
import { unsupported } from './unsupported.ts';
import { planOf, WatermarkStrategy } from './watermark-strategy.ts';

/** What the code of cells may reach of the job that runs it (rule 8). */
export interface EnvironmentRuntime {
  /** The job's clock, ms. */
  now(): number;
  readonly random: SeededRandom;
  /** Lines of console.log. */
  print(stream: 'stdout' | 'stderr', line: string): void;
}

export interface EnvironmentOptions {
  readonly jobName: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly overrides: Readonly<Record<string, string>>;
  readonly runtime: EnvironmentRuntime;
}

/** What `addVertex` is told about an operator. */
export interface NewVertex {
  readonly name: string;
  readonly description?: string;
  readonly role: VertexRole;
  readonly inputs: readonly StreamEdge[];
  /** Default: that of the environment. */
  readonly parallelism?: number;
  readonly window?: WindowDescription | null;
  readonly display?: StreamVertex['display'];
}

const DEFAULT_OPTIONS: EnvironmentOptions = {
  jobName: 'job',
  settings: {},
  overrides: {},
  runtime: { now: () => 0, random: new SeededRandom(1), print: () => {} },
};

const MAX_DISPLAY_NAME = 200;

/** The environment of a cell's job: where a pipeline is described. */
export class StreamExecutionEnvironment {
  readonly runtime: EnvironmentRuntime;
  readonly #jobName: string;
  readonly #configuration: LayeredConfiguration;
  readonly #checkpoints: CheckpointConfig;
  readonly #config: ExecutionConfig;
  readonly #vertices: StreamVertex[] = [];
  /** Vertices of displays and sinks of the target cell. */
  readonly #sinks: StreamVertex[] = [];
  #previews: { readonly stream: DataStream<unknown>; readonly name: string }[] = [];
  #cell = 0;
  #inTarget = true;

  constructor(options: EnvironmentOptions = DEFAULT_OPTIONS) {
    this.runtime = options.runtime;
    this.#jobName = options.jobName;
    this.#configuration = new LayeredConfiguration(options.settings, options.overrides);
    this.#checkpoints = new CheckpointConfig(this.#configuration);
    this.#config = new ExecutionConfig(this.#configuration);
  }

  // ── Sources

  /** A bounded stream of these values, in this order: one array, or the values themselves. */
  fromData<T>(data: readonly T[]): SingleOutputStreamOperator<T>;
  fromData<T>(...data: readonly T[]): SingleOutputStreamOperator<T>;
  fromData(...data: readonly unknown[]): SingleOutputStreamOperator<unknown> {
    const [first] = data;
    const values: readonly unknown[] = data.length === 1 && Array.isArray(first) ? first : data;
    return this.#collection(values, 'Collection Source');
  }

  fromCollection<T>(data: Iterable<T>): SingleOutputStreamOperator<T> {
    return this.#collection([...data], 'Collection Source');
  }

  #collection<T>(values: readonly T[], name: string): SingleOutputStreamOperator<T> {
    return this.#fromSource(new CollectionSource(values), WatermarkStrategy.noWatermarks<T>(), name, 1);
  }

  /** The integers from `from` to `to`, both included. Throws IllegalArgumentException. */
  fromSequence(from: number, to: number): SingleOutputStreamOperator<number> {
    return this.#fromSource(
      new SequenceSource(from, to),
      WatermarkStrategy.noWatermarks<number>(),
      'Sequence Source',
      this.getParallelism(),
    );
  }

  /**
   * Lines of text from a TCP server: not replayed after a failure. A trailing carriage return is left out when the delimiter is a line feed.
   * `maxRetry`: attempts to connect again, 500 ms apart, −1 = for ever; without, the stream ends with the connection. Throws IllegalArgumentException.
   */
  socketTextStream(hostname: string, port: number, delimiter = '\n', maxRetry = 0): SingleOutputStreamOperator<string> {
    const source = socketSource({ hostname, port, delimiter, maxRetry });
    return this.#fromSource(source, WatermarkStrategy.noWatermarks<string>(), 'Socket Stream', 1);
  }

  /** Reads a source. Event time and watermarks come from `strategy`, per split. */
  fromSource<T>(source: Source<T>, strategy: WatermarkStrategy<T>, sourceName: string): SingleOutputStreamOperator<T> {
    const given: unknown = source;
    if (typeof given !== 'object' || given === null || !('createReader' in given)) {
      throw new IllegalArgumentException('fromSource needs a source.', "For example FileSource.ndjson('data/lines.ndjson').");
    }
    if (!('enumeration' in given)) throw unsupported('sources of your own');
    return this.#fromSource(source, strategy, sourceName, source.enumeration.kind === 'elements' ? 1 : this.getParallelism());
  }

  #fromSource<T>(source: Source<T>, strategy: WatermarkStrategy<T>, name: string, parallelism: number): SingleOutputStreamOperator<T> {
    const label = typeof name === 'string' && name !== '' ? name : source.description;
    const role: VertexRole = { kind: 'source', source, strategy: planOf(strategy) };
    return new SingleOutputStreamOperator<T>(this, this.addVertex({ name: `Source: ${label}`, role, inputs: [], parallelism }));
  }

  // ── Settings

  enableCheckpointing(interval: DurationLike, mode?: string): this {
    this.#checkpoints.setCheckpointInterval(interval);
    if (mode !== undefined) this.#checkpoints.setCheckpointingConsistencyMode(mode);
    return this;
  }
  getCheckpointConfig(): CheckpointConfig {
    return this.#checkpoints;
  }
  /** Sets options by Flink's names; a later call wins. Throws IllegalArgumentException. */
  configure(options: Readonly<Record<string, unknown>>): this {
    for (const [name, value] of Object.entries(options)) {
      if (name === 'execution.runtime-mode') this.setRuntimeMode(String(value));
      else this.#configuration.set(name, value);
    }
    return this;
  }
  getConfiguration(): Readonly<Record<string, string>> {
    return this.#configuration.effective();
  }
  getConfig(): ExecutionConfig {
    return this.#config;
  }
  setParallelism(parallelism: number): this {
    this.#configuration.set('parallelism.default', checkParallelism(parallelism));
    return this;
  }
  getParallelism(): number {
    return checkParallelism(this.#configuration.integer('parallelism.default'));
  }
  setMaxParallelism(maxParallelism: number): this {
    this.#configuration.set('pipeline.max-parallelism', checkMaxParallelism(maxParallelism));
    return this;
  }
  /** −1 while it is not set, as in Flink. */
  getMaxParallelism(): number {
    return this.#configuration.isSet('pipeline.max-parallelism') ? this.#configuration.integer('pipeline.max-parallelism') : -1;
  }
  setRuntimeMode(mode: string): this {
    if (mode !== 'STREAMING' && mode !== 'BATCH' && mode !== 'AUTOMATIC')
      throw new IllegalArgumentException(`${mode} is not a RuntimeExecutionMode.`);
    this.#configuration.set('execution.runtime-mode', mode);
    return this;
  }
  setBufferTimeout(timeout: DurationLike): this {
    this.#configuration.set('execution.buffer-timeout.interval', timeout);
    return this;
  }
  disableOperatorChaining(): this {
    this.#configuration.set('pipeline.operator-chaining.enabled', false);
    return this;
  }
  isChainingEnabled(): boolean {
    return this.#configuration.boolean('pipeline.operator-chaining.enabled');
  }
  /** The job graph as JSON, in the shape of Flink's REST API. */
  getExecutionPlan(): string {
    return executionPlan(this.toStreamGraph());
  }
  /** Names the job. Running the cell is what starts it, so the call is optional and returns at once. */
  execute(jobName?: string): void {
    if (jobName !== undefined) this.#configuration.set('pipeline.name', jobName);
  }

  // ── For the engine: cells, sinks, the graph

  /** ms; 0 = after every record. */
  get watermarkInterval(): number {
    return this.#configuration.duration('pipeline.auto-watermark-interval');
  }
  /** What a restored job takes over, and what it may leave behind. */
  get restoreOptions(): { readonly watermarks: boolean; readonly ignoreUnclaimed: boolean; readonly match: string } {
    return {
      watermarks: this.#configuration.boolean('streambook.checkpoint.store-watermarks'),
      ignoreUnclaimed: this.#configuration.boolean('execution.state-recovery.ignore-unclaimed-state'),
      match: this.#configuration.text('streambook.state-recovery.match'),
    };
  }
  /** The name of a backend, or one that the program brings along. */
  get stateBackend(): string | StateBackend {
    return this.#configuration.stateBackend;
  }
  /** The name of a checkpoint storage, or one that the program brings along. */
  get checkpointStorage(): string | CheckpointStorage {
    return this.#configuration.checkpointStorage;
  }
  get seed(): number {
    return this.#configuration.integer('streambook.seed');
  }

  /** The code of a cell begins. Sinks of cells other than the target are not part of the job. */
  enterCell(index: number, isTarget: boolean): void {
    this.#cell = index;
    this.#inTarget = isTarget;
  }

  addVertex(vertex: NewVertex): StreamVertex {
    const { role, inputs } = vertex;
    const origin = new Error('created here');
    const added: StreamVertex = {
      id: this.#vertices.length + 1,
      role,
      inputs,
      name: vertex.name,
      description: vertex.description ?? vertex.name,
      uid: null,
      uidHash: null,
      parallelism: vertex.parallelism ?? this.getParallelism(),
      maxParallelism: null,
      chaining: 'ALWAYS',
      slotSharingGroup: 'default',
      window: vertex.window ?? null,
      display: vertex.display ?? null,
      // Formatting a stack is slow, and most are never looked at.
      get stack(): string {
        return origin.stack ?? '';
      },
      cell: this.#cell,
    };
    this.#vertices.push(added);
    return added;
  }

  /** A vertex whose output leaves the job; it keeps what it reads from in the graph. */
  addSink(vertex: NewVertex): StreamVertex {
    const added = this.addVertex(vertex);
    if (this.#inTarget) this.#sinks.push(added);
    return added;
  }

  /** Shows a stream. `name` null: the name of its last operator. Throws IllegalArgumentException for anything but a stream. */
  addDisplay(stream: unknown, name: string | null, kind: DisplaySpec['kind'] = 'display', options = INFERRED_DISPLAY): void {
    if (!(stream instanceof DataStream))
      throw new IllegalArgumentException('display needs a stream.', 'For example display(stream.filter(r => r.ok)).');
    if (stream.getExecutionEnvironment() !== this) throw new IllegalArgumentException('This stream belongs to another environment.');
    const label = (name ?? stream.label).slice(0, MAX_DISPLAY_NAME);
    this.addSink({
      name: `Sink: ${label}`,
      role: { kind: 'operator', operator: displaySink(label, kind) },
      inputs: stream.upstreams,
      parallelism: stream.getParallelism(),
      display: { name: label, kind, options },
    });
  }

  /** The value of the target cell's last expression. */
  addResult(value: unknown, name: string | null): void {
    if (value instanceof DataStream) this.addDisplay(value, name);
  }

  /** A variable of the target cell that is shown if the cell has neither display nor sink. */
  addPreview(value: unknown, name: string): void {
    if (value instanceof DataStream) this.#previews.push({ stream: value, name });
  }

  /** Everything that a sink of the target cell needs. Throws located errors. */
  toStreamGraph(): StreamGraph {
    const previews = this.#previews;
    this.#previews = [];
    if (this.#sinks.length === 0) for (const { stream, name } of previews) this.addDisplay(stream, name, 'preview');
    const byId = new Map(this.#vertices.map((vertex) => [vertex.id, vertex]));
    const needed = new Set<StreamVertex>();
    const waiting = [...this.#sinks];
    for (let vertex = waiting.pop(); vertex; vertex = waiting.pop()) {
      if (needed.has(vertex)) continue;
      needed.add(vertex);
      for (const { from } of vertex.inputs) {
        const input = byId.get(from);
        if (input) waiting.push(input);
      }
    }
    const vertices = this.#vertices.filter((vertex) => needed.has(vertex));
    this.#checkUids(vertices);
    const isBatch = this.#isBatch(vertices);
    return {
      jobName: this.#configuration.text('pipeline.name') || this.#jobName,
      chaining: this.isChainingEnabled(),
      vertices: isBatch ? vertices.map(inBatch) : vertices,
      isBatch,
      maxParallelism: this.getMaxParallelism() === -1 ? null : this.getMaxParallelism(),
    };
  }

  /** AUTOMATIC is BATCH when all sources end. Throws IllegalStateException at a source that does not, as Flink. */
  #isBatch(vertices: readonly StreamVertex[]): boolean {
    const mode = this.#configuration.text('execution.runtime-mode');
    if (mode === 'STREAMING') return false;
    const endless = vertices.find(({ role }) => role.kind === 'source' && role.source.boundedness !== 'BOUNDED');
    if (mode === 'BATCH' && endless !== undefined) {
      const problem = new IllegalStateException(
        "Detected an UNBOUNDED source with the 'execution.runtime-mode' set to 'BATCH'. This combination is not allowed, please set the " +
          "'execution.runtime-mode' to STREAMING or AUTOMATIC",
      );
      problem.stack = endless.stack;
      throw problem;
    }
    if (endless === undefined) this.#configuration.set('execution.runtime-mode', 'BATCH');
    return endless === undefined;
  }

  #checkUids(vertices: readonly StreamVertex[]): void {
    const seen = new Set<string>();
    const mandatory = !this.#configuration.boolean('pipeline.auto-generate-uids');
    for (const vertex of vertices) {
      const { uid, uidHash, name, stack } = vertex;
      let problem: Error | null = null;
      if (uid !== null && seen.has(uid)) {
        problem = new IllegalArgumentException(
          `Hash collision on user-specified ID "${uid}". Most likely cause is a non-unique ID. Please check that all IDs specified via ` +
            '`uid(String)` are unique.',
        );
      } else if (mandatory && uid === null && uidHash === null && vertex.display === null) {
        problem = new IllegalStateException(
          `Auto generated UIDs have been disabled but no UID or hash has been assigned to operator ${name}`,
          'Add .uid(…) to the operator.',
        );
      }
      if (problem) {
        problem.stack = stack;
        throw problem;
      }
      if (uid !== null) seen.add(uid);
    }
  }
}

addFormerMethods('StreamExecutionEnvironment', StreamExecutionEnvironment.prototype);
