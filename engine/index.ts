/** The public API: what cells see, and what embeds the engine. */
export { SlidingEventTimeWindows } from './api/assigners/sliding-event-time.ts';
export { SlidingProcessingTimeWindows } from './api/assigners/sliding-processing-time.ts';
export { TumblingEventTimeWindows } from './api/assigners/tumbling-event-time.ts';
export { TumblingProcessingTimeWindows } from './api/assigners/tumbling-processing-time.ts';
export type { Collector } from './api/collector.ts';
export { DataStream, KeyedStream, SingleOutputStreamOperator } from './api/data-stream.ts';
export { DataStreamSink } from './api/data-stream-sink.ts';
export { display } from './api/display.ts';
export { Duration, type DurationLike } from './api/duration.ts';
export { StreamExecutionEnvironment } from './api/environment.ts';
export {
  IllegalArgumentException,
  IllegalStateException,
  JobException,
  NullPointerException,
  RuntimeException,
  SuppressRestartsException,
  UnsupportedOperationException,
} from './api/errors.ts';
export { OutputTag } from './api/output-tag.ts';
export { ProcessAllWindowFunction, ProcessFunction, ProcessWindowFunction } from './api/process-functions.ts';
export {
  AbstractRichFunction,
  RichFilterFunction,
  RichFlatMapFunction,
  RichMapFunction,
  RichReduceFunction,
} from './api/rich-functions.ts';
export { Tuple2, Tuple3, Tuple4 } from './api/tuples.ts';
export { WatermarkStrategy } from './api/watermark-strategy.ts';
export { Watermark, type WatermarkGenerator, type WatermarkOutput } from './api/watermark.ts';
export { WindowAssigner, WindowStagger } from './api/window-assigner.ts';
export { AllWindowedStream, WindowedStream } from './api/windowed-stream.ts';
export { TimeWindow, Window } from './api/windows.ts';
export { CELL_SCOPE_NAMES, createCellScope } from './cells.ts';
export { DataGeneratorSource } from './connectors/data-generator-source.ts';
export { FileSink } from './connectors/file-sink.ts';
export { FileSource } from './connectors/file-source.ts';
export { PartWriteQueue } from './connectors/part-write-queue.ts';
export { RateLimiterStrategy } from './connectors/rate-limiter.ts';
export { DiscardingSink, type Sink } from './connectors/sink.ts';
export type * from './connectors/source.ts';
export { replay } from './observe/replay.ts';
export { createExecutor } from './runtime/executor.ts';
export type * from './runtime/job.ts';
export type * from './runtime/mail.ts';
