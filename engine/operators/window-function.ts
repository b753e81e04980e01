import { tagId } from '../api/output-tag.ts';
import { addUnsupportedMethods } from '../api/unsupported.ts';
import { methodOf, type UserFunction } from '../api/user-function.ts';
import { TimeWindow } from '../api/windows.ts';
import type { OperatorContext, Output } from '../runtime/operator.ts';
import { countingCollector, emitReturned } from './results.ts';

/** A function that runs when a window fires, and in which form it wants its arguments. */
export interface WindowFunctionSpec {
  readonly fn: UserFunction;
  /** 'context': process(key, context, elements, out); 'window': apply(key, window, elements, out). */
  readonly form: 'context' | 'window';
  /** `windowAll`: there is no key. */
  readonly all: boolean;
}

/** What a window function is called with; one object per operator, about the window that fires. */
class WindowContext {
  current: TimeWindow = new TimeWindow(0, 0);
  watermark = Number.NEGATIVE_INFINITY;
  readonly #clock: { readonly now: number };
  readonly #output: Output;
  constructor(clock: { readonly now: number }, output: Output) {
    this.#clock = clock;
    this.#output = output;
  }
  window(): TimeWindow {
    return this.current;
  }
  currentProcessingTime(): number {
    return this.#clock.now;
  }
  currentWatermark(): number {
    return this.watermark;
  }
  output(tag: unknown, value: unknown): void {
    this.#output.side(tagId(tag), value, this.current.maxTimestamp());
  }
}
addUnsupportedMethods('WindowContext', WindowContext.prototype);

/** Emits the contents of a window, through the window function if there is one. */
export interface WindowEmitter {
  emit(key: unknown, start: number, end: number, contents: unknown, watermark: number): void;
  /** The window of a key is dropped: `clear` of a ProcessWindowFunction. */
  clear: ((key: unknown, start: number, end: number, watermark: number) => void) | null;
}

/** `listed`: the contents are all records; otherwise one result, which the function gets as a list of one. */
export function windowEmitter(spec: WindowFunctionSpec | null, listed: boolean, context: OperatorContext, output: Output): WindowEmitter {
  const { counters, ambient } = context;
  if (!spec) {
    return {
      emit(key, start, end, contents): void {
        counters.recordsOut++;
        ambient.set(start, end, key);
        output.collect(contents, end - 1);
      },
      clear: null,
    };
  }
  const { fn, form, all } = spec;
  const ctx = new WindowContext(context.clock, output);
  const out = countingCollector(context, output.collect);
  const clear = form === 'context' && !fn.arrow ? methodOf(fn.target, 'clear') : null;
  const enter = (key: unknown, start: number, end: number, watermark: number): void => {
    ambient.set(start, end, key);
    ctx.current = new TimeWindow(start, end);
    ctx.watermark = watermark;
    out.timestamp = end - 1;
  };
  return {
    emit(key, start, end, contents, watermark): void {
      enter(key, start, end, watermark);
      const elements = listed ? contents : [contents];
      const window = form === 'context' ? ctx : ctx.current;
      try {
        const returned = all ? fn.call(window, elements, out) : fn.call(key, window, elements, out);
        if (returned !== undefined) emitReturned(returned, fn, out, form === 'context' ? 'process' : 'apply');
      } catch (error) {
        context.fail(error, contents);
      }
    },
    clear:
      clear &&
      ((key, start, end, watermark): void => {
        enter(key, start, end, watermark);
        try {
          clear(ctx);
        } catch (error) {
          context.fail(error, undefined);
        }
      }),
  };
}
