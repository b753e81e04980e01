import { UnsupportedOperationException } from '../api/errors.ts';
import { tagId } from '../api/output-tag.ts';
import { addUnsupportedMethods } from '../api/unsupported.ts';
import type { UserFunction } from '../api/user-function.ts';
import type { KeySelection } from '../graph/stream-graph.ts';
import { describeSelection } from '../graph/graph-hash.ts';
import { NO_KEY } from '../runtime/ambient.ts';
import type { Output, OperatorContext, OperatorSpec } from '../runtime/operator.ts';
import { timestampOrMin, timestampOrNull } from '../runtime/timestamps.ts';
import { hasNullPart, keyReader, nullKeyError } from './key-selection.ts';
import { lifecycleOf } from './lifecycle.ts';
import { countingCollector, emitReturned } from './results.ts';

/** The current time, everywhere. */
class CurrentTime {
  watermark = Number.NEGATIVE_INFINITY;
  readonly #clock: { readonly now: number };
  constructor(clock: { readonly now: number }) {
    this.#clock = clock;
  }
  currentProcessingTime(): number {
    return this.#clock.now;
  }
  currentWatermark(): number {
    return this.watermark;
  }
}

/** What `ctx.timerService()` gives without a key: the current time, no timers [1.10]. */
class UnkeyedTimerService extends CurrentTime {
  registerEventTimeTimer(): never {
    throw timersNeedKeys();
  }
  deleteEventTimeTimer(): never {
    throw timersNeedKeys();
  }
  registerProcessingTimeTimer(): never {
    throw timersNeedKeys();
  }
  deleteProcessingTimeTimer(): never {
    throw timersNeedKeys();
  }
}

function timersNeedKeys(): UnsupportedOperationException {
  return new UnsupportedOperationException('Setting timers is only supported on a keyed streams.', 'Call keyBy before process.');
}

class KeyedTimerService extends CurrentTime {}
addUnsupportedMethods('TimeService', KeyedTimerService.prototype);

/** The context of `processElement`: one object per operator, about the record being processed. */
class Context {
  current: number = Number.NaN;
  key: unknown = NO_KEY;
  readonly #timers: UnkeyedTimerService | KeyedTimerService;
  readonly #output: Output;
  constructor(timers: UnkeyedTimerService | KeyedTimerService, output: Output) {
    this.#timers = timers;
    this.#output = output;
  }
  timestamp(): number | null {
    return timestampOrNull(this.current);
  }
  timerService(): UnkeyedTimerService | KeyedTimerService {
    return this.#timers;
  }
  /** A record without a timestamp goes out with Long.MIN_VALUE, as Flink does. */
  output(tag: unknown, value: unknown): void {
    this.#output.side(tagId(tag), value, timestampOrMin(this.current));
  }
}

class KeyedContext extends Context {
  getCurrentKey(): unknown {
    return this.key;
  }
}
addUnsupportedMethods('KeyedStateStore', KeyedContext.prototype);

/** Records with side outputs and the current time; on a keyed stream also the current key [1.10]. */
export function processOperator(fn: UserFunction, keys: KeySelection | null): OperatorSpec {
  return {
    kind: keys ? 'keyedProcess' : 'process',
    config: keys && describeSelection(keys),
    functions: [fn],
    create: (context, output) => createProcess(fn, keys, context, output),
  };
}

function createProcess(
  fn: UserFunction,
  keys: KeySelection | null,
  context: OperatorContext,
  output: Output,
): ReturnType<OperatorSpec['create']> {
  const { counters, ambient } = context;
  const timers = keys ? new KeyedTimerService(context.clock) : new UnkeyedTimerService(context.clock);
  const ctx = keys ? new KeyedContext(timers, output) : new Context(timers, output);
  const out = countingCollector(context, output.collect);
  const keyOf = keys && keyReader(keys);
  const process = (value: unknown, timestamp: number): void => {
    ctx.current = timestamp;
    out.timestamp = timestamp;
    try {
      const returned = fn.call(value, ctx, out);
      if (returned !== undefined) emitReturned(returned, fn, out, 'process');
    } catch (error) {
      context.fail(error, value);
    }
  };
  return {
    ...lifecycleOf([fn], context),
    collect(value, timestamp) {
      counters.recordsIn++;
      if (!keyOf) {
        process(value, timestamp);
        return;
      }
      let key: unknown;
      try {
        key = keyOf(value);
      } catch (error) {
        context.fail(error, value);
      }
      if (key === null || key === undefined || hasNullPart(key)) context.fail(nullKeyError(keys, value, key), value);
      ctx.key = key;
      const { windowStart, windowEnd, key: outerKey } = ambient;
      ambient.set(Number.NaN, Number.NaN, key);
      process(value, timestamp);
      ambient.set(windowStart, windowEnd, outerKey);
    },
    watermark(watermark) {
      timers.watermark = watermark;
      output.watermark(watermark);
    },
    idle: output.idle,
  };
}
