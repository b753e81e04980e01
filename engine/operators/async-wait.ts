import type { AsyncRetryStrategy } from '../api/async-retry.ts';
import { TimeoutException } from '../api/errors.ts';
import { methodOf, type UserFunction } from '../api/user-function.ts';
import type { CallLane, CallOutcome } from '../runtime/async-calls.ts';
import type { OperatorContext, OperatorInstance, OperatorSpec, Output, SubtaskRestore } from '../runtime/operator.ts';
import { MIN_TIMESTAMP } from '../runtime/timestamps.ts';
import { decodeValue, encodeValue } from '../state/stored-value.ts';
import { AsyncQueue, type Call, type QueueItem } from './async-queue.ts';
import { ASYNC_STATE, ownState, savedItem, type SavedAsync } from './async-state.ts';

export type AsyncWaitMode = 'ORDERED' | 'UNORDERED';

export interface AsyncWaitSettings {
  readonly mode: AsyncWaitMode;
  /** ms over all attempts at a call; 0 = for ever. */
  readonly timeout: number;
  /** Calls under way in one subtask; then the sources wait. */
  readonly capacity: number;
}

/** Bytes of memory of a call that waits, beside its record and its results. */
const CALL_MEMORY = 256;

/**
 * Asks outside of the job for the results of each record (Flink's AsyncWaitOperator). The calls are made by the shell (OperatorContext.calls), their outcomes come
 * as mail, so that a replay makes none. Deadlines and retries are on the job's clock.
 */
export function asyncWaitOperator(fn: UserFunction, settings: AsyncWaitSettings, retry: AsyncRetryStrategy<never> | null): OperatorSpec {
  return {
    kind: 'asyncWait',
    keepsState: true,
    config: { ...settings, retries: retry !== null },
    functions: [fn],
    create(context, output) {
      const wait = new AsyncWait(fn, settings, retry, context, output);
      return {
        open: () => wait.open(),
        collect: (value, timestamp) => wait.collect(value, timestamp),
        watermark: (watermark) => wait.add({ kind: 'watermark', watermark }),
        idle: (idle) => wait.add({ kind: 'idle', idle }),
        answered: (call, attempt, outcome) => wait.answered(call, attempt, outcome),
        advanceTime: (now) => wait.advanceTime(now),
        nextWakeUp: () => wait.nextDue + 1,
        finish: () => wait.finish(),
        isWaiting: () => wait.isWaiting,
        close: () => wait.close(),
        operatorState: () => [{ name: ASYNC_STATE, redistribution: 'union', values: [encodeValue(wait.save())] }],
        writeState: (writer) => writer.bytes(encodeValue(wait.save())),
        restore: (state) => wait.restore(state),
      } satisfies OperatorInstance;
    },
  };
}

class AsyncWait {
  readonly #settings: AsyncWaitSettings;
  readonly #retry: AsyncRetryStrategy<never> | null;
  readonly #context: OperatorContext;
  readonly #output: Output;
  readonly #lane: CallLane;
  readonly #handlesTimeout: boolean;
  readonly #queue: AsyncQueue;
  /** What came while the queue was full. */
  #waiting: QueueItem[] = [];
  #nextId = 1;
  /** The last watermark that left. */
  #watermark = MIN_TIMESTAMP;
  #isFull = false;
  /** The input has ended: nothing is retried any more. */
  #ending = false;
  /** No deadline and no retry is due before this processing time, ms. */
  nextDue: number = Number.POSITIVE_INFINITY;

  constructor(
    fn: UserFunction,
    settings: AsyncWaitSettings,
    retry: AsyncRetryStrategy<never> | null,
    context: OperatorContext,
    output: Output,
  ) {
    this.#settings = settings;
    this.#retry = retry;
    this.#context = context;
    this.#output = output;
    this.#queue = new AsyncQueue(settings.mode === 'ORDERED');
    this.#handlesTimeout = !fn.arrow && methodOf(fn.target, 'timeout') !== null;
    const { calls, vertex, subtask, runtime } = context;
    this.#lane = calls.lane({ fn, predicate: retry?.getRetryPredicate() ?? null, operator: vertex, subtask, runtime });
  }

  /** Opens the function and makes the calls that a checkpoint had under way. */
  open(): void {
    try {
      this.#lane.open();
    } catch (error) {
      this.#context.fail(error, undefined);
    }
    for (const item of this.#queue.items) if (item.kind === 'call' && item.call.results === null) this.#begin(item.call);
    this.#emit();
  }

  collect(value: unknown, timestamp: number): void {
    const { counters, ambient, memory } = this.#context;
    counters.recordsIn++;
    const input = this.#encoded(value);
    memory.grow(input.length + CALL_MEMORY);
    const { windowStart, windowEnd, key } = ambient;
    const call: Call = {
      id: this.#nextId++,
      input,
      timestamp,
      windowStart,
      windowEnd,
      key,
      attempt: 1,
      retryAt: null,
      deadline: Number.POSITIVE_INFINITY,
      isTimedOut: false,
      results: null,
      completed: 0,
    };
    if (this.#put({ kind: 'call', call })) this.#begin(call);
  }

  /** A watermark or idleness: it keeps its place among the records. */
  add(item: QueueItem): void {
    this.#put(item);
    this.#emit();
  }

  answered(id: number, attempt: number, outcome: CallOutcome): void {
    const call = this.#queue.find(id);
    // Somebody else was first: the handler of a timeout, or another attempt.
    if (call === null || call.results !== null || call.attempt !== attempt || call.retryAt !== null) return;
    if (outcome.retry && this.#retries(call)) return;
    if (outcome.kind === 'error') this.#context.fail(thrown(outcome.error), decodeValue(call.input));
    this.#context.memory.grow(outcome.results.length);
    this.#queue.complete(call, outcome.results);
    this.#emit();
  }

  /** Runs what is due, in the order of the calls. */
  advanceTime(now: number): void {
    if (now <= this.nextDue) return;
    this.nextDue = Number.POSITIVE_INFINITY;
    for (const item of this.#queue.items) {
      if (item.kind !== 'call' || item.call.results !== null) continue;
      const { call } = item;
      if (now > call.deadline) this.#timeOut(call);
      if (call.retryAt !== null && now > call.retryAt) this.#again(call);
      this.#due(call);
    }
  }

  /** What waits to be retried is so at once, and then no more, as in Flink. */
  finish(): void {
    this.#ending = true;
    for (const item of this.#queue.items) if (item.kind === 'call' && item.call.retryAt !== null) this.#again(item.call);
  }

  get isWaiting(): boolean {
    return !this.#queue.isEmpty;
  }

  close(): void {
    try {
      this.#lane.close();
    } catch (error) {
      this.#context.fail(error, undefined);
    }
  }

  save(): SavedAsync {
    const { subtask, parallelism } = this.#context;
    const items = [...this.#queue.items, ...this.#waiting].map(savedItem);
    return { subtask, parallelism, nextId: this.#nextId, completions: this.#queue.completions, watermark: this.#watermark, items };
  }

  restore(state: SubtaskRestore): void {
    const { nextId, completions, watermark, items } = ownState(state, this.#context);
    this.#nextId = nextId;
    this.#watermark = watermark;
    this.#queue.completions = completions;
    for (const item of items) {
      if (item.kind === 'call') this.#context.memory.grow(item.call.input.length + CALL_MEMORY + (item.call.results?.length ?? 0));
      this.#put(item);
    }
  }

  /** True when it has a place in the queue. */
  #put(item: QueueItem): boolean {
    if (!this.#fits(item) || this.#waiting.length > 0) {
      this.#waiting.push(item);
      return false;
    }
    this.#queue.add(item);
    this.#reportFullness();
    return true;
  }

  #fits(item: QueueItem): boolean {
    return item.kind !== 'call' || this.#queue.calls < this.#settings.capacity;
  }

  #reportFullness(): void {
    const isFull = this.#queue.calls >= this.#settings.capacity;
    if (isFull === this.#isFull) return;
    this.#isFull = isFull;
    this.#context.holdSources(isFull);
  }

  /** Lets out what may leave, and in what waits for its place. */
  #emit(): void {
    do {
      for (let item = this.#queue.next(); item !== null; item = this.#queue.next()) this.#leave(item);
    } while (this.#refill());
    this.#reportFullness();
  }

  #leave(item: QueueItem): void {
    const { ambient, counters, memory } = this.#context;
    const output = this.#output;
    switch (item.kind) {
      case 'watermark':
        this.#watermark = item.watermark;
        output.watermark(item.watermark);
        break;
      case 'idle':
        output.idle(item.idle);
        break;
      case 'call': {
        const { input, results, timestamp, windowStart, windowEnd, key } = item.call;
        if (results === null) return;
        memory.shrink(input.length + results.length + CALL_MEMORY);
        // SAFETY: resultsOutcome encodes a list.
        for (const result of decodeValue(results) as readonly unknown[]) {
          counters.recordsOut++;
          ambient.set(windowStart, windowEnd, key);
          output.collect(result, timestamp);
        }
        ambient.clear();
      }
    }
  }

  #refill(): boolean {
    let moved = 0;
    for (const item of this.#waiting) {
      if (!this.#fits(item)) break;
      this.#queue.add(item);
      if (item.kind === 'call') this.#begin(item.call);
      moved++;
    }
    this.#waiting.splice(0, moved);
    return moved > 0;
  }

  /** The time that a call may take begins, here and in a restored job. */
  #begin(call: Call): void {
    const { timeout } = this.#settings;
    if (timeout > 0) call.deadline = this.#context.clock.now + timeout;
    this.#due(call);
    if (call.retryAt === null) this.#lane.call(call.id, call.attempt, decodeValue(call.input));
  }

  #due({ deadline, retryAt }: Call): void {
    this.nextDue = Math.min(this.nextDue, deadline, retryAt ?? Number.POSITIVE_INFINITY);
  }

  #retries(call: Call): boolean {
    const retry = this.#retry;
    if (retry === null || this.#ending || call.isTimedOut) return false;
    try {
      if (!retry.canRetry(call.attempt)) return false;
      call.retryAt = this.#context.clock.now + retry.getBackoffTimeMillis(call.attempt);
    } catch (error) {
      this.#context.fail(error, decodeValue(call.input));
    }
    this.#due(call);
    return true;
  }

  #again(call: Call): void {
    call.attempt++;
    call.retryAt = null;
    this.#lane.call(call.id, call.attempt, decodeValue(call.input));
  }

  #timeOut(call: Call): void {
    call.deadline = Number.POSITIVE_INFINITY;
    call.retryAt = null;
    call.isTimedOut = true;
    const input = decodeValue(call.input);
    if (!this.#handlesTimeout) {
      this.#context.fail(
        new TimeoutException(
          'Async function call has timed out.',
          `It has taken more than ${this.#settings.timeout} ms: give it a longer timeout, or a method timeout(input, resultFuture) that completes it.`,
        ),
        input,
      );
    }
    this.#lane.timeout(call.id, call.attempt, input);
  }

  #encoded(value: unknown): Uint8Array {
    try {
      return encodeValue(value);
    } catch (error) {
      return this.#context.fail(error, value);
    }
  }
}

/** The error that was journaled as text. */
function thrown({ name, message, stack }: { name: string; message: string; stack: string | null }): Error {
  const error = new Error(message);
  error.name = name;
  error.stack = stack ?? `${name}: ${message}`;
  return error;
}
