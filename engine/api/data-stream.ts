import { BroadcastConnectedStream, BroadcastStream } from './broadcast-stream.ts';
import type { MapStateDescriptor } from './state-descriptors.ts';
import { ConnectedStreams, KeyedConnectedStreams, type StreamPair } from './connected-streams.ts';
import type { KeySelection, Partitioner, StreamEdge, StreamVertex, WindowDescription } from '../graph/stream-graph.ts';
import { checkedSink, type Sink } from '../connectors/sink.ts';
import type { UserSink } from '../connectors/user-sink.ts';
import { filterOperator } from '../operators/filter.ts';
import type { FieldAggregation } from '../operators/field-aggregation.ts';
import { flatMapOperator } from '../operators/flat-map.ts';
import { keyedProcessOperator } from '../operators/keyed-process.ts';
import { mapOperator } from '../operators/map.ts';
import { printSink } from '../operators/print.ts';
import { processOperator } from '../operators/process.ts';
import { rollingAggregate, rollingReduce } from '../operators/rolling.ts';
import { timestampsAndWatermarks } from '../operators/timestamps-watermarks.ts';
import type { OperatorSpec } from '../runtime/operator.ts';
import type { Collector } from './collector.ts';
import { GlobalWindows } from './assigners/global.ts';
import { CoGroupedStreams, JoinedStreams, type TaggedWindows } from './co-grouped-streams.ts';
import { DataStreamSink } from './data-stream-sink.ts';
import type { StreamExecutionEnvironment } from './environment.ts';
import { IllegalArgumentException, UnsupportedOperationException } from './errors.ts';
import { CountEvictor } from './evictors/count.ts';
import { addFormerMethods } from './flink-1.ts';
import type { Emits, KeyPartitioner, FilterFunction, FlatMapFunction, KeySelector, MapFunction, ReduceFunction } from './function-types.ts';
import { genericType } from './generic-type.ts';
import { checkField, type Field, type KeyChoice, selectionOf } from './key-selections.ts';
import { checkMaxParallelism, checkParallelism, setName, setSlotSharingGroup, setUid, setUidHash } from './operator-settings.ts';
import { IntervalJoin } from './interval-join.ts';
import { type OutputTag, tagId } from './output-tag.ts';
import {
  KeyedPartitionWindowedStream,
  NonKeyedPartitionWindowedStream,
  type PartitionWindowedStream,
} from './partition-windowed-stream.ts';
import type { KeyedContext, KeyedProcessFunction, ProcessContext, ProcessFunction } from './process-functions.ts';
import { CountTrigger } from './triggers/count.ts';
import { PurgingTrigger } from './triggers/purging.ts';
import { taggerOf } from './tagged-union.ts';
import { stateTypeOf, type TypeInformation } from './type-information.ts';
import { userFunction } from './user-function.ts';
import { planOf, type WatermarkStrategy } from './watermark-strategy.ts';
import type { WindowAssigner } from './window-assigner.ts';
import { AllWindowedStream, WindowedStream } from './windowed-stream.ts';
import type { GlobalWindow, Window } from './windows.ts';

/** A stream of records of type T: some operators' outputs, and how they are dealt out to the next operator. */
export class DataStream<out T> {
  declare protected readonly elementType: T;
  /** For the engine: where the records come from. */
  readonly upstreams: readonly StreamEdge[];
  readonly #env: StreamExecutionEnvironment;
  readonly #parallelism: () => number;
  readonly #label: () => string;
  readonly #type: () => TypeInformation<T>;

  constructor(
    env: StreamExecutionEnvironment,
    upstreams: readonly StreamEdge[],
    parallelism: () => number,
    label: () => string,
    type: () => TypeInformation<T> = genericType,
  ) {
    this.#env = env;
    this.upstreams = upstreams;
    this.#parallelism = parallelism;
    this.#label = label;
    this.#type = type;
  }

  /** Name of the operator that the records come from, for outputs without a name of their own. */
  get label(): string {
    return this.#label();
  }
  /** What `returns` was given; without it, a generic type. */
  getType(): TypeInformation<T> {
    return this.#type();
  }
  getId(): number {
    return this.upstreams[0]?.from ?? 0;
  }
  getParallelism(): number {
    return this.#parallelism();
  }
  getExecutionEnvironment(): StreamExecutionEnvironment {
    return this.#env;
  }

  /** One record out for each record in; the timestamp stays. */
  map<R>(mapper: MapFunction<T, R> | ((value: T) => R)): SingleOutputStreamOperator<R> {
    return this.transform<R>('Map', mapOperator(userFunction(mapper, 'map', 'map')));
  }

  /** Any number of records out: return or yield them, or call `out.collect`. */
  flatMap<R>(flatMapper: FlatMapFunction<T, R> | ((value: T, out: Collector<R>) => Emits<R>)): SingleOutputStreamOperator<R> {
    return this.transform<R>('Flat Map', flatMapOperator(userFunction(flatMapper, 'flatMap', 'flatMap')));
  }

  /** Keeps the records for which the predicate is true. */
  filter(filter: FilterFunction<T> | ((value: T) => boolean)): SingleOutputStreamOperator<T> {
    return this.transform<T>('Filter', filterOperator(userFunction(filter, 'filter', 'filter')));
  }

  /** Records with side outputs and the current time, but no key. */
  process<R>(fn: ProcessFunction<T, R> | ((value: T, ctx: ProcessContext, out: Collector<R>) => Emits<R>)): SingleOutputStreamOperator<R> {
    return this.transform<R>('Process', processOperator(userFunction(fn, 'processElement', 'process')));
  }

  /** Partitions by key: by a function, by a field, or by several fields (the key is then a tuple). */
  keyBy<K>(selector: KeySelector<T, K> | ((value: T) => K)): KeyedStream<T, K>;
  keyBy<K>(...fields: readonly Field[]): KeyedStream<T, K>;
  keyBy<K>(...keys: readonly KeyChoice<T, K>[]): KeyedStream<T, K> {
    return new KeyedStream<T, K>(this, selectionOf(keys));
  }

  /** Records of all streams; the watermark is the smallest of theirs. */
  union(...streams: DataStream<T>[]): DataStream<T> {
    const upstreams = [this, ...streams].flatMap((stream) => {
      this.#checkSameEnvironment(stream);
      return stream.upstreams;
    });
    return new DataStream<T>(this.#env, upstreams, this.#parallelism, () => 'union');
  }

  /** Inner join per key and window: `a.join(b).where(k).equalTo(k).window(w).apply(f)`. */
  join<T2>(other: DataStream<T2>): JoinedStreams<T, T2> {
    return new JoinedStreams<T, T2>(this.#inWindowsWith(other, 'join'));
  }

  /** The records of both streams per key and window: `a.coGroup(b).where(k).equalTo(k).window(w).apply(f)`. */
  coGroup<T2>(other: DataStream<T2>): CoGroupedStreams<T, T2> {
    return new CoGroupedStreams<T, T2>(this.#inWindowsWith(other, 'coGroup'));
  }

  #inWindowsWith(other: DataStream<unknown>, where: string): TaggedWindows {
    if (!(other instanceof DataStream))
      throw new IllegalArgumentException(`${where} needs a stream.`, `For example orders.${where}(payments).`);
    this.#checkSameEnvironment(other);
    const tag = (stream: DataStream<unknown>, side: 'first' | 'second'): DataStream<unknown> =>
      stream.transform<unknown>('Map', mapOperator(taggerOf(side)), { parallelism: stream.getParallelism() });
    return (keys, assigner) => new KeyedStream<unknown, unknown>(tag(this, 'first').union(tag(other, 'second')), keys).window(assigner);
  }

  /** Two streams of different types in one operator; with a broadcast stream, broadcast state. */
  connect<B>(stream: BroadcastStream<B>): BroadcastConnectedStream<T, B>;
  connect<T2>(stream: DataStream<T2>): ConnectedStreams<T, T2>;
  connect<T2>(stream: DataStream<T2> | BroadcastStream<T2>): ConnectedStreams<T, T2> | BroadcastConnectedStream<T, T2> {
    const pair = this.pairWith(stream);
    return stream instanceof BroadcastStream ? new BroadcastConnectedStream<T, T2>(pair, stream, null) : new ConnectedStreams<T, T2>(pair);
  }

  /** For the engine: this stream and another as the inputs of one operator. Throws IllegalArgumentException for anything but a stream of this environment. */
  protected pairWith(stream: DataStream<unknown> | BroadcastStream<unknown>): StreamPair {
    if (!(stream instanceof DataStream || stream instanceof BroadcastStream))
      throw new IllegalArgumentException('connect needs a stream.', 'For example orders.connect(payments).');
    this.#checkSameEnvironment(stream);
    return {
      first: this.upstreams,
      second: stream.upstreams,
      add: <R>(name: string, operator: OperatorSpec, first: readonly StreamEdge[], second: readonly StreamEdge[]) => {
        const inputs = [...first, ...second.map((edge) => ({ ...edge, input: 1 as const }))];
        return new SingleOutputStreamOperator<R>(this.#env, this.#env.addVertex({ name, role: { kind: 'operator', operator }, inputs }));
      },
    };
  }

  #checkSameEnvironment(stream: DataStream<unknown> | BroadcastStream<unknown>): void {
    if (stream.getExecutionEnvironment() !== this.#env)
      throw new IllegalArgumentException('These streams belong to different environments.');
  }

  /** One window for all keys: parallelism 1. */
  windowAll<W extends Window>(assigner: WindowAssigner<T, W>): AllWindowedStream<T, W> {
    return new AllWindowedStream<T, W>(
      (name, description, operator, window) =>
        this.#dealtOut({ kind: 'global' }).transform(name, operator, { description, window, parallelism: 1 }),
      assigner,
    );
  }

  /** One window for every `size` records; with a slide, the last `size` records at every `slide`th. One for all keys: parallelism 1. */
  countWindowAll(size: number, slide?: number): AllWindowedStream<T, GlobalWindow> {
    return inCounts(this.windowAll(GlobalWindows.create()), size, slide);
  }

  /** All records of a subtask as one window, at the end of a bounded input. */
  fullWindowPartition(): PartitionWindowedStream<T> {
    return new NonKeyedPartitionWindowedStream<T>(<R>(name: string, operator: OperatorSpec) =>
      this.#dealtOut({ kind: 'forward' }).transform<R>(name, operator, { parallelism: this.getParallelism() }),
    );
  }

  /** Sets event time and watermarks in mid-stream. */
  assignTimestampsAndWatermarks(strategy: WatermarkStrategy<T>): SingleOutputStreamOperator<T> {
    return this.transform<T>('Timestamps/Watermarks', timestampsAndWatermarks(planOf(strategy), this.#env.watermarkInterval));
  }

  rebalance(): DataStream<T> {
    return this.repartition({ kind: 'rebalance' });
  }
  rescale(): DataStream<T> {
    return this.repartition({ kind: 'rescale' });
  }
  shuffle(): DataStream<T> {
    return this.repartition({ kind: 'shuffle' });
  }
  forward(): DataStream<T> {
    return this.repartition({ kind: 'forward' });
  }
  global(): DataStream<T> {
    return this.repartition({ kind: 'global' });
  }
  /** Every record to every subtask; with descriptors, to be kept as broadcast state. */
  broadcast(): DataStream<T>;
  broadcast(
    first: MapStateDescriptor<unknown, unknown>,
    ...descriptors: readonly MapStateDescriptor<unknown, unknown>[]
  ): BroadcastStream<T>;
  broadcast(...descriptors: readonly MapStateDescriptor<unknown, unknown>[]): DataStream<T> | BroadcastStream<T> {
    const stream = this.repartition({ kind: 'broadcast' });
    return descriptors.length === 0 ? stream : new BroadcastStream<T>(this.#env, stream.upstreams, descriptors);
  }

  /** The function chooses the subtask for a key. Nothing is known of keys behind it: for keyed state there has to be a keyBy. */
  partitionCustom<K>(partitioner: KeyPartitioner<K> | KeyPartitioner<K>['partition'], selector: KeyChoice<T, K>): DataStream<T> {
    return this.repartition({
      kind: 'custom',
      partitioner: userFunction(partitioner, 'partition', 'partitionCustom'),
      selection: selectionOf([selector], 'partitionCustom'),
    });
  }

  /** Writes `subtask> value` to the cell's log, with `identifier:` in front if given. */
  print(identifier = ''): DataStreamSink<T> {
    return this.#printTo('stdout', identifier, 'Sink: Print to Std. Out');
  }
  printToErr(identifier = ''): DataStreamSink<T> {
    return this.#printTo('stderr', identifier, 'Sink: Print to Std. Err');
  }

  /** The end of a stream: what comes is the sink's, be it one of Streambook's or one of the user's own. Throws IllegalArgumentException for anything else. */
  sinkTo(sink: Sink<T> | UserSink<T>): DataStreamSink<T> {
    const { name, operator } = checkedSink(sink);
    return new DataStreamSink<T>(
      this.#env.addSink({ name: `Sink: ${name}`, role: { kind: 'operator', operator }, inputs: this.upstreams }),
    );
  }

  #printTo(stream: 'stdout' | 'stderr', identifier: string, name: string): DataStreamSink<T> {
    const operator = printSink(stream, identifier);
    return new DataStreamSink<T>(this.#env.addSink({ name, role: { kind: 'operator', operator }, inputs: this.upstreams }));
  }

  /** For the engine: adds an operator that reads this stream. */
  transform<R>(
    name: string,
    operator: OperatorSpec,
    settings: { readonly description?: string; readonly window?: WindowDescription; readonly parallelism?: number } = {},
  ): SingleOutputStreamOperator<R> {
    const vertex = this.#env.addVertex({ name, role: { kind: 'operator', operator }, inputs: this.upstreams, ...settings });
    return new SingleOutputStreamOperator<R>(this.#env, vertex);
  }

  /** Throws UnsupportedOperationException for a stream that has to stay as it is. */
  protected repartition(partitioner: Partitioner): DataStream<T> {
    return this.#dealtOut(partitioner);
  }

  #dealtOut(partitioner: Partitioner): DataStream<T> {
    const upstreams = this.upstreams.map((edge) => ({ ...edge, partitioner }));
    return new DataStream<T>(this.#env, upstreams, this.#parallelism, this.#label, () => this.getType());
  }
}

/** The result of an operator, with the operator's settings. */
export class SingleOutputStreamOperator<out T> extends DataStream<T> {
  readonly #vertex: StreamVertex;
  #returned: TypeInformation<T> | null = null;
  constructor(env: StreamExecutionEnvironment, vertex: StreamVertex) {
    super(
      env,
      [{ from: vertex.id, tag: null, partitioner: null, input: 0 }],
      () => vertex.parallelism,
      () => vertex.name.replace(/^Source: /, ''),
    );
    this.#vertex = vertex;
  }
  getName(): string {
    return this.#vertex.name.replace(/^Source: /, '');
  }
  /** Stable id: state is found again by it after an edit. Unique in the job. */
  uid(uid: string): this {
    setUid(this.#vertex, uid);
    return this;
  }
  setUidHash(hash: string): this {
    setUidHash(this.#vertex, hash);
    return this;
  }
  name(name: string): this {
    setName(this.#vertex, name);
    return this;
  }
  setDescription(description: string): this {
    this.#vertex.description = description;
    return this;
  }
  setParallelism(parallelism: number): this {
    const { role } = this.#vertex;
    // Elements that come by mail come to one subtask.
    if (role.kind === 'source' && role.source.enumeration.kind === 'elements' && parallelism > 1) {
      throw new IllegalArgumentException('The maximum parallelism of non parallel operator must be 1.');
    }
    this.#vertex.parallelism = checkParallelism(parallelism);
    return this;
  }
  setMaxParallelism(maxParallelism: number): this {
    this.#vertex.maxParallelism = checkMaxParallelism(maxParallelism);
    return this;
  }
  /** Records are not stored on their way: it is only what `getType` gives. Throws IllegalArgumentException for what is no type information. */
  returns(type: TypeInformation<T>): this {
    stateTypeOf(type);
    this.#returned = type;
    return this;
  }
  override getType(): TypeInformation<T> {
    return this.#returned ?? super.getType();
  }
  forceNonParallel(): this {
    return this.setParallelism(1).setMaxParallelism(1);
  }
  disableChaining(): this {
    this.#vertex.chaining = 'NEVER';
    return this;
  }
  startNewChain(): this {
    this.#vertex.chaining = 'HEAD';
    return this;
  }
  slotSharingGroup(name: string): this {
    setSlotSharingGroup(this.#vertex, name);
    return this;
  }
  /** Accepted for compatibility, without effect: records are never held back. */
  setBufferTimeout(): this {
    return this;
  }
  /** What the operator sent to the tag; late records with `sideOutputLateData`. */
  getSideOutput<X>(tag: OutputTag<X>): DataStream<X> {
    const id = tagId(tag);
    const vertex = this.#vertex;
    return new DataStream<X>(
      this.getExecutionEnvironment(),
      [{ from: vertex.id, tag: id, partitioner: null, input: 0 }],
      () => vertex.parallelism,
      () => id,
    );
  }
}

/** A stream partitioned by key. */
export class KeyedStream<out T, out K> extends DataStream<T> {
  declare protected readonly keyType: K;
  /** For the engine: how the key is taken from a record. */
  readonly keys: KeySelection;
  constructor(stream: DataStream<T>, keys: KeySelection) {
    const partitioner: Partitioner = { kind: 'hash', selection: keys };
    super(
      stream.getExecutionEnvironment(),
      stream.upstreams.map((edge) => ({ ...edge, partitioner })),
      // The parallelism of what follows, as a keyed stream has no operator of its own.
      () => stream.getExecutionEnvironment().getParallelism(),
      () => stream.label,
      () => stream.getType(),
    );
    this.keys = keys;
  }

  /** Nothing is said of keys: a generic type. */
  getKeyType(): TypeInformation<K> {
    return genericType();
  }

  protected override repartition(_partitioner: Partitioner): never {
    throw new UnsupportedOperationException(
      'Cannot override partitioning for KeyedStream.',
      'Leave it out, or call it before keyBy or on the result of an operator.',
    );
  }

  /** Records of a key, with keyed state, timers and side outputs. */
  override process<R>(
    fn: KeyedProcessFunction<K, T, R> | ProcessFunction<T, R> | ((value: T, ctx: KeyedContext<K>, out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R> {
    return this.transform<R>('KeyedProcess', keyedProcessOperator(userFunction(fn, 'processElement', 'process'), this.keys));
  }

  /** Two keyed streams share keyed state and timers. */
  override connect<B>(stream: BroadcastStream<B>): BroadcastConnectedStream<T, B, K>;
  override connect<T2>(stream: KeyedStream<T2, K>): KeyedConnectedStreams<T, T2, K>;
  override connect<T2>(stream: DataStream<T2>): ConnectedStreams<T, T2>;
  override connect<T2>(
    stream: DataStream<T2> | BroadcastStream<T2>,
  ): ConnectedStreams<T, T2> | KeyedConnectedStreams<T, T2, K> | BroadcastConnectedStream<T, T2, K> {
    const pair = this.pairWith(stream);
    if (stream instanceof BroadcastStream) return new BroadcastConnectedStream<T, T2, K>(pair, stream, this.keys);
    if (!(stream instanceof KeyedStream)) return new ConnectedStreams<T, T2>(pair);
    return new KeyedConnectedStreams<T, T2, K>(pair, this.keys, stream.keys);
  }

  /** Pairs with equal keys whose event times are within bounds. */
  intervalJoin<T2>(other: KeyedStream<T2, K>): IntervalJoin<T, T2> {
    if (!(other instanceof KeyedStream))
      throw new IllegalArgumentException('intervalJoin needs a keyed stream.', 'For example orders.keyBy(o => o.id).intervalJoin(…).');
    return new IntervalJoin<T, T2>(this.pairWith(other), [this.keys, other.keys]);
  }

  window<W extends Window>(assigner: WindowAssigner<T, W>): WindowedStream<T, K, W> {
    return new WindowedStream<T, K, W>(
      (name, description, operator, window) => this.transform(name, operator, { description, window }),
      assigner,
      this.keys,
    );
  }

  /** One window for every `size` records of a key; with a slide, the last `size` records at every `slide`th. What is left at the end does not come. */
  countWindow(size: number, slide?: number): WindowedStream<T, K, GlobalWindow> {
    return inCounts(this.window(GlobalWindows.create()), size, slide);
  }

  /** All records of a key as one window, at the end of a bounded input. */
  override fullWindowPartition(): PartitionWindowedStream<T> {
    return new KeyedPartitionWindowedStream<T, K>(() => this.window(GlobalWindows.createWithEndOfStreamTrigger()));
  }

  /** Running result: one output per input. */
  reduce(reducer: ReduceFunction<T> | ReduceFunction<T>['reduce']): SingleOutputStreamOperator<T> {
    return this.transform<T>('Keyed Reduce', rollingReduce(userFunction(reducer, 'reduce', 'reduce'), this.keys));
  }

  /** The sum in that field; the other fields stay those of the first record. */
  sum(field: Field): SingleOutputStreamOperator<T> {
    return this.#aggregate('sum', field, true);
  }
  min(field: Field): SingleOutputStreamOperator<T> {
    return this.#aggregate('min', field, true);
  }
  max(field: Field): SingleOutputStreamOperator<T> {
    return this.#aggregate('max', field, true);
  }
  /** The whole record with the smallest value; on a tie the earlier one, or the later with `first = false`. */
  minBy(field: Field, first = true): SingleOutputStreamOperator<T> {
    return this.#aggregate('minBy', field, first);
  }
  maxBy(field: Field, first = true): SingleOutputStreamOperator<T> {
    return this.#aggregate('maxBy', field, first);
  }

  #aggregate(kind: FieldAggregation['kind'], field: Field, first: boolean): SingleOutputStreamOperator<T> {
    return this.transform<T>('Keyed Aggregation', rollingAggregate({ kind, field: checkField(field, kind), first }, this.keys));
  }
}

/** Global windows that fire by count, as Flink makes count windows of them. */
function inCounts<S extends WindowedStream<unknown, unknown, GlobalWindow> | AllWindowedStream<unknown, GlobalWindow>>(
  windows: S,
  size: number,
  slide: number | undefined,
): S {
  if (slide === undefined) windows.trigger(PurgingTrigger.of(CountTrigger.of(size)));
  else windows.evictor(CountEvictor.of(size)).trigger(CountTrigger.of(slide));
  return windows;
}

addFormerMethods('DataStream', DataStream.prototype);
addFormerMethods('KeyedStream', KeyedStream.prototype);
