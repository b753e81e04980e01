/**
 * Streambook: what a cell sees without an import. The DataStream API of Apache Flink 2, in TypeScript.
 *
 * Rules that hold everywhere in this file
 * - Names are Flink's. What is described here and not there yet throws when it is used, and says so.
 * - Time is a number: milliseconds since 1970-01-01 UTC. A duration is a `Duration`, a number of ms, or '5 s'.
 * - "No timestamp", "no value in state" and "no such key in MapState" are `null`, as in Flink.
 *   The watermark before the first one is `-Infinity`, the last one is `Infinity` (Flink: Long.MIN_VALUE, Long.MAX_VALUE).
 * - A function argument is an arrow function, an object, or an instance of a class; objects and classes may have
 *   `open(context)` and `close()`.
 * - Where Flink passes a `Collector`, an arrow function may instead return (or, as a generator, yield) its results;
 *   their type is then inferred. With `out`, annotate it: `(line, out: Collector<Word>) => …`.
 * - User functions are synchronous: an async one is a type error. Wait for things with `AsyncDataStream`.
 * - Errors thrown while the pipeline is described (IllegalArgument-, IllegalState-, UnsupportedOperationException,
 *   as in Flink) point at the cell's line; an error thrown in a user function restarts the job as
 *   `restart-strategy` says, or fails it.
 */

// ─── 1. Small things used everywhere ─────────────────────────────────────────────────────────────────────────────

/** A length of time, as java.time.Duration. Immutable, millisecond resolution. */
declare class Duration {
  #private; private constructor();
  static readonly ZERO: Duration; static ofMillis(millis: number): Duration;
  static ofSeconds(seconds: number): Duration; static ofMinutes(minutes: number): Duration;
  static ofHours(hours: number): Duration; static ofDays(days: number): Duration;
  /** Reads '5 s', '100ms', '2 h' or ISO-8601 'PT5S'. Throws IllegalArgumentException. */ static parse(text: string): Duration;
  static between(startInclusive: number, endExclusive: number): Duration; toMillis(): number;
  plus(other: DurationLike): Duration; minus(other: DurationLike): Duration; multipliedBy(factor: number): Duration;
  negated(): Duration;
  /** ISO-8601: 'PT5S'. */ toString(): string;
}

type DurationUnit =
  | 'ms' | 'milli' | 'millis' | 's' | 'sec' | 'second' | 'seconds' | 'm' | 'min' | 'minute' | 'minutes'
  | 'h' | 'hour' | 'hours' | 'd' | 'day' | 'days';

/** A Duration, a number of milliseconds, or text such as '10 s', '100ms', '5 min', '1 day' (units as in Flink's configuration). */
type DurationLike = Duration | number | `${number}${'' | ' '}${DurationUnit}`;
/** A number of bytes, or text such as '64 mb' (1 kb = 1024 bytes, as in Flink). */
type MemorySizeLike = number | `${number}${'' | ' '}${'b' | 'kb' | 'mb' | 'gb'}`;
/** Any record that is here now: not null, not undefined, and not a Promise. Catches a forgotten `return` and an `async` mapper. */
interface Present { then?: never; toString(): string }
/** What a synchronous function with nothing to return returns. (Not plain `void`, which would let an async function pass.) */
type Nothing = void | undefined;
/** The results of an arrow function: an iterable of them, or nothing when it calls `out.collect` itself. */
type Emits<R> = (Iterable<R> & object) | void;
/**
 * What a stream may be keyed by: text, a number, bigint, boolean, Date or bytes, or a tuple, list or plain object of those; K where it is one. Nothing in it may be
 * missing, null or undefined. Dates are the same key when their time is, bytes and lists when all of their elements are.
 */
type Key<K> = K extends SimpleKey ? K
  : K extends readonly unknown[] ? { readonly [I in keyof K]: Key<K[I]> }
  : K extends NoKey ? never
  : K extends object ? { readonly [F in keyof K]-?: Key<K[F]> } : never;
type SimpleKey = string | number | bigint | boolean | Date | Uint8Array;
type NoKey = PromiseLike<unknown> | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown> | ((...args: never) => unknown) | ArrayBufferView;
/** What a key selector may return at all: so that `[a, b]` is a tuple. */
type KeyLike = string | number | bigint | boolean | object | readonly [unknown, ...unknown[]];
/** The names of the fields of T, or positions of a tuple, that a stream may be keyed by. */
type KeyFieldOf<T> = [T] extends [readonly unknown[]]
  ? { [I in keyof T]: I extends `${infer Position extends number}` ? (T[I] extends Key<T[I]> ? Position : never) : never }[number & keyof T]
  : { [F in keyof T & string]-?: T[F] extends Key<T[F]> ? F : never }[keyof T & string];
/** Values that have an order: what `min` and `max` accept. */
type Comparable = number | bigint | string | Date;

/** The names of the fields of T whose values are all V; for a tuple, its positions. */
type FieldOf<T, V> = [T] extends [readonly unknown[]]
  ? { [I in keyof T]: I extends `${infer Position extends number}` ? (T[I] extends V ? Position : never) : never }[number & keyof T]
  : { [F in keyof T & string]-?: T[F] extends V ? F : never }[keyof T & string];

/** The key that `keyBy(...fields)` makes: the field's type, or a tuple of their types. (First line: keeps streams covariant.) */
type KeyOf<T, F, More extends readonly unknown[]> = 0 extends 1 & F ? any
  : More extends readonly [] ? T[F & keyof T]
  : [T[F & keyof T], ...{ -readonly [I in keyof More]: T[More[I] & keyof T] }];

/** The record type of a stream: `type Payment = ElementOf<typeof payments>`. */
type ElementOf<S> = S extends DataStream<infer T> ? T : never;

/** Flink's tuples are arrays here: `Tuple2.of('a', 1)` is a `[string, number]`; `keyBy(0)` and `sum(1)` take positions. */
type Tuple2<T0, T1> = [T0, T1];
type Tuple3<T0, T1, T2> = [T0, T1, T2];
type Tuple4<T0, T1, T2, T3> = [T0, T1, T2, T3];
declare const Tuple2: { of<T0, T1>(f0: T0, f1: T1): Tuple2<T0, T1> };
declare const Tuple3: { of<T0, T1, T2>(f0: T0, f1: T1, f2: T2): Tuple3<T0, T1, T2> };
declare const Tuple4: { of<T0, T1, T2, T3>(f0: T0, f1: T1, f2: T2, f3: T3): Tuple4<T0, T1, T2, T3> };

/** Takes the results of a function. */
interface Collector<T> {
  /** Emits one record. It gets the timestamp of the record, timer or window being processed. */ collect(record: T): void;
}

/** Names and types a side output. Two tags with the same id are the same output. */
declare class OutputTag<T> {
  constructor(id: string, type?: TypeInformation<T>);
  getId(): string;
  protected readonly elementType: (value: T) => void;
}

/** How values of T are stored. Only needed where state must survive a change of its shape. */
interface TypeInformation<T> { createSerializer(): TypeSerializer<T> }
interface TypeSerializer<T> {
  /** Stored with the data; a change makes old data unreadable unless `deserialize` still reads `version`. */ readonly version: number;
  serialize(value: T): Uint8Array; deserialize(bytes: Uint8Array, version: number): T;
}

/** Type information for the usual types. Without one, plain data (objects, arrays, Map, Set, Date, bigint, bytes) is stored as it is. */
declare const Types: {
  readonly STRING: TypeInformation<string>; readonly BOOLEAN: TypeInformation<boolean>;
  /** 32-bit integer. */ readonly INT: TypeInformation<number>;
  /** Integer up to ±(2^53 − 1); anything else throws. */ readonly LONG: TypeInformation<number>;
  readonly DOUBLE: TypeInformation<number>; readonly BIG_INT: TypeInformation<bigint>;
  readonly INSTANT: TypeInformation<Date>; readonly BYTES: TypeInformation<Uint8Array>;
  LIST<T>(element: TypeInformation<T>): TypeInformation<T[]>;
  MAP<K, V>(key: TypeInformation<K>, value: TypeInformation<V>): TypeInformation<Map<K, V>>;
  OPTIONAL<T>(type: TypeInformation<T>): TypeInformation<T | null>;
  /** Named fields; fields may be added and removed later. */
  POJO<T extends object>(fields: { readonly [F in keyof T]: TypeInformation<T[F]> }): TypeInformation<T>;
};

/** Seeded random numbers: the same in every run and replay. Use this, not Math.random. */
interface Random {
  /** In [0, 1). */ nextDouble(): number;
  /** An integer in [0, bound). */ nextInt(bound: number): number;
  nextBoolean(): boolean;
  /** Mean 0, standard deviation 1. */ nextGaussian(): number;
}

// ─── 2. The environment ──────────────────────────────────────────────────────────────────────────────────────────

/** The environment of this cell's job. Settings made by cells above apply to it. */
declare const env: StreamExecutionEnvironment;
interface StreamExecutionEnvironment {
  /** A bounded stream of these values, in this order: one array, or the values themselves. */
  fromData<T>(data: readonly T[]): DataStreamSource<T>;
  fromData<T>(...data: readonly T[]): DataStreamSource<T>;
  fromCollection<T>(data: Iterable<T>): DataStreamSource<T>;
  /** The integers from `from` to `to`, both included. */ fromSequence(from: number, to: number): DataStreamSource<number>;
  /** Reads a source. Event time and watermarks come from `strategy`, per split. */
  fromSource<T>(source: Source<T, any, any>, strategy: WatermarkStrategy<T>, sourceName: string): DataStreamSource<T>;
  /**
   * Lines of UTF-8 text from a TCP server; not replayed after a failure. `delimiter`: default '\n', which takes a '\r' before it along.
   * `maxRetry`: attempts to connect again, 500 ms apart; 0 = none (default): the stream ends with the connection; −1 = for ever.
   */
  socketTextStream(hostname: string, port: number, delimiter?: string, maxRetry?: number): DataStreamSource<string>;

  /** Turns checkpoints on. Interval at least 10 ms; mode EXACTLY_ONCE unless given. */
  enableCheckpointing(interval: DurationLike, mode?: CheckpointingMode): this;
  getCheckpointConfig(): CheckpointConfig;
  /** Sets options by Flink's names. An unknown name is a compile error; a later call wins. */ configure(options: Configuration): this;
  getConfiguration(): Readonly<Configuration>; getConfig(): ExecutionConfig;

  /** Default parallelism of operators, 1 unless set. */ setParallelism(parallelism: number): this;
  getParallelism(): number;
  /** Number of key groups, 1…32768, default 128. Fixed for the life of a job's state. */
  setMaxParallelism(maxParallelism: number): this; getMaxParallelism(): number;
  setRuntimeMode(mode: RuntimeExecutionMode): this; setBufferTimeout(timeout: DurationLike): this;
  disableOperatorChaining(): this; isChainingEnabled(): boolean;
  /** The job graph as JSON, in the shape of Flink's REST API. */ getExecutionPlan(): string;
  /** Names the job. Running the cell is what starts it, so the call is optional and returns at once. */ execute(jobName?: string): void;
}

declare const StreamExecutionEnvironment: {
  /** The same as `env`. */ getExecutionEnvironment(): StreamExecutionEnvironment;
};

type CheckpointingMode = 'EXACTLY_ONCE' | 'AT_LEAST_ONCE';
declare const CheckpointingMode: { readonly [M in CheckpointingMode]: M };
/** BATCH: only final results, sorted by key, bounded sources only. AUTOMATIC: BATCH iff all sources are bounded. */
type RuntimeExecutionMode = 'STREAMING' | 'BATCH' | 'AUTOMATIC';
declare const RuntimeExecutionMode: { readonly [M in RuntimeExecutionMode]: M };
type ExternalizedCheckpointRetention = 'DELETE_ON_CANCELLATION' | 'RETAIN_ON_CANCELLATION' | 'NO_EXTERNALIZED_CHECKPOINTS';
declare const ExternalizedCheckpointRetention: { readonly [R in ExternalizedCheckpointRetention]: R };
interface CheckpointConfig {
  setCheckpointInterval(interval: DurationLike): void; getCheckpointInterval(): Duration;
  setCheckpointingConsistencyMode(mode: CheckpointingMode): void;
  getCheckpointingConsistencyMode(): CheckpointingMode; isCheckpointingEnabled(): boolean;
  /** Default 10 min; then the checkpoint is aborted and counts as failed. */ setCheckpointTimeout(timeout: DurationLike): void;
  /** From the end of one checkpoint to the start of the next. Default 0. */ setMinPauseBetweenCheckpoints(pause: DurationLike): void;
  setMaxConcurrentCheckpoints(count: number): void;
  /** Consecutive failures that do not fail the job. Default 0. */ setTolerableCheckpointFailureNumber(count: number): void;
  setExternalizedCheckpointRetention(retention: ExternalizedCheckpointRetention): void;
  enableUnalignedCheckpoints(enabled?: boolean): void; setAlignedCheckpointTimeout(timeout: DurationLike): void;
}

interface ExecutionConfig {
  /** 0 (default here) = after every record, hence deterministic; > 0 = Flink's periodic emission, on the job's clock. */
  setAutoWatermarkInterval(interval: DurationLike): this; getAutoWatermarkInterval(): Duration;
  /** Accepted for compatibility, without effect: records are never copied. */ enableObjectReuse(): this;
  disableObjectReuse(): this;
  /** Makes `uid(...)` mandatory for every operator. */ disableAutoGeneratedUIDs(): this;
  enableAutoGeneratedUIDs(): this; setGlobalJobParameters(parameters: Readonly<Record<string, string>>): this;
  getGlobalJobParameters(): Readonly<Record<string, string>>;
}

/** Options of `env.configure`. Flink's names and values; defaults in brackets. */
interface Configuration {
  /** At least 10 ms. [2 s; Flink: off] */ 'execution.checkpointing.interval'?: DurationLike;
  /** Without effect: barriers pass between two records, so every record is counted exactly once. [EXACTLY_ONCE] */ 'execution.checkpointing.mode'?: CheckpointingMode;
  /** [10 min] */ 'execution.checkpointing.timeout'?: DurationLike;
  /** [0] */ 'execution.checkpointing.min-pause'?: DurationLike;
  /** An upper bound: one at a time is under way. [1] */ 'execution.checkpointing.max-concurrent-checkpoints'?: number;
  /** Consecutive failures that do not fail the job. [0] */ 'execution.checkpointing.tolerable-failed-checkpoints'?: number;
  /** [RETAIN_ON_CANCELLATION, and here also after the end of the job; Flink: NO_EXTERNALIZED_CHECKPOINTS] */ 'execution.checkpointing.externalized-checkpoint-retention'?: ExternalizedCheckpointRetention;
  /** [10; Flink: 1] */ 'execution.checkpointing.num-retained'?: number;
  /** [false] */ 'execution.checkpointing.incremental'?: boolean;
  /** Without effect: there is nothing to align. [false] */ 'execution.checkpointing.unaligned.enabled'?: boolean;
  /** Without effect, as above. [0 = unaligned at once] */ 'execution.checkpointing.aligned-checkpoint-timeout'?: DurationLike;
  /** Final checkpoint before a finished job exits, so that sinks commit. [true] */
  'execution.checkpointing.checkpoints-after-tasks-finish'?: boolean;
  /**
   * filesystem: in the folder of the notebook's checkpoints. jobmanager: in memory, gone with the job. Or a storage of your own, which gets a copy of each
   * checkpoint before it counts. [filesystem]
   */
  'execution.checkpointing.storage'?: 'filesystem' | 'jobmanager' | CheckpointStorage;
  /** Another folder that gets a copy of each checkpoint before it counts; relative to the notebook. [none] */ 'execution.checkpointing.dir'?: string;
  /** Folder that gets a copy of each savepoint; relative to the notebook. [none] */ 'execution.checkpointing.savepoint-dir'?: string;
  /** [false] */ 'execution.checkpointing.snapshot-compression'?: boolean;
  /** Checkpoint or savepoint to start from: 'latest', '12', '3/12' (run 3), or the path of its chk-12.json. [none] */ 'execution.state-recovery.path'?: string;
  /** CLAIM: what the run is restored from is its own, and goes when it is not needed any more. [NO_CLAIM] */ 'execution.state-recovery.claim-mode'?: 'NO_CLAIM' | 'CLAIM';
  /** Drop state of operators that no longer exist. [false = refuse to start] */
  'execution.state-recovery.ignore-unclaimed-state'?: boolean;
  /** [STREAMING] */ 'execution.runtime-mode'?: RuntimeExecutionMode;
  /** [0] */ 'execution.buffer-timeout.interval'?: DurationLike;

  /** [fixed-delay, 3 attempts, 1 s, and an error that repeats at the same record fails the job; Flink: exponential-delay] */
  'restart-strategy.type'?: 'none' | 'off' | 'disable' | 'fixed-delay' | 'failure-rate' | 'exponential-delay';
  /** [3; Flink: 1] */ 'restart-strategy.fixed-delay.attempts'?: number;
  /** [1 s] */ 'restart-strategy.fixed-delay.delay'?: DurationLike;
  /** [1] */ 'restart-strategy.failure-rate.max-failures-per-interval'?: number;
  /** [1 min] */ 'restart-strategy.failure-rate.failure-rate-interval'?: DurationLike;
  /** [1 s] */ 'restart-strategy.failure-rate.delay'?: DurationLike;
  /** [1 s] */ 'restart-strategy.exponential-delay.initial-backoff'?: DurationLike;
  /** [1 min] */ 'restart-strategy.exponential-delay.max-backoff'?: DurationLike;
  /** [1.5] */ 'restart-strategy.exponential-delay.backoff-multiplier'?: number;
  /** [1 h] */ 'restart-strategy.exponential-delay.reset-backoff-threshold'?: DurationLike;
  /** [0.1] */ 'restart-strategy.exponential-delay.jitter-factor'?: number;
  /** [Infinity] */ 'restart-strategy.exponential-delay.attempts-before-reset-backoff'?: number;
  /** [region] */ 'jobmanager.execution.failover-strategy'?: 'region' | 'full';

  /** hashmap: in memory. leveldb: on disk ('rocksdb', Flink's name for its own, means the same here). Or a backend of your own. [hashmap] */
  'state.backend.type'?: 'hashmap' | 'leveldb' | 'rocksdb' | 'postgresql' | StateBackend;
  /** Connection of the 'postgresql' backend; a secret reference, never a password. */ 'streambook.state.postgresql.url'?: string;

  /** [1] */ 'parallelism.default'?: number;
  /** Number of key groups. [128; more above a parallelism of 85, as in Flink] */ 'pipeline.max-parallelism'?: number;
  'pipeline.name'?: string;
  /** [0 = after every record; Flink: 200 ms] */ 'pipeline.auto-watermark-interval'?: DurationLike;
  /** Accepted, without effect: records are never copied. */ 'pipeline.object-reuse'?: boolean;
  /** [true] */ 'pipeline.operator-chaining.enabled'?: boolean;
  /** [true] */ 'pipeline.auto-generate-uids'?: boolean;
  'pipeline.global-job-parameters'?: Readonly<Record<string, string>>;

  /** All state of the job together; beyond it the job fails with the largest keys named. [256 mb] */
  'streambook.state.max-size'?: MemorySizeLike;
  /** The same for all jobs of a VS Code window together; the job that goes over it fails. [1 gb] */
  'streambook.state.max-window-size'?: MemorySizeLike;
  /** Find stored objects that were changed without `update`, by re-encoding samples. [false] */
  'streambook.state.check-mutations'?: boolean;
  /** Keep watermarks in checkpoints. False: as in Flink, they start again at −∞ after a restore. [true] */
  'streambook.checkpoint.store-watermarks'?: boolean;
  /** Which operator takes over which state after an edit, where that is not clear: 'keyedProcess 1=counter', nothing after the = leaves it behind. [none] */
  'streambook.state-recovery.match'?: string;
  /** Seed of every random choice of the job: `Random`, shuffle, rebalance. [1] */ 'streambook.seed'?: number;

  // Names of Flink 1. They are taken, and the cell is told the name of today.
  /** @deprecated Use 'execution.checkpointing.dir'. */ 'state.checkpoints.dir'?: Configuration['execution.checkpointing.dir'];
  /** @deprecated Use 'execution.checkpointing.storage'. */ 'state.checkpoint-storage'?: Configuration['execution.checkpointing.storage'];
  /** @deprecated Use 'execution.checkpointing.savepoint-dir'. */ 'state.savepoints.dir'?: Configuration['execution.checkpointing.savepoint-dir'];
  /** @deprecated Use 'execution.checkpointing.num-retained'. */ 'state.checkpoints.num-retained'?: Configuration['execution.checkpointing.num-retained'];
  /** @deprecated Use 'state.backend.type'. */ 'state.backend'?: Configuration['state.backend.type'];
  /** @deprecated Use 'execution.checkpointing.incremental'. */ 'state.backend.incremental'?: Configuration['execution.checkpointing.incremental'];
  /** @deprecated Use 'execution.checkpointing.unaligned.enabled'. */ 'execution.checkpointing.unaligned'?: Configuration['execution.checkpointing.unaligned.enabled'];
  /** @deprecated Use 'execution.state-recovery.path'. */ 'execution.savepoint.path'?: Configuration['execution.state-recovery.path'];
  /** @deprecated Use 'execution.state-recovery.claim-mode'. */ 'execution.savepoint-restore-mode'?: Configuration['execution.state-recovery.claim-mode'];
  /** @deprecated Use 'execution.state-recovery.ignore-unclaimed-state'. */ 'execution.savepoint.ignore-unclaimed-state'?: Configuration['execution.state-recovery.ignore-unclaimed-state'];
  /** @deprecated Use 'execution.buffer-timeout.interval'. */ 'execution.buffer-timeout'?: Configuration['execution.buffer-timeout.interval'];
  /** @deprecated Use 'restart-strategy.type'. */ 'restart-strategy'?: Configuration['restart-strategy.type'];
}

// ─── 3. Streams ──────────────────────────────────────────────────────────────────────────────────────────────────

/** A stream of records of type T. */
interface DataStream<out T> {
  getType(): TypeInformation<T>; getId(): number; getParallelism(): number;
  getExecutionEnvironment(): StreamExecutionEnvironment;

  /** One record out for each record in; the timestamp stays. */
  map<R extends Present>(mapper: MapFunction<T, R> | ((value: T) => R)): SingleOutputStreamOperator<R>;
  /** Any number of records out: return or yield them, or call `out.collect`. */
  flatMap<R = never>(flatMapper: FlatMapFunction<T, R> | ((value: T, out: Collector<R>) => Emits<R>)): SingleOutputStreamOperator<R>;
  /** Keeps the records for which the predicate is true; a type guard narrows the stream's type. */
  filter<S extends T>(filter: (value: T) => value is S): SingleOutputStreamOperator<S>;
  filter(filter: FilterFunction<T> | ((value: T) => boolean)): SingleOutputStreamOperator<T>;
  /** Records with side outputs and the current time, but no key: no keyed state, no timers. */
  process<R = never>(
    processFunction: ProcessFunction<T, R> | ((value: T, ctx: ProcessFunction.Context, out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R>;

  /** Partitions by key: by a function, by a field, or by several fields (the key is then a tuple). Throws on a null key. */
  keyBy<K extends KeyLike>(selector: KeySelector<T, K & Key<K>> | ((value: T) => K & Key<K>)): KeyedStream<T, K>;
  keyBy<F extends KeyFieldOf<T>, const More extends readonly KeyFieldOf<T>[] = []>(field: F, ...more: More): KeyedStream<T, KeyOf<T, F, More>>;

  /** Records of all streams in no particular order; the watermark is the smallest of theirs. */
  union(...streams: DataStream<T>[]): DataStream<T>;
  /** Two streams of different types in one operator; with a broadcast stream, broadcast state. */
  connect<B>(stream: BroadcastStream<B>): BroadcastConnectedStream<T, B>;
  connect<T2>(stream: DataStream<T2>): ConnectedStreams<T, T2>;
  /** Every record to every subtask; with descriptors, to hold as broadcast state. */ broadcast(): DataStream<T>;
  broadcast(...descriptors: [MapStateDescriptor<any, any>, ...MapStateDescriptor<any, any>[]]): BroadcastStream<T>;
  /** Inner join per key and window. */ join<T2>(other: DataStream<T2>): JoinedStreams<T, T2>;
  /** Both sides' records per key and window, also when one side is empty. */
  coGroup<T2>(other: DataStream<T2>): CoGroupedStreams<T, T2>;

  /** One window for all keys: parallelism 1. */
  windowAll<W extends Window>(assigner: WindowAssigner<T, W>): AllWindowedStream<T, W>;
  countWindowAll(size: number, slide?: number): AllWindowedStream<T, GlobalWindow>;
  /** All records of a subtask (of a key, behind keyBy) as one window, at the end of a bounded input. */
  fullWindowPartition(): PartitionWindowedStream<T>;
  /** Sets event time and watermarks in mid-stream; watermarks from upstream end here. */
  assignTimestampsAndWatermarks(strategy: WatermarkStrategy<T>): SingleOutputStreamOperator<T>;

  // Partitioning
  rebalance(): DataStream<T>; rescale(): DataStream<T>; shuffle(): DataStream<T>; forward(): DataStream<T>;
  global(): DataStream<T>;
  /** Annotate the key: `partitionCustom((key: string, n) => …, r => r.id)`. */
  partitionCustom<K>(
    partitioner: Partitioner<K> | ((key: K, numPartitions: number) => number),
    selector: KeySelector<T, K> | ((value: T) => K),
  ): DataStream<T>;

  sinkTo<CommT = never, StateT = never>(
    sink: Sink<T> & Partial<SupportsCommitter<CommT>> & Partial<SupportsWriterState<T, StateT>>,
  ): DataStreamSink<T>;
  /** Writes `subtask> value` to the cell's log, with `identifier:` in front if given. */
  print(identifier?: string): DataStreamSink<T>; printToErr(identifier?: string): DataStreamSink<T>;
}

/** Settings of one operator. */
interface OperatorSettings {
  /** Stable id: state is found again by it after an edit. Unique in the job, else throws. */ uid(uid: string): this;
  setUidHash(hash: string): this; name(name: string): this; setDescription(description: string): this;
  /** Throws above the maximum parallelism. */ setParallelism(parallelism: number): this;
  setMaxParallelism(maxParallelism: number): this;
  // Chaining
  disableChaining(): this; slotSharingGroup(name: string): this;
}

/** The result of an operator, with the operator's settings. */
interface SingleOutputStreamOperator<out T> extends DataStream<T>, OperatorSettings {
  getName(): string; forceNonParallel(): this; startNewChain(): this; setBufferTimeout(timeout: DurationLike): this;
  /** Says how records are stored, where state must survive a change of their shape. */ returns(type: TypeInformation<T>): this;
  /** What the operator sent to the tag; late records with `sideOutputLateData`. */
  getSideOutput<X>(tag: OutputTag<X>): SideOutputDataStream<X>;
}

interface DataStreamSource<T> extends SingleOutputStreamOperator<T> {}
interface SideOutputDataStream<T> extends DataStream<T> {}
interface DataStreamSink<T> extends OperatorSettings {}

/** Aggregates of one field, running (per key) or per window. A field of another type is a compile error. */
interface FieldAggregations<T> {
  /** The sum in that field; the other fields stay those of the first record. */
  sum<F extends FieldOf<T, number | bigint>>(field: F): SingleOutputStreamOperator<T>;
  /** The minimum in that field; the other fields stay those of the first record. */
  min<F extends FieldOf<T, Comparable>>(field: F): SingleOutputStreamOperator<T>;
  max<F extends FieldOf<T, Comparable>>(field: F): SingleOutputStreamOperator<T>;
  /** The whole record with the smallest value; on a tie the earlier one, or the later with `first = false`. */
  minBy<F extends FieldOf<T, Comparable>>(field: F, first?: boolean): SingleOutputStreamOperator<T>;
  maxBy<F extends FieldOf<T, Comparable>>(field: F, first?: boolean): SingleOutputStreamOperator<T>;
}

/** A stream partitioned by key: keyed state, timers, windows. */
interface KeyedStream<out T, out K> extends DataStream<T>, FieldAggregations<T> {
  getKeyType(): TypeInformation<K>;
  /** Records with keyed state and timers. A `ProcessFunction` also fits. */
  process<R = never>(
    processFunction:
      | KeyedProcessFunction<K, T, R>
      | ProcessFunction<T, R>
      | ((value: T, ctx: KeyedContext<K>, out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R>;

  window<W extends Window>(assigner: WindowAssigner<T, W>): WindowedStream<T, K, W>;
  /** Every `size` records of a key; with `slide`, the last `size` every `slide` records. */
  countWindow(size: number, slide?: number): WindowedStream<T, K, GlobalWindow>;

  /** Running result: one output per input. */
  reduce(reducer: ReduceFunction<T> | ReduceFunction<T>['reduce']): SingleOutputStreamOperator<T>;

  /** Two keyed streams share keyed state and timers when their keys have the same type. */
  connect<B>(stream: BroadcastStream<B>): KeyedBroadcastConnectedStream<T, B, K>;
  connect<T2>(stream: KeyedStream<T2, K>): KeyedConnectedStreams<T, T2, K>;
  connect<T2>(stream: NotKeyed<T2>): ConnectedStreams<T, T2>;
  /** Pairs with equal keys whose event times are within bounds. */
  intervalJoin<T2>(other: KeyedStream<T2, K>): IntervalJoin<T, T2, K>;
}

/** A stream that has not been keyed. */
interface NotKeyed<T> extends DataStream<T> { window?: never }

/** Two streams with one operator on both. Output order between the two is undefined. */
interface ConnectedStreams<A, B> {
  map<R extends Present>(mapper: CoMapFunction<A, B, R>): SingleOutputStreamOperator<R>;
  flatMap<R>(flatMapper: CoFlatMapFunction<A, B, R>): SingleOutputStreamOperator<R>;
  process<R>(processFunction: CoProcessFunction<A, B, R>): SingleOutputStreamOperator<R>;
  /** Keys of the same type for both: by functions, or by a field of each. */
  keyBy<K extends KeyLike>(
    selector1: KeySelector<A, K & Key<K>> | ((value: A) => K & Key<K>),
    selector2: KeySelector<B, NoInfer<K>> | ((value: B) => NoInfer<K>),
  ): KeyedConnectedStreams<A, B, K>;
  keyBy<F extends KeyFieldOf<A>>(field1: F, field2: FieldOf<B, A[F & keyof A]>): KeyedConnectedStreams<A, B, A[F & keyof A]>;
}

/** Flink's ConnectedStreams after `keyBy`. */
interface KeyedConnectedStreams<A, B, K> {
  map<R extends Present>(mapper: CoMapFunction<A, B, R>): SingleOutputStreamOperator<R>;
  flatMap<R>(flatMapper: CoFlatMapFunction<A, B, R>): SingleOutputStreamOperator<R>;
  process<R>(processFunction: KeyedCoProcessFunction<K, A, B, R> | CoProcessFunction<A, B, R>): SingleOutputStreamOperator<R>;
}

interface BroadcastStream<T> { getBroadcastStateDescriptors(): readonly MapStateDescriptor<unknown, unknown>[]; readonly elementType?: T }
/** A stream with broadcast state beside it. */
interface BroadcastConnectedStream<A, B> { process<R>(processFunction: BroadcastProcessFunction<A, B, R>): SingleOutputStreamOperator<R> }

/** Flink's BroadcastConnectedStream on a keyed stream. Throws IllegalArgumentException for a function without keys. */
interface KeyedBroadcastConnectedStream<A, B, K> {
  process<R>(processFunction: KeyedBroadcastProcessFunction<K, A, B, R> | BroadcastProcessFunction<A, B, R>): SingleOutputStreamOperator<R>;
}

/** All records of a subtask, or of a key, as one window: what is made of them comes at the end of a bounded input. */
interface PartitionWindowedStream<T> {
  mapPartition<R = never>(
    mapper: MapPartitionFunction<T, R> | ((values: Iterable<T>, out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R>;
  /** Records that are equal in it stay as they came. */
  sortPartition<F extends FieldOf<T, Comparable>>(field: F, order: 'ASCENDING' | 'DESCENDING'): SingleOutputStreamOperator<T>;
  sortPartition<V extends Comparable>(
    selector: KeySelector<T, V> | ((value: T) => V),
    order: 'ASCENDING' | 'DESCENDING',
  ): SingleOutputStreamOperator<T>;
  reduce(reducer: ReduceFunction<T> | ReduceFunction<T>['reduce']): SingleOutputStreamOperator<T>;
  aggregate<ACC, R>(aggregator: AggregateFunction<T, ACC, R>): SingleOutputStreamOperator<R>;
}

/** `a.intervalJoin(b).between(lower, upper).process(…)`: b.time in [a.time + lower, a.time + upper], event time only. */
interface IntervalJoin<A, B, K> { between(lowerBound: DurationLike, upperBound: DurationLike): IntervalJoined<A, B, K> }
interface IntervalJoined<A, B, K> {
  lowerBoundExclusive(): this; upperBoundExclusive(): this; sideOutputLeftLateData(tag: OutputTag<A>): this;
  sideOutputRightLateData(tag: OutputTag<B>): this;
  process<R = never>(
    processFunction:
      | ProcessJoinFunction<A, B, R>
      | ((left: A, right: B, ctx: ProcessJoinFunction.Context, out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R>;
}

/** `a.join(b).where(k).equalTo(k).window(w).apply(f)`. */
interface JoinedStreams<A, B> { where<K extends KeyLike>(selector: KeySelector<A, K & Key<K>> | ((value: A) => K & Key<K>)): JoinedStreams.Where<A, B, K> }
declare namespace JoinedStreams {
  interface Where<A, B, K> { equalTo(selector: KeySelector<B, K> | ((value: B) => K)): EqualTo<A, B, K> }
  interface EqualTo<A, B, K> { window<W extends Window>(assigner: WindowAssigner<A | B, W>): WithWindow<A, B, K, W> }
  interface WithWindow<A, B, K, W extends Window> extends WindowSettings<A | B, W> {
    /** Once for every pair, when the window fires. */
    apply<R extends Present>(joiner: JoinFunction<A, B, R> | ((first: A, second: B) => R)): SingleOutputStreamOperator<R>;
  }
}

/** `a.coGroup(b).where(k).equalTo(k).window(w).apply(f)`. */
interface CoGroupedStreams<A, B> { where<K extends KeyLike>(selector: KeySelector<A, K & Key<K>> | ((value: A) => K & Key<K>)): CoGroupedStreams.Where<A, B, K> }
declare namespace CoGroupedStreams {
  interface Where<A, B, K> { equalTo(selector: KeySelector<B, K> | ((value: B) => K)): EqualTo<A, B, K> }
  interface EqualTo<A, B, K> { window<W extends Window>(assigner: WindowAssigner<A | B, W>): WithWindow<A, B, K, W> }
  interface WithWindow<A, B, K, W extends Window> extends WindowSettings<A | B, W> {
    /** Once per key and window with at least one record on either side. */
    apply<R = never>(
      coGrouper: CoGroupFunction<A, B, R> | ((first: Iterable<A>, second: Iterable<B>, out: Collector<R>) => Emits<R>),
    ): SingleOutputStreamOperator<R>;
  }
}

// ─── 4. Functions ────────────────────────────────────────────────────────────────────────────────────────────────

/** What every function object may have. `open` runs before the first record and after each restart. */
interface RichFunction { open?(context: OpenContext): Nothing; close?(): Nothing }
interface OpenContext {
  /** For functions that are plain objects; classes can extend a Rich… class and call `this.getRuntimeContext()`. */
  getRuntimeContext(): RuntimeContext;
}

interface MapFunction<IN, OUT> extends RichFunction { map(value: IN): OUT }
interface FlatMapFunction<IN, OUT> extends RichFunction { flatMap(value: IN, out: Collector<OUT>): Nothing }
interface FilterFunction<T> extends RichFunction { filter(value: T): boolean }
interface ReduceFunction<T> extends RichFunction { reduce(a: T, b: T): T }
interface MapPartitionFunction<IN, OUT> extends RichFunction { mapPartition(values: Iterable<IN>, out: Collector<OUT>): Nothing }
interface KeySelector<IN, KEY> { getKey(value: IN): KEY }
interface Partitioner<K> { partition(key: K, numPartitions: number): number }
interface JoinFunction<A, B, OUT> extends RichFunction { join(first: A, second: B): OUT }
interface CoGroupFunction<A, B, OUT> extends RichFunction { coGroup(first: Iterable<A>, second: Iterable<B>, out: Collector<OUT>): Nothing }
interface CoMapFunction<A, B, OUT> extends RichFunction { map1(value: A): OUT; map2(value: B): OUT }
interface CoFlatMapFunction<A, B, OUT> extends RichFunction {
  flatMap1(value: A, out: Collector<OUT>): Nothing; flatMap2(value: B, out: Collector<OUT>): Nothing;
}

/** Incremental aggregation. Write `createAccumulator` first, so that the others know its type. */
interface AggregateFunction<IN, ACC, OUT> extends RichFunction {
  createAccumulator(): ACC; add(value: IN, accumulator: ACC): ACC; getResult(accumulator: ACC): OUT;
  /** Only needed for session windows, which throw without it. */ merge?(a: ACC, b: ACC): ACC;
}

/** Thrown by a user function: fails the job without a restart. */
declare class SuppressRestartsException extends Error { constructor(cause: unknown) }
/** Base of functions that use the runtime context. */
declare abstract class AbstractRichFunction implements RichFunction {
  open(context: OpenContext): Nothing; close(): Nothing;
  /** Throws IllegalStateException before `open`. */ getRuntimeContext(): RuntimeContext;
}
declare abstract class RichMapFunction<IN, OUT> extends AbstractRichFunction implements MapFunction<IN, OUT> { abstract map(value: IN): OUT }
declare abstract class RichFlatMapFunction<IN, OUT> extends AbstractRichFunction implements FlatMapFunction<IN, OUT> {
  abstract flatMap(value: IN, out: Collector<OUT>): Nothing;
}
declare abstract class RichFilterFunction<T> extends AbstractRichFunction implements FilterFunction<T> { abstract filter(value: T): boolean }
declare abstract class RichReduceFunction<T> extends AbstractRichFunction implements ReduceFunction<T> { abstract reduce(a: T, b: T): T }
declare abstract class RichCoMapFunction<A, B, OUT> extends AbstractRichFunction implements CoMapFunction<A, B, OUT> {
  abstract map1(value: A): OUT;
  abstract map2(value: B): OUT;
}
declare abstract class RichCoFlatMapFunction<A, B, OUT> extends AbstractRichFunction implements CoFlatMapFunction<A, B, OUT> {
  abstract flatMap1(value: A, out: Collector<OUT>): Nothing;
  abstract flatMap2(value: B, out: Collector<OUT>): Nothing;
}
declare abstract class RichAsyncFunction<IN, OUT> extends AbstractRichFunction implements AsyncFunction<IN, OUT> {
  abstract asyncInvoke(input: IN, resultFuture: ResultFuture<OUT>): void | Promise<void>;
  /** Without one, a call that takes too long fails the job. */ timeout?(input: IN, resultFuture: ResultFuture<OUT>): Nothing;
}

/** What a running subtask knows about itself. */
interface RuntimeContext extends KeyedStateStore {
  getJobInfo(): JobInfo; getTaskInfo(): TaskInfo; getMetricGroup(): MetricGroup;
  getGlobalJobParameters(): Readonly<Record<string, string>>;
  /** Seeded per subtask; part of the checkpoint. */ getRandom(): Random;
  // Accumulators: summed over subtasks
  addAccumulator<V, R>(name: string, accumulator: Accumulator<V, R>): void;
  getAccumulator<V, R>(name: string): Accumulator<V, R> | null; getIntCounter(name: string): IntCounter;
  getLongCounter(name: string): LongCounter; getDoubleCounter(name: string): DoubleCounter;
  getHistogram(name: string): AccumulatorHistogram;
}

interface JobInfo { getJobId(): string; getJobName(): string }
interface TaskInfo {
  getTaskName(): string; getTaskNameWithSubtasks(): string; getIndexOfThisSubtask(): number;
  getNumberOfParallelSubtasks(): number; getMaxNumberOfParallelSubtasks(): number;
  /** 0 on the first run, +1 per restart. */ getAttemptNumber(): number;
}

interface Accumulator<V, R> {
  add(value: V): void; getLocalValue(): R; resetLocal(): void; merge(other: Accumulator<V, R>): void;
  clone(): Accumulator<V, R>;
}
type IntCounter = Accumulator<number, number>;
type LongCounter = Accumulator<number, number>;
type DoubleCounter = Accumulator<number, number>;
/** Flink's accumulator `Histogram`: how often each integer was added. */
type AccumulatorHistogram = Accumulator<number, ReadonlyMap<number, number>>;
declare const IntCounter: new () => IntCounter;
declare const LongCounter: new () => LongCounter;
declare const DoubleCounter: new () => DoubleCounter;
declare const AccumulatorHistogram: new () => AccumulatorHistogram;

// Metrics of a subtask, under the operator's name.

interface MetricGroup {
  counter(name: string): Counter;
  counter<C extends Counter>(name: string, counter: C): C;
  gauge(name: string, gauge: Gauge | (() => number | string | boolean)): Gauge;
  /** Events per second over the last minute, unless another meter is given. */ meter(name: string, meter?: Meter): Meter;
  /** The last 1,000 values, unless another histogram is given. */ histogram(name: string, histogram?: Histogram): Histogram;
  addGroup(name: string): MetricGroup;
  addGroup(key: string, value: string): MetricGroup;
}
interface Counter { inc(n?: number): void; dec(n?: number): void; getCount(): number }
interface Gauge { getValue(): number | string | boolean }
interface Meter {
  markEvent(n?: number): void;
  /** Per second. */ getRate(): number;
  getCount(): number;
}
interface Histogram { update(value: number): void; getCount(): number; getStatistics(): HistogramStatistics }
interface HistogramStatistics {
  /** `quantile` in [0, 1]. */ getQuantile(quantile: number): number;
  getMean(): number; getStdDev(): number; getMin(): number; getMax(): number;
  size(): number;
}
/** Rate over the last `timeSpanInSeconds` (60). */
declare const MeterView: new (timeSpanInSeconds?: number) => Meter;
/** Exact statistics of the last `windowSize` values. */
declare const DescriptiveStatisticsHistogram: new (windowSize: number) => Histogram;

// ─── 5. Process functions ────────────────────────────────────────────────────────────────────────────────────────

/** The current time, everywhere. */
interface TimeService {
  /** ms on the job's clock: the wall clock when live, the recorded one in a replay. */ currentProcessingTime(): number;
  /** −Infinity before the first watermark. In `onTimer` it is already the new one. */ currentWatermark(): number;
}

/** Timers of the current key: one per timestamp however often registered, kept in checkpoints. */
interface TimerService extends TimeService {
  /** Fires when the watermark reaches `time`; a past time fires at the next watermark. */ registerEventTimeTimer(time: number): void;
  deleteEventTimeTimer(time: number): void;
  /** Fires when the clock passes `time`; a past time fires at once. */ registerProcessingTimeTimer(time: number): void;
  deleteProcessingTimeTimer(time: number): void;
}

type TimeDomain = 'EVENT_TIME' | 'PROCESSING_TIME';
declare const TimeDomain: { readonly [D in TimeDomain]: D };

/** Each record, without a key. Keyed state and timers need `keyBy` and a `KeyedProcessFunction`. */
declare abstract class ProcessFunction<I, O> extends AbstractRichFunction {
  #private;
  abstract processElement(value: I, ctx: ProcessFunction.Context, out: Collector<O>): Nothing;
}
declare namespace ProcessFunction {
  interface Context {
    /** Of the current record, in ms; null when it has none. */ timestamp(): number | null;
    timerService(): TimeService;
    /** Sends to a side output; read it with `getSideOutput(tag)`. */ output<X>(tag: OutputTag<X>, value: NoInfer<X>): void;
  }
}

/** Each record of a key, with keyed state and timers. */
declare abstract class KeyedProcessFunction<K, I, O> extends AbstractRichFunction {
  #private;
  abstract processElement(value: I, ctx: KeyedProcessFunction.Context<K>, out: Collector<O>): Nothing;
  /** For each due timer, in order of time. What it emits has the timer's time as timestamp; none for processing time. */
  onTimer(timestamp: number, ctx: KeyedProcessFunction.OnTimerContext<K>, out: Collector<O>): Nothing;
}
/** Also gives keyed state: `ctx.getState(descriptor)` is short for `getRuntimeContext().getState(descriptor)`. */
interface KeyedContext<K> extends ProcessFunction.Context, KeyedStateStore { timerService(): TimerService; getCurrentKey(): K }
interface KeyedOnTimerContext<K> extends KeyedContext<K> { timeDomain(): TimeDomain }
declare namespace KeyedProcessFunction {
  type Context<K> = KeyedContext<K>;
  type OnTimerContext<K> = KeyedOnTimerContext<K>;
}

/** Two streams without a key. */
declare abstract class CoProcessFunction<A, B, OUT> extends AbstractRichFunction {
  #private;
  abstract processElement1(value: A, ctx: CoProcessFunction.Context, out: Collector<OUT>): Nothing;
  abstract processElement2(value: B, ctx: CoProcessFunction.Context, out: Collector<OUT>): Nothing;
}
declare namespace CoProcessFunction { interface Context extends ProcessFunction.Context {} }

/** Two streams with the same key: shared keyed state and timers. */
declare abstract class KeyedCoProcessFunction<K, A, B, OUT> extends AbstractRichFunction {
  #private;
  abstract processElement1(value: A, ctx: KeyedCoProcessFunction.Context<K>, out: Collector<OUT>): Nothing;
  abstract processElement2(value: B, ctx: KeyedCoProcessFunction.Context<K>, out: Collector<OUT>): Nothing;
  onTimer(timestamp: number, ctx: KeyedCoProcessFunction.OnTimerContext<K>, out: Collector<OUT>): Nothing;
}
declare namespace KeyedCoProcessFunction {
  type Context<K> = KeyedContext<K>;
  type OnTimerContext<K> = KeyedOnTimerContext<K>;
}

/** A stream beside a broadcast stream. Change broadcast state the same way in every subtask: their order differs. */
declare abstract class BroadcastProcessFunction<A, B, OUT> extends AbstractRichFunction {
  #private;
  abstract processElement(value: A, ctx: BroadcastProcessFunction.ReadOnlyContext, out: Collector<OUT>): Nothing;
  abstract processBroadcastElement(value: B, ctx: BroadcastProcessFunction.Context, out: Collector<OUT>): Nothing;
}
declare namespace BroadcastProcessFunction {
  interface ReadOnlyContext extends TimeService {
    timestamp(): number | null; output<X>(tag: OutputTag<X>, value: NoInfer<X>): void;
    getBroadcastState<K, V>(descriptor: MapStateDescriptor<K, V>): ReadOnlyBroadcastState<K, V>;
  }
  interface Context extends ReadOnlyContext { getBroadcastState<K, V>(descriptor: MapStateDescriptor<K, V>): BroadcastState<K, V> }
}

/** A keyed stream beside a broadcast stream; timers on the keyed side only. */
declare abstract class KeyedBroadcastProcessFunction<K, A, B, OUT> extends AbstractRichFunction {
  #private;
  abstract processElement(value: A, ctx: KeyedBroadcastProcessFunction.ReadOnlyContext<K>, out: Collector<OUT>): Nothing;
  abstract processBroadcastElement(value: B, ctx: KeyedBroadcastProcessFunction.Context<K>, out: Collector<OUT>): Nothing;
  onTimer(timestamp: number, ctx: KeyedBroadcastProcessFunction.OnTimerContext<K>, out: Collector<OUT>): Nothing;
}
declare namespace KeyedBroadcastProcessFunction {
  interface ReadOnlyContext<K> extends BroadcastProcessFunction.ReadOnlyContext, KeyedStateStore { timerService(): TimerService; getCurrentKey(): K }
  interface OnTimerContext<K> extends ReadOnlyContext<K> { timeDomain(): TimeDomain }
  interface Context<K> extends BroadcastProcessFunction.Context {
    /** Visits that state of every key of this subtask, in the order of the keys. */
    applyToKeyedState<T>(descriptor: ValueStateDescriptor<T>, visit: (key: K, state: ValueState<T>) => Nothing): void;
    applyToKeyedState<T>(descriptor: ListStateDescriptor<T>, visit: (key: K, state: ListState<T>) => Nothing): void;
    applyToKeyedState<UK, UV>(descriptor: MapStateDescriptor<UK, UV>, visit: (key: K, state: MapState<UK, UV>) => Nothing): void;
  }
}

/** Each pair of an interval join. */
declare abstract class ProcessJoinFunction<A, B, OUT> extends AbstractRichFunction {
  #private;
  abstract processElement(left: A, right: B, ctx: ProcessJoinFunction.Context, out: Collector<OUT>): Nothing;
}
declare namespace ProcessJoinFunction {
  interface Context {
    getLeftTimestamp(): number; getRightTimestamp(): number;
    /** The later of the two. */ getTimestamp(): number;
    output<X>(tag: OutputTag<X>, value: NoInfer<X>): void;
  }
}

// ─── 6. Event time ───────────────────────────────────────────────────────────────────────────────────────────────

/** Where event time comes from and how far it has got. */
declare abstract class WatermarkStrategy<in T> {
  abstract createWatermarkGenerator(context: WatermarkStrategy.Context): WatermarkGenerator<T>;
  createTimestampAssigner(context: WatermarkStrategy.Context): TimestampAssigner<T>;
  /**
   * Event time in ms from the record; without it the source's own timestamp is used (Kafka: the record's).
   * Last in the chain, the record type is inferred: `forBoundedOutOfOrderness('2 s').withTimestampAssigner(r => r.time)`.
   */
  withTimestampAssigner<E extends T>(assigner: TimestampAssigner<E> | ((element: E, recordTimestamp: number) => number)): WatermarkStrategy<E>;
  /** A split silent for longer no longer holds the watermark back. Throws unless > 0. */
  withIdleness(idleTimeout: DurationLike): WatermarkStrategy<T>;
  /** Pauses splits more than `maxAllowedDrift` ahead of the slowest in the group; checked every `updateInterval` (1 s). */
  withWatermarkAlignment(group: string, maxAllowedDrift: DurationLike, updateInterval?: DurationLike): WatermarkStrategy<T>;

  /** Timestamps never go down: watermark = largest − 1 ms. */ static forMonotonousTimestamps<T>(): WatermarkStrategy<T>;
  /** Records at most this late: watermark = largest − bound − 1 ms. Throws if negative. */
  static forBoundedOutOfOrderness<T>(maxOutOfOrderness: DurationLike): WatermarkStrategy<T>;
  static forGenerator<T>(generator: (context: WatermarkStrategy.Context) => WatermarkGenerator<T>): WatermarkStrategy<T>;
  /** No watermark before the end of input: for pipelines in processing time. */ static noWatermarks<T>(): WatermarkStrategy<T>;
}
declare namespace WatermarkStrategy { interface Context { getMetricGroup(): MetricGroup } }

interface TimestampAssigner<T> { extractTimestamp(element: T, recordTimestamp: number): number }
interface WatermarkGenerator<T> {
  /** After the record was sent on. */ onEvent(event: T, eventTimestamp: number, output: WatermarkOutput): Nothing;
  /** Every `pipeline.auto-watermark-interval`; when that is 0, after every record. */ onPeriodicEmit(output: WatermarkOutput): Nothing;
}
interface WatermarkOutput {
  /** A number of ms, or a Watermark. One that is not larger than the last is ignored. */
  emitWatermark(watermark: Watermark | number): void; markIdle(): void; markActive(): void;
}
/** No record with a timestamp ≤ this is expected any more. */
declare class Watermark { constructor(timestamp: number); getTimestamp(): number; static readonly MAX_WATERMARK: Watermark }

// ─── 7. Windows ──────────────────────────────────────────────────────────────────────────────────────────────────

declare abstract class Window {
  /** The last ms that belongs to the window; the timestamp of its results. */ abstract maxTimestamp(): number;
}
/** [start, end) in ms. */
declare class TimeWindow extends Window {
  constructor(start: number, end: number);
  readonly start: number; readonly end: number; getStart(): number; getEnd(): number;
  maxTimestamp(): number; intersects(other: TimeWindow): boolean; cover(other: TimeWindow): TimeWindow;
}
declare class GlobalWindow extends Window {
  #private; private constructor();
  static get(): GlobalWindow;
  /** Infinity. */ maxTimestamp(): number;
}

interface WindowSettings<T, W extends Window> {
  /** Replaces the assigner's trigger: an event-time window with a count trigger no longer fires on time. */
  trigger(trigger: Trigger<T, W>): this;
  /** Keeps every record of the window; no incremental aggregation. */ evictor(evictor: Evictor<T, W>): this;
  /** Event time only. A late record within it fires again, with the updated full result. Default 0. */
  allowedLateness(lateness: DurationLike): this;
}

/** Names of results, each 'count' or a function of a numeric field. */
interface BuiltInAggregates<T> { readonly [name: string]: 'count' | readonly ['sum' | 'min' | 'max' | 'avg', FieldOf<T, number>] }

/** A keyed stream in windows. */
interface WindowedStream<T, K, W extends Window> extends WindowSettings<T, W>, FieldAggregations<T> {
  /** Records too late for every window go here, instead of being dropped and counted. */ sideOutputLateData(tag: OutputTag<T>): this;

  reduce(reducer: ReduceFunction<T> | ReduceFunction<T>['reduce']): SingleOutputStreamOperator<T>;
  /** Reduces as records come; `windowFunction` gets the one result, with key and window. */
  reduce<R = never>(
    reducer: ReduceFunction<T> | ReduceFunction<T>['reduce'],
    windowFunction: ProcessWindowFunction<T, R, K, W>
      | ((key: K, context: WindowContext<W>, elements: readonly [T], out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R>;
  aggregate<ACC, R>(aggregator: AggregateFunction<T, ACC, R>): SingleOutputStreamOperator<R>;
  /** Aggregates as records come; `windowFunction` gets the one result, with key and window. */
  aggregate<ACC, V, R = never>(
    aggregator: AggregateFunction<T, ACC, V>,
    windowFunction: ProcessWindowFunction<V, R, K, W>
      | ((key: K, context: WindowContext<W>, elements: readonly [V], out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R>;
  /** Ours, not Flink's: built-in aggregates by name, `{ n: 'count', total: ['sum', 'amount'] }`. They stay data, so they run in columns. */
  aggregate<const S extends BuiltInAggregates<T>>(aggregates: S): SingleOutputStreamOperator<{ key: K } & { -readonly [N in keyof S]: number }>;
  /** Gets all records of the window at once, in order of arrival. */
  process<R = never>(
    windowFunction: ProcessWindowFunction<T, R, K, W>
      | ((key: K, context: WindowContext<W>, elements: Iterable<T>, out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R>;
  /** `process` with the window instead of a context. */
  apply<R = never>(
    windowFunction: WindowFunction<T, R, K, W> | ((key: K, window: W, input: Iterable<T>, out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R>;
}

/** A stream in windows over all its records; parallelism 1. */
interface AllWindowedStream<T, W extends Window> extends WindowSettings<T, W>, FieldAggregations<T> {
  sideOutputLateData(tag: OutputTag<T>): this;
  reduce(reducer: ReduceFunction<T> | ReduceFunction<T>['reduce']): SingleOutputStreamOperator<T>;
  reduce<R = never>(
    reducer: ReduceFunction<T> | ReduceFunction<T>['reduce'],
    windowFunction: ProcessAllWindowFunction<T, R, W> | ((context: WindowContext<W>, elements: readonly [T], out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R>;
  aggregate<ACC, R>(aggregator: AggregateFunction<T, ACC, R>): SingleOutputStreamOperator<R>;
  aggregate<ACC, V, R = never>(
    aggregator: AggregateFunction<T, ACC, V>,
    windowFunction: ProcessAllWindowFunction<V, R, W> | ((context: WindowContext<W>, elements: readonly [V], out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R>;
  process<R = never>(
    windowFunction: ProcessAllWindowFunction<T, R, W> | ((context: WindowContext<W>, elements: Iterable<T>, out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R>;
  apply<R = never>(
    windowFunction: AllWindowFunction<T, R, W> | ((window: W, input: Iterable<T>, out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R>;
}

/** The records of one key and window. Never called for an empty window. */
declare abstract class ProcessWindowFunction<IN, OUT, KEY, W extends Window> extends AbstractRichFunction {
  abstract process(key: KEY, context: ProcessWindowFunction.Context<W>, elements: Iterable<IN>, out: Collector<OUT>): Nothing;
  /** When the window is dropped: clear `context.windowState()` here. */ clear(context: ProcessWindowFunction.Context<W>): Nothing;
}
interface WindowContext<W extends Window> extends TimeService {
  window(): W;
  /** State of this key and window. */ windowState(): KeyedStateStore;
  /** State of this key, in all windows. */ globalState(): KeyedStateStore;
  output<X>(tag: OutputTag<X>, value: NoInfer<X>): void;
}
declare namespace ProcessWindowFunction { type Context<W extends Window> = WindowContext<W> }

declare abstract class ProcessAllWindowFunction<IN, OUT, W extends Window> extends AbstractRichFunction {
  abstract process(context: ProcessWindowFunction.Context<W>, elements: Iterable<IN>, out: Collector<OUT>): Nothing;
  clear(context: ProcessWindowFunction.Context<W>): Nothing;
}

interface WindowFunction<IN, OUT, KEY, W extends Window> extends RichFunction {
  apply(key: KEY, window: W, input: Iterable<IN>, out: Collector<OUT>): Nothing;
}
interface AllWindowFunction<IN, OUT, W extends Window> extends RichFunction { apply(window: W, values: Iterable<IN>, out: Collector<OUT>): Nothing }

// Assigners. Event-time assigners throw for a record without a timestamp.

declare abstract class WindowAssigner<T, W extends Window> {
  abstract assignWindows(element: T, timestamp: number, context: WindowAssigner.Context): Iterable<W>;
  abstract getDefaultTrigger(): Trigger<T, W>;
  abstract isEventTime(): boolean;
}
declare namespace WindowAssigner {
  interface Context { getCurrentProcessingTime(): number }
}
/** An assigner whose windows may merge: sessions. */
declare abstract class MergingWindowAssigner<T, W extends Window> extends WindowAssigner<T, W> {
  abstract mergeWindows(windows: Iterable<W>, merge: (toBeMerged: readonly W[], result: W) => void): void;
}

/** Tumbling: throws unless |offset| < size. The stagger spreads firing over time. */
declare const TumblingEventTimeWindows: {
  of(size: DurationLike, offset?: DurationLike, stagger?: WindowStagger): WindowAssigner<unknown, TimeWindow>;
};
declare const TumblingProcessingTimeWindows: {
  of(size: DurationLike, offset?: DurationLike, stagger?: WindowStagger): WindowAssigner<unknown, TimeWindow>;
};
/** Sliding: a record is in size / slide windows. Throws unless |offset| < slide. */
declare const SlidingEventTimeWindows: { of(size: DurationLike, slide: DurationLike, offset?: DurationLike): WindowAssigner<unknown, TimeWindow> };
declare const SlidingProcessingTimeWindows: {
  of(size: DurationLike, slide: DurationLike, offset?: DurationLike): WindowAssigner<unknown, TimeWindow>;
};
/** Cumulating: windows that grow by `step` up to `maxSize`. Not in Flink's DataStream API, only in its SQL. */
declare const CumulatingEventTimeWindows: {
  of(maxSize: DurationLike, step: DurationLike, offset?: DurationLike): WindowAssigner<unknown, TimeWindow>;
};
/** Sessions: records closer than the gap share a window; touching windows merge. */
declare const EventTimeSessionWindows: {
  withGap(size: DurationLike): MergingWindowAssigner<unknown, TimeWindow>;
  /** The gap in ms after this record, > 0. */
  withDynamicGap<T>(extractor: SessionWindowTimeGapExtractor<T> | ((element: T) => number)): MergingWindowAssigner<T, TimeWindow>;
};
declare const ProcessingTimeSessionWindows: {
  withGap(size: DurationLike): MergingWindowAssigner<unknown, TimeWindow>;
  withDynamicGap<T>(extractor: SessionWindowTimeGapExtractor<T> | ((element: T) => number)): MergingWindowAssigner<T, TimeWindow>;
};
/** One window per key, which never fires by itself: set a trigger. */
declare const GlobalWindows: {
  create(): WindowAssigner<unknown, GlobalWindow>;
  /** Fires at the end of a bounded input. */ createWithEndOfStreamTrigger(): WindowAssigner<unknown, GlobalWindow>;
};
interface SessionWindowTimeGapExtractor<T> { extract(element: T): number }
type WindowStagger = 'ALIGNED' | 'RANDOM' | 'NATURAL';
declare const WindowStagger: { readonly [S in WindowStagger]: S };

// Triggers

type TriggerResult = 'CONTINUE' | 'FIRE' | 'PURGE' | 'FIRE_AND_PURGE';
declare const TriggerResult: { readonly [R in TriggerResult]: R };

/** Decides when a window's result is computed. FIRE keeps the contents, PURGE drops them. */
declare abstract class Trigger<T, W extends Window> {
  abstract onElement(element: T, timestamp: number, window: W, ctx: Trigger.TriggerContext): TriggerResult;
  abstract onProcessingTime(time: number, window: W, ctx: Trigger.TriggerContext): TriggerResult;
  abstract onEventTime(time: number, window: W, ctx: Trigger.TriggerContext): TriggerResult;
  abstract clear(window: W, ctx: Trigger.TriggerContext): Nothing;
  /** Session windows need true, and then `onMerge`. Default false. */ canMerge(): boolean;
  onMerge(window: W, ctx: Trigger.OnMergeContext): Nothing;
}
declare namespace Trigger {
  interface TriggerContext {
    getCurrentProcessingTime(): number; getCurrentWatermark(): number; getMetricGroup(): MetricGroup;
    registerProcessingTimeTimer(time: number): void; registerEventTimeTimer(time: number): void;
    deleteProcessingTimeTimer(time: number): void; deleteEventTimeTimer(time: number): void;
    /** State of this key and window. */ getPartitionedState<S extends State>(descriptor: StateDescriptor<S>): S;
  }
  interface OnMergeContext extends TriggerContext { mergePartitionedState<S extends State>(descriptor: StateDescriptor<S>): void }
}
/** At the end of the window, and for each late record after it. The default in event time. */
declare const EventTimeTrigger: { create(): Trigger<unknown, TimeWindow> };
declare const ProcessingTimeTrigger: { create(): Trigger<unknown, TimeWindow> };
/** Also every `interval` before the end. */
declare const ContinuousEventTimeTrigger: { of(interval: DurationLike): Trigger<unknown, Window> };
declare const ContinuousProcessingTimeTrigger: { of(interval: DurationLike): Trigger<unknown, Window> };
/** At every `maxCount`th record. */
declare const CountTrigger: { of(maxCount: number): Trigger<unknown, Window> };
/** When `delta(last fired, new) > threshold`. */
declare const DeltaTrigger: { of<T>(threshold: number, delta: (oldData: T, newData: T) => number): Trigger<T, Window> };
/** Turns each FIRE into FIRE_AND_PURGE. */
declare const PurgingTrigger: { of<T, W extends Window>(nested: Trigger<T, W>): Trigger<T, W> };
/** The nested trigger, or `timeout` after the first record (with `resetTimerOnNewRecord`, the last). */
declare const ProcessingTimeoutTrigger: {
  of<T, W extends Window>(nested: Trigger<T, W>, timeout: DurationLike, resetTimerOnNewRecord?: boolean, shouldClearOnTimeout?: boolean): Trigger<T, W>;
};

// Evictors

/** Drops records before (or after) the window function runs: remove them from the array. */
interface Evictor<T, W extends Window> {
  evictBefore(elements: TimestampedValue<T>[], window: W, ctx: Evictor.EvictorContext): Nothing;
  evictAfter(elements: TimestampedValue<T>[], window: W, ctx: Evictor.EvictorContext): Nothing;
}
declare namespace Evictor {
  interface EvictorContext { getCurrentProcessingTime(): number; getCurrentWatermark(): number; getMetricGroup(): MetricGroup }
}
interface TimestampedValue<T> { getValue(): T; hasTimestamp(): boolean; getTimestamp(): number }
/** Keeps the last `maxCount`. */
declare const CountEvictor: { of(maxCount: number, doEvictAfter?: boolean): Evictor<unknown, Window> };
/** Keeps those younger than `windowSize` before the youngest. */
declare const TimeEvictor: { of(windowSize: DurationLike, doEvictAfter?: boolean): Evictor<unknown, Window> };
/** Keeps those with `delta(record, last) < threshold`. */
declare const DeltaEvictor: { of<T>(threshold: number, delta: (element: T, last: T) => number, doEvictAfter?: boolean): Evictor<T, Window> };

// ─── 8. State ────────────────────────────────────────────────────────────────────────────────────────────────────

/** State of the current key (and, in a window's state, of the current window). */
interface State { clear(): void }
interface ValueState<T> extends State {
  /** null when unset or expired. */ value(): T | null;
  /** `update(null)` is `clear()`. */ update(value: T | null): void;
}
interface ListState<T> extends State {
  /** In order of insertion; empty when unset. */ get(): Iterable<T>;
  add(value: T): void; addAll(values: Iterable<T>): void; update(values: Iterable<T>): void;
}
/** Iterates in the order of its keys, whatever the order of insertion. (Flink leaves the order open.) */
interface MapState<K, V> extends State, Iterable<[K, V]> {
  get(key: K): V | null; put(key: K, value: V): void; putAll(entries: Iterable<readonly [K, V]>): void;
  remove(key: K): void; contains(key: K): boolean; entries(): Iterable<[K, V]>; keys(): Iterable<K>;
  values(): Iterable<V>; isEmpty(): boolean;
}
interface AppendingState<IN, OUT> extends State {
  /** null when nothing was added. */ get(): OUT | null;
  add(value: IN): void;
}
interface ReducingState<T> extends AppendingState<T, T> {}
interface AggregatingState<IN, OUT> extends AppendingState<IN, OUT> {}
interface ReadOnlyBroadcastState<K, V> { get(key: K): V | null; contains(key: K): boolean; immutableEntries(): Iterable<readonly [K, V]> }
interface BroadcastState<K, V> extends ReadOnlyBroadcastState<K, V>, MapState<K, V> {}

/** Names a state within its operator: operator uid + name find it again in a checkpoint. */
declare abstract class StateDescriptor<S extends State> {
  getName(): string;
  /** Entries expire on their own; lists and maps per element. */ enableTimeToLive(ttlConfig: StateTtlConfig): void;
  protected readonly stateType: (state: S) => S;
}
declare class ValueStateDescriptor<T> extends StateDescriptor<ValueState<T>> { constructor(name: string, type?: TypeInformation<T>) }
declare class ListStateDescriptor<T> extends StateDescriptor<ListState<T>> { constructor(name: string, elementType?: TypeInformation<T>) }
declare class MapStateDescriptor<K, V> extends StateDescriptor<MapState<K, V>> {
  constructor(name: string, keyType?: TypeInformation<K>, valueType?: TypeInformation<V>);
}
declare class ReducingStateDescriptor<T> extends StateDescriptor<ReducingState<T>> {
  constructor(name: string, reduceFunction: ReduceFunction<T> | ((a: T, b: T) => T), type?: TypeInformation<T>);
}
declare class AggregatingStateDescriptor<IN, ACC, OUT> extends StateDescriptor<AggregatingState<IN, OUT>> {
  constructor(name: string, aggregateFunction: AggregateFunction<IN, ACC, OUT>, type?: TypeInformation<ACC>);
}

/** Time to live of state, in processing time. */
declare class StateTtlConfig {
  #private; private constructor();
  static newBuilder(ttl: DurationLike): StateTtlConfig.Builder;
}
declare namespace StateTtlConfig {
  interface Builder {
    /** Default OnCreateAndWrite. */ setUpdateType(type: UpdateType): this;
    /** Default NeverReturnExpired. */ setStateVisibility(visibility: StateVisibility): this;
    cleanupFullSnapshot(): this;
    /** Default 5 entries per state access. */ cleanupIncrementally(cleanupSize: number, runCleanupForEveryRecord: boolean): this;
    disableCleanupInBackground(): this; build(): StateTtlConfig;
  }
  type UpdateType = 'OnCreateAndWrite' | 'OnReadAndWrite';
  const UpdateType: { readonly [U in UpdateType]: U };
  type StateVisibility = 'NeverReturnExpired' | 'ReturnExpiredIfNotCleanedUp';
  const StateVisibility: { readonly [V in StateVisibility]: V };
}

/** Access to keyed state. Throws IllegalStateException where there is no key. */
interface KeyedStateStore {
  getState<T>(descriptor: ValueStateDescriptor<T>): ValueState<T>;
  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T>;
  getMapState<K, V>(descriptor: MapStateDescriptor<K, V>): MapState<K, V>;
  getReducingState<T>(descriptor: ReducingStateDescriptor<T>): ReducingState<T>;
  getAggregatingState<IN, ACC, OUT>(descriptor: AggregatingStateDescriptor<IN, ACC, OUT>): AggregatingState<IN, OUT>;
}
/** State of a subtask, not of a key. */
interface OperatorStateStore {
  /** After a change of parallelism the elements are dealt out anew. */ getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T>;
  /** Every subtask gets all elements. */ getUnionListState<T>(descriptor: ListStateDescriptor<T>): ListState<T>;
  getBroadcastState<K, V>(descriptor: MapStateDescriptor<K, V>): BroadcastState<K, V>;
}
/** For any function class: takes part in checkpoints with operator state. */
interface CheckpointedFunction {
  snapshotState(context: FunctionSnapshotContext): Nothing;
  /** Before `open`. */ initializeState(context: FunctionInitializationContext): Nothing;
}
interface FunctionSnapshotContext { getCheckpointId(): number; getCheckpointTimestamp(): number }
interface FunctionInitializationContext {
  isRestored(): boolean; getRestoredCheckpointId(): number | null; getOperatorStateStore(): OperatorStateStore;
  getKeyedStateStore(): KeyedStateStore;
}
/** For any function class. Notifications may be skipped; a later one covers the earlier. */
interface CheckpointListener { notifyCheckpointComplete(checkpointId: number): Nothing; notifyCheckpointAborted?(checkpointId: number): Nothing }

// ─── 9. Async I/O ────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Calls outside the pipeline, with up to `capacity` (100) requests in flight in each subtask; then the sources wait. Records and results are plain data: they are
 * kept in checkpoints, and a restored job makes the calls again that had no answer. A replay takes the answers from its recording and calls nobody.
 */
declare const AsyncDataStream: {
  /** Results in the order of the inputs. A call that takes longer than `timeout` (0: none) fails the job, unless the function has a method for that. */
  orderedWait<IN, OUT>(stream: DataStream<IN>, fn: AsyncInvoke<IN, OUT>, timeout: DurationLike, capacity?: number): SingleOutputStreamOperator<OUT>;
  /** Results as they come, but never across a watermark. */
  unorderedWait<IN, OUT>(stream: DataStream<IN>, fn: AsyncInvoke<IN, OUT>, timeout: DurationLike, capacity?: number): SingleOutputStreamOperator<OUT>;
  /** The timeout covers all attempts together. */
  orderedWaitWithRetry<IN, OUT>(
    stream: DataStream<IN>, fn: AsyncInvoke<IN, OUT>, timeout: DurationLike, retry: AsyncRetryStrategy<NoInfer<OUT>>, capacity?: number,
  ): SingleOutputStreamOperator<OUT>;
  unorderedWaitWithRetry<IN, OUT>(
    stream: DataStream<IN>, fn: AsyncInvoke<IN, OUT>, timeout: DurationLike, retry: AsyncRetryStrategy<NoInfer<OUT>>, capacity?: number,
  ): SingleOutputStreamOperator<OUT>;
};
/** An async arrow resolves to the results, 0 or more: `async order => [{ ...order, rate: await rateOf(order.currency) }]`. */
type AsyncInvoke<IN, OUT> = AsyncFunction<IN, OUT> | ((input: IN) => Promise<Iterable<OUT> & object>);
interface AsyncFunction<IN, OUT> extends RichFunction {
  /** Complete the future once; the first completion wins. `input` is a copy of the record. */ asyncInvoke(input: IN, resultFuture: ResultFuture<OUT>): void | Promise<void>;
  /** Called when the call has taken too long; may complete it, now or later. */ timeout?(input: IN, resultFuture: ResultFuture<OUT>): Nothing;
}
interface ResultFuture<OUT> { complete(results: Iterable<OUT> & object): void; completeExceptionally(error: unknown): void }
/** When a call is made again. Delays are on the job's clock; the end of the input does not wait for them. */
interface AsyncRetryStrategy<OUT> {
  /** `currentAttempts`: made so far, from 1. */
  canRetry(currentAttempts: number): boolean; getBackoffTimeMillis(currentAttempts: number): number;
  getRetryPredicate(): AsyncRetryPredicate<OUT>;
}
interface AsyncRetryPredicate<OUT> { resultPredicate?(results: readonly OUT[]): boolean; exceptionPredicate?(error: unknown): boolean }
declare const AsyncRetryStrategies: {
  readonly NO_RETRY_STRATEGY: AsyncRetryStrategy<unknown>;
  fixedDelay<OUT>(maxAttempts: number, backoffTime: DurationLike, retryIf?: AsyncRetryPredicate<OUT>): AsyncRetryStrategy<OUT>;
  exponentialBackoff<OUT>(
    maxAttempts: number, initialDelay: DurationLike, maxRetryDelay: DurationLike, multiplier: number, retryIf?: AsyncRetryPredicate<OUT>,
  ): AsyncRetryStrategy<OUT>;
};
declare const RetryPredicates: {
  readonly EMPTY_RESULT_PREDICATE: AsyncRetryPredicate<unknown>;
  readonly HAS_EXCEPTION_PREDICATE: AsyncRetryPredicate<unknown>;
};

// ─── 10. Connectors and formats ──────────────────────────────────────────────────────────────────────────────────

/** Bytes to records and back. For Kafka and for formats of your own. */
interface Format<T> { deserialize(bytes: Uint8Array): T; serialize(value: T): Uint8Array }
declare const Format: {
  /** UTF-8. */ text(): Format<string>;
  json<T>(options?: { failOnMissingField?: boolean; ignoreParseErrors?: boolean }): Format<T>;
  csv<const C extends Columns>(options: CsvOptions & { columns: C }): Format<{ -readonly [F in keyof C]: ColumnTypes[C[F]] }>;
  raw(): Format<Uint8Array>;
};

/** Column types: number (int or double), bigint (exact), timestamp (epoch ms, from ms or ISO-8601 / SQL text), json (any). */
type ColumnType = 'string' | 'number' | 'bigint' | 'boolean' | 'timestamp' | 'json';
type Columns = { readonly [column: string]: ColumnType };
interface ColumnTypes { string: string; number: number; bigint: bigint; boolean: boolean; timestamp: number; json: any }
interface FileSourceOptions {
  /** Keeps looking for new files, this often; each path is read once. Default: read what is there and finish. */ monitorInterval?: DurationLike;
  /**
   * Also reads what is added to files later, and the file that takes the place of another, as `tail -F` does. Only whole lines are read.
   * Looks every `monitorInterval`, default 1 s. Not in Flink.
   */
  follow?: boolean;
  /** Skips a record that cannot be read, and counts it. Default false: the job fails, naming file and line. */
  ignoreParseErrors?: boolean; charset?: string;
}
interface CsvOptions {
  /** Default ','. */ fieldDelimiter?: string;
  /** Default '"'. */ quoteCharacter?: string;
  /** Default true: the first line names the columns. */ header?: boolean;
  allowComments?: boolean; nullLiteral?: string;
}

/**
 * Files, relative to the notebook; a path may be a file, a folder or a glob. Bounded unless `monitorInterval` or `follow` is set.
 * Files whose names end with .gz or .gzip are decompressed while they are read. '-' alone is standard input, in a terminal.
 */
interface FileSource<T> extends Source<T, FileSourceSplit, unknown> {}
interface FileSourceSplit extends SourceSplit { readonly path: string; readonly offset: number }
declare const FileSource: {
  /** With `columns` the record type follows from them. */
  csv<const C extends Columns>(
    path: string | readonly string[], options: FileSourceOptions & CsvOptions & { columns: C },
  ): FileSource<{ -readonly [F in keyof C]: ColumnTypes[C[F]] }>;
  /** Without `columns`, a value written as a JSON number, true or false becomes that, anything else text. */
  csv<T = Record<string, string | number | boolean>>(
    path: string | readonly string[],
    options?: FileSourceOptions & CsvOptions & { columns?: { readonly [F in keyof T]: ColumnType } },
  ): FileSource<T>;
  /** One JSON value per line. */ ndjson<T>(path: string | readonly string[], options?: FileSourceOptions): FileSource<T>;
  /** One string per line. */ text(path: string | readonly string[], options?: FileSourceOptions): FileSource<string>;
};

interface FileSinkOptions<T> {
  /** Folder below `path` for a record; default none. */
  bucketAssigner?: (element: T, context: { timestamp(): number | null; currentWatermark(): number; currentProcessingTime(): number }) => string;
  /** Defaults: 128 mb, 30 min, 1 min. Files always roll at a checkpoint. */
  rollingPolicy?: { maxPartSize?: MemorySizeLike; rolloverInterval?: DurationLike; inactivityInterval?: DurationLike };
  partPrefix?: string; partSuffix?: string;
  /** 'gzip': compressed files, whose names end with '.gz'. `maxPartSize` counts bytes before compression. */ compression?: 'gzip';
}
/** Part files in a folder: in-progress, pending, and finished once a checkpoint completes. Exactly once. */
declare const FileSink: {
  csv<T extends object>(path: string, options?: FileSinkOptions<T> & CsvOptions & { columns?: readonly (keyof NoInfer<T> & string)[] }): Sink<T>;
  ndjson<T>(path: string, options?: FileSinkOptions<T>): Sink<T>;
  text(path: string, options?: FileSinkOptions<string>): Sink<string>;
};

/** Records made by a function of their index: replayable, exactly once. Without `count`, unbounded. */
declare function DataGeneratorSource<T>(options: {
  /** `random` is seeded by `streambook.seed` and the index. */ generatorFunction: (index: number, random: Random) => T;
  count?: number;
  /** Default: as fast as possible. */ rateLimiterStrategy?: RateLimiterStrategy;
}): Source<T>;
interface RateLimiterStrategy { readonly kind: 'perSecond' | 'perCheckpoint' | 'noOp'; readonly value: number }
declare const RateLimiterStrategy: {
  perSecond(recordsPerSecond: number): RateLimiterStrategy;
  perCheckpoint(recordsPerCheckpoint: number): RateLimiterStrategy; noOp(): RateLimiterStrategy;
};

type DeliveryGuarantee = 'exactly-once' | 'at-least-once' | 'none';
declare const DeliveryGuarantee: { readonly EXACTLY_ONCE: 'exactly-once'; readonly AT_LEAST_ONCE: 'at-least-once'; readonly NONE: 'none' };
/** Exactly once through offsets in state; event time is the record's timestamp unless assigned. Unbounded unless `bounded` is set. */
declare function KafkaSource<T>(options: KafkaSourceOptions & { value: Format<T> }): KafkaSource<T>;
declare function KafkaSource<T>(options: KafkaSourceOptions & { deserializer: (record: ConsumerRecord) => T }): KafkaSource<T>;
interface KafkaSource<T> extends Source<T, KafkaPartitionSplit, unknown> {}
interface KafkaPartitionSplit extends SourceSplit { readonly topic: string; readonly partition: number; readonly offset: bigint }
interface KafkaClientOptions {
  /** 'host:port,host:port' */ bootstrapServers: string;
  /** Kafka's own properties, such as 'security.protocol'. */ properties?: Readonly<Record<string, string | number | boolean | Secret>>;
}
interface KafkaSourceOptions extends KafkaClientOptions {
  topics?: readonly string[]; topicPattern?: RegExp; groupId?: string;
  /** Default earliest. Only without restored state. */ startingOffsets?: 'earliest' | 'latest' | 'committed' | OffsetsInitializer;
  /** Stop there and finish. */ bounded?: 'latest' | OffsetsInitializer;
  /** Stop there, yet count as unbounded. */ unbounded?: OffsetsInitializer;
  /** Default 5 min; 0 = off. */ partitionDiscoveryInterval?: DurationLike;
  /** For monitoring only; restore uses state. Default true. */ commitOffsetsOnCheckpoint?: boolean;
}
interface OffsetsInitializer { readonly kind: string }
declare const OffsetsInitializer: {
  earliest(): OffsetsInitializer; latest(): OffsetsInitializer;
  committedOffsets(resetStrategy?: 'earliest' | 'latest' | 'none'): OffsetsInitializer;
  timestamp(timestamp: number): OffsetsInitializer;
  /** Keys are 'topic-partition'. */ offsets(offsets: Readonly<Record<string, number | bigint>>): OffsetsInitializer;
};
interface ConsumerRecord {
  readonly topic: string; readonly partition: number; readonly offset: bigint; readonly timestamp: number;
  readonly key: Uint8Array | null; readonly value: Uint8Array | null;
  readonly headers: ReadonlyMap<string, Uint8Array>;
}
/** exactly-once: one transaction per checkpoint; readers need isolation.level=read_committed. Default none. */
declare function KafkaSink<T>(options: KafkaSinkOptions<T> & KafkaDelivery): Sink<T>;
interface KafkaSinkOptions<T> extends KafkaClientOptions {
  topic: string | ((element: T) => string);
  value: Format<T>;
  /** The message key; bytes, or text as UTF-8. */ key?: (element: T) => string | Uint8Array | null;
  headers?: (element: T) => Readonly<Record<string, string | Uint8Array>>;
  partitioner?: (element: T, partitions: readonly number[]) => number;
}
type KafkaDelivery =
  | { deliveryGuarantee?: 'none' | 'at-least-once' }
  /** The prefix must be unique per job. */
  | { deliveryGuarantee: 'exactly-once'; transactionalIdPrefix: string };

/** Rows into a table. With `primaryKey` rows are upserted, which makes retries harmless. */
declare function PostgresSink<T extends object>(options: {
  /** 'postgres://user@host:5432/database' */ url: string;
  tableName: string; username?: string; password?: string | Secret;
  /** Field to column name. Default: each field to the column of that name. */ columns?: NoInfer<{ readonly [F in keyof T]?: string }>;
  primaryKey?: readonly (keyof NoInfer<T> & string)[];
  /** Default at-least-once; exactly-once writes in one transaction per checkpoint. */ deliveryGuarantee?: DeliveryGuarantee;
  /** Default 100 rows. */ bufferFlushMaxRows?: number;
  /** Default 1 s. */ bufferFlushInterval?: DurationLike;
  /** Default 3. */ maxRetries?: number;
}): Sink<T>;

/** Takes everything, keeps nothing. */
declare function DiscardingSink(): Sink<unknown>;
/** A value from VS Code's secret storage (command line: environment variable); asked for once, never written to a file. */
declare function secret(name: string): Secret;
interface Secret { readonly secretName: string }

// Sources of your own: the enumerator hands out splits, a reader per subtask reads them.

type Boundedness = 'BOUNDED' | 'CONTINUOUS_UNBOUNDED';
declare const Boundedness: { readonly [B in Boundedness]: B };
type InputStatus = 'MORE_AVAILABLE' | 'NOTHING_AVAILABLE' | 'END_OF_INPUT';
declare const InputStatus: { readonly [S in InputStatus]: S };

/** SplitT and EnumChkT are stored in checkpoints: plain data. */
interface Source<T, SplitT extends SourceSplit = SourceSplit, EnumChkT = unknown> {
  getBoundedness(): Boundedness;
  createEnumerator(context: SplitEnumeratorContext<SplitT>): SplitEnumerator<SplitT, EnumChkT>;
  restoreEnumerator(context: SplitEnumeratorContext<SplitT>, checkpoint: EnumChkT): SplitEnumerator<SplitT, EnumChkT>;
  createReader(context: SourceReaderContext): SourceReader<T, SplitT>;
}
interface SourceSplit {
  /** Unique in the source. A split carries its own position, to resume from. */ readonly splitId: string;
}
interface SplitEnumerator<SplitT, EnumChkT> {
  start(): void | Promise<void>; handleSplitRequest(subtaskId: number): Nothing;
  addSplitsBack(splits: readonly SplitT[], subtaskId: number): Nothing; addReader(subtaskId: number): Nothing;
  snapshotState(checkpointId: number): EnumChkT; close?(): void | Promise<void>;
}
interface SplitEnumeratorContext<SplitT> {
  currentParallelism(): number; registeredReaders(): readonly number[];
  assignSplit(split: SplitT, subtaskId: number): void; signalNoMoreSplits(subtaskId: number): void;
  metricGroup(): MetricGroup;
  /** Runs work outside the engine and brings its result back in order. */
  callAsync<R>(work: () => Promise<R>, handler: (result: R | null, error: unknown) => Nothing, period?: DurationLike): void;
}
interface SourceReader<T, SplitT> extends Partial<CheckpointListener> {
  start(): void | Promise<void>;
  /** Emits at most a small batch and returns at once. */ pollNext(output: ReaderOutput<T>): InputStatus;
  /** Resolves when `pollNext` is worth calling again, after NOTHING_AVAILABLE. */ isAvailable(): Promise<void>;
  addSplits(splits: readonly SplitT[]): Nothing; notifyNoMoreSplits(): Nothing;
  /** The splits with their current positions. */ snapshotState(checkpointId: number): readonly SplitT[];
  pauseOrResumeSplits?(splitsToPause: readonly string[], splitsToResume: readonly string[]): Nothing;
  close?(): void | Promise<void>;
}
interface SourceReaderContext { getIndexOfSubtask(): number; currentParallelism(): number; sendSplitRequest(): void; metricGroup(): MetricGroup }
interface ReaderOutput<T> extends WatermarkOutput {
  collect(record: T, timestamp?: number): void;
  /** One watermark generator per split. */ createOutputForSplit(splitId: string): ReaderOutput<T>;
  releaseOutputForSplit(splitId: string): void;
}

// Sinks of your own. With `createCommitter` the sink is two-phase: prepareCommit at the checkpoint, commit when it completed.

interface Sink<IN> { createWriter(context: WriterInitContext): SinkWriter<IN> | Promise<SinkWriter<IN>> }
interface SinkWriter<IN> {
  /** A returned promise holds back further records until it settles. */
  write: (element: IN, context: SinkWriter.Context) => void | Promise<void>;
  /** At every checkpoint and at the end of input. */ flush(endOfInput: boolean): void | Promise<void>;
  writeWatermark?(watermark: Watermark): void | Promise<void>; close?(): void | Promise<void>;
}
declare namespace SinkWriter { interface Context { currentWatermark(): number; timestamp(): number | null } }
interface WriterInitContext {
  getTaskInfo(): TaskInfo; getJobInfo(): JobInfo; metricGroup(): MetricGroup;
  getRestoredCheckpointId(): number | null;
}
interface SupportsWriterState<IN, StateT> {
  restoreWriter(context: WriterInitContext, recoveredState: readonly StateT[]): StatefulSinkWriter<IN, StateT>;
}
interface StatefulSinkWriter<IN, StateT> extends SinkWriter<IN> {
  snapshotState(checkpointId: number): readonly StateT[] | Promise<readonly StateT[]>;
}
interface SupportsCommitter<CommT> { createCommitter(context: WriterInitContext): Committer<CommT> | Promise<Committer<CommT>> }
interface CommittingSinkWriter<IN, CommT> extends SinkWriter<IN> {
  /** Kept in the checkpoint: plain data. */ prepareCommit(): Iterable<CommT> | Promise<Iterable<CommT>>;
}
interface Committer<CommT> {
  /** Must be idempotent: after a restore the same committables come again. */
  commit(requests: readonly CommitRequest<CommT>[]): Promise<void>; close?(): void | Promise<void>;
}
interface CommitRequest<CommT> {
  getCommittable(): CommT; getNumberOfRetries(): number; retryLater(): void;
  updateAndRetryLater(committable: CommT): void; signalAlreadyCommitted(): void;
  /** Both fail the job; Flink drops the committable for the first. */
  signalFailedWithKnownReason(error: unknown): void; signalFailedWithUnknownReason(error: unknown): void;
}

// ─── 11. A state backend and a checkpoint storage of your own ─────────────────────────────────────────────────────────────────────────────

/**
 * Set with `env.configure({ 'state.backend.type': new MyBackend() })`. Everything is synchronous. It keeps working state only: checkpoints hold all of it
 * in their own format, and a store always begins empty.
 */
interface StateBackend {
  /** What messages and `env.getConfiguration()` call it. */ readonly name: string;
  /** A new, empty store, once per keyed operator and subtask of each attempt; the engine puts back what a checkpoint holds. */
  createKeyedStateBackend(parameters: KeyedStateBackendParameters): KeyedStateBackend;
}
interface KeyedStateBackendParameters {
  readonly jobName: string;
  /** Number of the run, from 1. */ readonly run: number;
  /** Name of the operator, for messages. */ readonly operatorName: string;
  /** The operator's number in the job. */ readonly operator: number;
  readonly subtask: number; readonly keyGroupRange: KeyGroupRange;
}
/** Both ends included. */
interface KeyGroupRange { readonly startKeyGroup: number; readonly endKeyGroup: number }
/**
 * The keyed state of one operator in one subtask: bytes by bytes, in the order of unsigned bytes, a prefix first. What values mean, caches, checkpoints and
 * limits are the engine's. Neither side changes bytes that it gave or was given. What a method throws fails the job.
 */
interface KeyedStateBackend {
  /** Null or undefined when there is no such key. */ get(key: Uint8Array): Uint8Array | null | undefined;
  put(key: Uint8Array, value: Uint8Array): void;
  /** Does nothing when there is no such key. */ delete(key: Uint8Array): void;
  /** The first `limit` entries with `from` ≤ key < `to`, in order, as they are now. All are taken before anything else is called. */
  scan(from: Uint8Array, to: Uint8Array, limit: number): Iterable<readonly [key: Uint8Array, value: Uint8Array]>;
  /** The job no longer needs the store and what is in it. Called once. */ dispose(): void;
}

/**
 * Set with `env.configure({ 'execution.checkpointing.storage': new MyStorage() })`: gets a copy of each checkpoint. One counts as complete, and the sinks commit,
 * once its copy is durable; a job can be restored from the storage alone.
 */
interface CheckpointStorage {
  /** What messages and `env.getConfiguration()` call it. */ readonly name: string;
  /** Reaches what the storage holds: once per run, before the first attempt. What it rejects with fails the job. */
  createCheckpointStorage(parameters: CheckpointStorageParameters): CheckpointStorageAccess | Promise<CheckpointStorageAccess>;
}
interface CheckpointStorageParameters {
  /** The cell's `id=`, else its first declared name, else its ordinal. */ readonly jobName: string;
  /** Name of the notebook's file. */ readonly notebook: string;
}
/**
 * Files by name: letters, digits, `-`, `.` and `/`. Calls come one at a time. Each settles when it is done: what it wrote is durable then, and seen by every
 * call after it, from wherever. One that rejects may have been done or not, but never by half. Neither side changes bytes that it gave or was given.
 */
interface CheckpointStorageAccess {
  /** The whole file; null or undefined when there is none. */ read(name: string): Promise<Uint8Array | null | undefined>;
  /** Replaces a file of this name: whoever reads finds the old bytes or the new ones. */ write(name: string, bytes: Uint8Array): Promise<void>;
  /**
   * Makes a file, unless there is one of this name: of several that come at once, from wherever, one is told true and the others false, for good. It is small,
   * and says for people who has the name; `write` may replace it.
   */
  create(name: string, bytes: Uint8Array): Promise<boolean>;
  /** Does nothing when there is no such file. */ delete(name: string): Promise<void>;
  /** The names of all files that begin with `prefix`, in any order. */ list(prefix: string): Promise<readonly string[]>;
  /** The run has ended. Called once; what is in the storage stays. */ dispose(): void | Promise<void>;
}

// ─── 12. Complex event processing ────────────────────────────────────────────────────────────────────────────────

/** Looks for patterns in a stream, per key if it has keys (without, the parallelism is 1). */
declare class CEP {
  #private; private constructor();
  /**
   * In event time, unless `inProcessingTime()` follows. The pattern is one that `Pattern.begin<Event>('name')` began, or a function that begins one:
   * then events and names have their types without writing them down, `CEP.pattern(logins.keyBy('user'), (begin) => begin('failed').where((e) => !e.ok).times(3))`.
   * `comparator`: order of events that have the same time. Throws MalformedPatternException.
   */
  static pattern<T, F extends T, N extends string>(
    input: DataStream<T>, pattern: Pattern<T, F, N> | ((begin: CEP.Begin<T>) => Pattern<T, F, N>),
    comparator?: EventComparator<T> | ((first: T, second: T) => number),
  ): PatternStream<T, N>;
}
declare namespace CEP {
  /** `Pattern.begin` for a known type of event. */
  interface Begin<T> {
    <const N extends string>(name: N, skip?: AfterMatchSkipStrategy): Pattern<T, T, N>;
    <F extends T, N extends string>(group: Pattern<T, F, N>, skip?: AfterMatchSkipStrategy): GroupPattern<T, F, N>;
  }
}
/** Below 0 when the first event comes first. */
interface EventComparator<T> { compare(first: T, second: T): number }

/**
 * A sequence of events: `begin`, `next`, `followedBy` … each name one, or several with a quantifier; the methods after them say which.
 * `Names` are those of the patterns that take events. (`Pattern.begin<Event>('a')` leaves them open: any name is then accepted.)
 */
declare class Pattern<T, F extends T = T, Names extends string = string> {
  #private; protected constructor();
  protected readonly eventType: (event: F) => T; protected readonly names: Names;
  /** The first event; or a group: a sequence that repeats, or is optional, as one. */
  static begin<T, const N extends string = string>(name: N, skip?: AfterMatchSkipStrategy): Pattern<T, T, N>;
  static begin<T, F extends T, N extends string>(group: Pattern<T, F, N>, skip?: AfterMatchSkipStrategy): GroupPattern<T, F, N>;
  getName(): string; getAfterMatchSkipStrategy(): AfterMatchSkipStrategy;

  // Which events
  /** A second condition has to hold as well. It may be asked more than once about an event. */
  where(condition: Pattern.ConditionObject<F>): this;
  where<S extends F>(condition: (event: F, ctx: IterativeCondition.Context<T, Names>) => event is S): Pattern<T, S, Names>;
  where(condition: (event: F, ctx: IterativeCondition.Context<T, Names>) => boolean): this;
  /** Or these. */ or(condition: Pattern.Condition<F, T, Names>): this;
  /** Only instances of a class. */ subtype<S extends F>(subtypeClass: abstract new (...args: never[]) => S): Pattern<T, S, Names>;

  // How many
  /** One or more: every length is a match, unless it is greedy. */ oneOrMore(): this;
  /** So many, or from `from` to `to`. From 0 on it is optional. */ times(from: number, to?: number): this;
  timesOrMore(times: number): this;
  /** It need not come. */ optional(): this;
  /** Takes as many as it can before what follows gets one. */ greedy(): this;
  /** Nothing may come between repetitions. */ consecutive(): this;
  /** Repetitions may skip events that match: every choice of them is a match. */ allowCombinations(): this;
  /** Ends a loop: from such an event on it takes no more. Keeps state small. */ until(condition: Pattern.Condition<F, T, Names>): this;

  /**
   * How long a match may take from its first event to its last (the shortest of several holds), or with PREVIOUS_AND_CURRENT from the event before to
   * this one. Exactly as long is too long. Without it partial matches are kept for ever.
   */
  within(windowTime: DurationLike, withinType?: WithinType): this;

  // What follows: a name, or a pattern as a group
  /** The very next event. */ next<const N extends string>(name: N): Pattern<T, T, Names | N>;
  next<G extends T, N extends string>(group: Pattern<T, G, N>): GroupPattern<T, G, Names | N>;
  /** The next one that matches; others are passed over. */ followedBy<const N extends string>(name: N): Pattern<T, T, Names | N>;
  followedBy<G extends T, N extends string>(group: Pattern<T, G, N>): GroupPattern<T, G, Names | N>;
  /** Every later one that matches, each in a match of its own. */ followedByAny<const N extends string>(name: N): Pattern<T, T, Names | N>;
  followedByAny<G extends T, N extends string>(group: Pattern<T, G, N>): GroupPattern<T, G, Names | N>;
  /** The very next event must not match. */ notNext(name: string): Pattern<T, T, Names>;
  /** Nothing may match before what follows; as the last one, before the time of `within` is over. */ notFollowedBy(name: string): Pattern<T, T, Names>;
}
declare namespace Pattern {
  type ConditionObject<F> = IterativeCondition<F> | RichIterativeCondition<F> | SimpleCondition<F>;
  type Condition<F, T = F, Names extends string = string> = ConditionObject<F> | ((event: F, ctx: IterativeCondition.Context<T, Names>) => boolean);
}
/** A sequence as one pattern. It has no condition of its own. */
declare class GroupPattern<T, F extends T = T, Names extends string = string> extends Pattern<T, F, Names> { #private; protected constructor() }

type WithinType = 'FIRST_AND_LAST' | 'PREVIOUS_AND_CURRENT';
declare const WithinType: { readonly [W in WithinType]: W };

/** Which other matches and partial matches are given up once a match is found. Default: none. */
declare class AfterMatchSkipStrategy {
  #private; protected constructor();
  static noSkip(): AfterMatchSkipStrategy;
  /** Those that started before the match ended. */ static skipPastLastEvent(): AfterMatchSkipStrategy;
  /** Those that started with the same event. */ static skipToNext(): AfterMatchSkipStrategy;
  /** Those that started before the first event of that pattern. */ static skipToFirst(patternName: string): SkipToElementStrategy;
  /** Those that started before the last event of that pattern. */ static skipToLast(patternName: string): SkipToElementStrategy;
}
interface SkipToElementStrategy extends AfterMatchSkipStrategy {
  /** Fails the job when the match has no such event, or begins with it. */ throwExceptionOnMiss(): SkipToElementStrategy;
}

/** A condition that sees what the partial match has so far. */
declare abstract class IterativeCondition<T> { abstract filter(value: T, ctx: IterativeCondition.Context<T>): boolean }
declare namespace IterativeCondition {
  interface Context<T, Names extends string = string> {
    /** What the partial match took for that pattern, in order. */ getEventsForPattern(name: Names): readonly T[];
    /** Of the event, in ms. */ timestamp(): number;
    currentProcessingTime(): number;
  }
}
declare abstract class RichIterativeCondition<T> extends AbstractRichFunction { abstract filter(value: T, ctx: IterativeCondition.Context<T>): boolean }
declare abstract class SimpleCondition<T> {
  abstract filter(value: T): boolean;
  static of<T>(filter: (value: T) => boolean): SimpleCondition<T>;
}

/** The events of a match: a list for each pattern that takes events, empty when it was optional and none came, or time ran out before. */
type PatternMatch<T, Names extends string = string> = { readonly [N in Names]: readonly T[] };

/** A stream in which a pattern is looked for. */
declare class PatternStream<T, Names extends string = string> {
  #private; private constructor();
  /** Events in the order of their timestamps, once the watermark has passed them. The default. */ inEventTime(): PatternStream<T, Names>;
  /** Events as they come, by the job's clock. */ inProcessingTime(): PatternStream<T, Names>;
  /** Events that are not ahead of the watermark go here instead of being dropped. */ sideOutputLateData(tag: OutputTag<T>): PatternStream<T, Names>;
  /** Each match. Results have the timestamp of its last event. */
  process<R = never>(
    fn: PatternProcessFunction<T, R, Names>
      | ((match: PatternMatch<T, Names>, ctx: PatternProcessFunction.Context, out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R>;
  /** One result for each match. With a tag, partial matches that ran out of time go there. */
  select<R extends Present>(select: PatternSelectFunction<T, R, Names> | ((match: PatternMatch<T, Names>) => R)): SingleOutputStreamOperator<R>;
  select<L extends Present, R extends Present>(
    timedOutPartialMatchesTag: OutputTag<L>,
    timeout: PatternTimeoutFunction<T, NoInfer<L>, Names> | ((match: PatternMatch<T, Names>, timeoutTimestamp: number) => NoInfer<L>),
    select: PatternSelectFunction<T, R, Names> | ((match: PatternMatch<T, Names>) => R),
  ): SingleOutputStreamOperator<R>;
  /** Any number of results for each match. */
  flatSelect<R = never>(
    flatSelect: PatternFlatSelectFunction<T, R, Names> | ((match: PatternMatch<T, Names>, out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R>;
  flatSelect<L, R = never>(
    timedOutPartialMatchesTag: OutputTag<L>,
    timeout: PatternFlatTimeoutFunction<T, NoInfer<L>, Names>
      | ((match: PatternMatch<T, Names>, timeoutTimestamp: number, out: Collector<NoInfer<L>>) => Emits<NoInfer<L>>),
    flatSelect: PatternFlatSelectFunction<T, R, Names> | ((match: PatternMatch<T, Names>, out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R>;
}

/** Each match; with `implements TimedOutPartialMatchHandler<IN>` also the partial matches that ran out of time. It has no keyed state. */
declare abstract class PatternProcessFunction<IN, OUT, Names extends string = string> extends AbstractRichFunction {
  #private;
  abstract processMatch(match: PatternMatch<IN, Names>, ctx: PatternProcessFunction.Context, out: Collector<OUT>): Nothing;
}
declare namespace PatternProcessFunction {
  interface Context {
    /** In ms: of the last event, or when the time ran out. */ timestamp(): number;
    currentProcessingTime(): number;
    output<X>(tag: OutputTag<X>, value: NoInfer<X>): void;
  }
}
interface TimedOutPartialMatchHandler<IN, Names extends string = string> {
  /** Send them to a side output: they are no results. */ processTimedOutMatch(match: PatternMatch<IN, Names>, ctx: PatternProcessFunction.Context): Nothing;
}
interface PatternSelectFunction<IN, OUT, Names extends string = string> extends RichFunction { select(match: PatternMatch<IN, Names>): OUT }
interface PatternFlatSelectFunction<IN, OUT, Names extends string = string> extends RichFunction {
  flatSelect(match: PatternMatch<IN, Names>, out: Collector<OUT>): Nothing;
}
interface PatternTimeoutFunction<IN, OUT, Names extends string = string> extends RichFunction {
  timeout(match: PatternMatch<IN, Names>, timeoutTimestamp: number): OUT;
}
interface PatternFlatTimeoutFunction<IN, OUT, Names extends string = string> extends RichFunction {
  timeout(match: PatternMatch<IN, Names>, timeoutTimestamp: number, out: Collector<OUT>): Nothing;
}

// ─── 13. The notebook ────────────────────────────────────────────────────────────────────────────────────────────

/** Shows a stream as an output of the cell. A cell's last expression is displayed without it. */
declare function display<T>(stream: DataStream<T>, options?: DisplayOptions<T>): void;
/** Where the results have no such field, or no number in it, the output says so and draws what fits. */
interface DisplayOptions<T> {
  /** Title of the output, and "display" in the command line's results. */ name?: string;
  /** Tab to open with; 'changelog': the table with the kind of each change. Default: chart when the shape suits one, else table. */
  view?: 'chart' | 'table' | 'changelog';
  /** Default: picked from the shape of the result. 'number': the newest number alone. */ mark?: 'bar' | 'line' | 'area' | 'point' | 'number';
  x?: DisplayField<T>;
  /** A number; texts only where `x` is the number: bars that lie. */ y?: DisplayField<T>;
  color?: DisplayField<T>;
  /** Rows kept. Default 1,000, which is also the most. */ maxRows?: number;
}
/** A field of the record (`f0`, `f1` … of a tuple, `value` of a plain value), or what the record carries with it. */
type DisplayField<T> = (T extends readonly unknown[] ? `f${number}` : T extends object ? keyof T & string : 'value')
  | '$key' | '$timestamp' | '$window.start' | '$window.end';
/** Writes to the cell's Log tab. */
declare const console: Record<'log' | 'info' | 'warn' | 'error' | 'debug', (...values: unknown[]) => void>;

// Of the platform, for AsyncDataStream, sources and sinks only: in other functions the result would not be replayable.
declare function fetch(url: string, init?: { method?: string; headers?: Readonly<Record<string, string>>; body?: string | Uint8Array }): Promise<{
  readonly ok: boolean; readonly status: number; text(): Promise<string>; json(): Promise<any>;
  arrayBuffer(): Promise<ArrayBuffer>;
}>;
declare function setTimeout(callback: () => void, ms: number): unknown;
declare function clearTimeout(timer: unknown): void;
declare class TextEncoder { encode(text: string): Uint8Array }
declare class TextDecoder { decode(bytes: Uint8Array): string }
