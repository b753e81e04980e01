import { DataGeneratorSource } from '../connectors/data-generator-source.ts';
import { FileSink } from '../connectors/file-sink.ts';
import { FileSource } from '../connectors/file-source.ts';
import { RateLimiterStrategy } from '../connectors/rate-limiter.ts';
import { DiscardingSink } from '../connectors/sink.ts';
import { CumulatingEventTimeWindows } from './assigners/cumulating-event-time.ts';
import { EventTimeSessionWindows } from './assigners/event-time-session.ts';
import { GlobalWindows } from './assigners/global.ts';
import { ProcessingTimeSessionWindows } from './assigners/processing-time-session.ts';
import { IterativeCondition, RichIterativeCondition, SimpleCondition } from '../cep/conditions.ts';
import { PatternProcessFunction } from '../cep/functions.ts';
import { GroupPattern, Pattern } from '../cep/pattern.ts';
import { CEP, PatternStream } from '../cep/pattern-stream.ts';
import { AfterMatchSkipStrategy } from '../cep/skip.ts';
import { AccumulatorHistogram, DoubleCounter, IntCounter, LongCounter } from './accumulators.ts';
import { SlidingEventTimeWindows } from './assigners/sliding-event-time.ts';
import { SlidingProcessingTimeWindows } from './assigners/sliding-processing-time.ts';
import { TumblingEventTimeWindows } from './assigners/tumbling-event-time.ts';
import { TumblingProcessingTimeWindows } from './assigners/tumbling-processing-time.ts';
import { AsyncDataStream } from './async-data-stream.ts';
import { AsyncRetryStrategies, RetryPredicates } from './async-retry.ts';
import { Duration } from './duration.ts';
import { SuppressRestartsException } from './errors.ts';
import { CountEvictor } from './evictors/count.ts';
import { DeltaEvictor } from './evictors/delta.ts';
import { TimeEvictor } from './evictors/time.ts';
import { DescriptiveStatisticsHistogram, MeterView } from './metrics.ts';
import { OutputTag } from './output-tag.ts';
import {
  BroadcastProcessFunction,
  CoProcessFunction,
  KeyedBroadcastProcessFunction,
  KeyedCoProcessFunction,
  KeyedProcessFunction,
  ProcessAllWindowFunction,
  ProcessFunction,
  ProcessJoinFunction,
  ProcessWindowFunction,
} from './process-functions.ts';
import {
  AbstractRichFunction,
  RichAsyncFunction,
  RichCoFlatMapFunction,
  RichCoMapFunction,
  RichFilterFunction,
  RichFlatMapFunction,
  RichMapFunction,
  RichReduceFunction,
} from './rich-functions.ts';
import {
  AggregatingStateDescriptor,
  ListStateDescriptor,
  MapStateDescriptor,
  ReducingStateDescriptor,
  StateDescriptor,
  ValueStateDescriptor,
} from './state-descriptors.ts';
import { StateTtlConfig } from './state-ttl-config.ts';
import { Trigger, TriggerResult } from './trigger.ts';
import { ContinuousEventTimeTrigger } from './triggers/continuous-event-time.ts';
import { ContinuousProcessingTimeTrigger } from './triggers/continuous-processing-time.ts';
import { CountTrigger } from './triggers/count.ts';
import { DeltaTrigger } from './triggers/delta.ts';
import { EventTimeTrigger } from './triggers/event-time.ts';
import { ProcessingTimeTrigger } from './triggers/processing-time.ts';
import { ProcessingTimeoutTrigger } from './triggers/processing-timeout.ts';
import { PurgingTrigger } from './triggers/purging.ts';
import { Tuple2, Tuple3, Tuple4 } from './tuples.ts';
import { Types } from './type-information.ts';
import { unsupportedNames } from './unsupported.ts';
import { WatermarkStrategy } from './watermark-strategy.ts';
import { Watermark } from './watermark.ts';
import { MergingWindowAssigner, WindowAssigner, WindowStagger } from './window-assigner.ts';
import { GlobalWindow, TimeWindow, Window } from './windows.ts';
/** Constants that are the same as their names: `CheckpointingMode.EXACTLY_ONCE`. */
function constants<const N extends string>(...names: readonly N[]): { readonly [M in N]: M } {
  // SAFETY: exactly the names are put in.
  return Object.fromEntries(names.map((name) => [name, name])) as { readonly [M in N]: M };
}

/** Every name of the API that is the same for all environments, with its value; those that are missing yet throw when they are used. */

export const PUBLIC_NAMES: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ...unsupportedNames(),
  ...Object.entries({
    AbstractRichFunction,
    AccumulatorHistogram,
    AfterMatchSkipStrategy,
    AggregatingStateDescriptor,
    AsyncDataStream,
    AsyncRetryStrategies,
    BroadcastProcessFunction,
    Boundedness: constants('BOUNDED', 'CONTINUOUS_UNBOUNDED'),
    CEP,
    CheckpointingMode: constants('EXACTLY_ONCE', 'AT_LEAST_ONCE'),
    ContinuousEventTimeTrigger,
    ContinuousProcessingTimeTrigger,
    CountEvictor,
    CountTrigger,
    CumulatingEventTimeWindows,
    CoProcessFunction,
    DataGeneratorSource,
    DeliveryGuarantee: { EXACTLY_ONCE: 'exactly-once', AT_LEAST_ONCE: 'at-least-once', NONE: 'none' },
    DeltaEvictor,
    DeltaTrigger,
    DescriptiveStatisticsHistogram,
    DiscardingSink,
    DoubleCounter,
    Duration,
    EventTimeSessionWindows,
    EventTimeTrigger,
    ExternalizedCheckpointRetention: constants('DELETE_ON_CANCELLATION', 'RETAIN_ON_CANCELLATION', 'NO_EXTERNALIZED_CHECKPOINTS'),
    FileSink,
    FileSource,
    GlobalWindow,
    GlobalWindows,
    GroupPattern,
    IntCounter,
    InputStatus: constants('MORE_AVAILABLE', 'NOTHING_AVAILABLE', 'END_OF_INPUT'),
    KeyedBroadcastProcessFunction,
    KeyedCoProcessFunction,
    IterativeCondition,
    KeyedProcessFunction,
    ListStateDescriptor,
    LongCounter,
    MapStateDescriptor,
    MergingWindowAssigner,
    MeterView,
    OutputTag,
    Pattern,
    PatternProcessFunction,
    PatternStream,
    ProcessAllWindowFunction,
    ProcessFunction,
    ProcessJoinFunction,
    ProcessWindowFunction,
    ProcessingTimeSessionWindows,
    ProcessingTimeTrigger,
    ProcessingTimeoutTrigger,
    PurgingTrigger,
    RateLimiterStrategy,
    ReducingStateDescriptor,
    RichCoFlatMapFunction,
    RichCoMapFunction,
    RetryPredicates,
    RichAsyncFunction,
    RichFilterFunction,
    RichFlatMapFunction,
    RichIterativeCondition,
    RichMapFunction,
    RichReduceFunction,
    RuntimeExecutionMode: constants('STREAMING', 'BATCH', 'AUTOMATIC'),
    SimpleCondition,
    SlidingEventTimeWindows,
    SlidingProcessingTimeWindows,
    StateDescriptor,
    StateTtlConfig,
    SuppressRestartsException,
    TimeDomain: constants('EVENT_TIME', 'PROCESSING_TIME'),
    TimeEvictor,
    TimeWindow,
    Trigger,
    TriggerResult,
    TumblingEventTimeWindows,
    TumblingProcessingTimeWindows,
    Tuple2,
    Tuple3,
    Tuple4,
    Types,
    ValueStateDescriptor,
    Watermark,
    WatermarkStrategy,
    Window,
    WindowAssigner,
    WindowStagger,
    WithinType: constants('FIRST_AND_LAST', 'PREVIOUS_AND_CURRENT'),
  }),
]);
