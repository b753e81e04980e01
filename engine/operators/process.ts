import { UnsupportedOperationException } from '../api/errors.ts';
import { tagId } from '../api/output-tag.ts';
import type { UserFunction } from '../api/user-function.ts';
import type { Output, OperatorSpec } from '../runtime/operator.ts';
import { timestampOrMin, timestampOrNull } from '../runtime/timestamps.ts';
import { lifecycleOf } from './lifecycle.ts';
import { countingCollector, emitReturned } from './results.ts';

/** The current time, everywhere. */
export class CurrentTime {
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

/** What `ctx.timerService()` gives without a key: the current time, no timers. */
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

/** The context of `processElement`: one object per operator, about the record being processed. */
class Context {
  current: number = Number.NaN;
  readonly #timers: UnkeyedTimerService;
  readonly #output: Output;
  constructor(timers: UnkeyedTimerService, output: Output) {
    this.#timers = timers;
    this.#output = output;
  }
  timestamp(): number | null {
    return timestampOrNull(this.current);
  }
  timerService(): UnkeyedTimerService {
    return this.#timers;
  }
  /** A record without a timestamp goes out with Long.MIN_VALUE, as Flink does. */
  output(tag: unknown, value: unknown): void {
    this.#output.side(tagId(tag), value, timestampOrMin(this.current));
  }
}

/** Records with side outputs and the current time. */
export function processOperator(fn: UserFunction): OperatorSpec {
  return {
    kind: 'process',
    config: null,
    functions: [fn],
    create(context, output) {
      const { counters } = context;
      const timers = new UnkeyedTimerService(context.clock);
      const ctx = new Context(timers, output);
      const out = countingCollector(context, output.collect);
      return {
        ...lifecycleOf([fn], context),
        collect(value, timestamp) {
          counters.recordsIn++;
          ctx.current = timestamp;
          out.timestamp = timestamp;
          try {
            const returned = fn.call(value, ctx, out);
            if (returned !== undefined) emitReturned(returned, fn, out, 'process');
          } catch (error) {
            context.fail(error, value);
          }
        },
        watermark(watermark) {
          timers.watermark = watermark;
          output.watermark(watermark);
        },
        idle: output.idle,
        restore: ({ watermark }) => {
          timers.watermark = watermark;
        },
      };
    },
  };
}
