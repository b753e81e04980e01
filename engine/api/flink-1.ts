import { UnsupportedOperationException } from './errors.ts';

/** What Flink 2 has instead of something of Flink 1: in a few words, and as code. */
export interface Successor {
  readonly instead: string;
  readonly example: string;
}

const KAFKA_SOURCE: Successor = {
  instead: 'KafkaSource',
  example:
    "env.fromSource(KafkaSource({ bootstrapServers, topics: ['orders'], value: Format.json() }), WatermarkStrategy.noWatermarks(), 'orders')",
};
const KAFKA_SINK: Successor = {
  instead: 'KafkaSink',
  example: "orders.sinkTo(KafkaSink({ bootstrapServers, topic: 'orders', value: Format.json() }))",
};
const OWN_SOURCE: Successor = {
  instead: 'DataGeneratorSource, or a Source of your own',
  example: "env.fromSource(DataGeneratorSource({ generatorFunction: index => index }), WatermarkStrategy.noWatermarks(), 'numbers')",
};
const OWN_SINK: Successor = {
  instead: 'a Sink with createWriter',
  example: 'orders.sinkTo({ createWriter: () => ({ write: order => console.log(order), flush() {} }) })',
};
const BACKEND: Successor = { instead: "the option 'state.backend.type'", example: "env.configure({ 'state.backend.type': 'hashmap' })" };
const RESTARTS: Successor = {
  instead: "the options 'restart-strategy.…'",
  example: "env.configure({ 'restart-strategy.type': 'fixed-delay', 'restart-strategy.fixed-delay.attempts': 3 })",
};
const EVENT_TIME: Successor = {
  instead: 'nothing: event time is the default, and windows say which time they are on',
  example: "TumblingEventTimeWindows.of('5 s')",
};
const OUT_OF_ORDER: Successor = {
  instead: 'WatermarkStrategy.forBoundedOutOfOrderness',
  example:
    "orders.assignTimestampsAndWatermarks(WatermarkStrategy.forBoundedOutOfOrderness<Order>('5 s').withTimestampAssigner(order => order.time))",
};
const ASCENDING: Successor = {
  instead: 'WatermarkStrategy.forMonotonousTimestamps',
  example:
    'orders.assignTimestampsAndWatermarks(WatermarkStrategy.forMonotonousTimestamps<Order>().withTimestampAssigner(order => order.time))',
};
const GENERATOR: Successor = {
  instead: 'WatermarkStrategy.forGenerator',
  example:
    'WatermarkStrategy.forGenerator<Order>(() => ({ onEvent(order, time, output) { output.emitWatermark(time) }, onPeriodicEmit() {} }))',
};
const TEXT_FILE: Successor = {
  instead: 'FileSource.text',
  example: "env.fromSource(FileSource.text('data/lines.txt'), WatermarkStrategy.noWatermarks(), 'lines')",
};
const CSV_FILE: Successor = {
  instead: 'FileSource.csv',
  example: "env.fromSource(FileSource.csv('data/orders.csv'), WatermarkStrategy.noWatermarks(), 'orders')",
};
const TEXT_SINK: Successor = { instead: 'FileSink.text', example: "lines.sinkTo(FileSink.text('out'))" };
const CSV_SINK: Successor = { instead: 'FileSink.csv', example: "orders.sinkTo(FileSink.csv('out'))" };
const FILE_SINK: Successor = { instead: 'FileSink', example: "orders.sinkTo(FileSink.ndjson('out'))" };
const SIDE_OUTPUTS: Successor = {
  instead: 'side outputs',
  example:
    "const large = new OutputTag<Order>('large'); orders.process((order, ctx) => { if (order.amount > 100) ctx.output(large, order) }).getSideOutput(large)",
};
const WINDOW: Successor = {
  instead: 'window with an assigner',
  example: "orders.keyBy('user').window(TumblingEventTimeWindows.of('5 s'))",
};
const WINDOW_ALL: Successor = { instead: 'windowAll with an assigner', example: "orders.windowAll(TumblingEventTimeWindows.of('5 s'))" };
const AGGREGATE: Successor = {
  instead: 'reduce or aggregate',
  example: "orders.keyBy('user').reduce((a, b) => ({ ...a, amount: a.amount + b.amount }))",
};
const NO_LOOPS: Successor = {
  instead: 'nothing: Flink 2 has no loops. Keep what goes round in state',
  example: "orders.keyBy('user').process((order, ctx) => { … })",
};
const DATA: Successor = { instead: 'fromData', example: 'env.fromData([1, 2, 3])' };
const DISPLAY: Successor = { instead: 'display', example: 'display(orders)' };

/** Classes of Flink 1, and of Flink 2 where they are written otherwise here, by the names that code pasted from elsewhere has. */
export const FORMER_NAMES: ReadonlyMap<string, Successor> = new Map(
  Object.entries({
    FlinkKafkaConsumer: KAFKA_SOURCE,
    FlinkKafkaConsumer010: KAFKA_SOURCE,
    FlinkKafkaConsumer011: KAFKA_SOURCE,
    FlinkKafkaProducer: KAFKA_SINK,
    FlinkKafkaProducer010: KAFKA_SINK,
    FlinkKafkaProducer011: KAFKA_SINK,
    SimpleStringSchema: {
      instead: "the option 'value' with a Format",
      example: 'KafkaSource({ bootstrapServers, topics, value: Format.text() })',
    },
    JSONKeyValueDeserializationSchema: {
      instead: "the option 'value' with a Format",
      example: 'KafkaSource({ bootstrapServers, topics, value: Format.json() })',
    },
    SourceFunction: OWN_SOURCE,
    RichSourceFunction: OWN_SOURCE,
    ParallelSourceFunction: OWN_SOURCE,
    RichParallelSourceFunction: OWN_SOURCE,
    SinkFunction: OWN_SINK,
    RichSinkFunction: OWN_SINK,
    TwoPhaseCommitSinkFunction: OWN_SINK,
    PrintSinkFunction: { instead: 'print', example: 'orders.print()' },
    StreamingFileSink: FILE_SINK,
    BucketingSink: FILE_SINK,
    Time: { instead: 'Duration, or text', example: "TumblingEventTimeWindows.of('5 s')" },
    TimeCharacteristic: EVENT_TIME,
    RestartStrategies: RESTARTS,
    FsStateBackend: BACKEND,
    MemoryStateBackend: BACKEND,
    HashMapStateBackend: BACKEND,
    RocksDBStateBackend: BACKEND,
    EmbeddedRocksDBStateBackend: BACKEND,
    BoundedOutOfOrdernessTimestampExtractor: OUT_OF_ORDER,
    AscendingTimestampExtractor: ASCENDING,
    AssignerWithPeriodicWatermarks: GENERATOR,
    AssignerWithPunctuatedWatermarks: GENERATOR,
    OutputSelector: SIDE_OUTPUTS,
    SplitStream: SIDE_OUTPUTS,
    IterativeStream: NO_LOOPS,
    FoldFunction: AGGREGATE,
    JdbcSink: { instead: 'PostgresSink', example: "orders.sinkTo(PostgresSink({ url, tableName: 'orders' }))" },
  }),
);

/** Methods of Flink 1 by the classes that had them. */
export const FORMER_METHODS: Readonly<Record<string, Readonly<Record<string, Successor>>>> = {
  StreamExecutionEnvironment: {
    addSource: { instead: 'fromSource', example: KAFKA_SOURCE.example },
    createInput: TEXT_FILE,
    fromElements: DATA,
    fromParallelCollection: DATA,
    generateSequence: { instead: 'fromSequence', example: 'env.fromSequence(1, 100)' },
    readTextFile: TEXT_FILE,
    readFile: TEXT_FILE,
    readCsvFile: CSV_FILE,
    setStateBackend: BACKEND,
    setRestartStrategy: RESTARTS,
    setNumberOfExecutionRetries: RESTARTS,
    setStreamTimeCharacteristic: EVENT_TIME,
    executeAsync: { instead: 'execute', example: "env.execute('orders')" },
  },
  DataStream: {
    addSink: { instead: 'sinkTo', example: FILE_SINK.example },
    assignTimestamps: OUT_OF_ORDER,
    assignAscendingTimestamps: ASCENDING,
    collectAsync: DISPLAY,
    executeAndCollect: DISPLAY,
    iterate: NO_LOOPS,
    project: { instead: 'map', example: 'orders.map(order => [order.user, order.amount])' },
    select: SIDE_OUTPUTS,
    split: SIDE_OUTPUTS,
    timeWindowAll: WINDOW_ALL,
    writeAsCsv: CSV_SINK,
    writeAsText: TEXT_SINK,
    writeUsingOutputFormat: FILE_SINK,
  },
  KeyedStream: { timeWindow: WINDOW, fold: AGGREGATE },
  WindowedStream: { fold: AGGREGATE },
  AllWindowedStream: { fold: AGGREGATE },
};

/** Classes whose streams have the methods of another one too. */
const PARENTS: Readonly<Record<string, string>> = {
  DataStreamSource: 'DataStream',
  SingleOutputStreamOperator: 'DataStream',
  KeyedStream: 'DataStream',
};

/** What `className` has instead of a method of Flink 1; null for any other name. */
export function successorOf(className: string, method: string): Successor | null {
  for (let at: string | undefined = className; at !== undefined; at = PARENTS[at]) {
    const successor = FORMER_METHODS[at]?.[method];
    if (successor !== undefined) return successor;
  }
  return null;
}

function former(name: string, { instead, example }: Successor): UnsupportedOperationException {
  return new UnsupportedOperationException(`There is no ${name} here; instead there is ${instead}.`, `For example ${example}`);
}

/** Gives `prototype` the methods that `className` had in Flink 1, each throwing UnsupportedOperationException. */
export function addFormerMethods(className: string, prototype: object): void {
  for (const [method, successor] of Object.entries(FORMER_METHODS[className] ?? {})) {
    if (method in prototype) continue;
    Object.defineProperty(prototype, method, {
      configurable: true,
      value: () => {
        throw former(method, successor);
      },
    });
  }
}

/** Values for the names of Flink 1: using one in any way throws UnsupportedOperationException. */
export function formerNames(): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...FORMER_NAMES].map(([name, successor]) => [name, throwing(() => former(name, successor))]));
}

function throwing(error: () => UnsupportedOperationException): unknown {
  function fail(): never {
    throw error();
  }
  return new Proxy(fail, { get: fail, apply: fail, construct: fail, has: fail });
}
