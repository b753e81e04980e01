import { UnsupportedOperationException } from '../api/errors.ts';
import { tagId } from '../api/output-tag.ts';
import type { UserFunction } from '../api/user-function.ts';
import type { Collect, OperatorContext, OperatorInstance, OperatorSpec, Output } from '../runtime/operator.ts';
import { timestampOrMin, timestampOrNull } from '../runtime/timestamps.ts';
import { lifecycleOf } from './lifecycle.ts';
import { countingCollector, type ElementCall, emitReturned, type TimestampedCollector } from './results.ts';

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

/** A context of user code, which is about one record at a time. */
export interface ElementContext {
  /** ms of event time, or NaN. */
  current: number;
}

/** The context of `processElement`: one object per operator, about the record being processed. */
class Context implements ElementContext {
  /** ms of event time, or NaN. */
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

/** What process operators without keys have in common, with one input or two. */
export class ProcessOperator {
  readonly #fn: UserFunction;
  readonly #context: OperatorContext;
  readonly #output: Output;
  readonly time: UnkeyedTimerService;
  readonly #ctx: Context;
  readonly #out: TimestampedCollector;

  constructor(fn: UserFunction, context: OperatorContext, output: Output) {
    this.#fn = fn;
    this.#context = context;
    this.#output = output;
    this.time = new UnkeyedTimerService(context.clock);
    this.#ctx = new Context(this.time, output);
    this.#out = countingCollector(context, output.collect);
  }

  /** Takes the records of one input: calls `call` for each. `what`: the call in messages. */
  input(call: ElementCall, what: string, ctx: ElementContext = this.#ctx): Collect {
    const { counters } = this.#context;
    const fn = this.#fn;
    const out = this.#out;
    return (value, timestamp) => {
      counters.recordsIn++;
      ctx.current = timestamp;
      out.timestamp = timestamp;
      try {
        const returned = call(value, ctx, out);
        if (returned !== undefined) emitReturned(returned, fn, out, what);
      } catch (error) {
        this.#context.fail(error, value);
      }
    };
  }

  /** All of an instance but its inputs. */
  instance(): Omit<OperatorInstance, 'collect'> {
    return {
      ...lifecycleOf([this.#fn], this.#context),
      watermark: (watermark) => {
        this.time.watermark = watermark;
        this.#output.watermark(watermark);
      },
      idle: this.#output.idle,
      restore: ({ watermark }) => {
        this.time.watermark = watermark;
      },
    };
  }
}

/** Records with side outputs and the current time. */
export function processOperator(fn: UserFunction): OperatorSpec {
  return {
    kind: 'process',
    config: null,
    functions: [fn],
    create(context, output) {
      const operator = new ProcessOperator(fn, context, output);
      return { ...operator.instance(), collect: operator.input(fn.call, 'process') };
    },
  };
}
