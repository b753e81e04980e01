import { asyncWaitOperator, type AsyncWaitMode } from '../operators/async-wait.ts';
import { AsyncRetryStrategies, type AsyncRetryStrategy } from './async-retry.ts';
import type { DataStream, SingleOutputStreamOperator } from './data-stream.ts';
import { type DurationLike, toMillis } from './duration.ts';
import { IllegalArgumentException } from './errors.ts';
import type { OpenContext } from './rich-functions.ts';
import { userFunction } from './user-function.ts';

/** Calls in flight in one subtask, unless said otherwise (AsyncDataStream.DEFAULT_QUEUE_CAPACITY). */
const DEFAULT_CAPACITY = 100;

/** Takes the results of a call; the first completion counts. */
export interface ResultFuture<OUT> {
  complete(results: Iterable<OUT> & object): void;
  completeExceptionally(error: unknown): void;
}

/** A function that waits for something outside of the job. */
export interface AsyncFunction<IN, OUT> {
  open?(context: OpenContext): void;
  close?(): void;
  asyncInvoke(input: IN, resultFuture: ResultFuture<OUT>): void | Promise<void>;
  /** Called when the answer takes too long; without it the job fails. */
  timeout?(input: IN, resultFuture: ResultFuture<OUT>): void;
}

export type AsyncInvoke<IN, OUT> = AsyncFunction<IN, OUT> | ((input: IN) => Promise<Iterable<OUT> & object>);

function wait<IN, OUT>(
  stream: DataStream<IN>,
  fn: AsyncInvoke<IN, OUT>,
  timeout: DurationLike,
  capacity: number,
  mode: AsyncWaitMode,
  retry: AsyncRetryStrategy<OUT> | null,
): SingleOutputStreamOperator<OUT> {
  if (!Number.isInteger(capacity) || capacity <= 0) throw new IllegalArgumentException('The capacity must be larger than 0.');
  const millis = toMillis(timeout);
  if (retry !== null && millis <= 0) throw new IllegalArgumentException('The timeout should be configured when do async with retry.');
  const called = userFunction(fn, 'asyncInvoke', 'AsyncDataStream', true);
  return stream.transform<OUT>('async wait operator', asyncWaitOperator(called, { mode, timeout: millis, capacity }, retry));
}

/** Calls outside the pipeline for each record, with so many in flight; then the job waits. A timeout of 0 is none. Throws IllegalArgumentException. */
export const AsyncDataStream = {
  /** Results in the order of the inputs. */
  orderedWait<IN, OUT>(
    stream: DataStream<IN>,
    fn: AsyncInvoke<IN, OUT>,
    timeout: DurationLike,
    capacity: number = DEFAULT_CAPACITY,
  ): SingleOutputStreamOperator<OUT> {
    return wait(stream, fn, timeout, capacity, 'ORDERED', null);
  },

  /** Results as they come, but never across a watermark. */
  unorderedWait<IN, OUT>(
    stream: DataStream<IN>,
    fn: AsyncInvoke<IN, OUT>,
    timeout: DurationLike,
    capacity: number = DEFAULT_CAPACITY,
  ): SingleOutputStreamOperator<OUT> {
    return wait(stream, fn, timeout, capacity, 'UNORDERED', null);
  },

  /** As orderedWait; calls are made again as `retry` says. The timeout covers all attempts together. */
  orderedWaitWithRetry<IN, OUT>(
    stream: DataStream<IN>,
    fn: AsyncInvoke<IN, OUT>,
    timeout: DurationLike,
    retry: AsyncRetryStrategy<OUT> = AsyncRetryStrategies.NO_RETRY_STRATEGY,
    capacity: number = DEFAULT_CAPACITY,
  ): SingleOutputStreamOperator<OUT> {
    return wait(stream, fn, timeout, capacity, 'ORDERED', retry);
  },

  unorderedWaitWithRetry<IN, OUT>(
    stream: DataStream<IN>,
    fn: AsyncInvoke<IN, OUT>,
    timeout: DurationLike,
    retry: AsyncRetryStrategy<OUT> = AsyncRetryStrategies.NO_RETRY_STRATEGY,
    capacity: number = DEFAULT_CAPACITY,
  ): SingleOutputStreamOperator<OUT> {
    return wait(stream, fn, timeout, capacity, 'UNORDERED', retry);
  },
};
