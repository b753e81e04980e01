import { tagId } from '../api/output-tag.ts';
import { methodOf, type UserFunction } from '../api/user-function.ts';
import type { Window } from '../api/windows.ts';
import type { KeyedStateStore } from '../state/keyed-state-access.ts';
import type { OperatorContext, Output } from '../runtime/operator.ts';
import { ALL_KEY } from './key-selection.ts';
import { countingCollector, emitReturned } from './results.ts';
import { isGlobal, windowOfNamespace } from './windowing/window-namespace.ts';
import type { WindowStates } from './windowing/window-states.ts';

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
  current: Window = windowOfNamespace([0, 0]);
  watermark = Number.NEGATIVE_INFINITY;
  readonly #clock: { readonly now: number };
  readonly #output: Output;
  readonly #states: WindowStates;
  constructor(clock: { readonly now: number }, output: Output, states: WindowStates) {
    this.#clock = clock;
    this.#output = output;
    this.#states = states;
  }
  /** State of this key and window. */
  windowState(): KeyedStateStore {
    return this.#states.window;
  }
  /** State of this key in all windows. */
  globalState(): KeyedStateStore {
    return this.#states.global;
  }
  window(): Window {
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
/** Emits the contents of a window, through the window function if there is one; the key of `windowAll` is undefined. */
export interface WindowEmitter {
  emit(key: unknown, start: number, end: number, contents: unknown, watermark: number): void;
  /** The window of a key is dropped: `clear` of a ProcessWindowFunction. */
  clear: ((key: unknown, start: number, end: number, watermark: number) => void) | null;
}

/**
 * `listed`: the contents are all records; otherwise one result, which the function gets as a list of one. `states`: what the function may keep; it stands at
 * the key and window that are emitted.
 */
export function windowEmitter(
  spec: WindowFunctionSpec | null,
  listed: boolean,
  context: OperatorContext,
  output: Output,
  states: WindowStates,
): WindowEmitter {
  const { counters, ambient } = context;
  if (!spec) {
    return {
      emit(key, start, end, contents): void {
        counters.recordsOut++;
        if (isGlobal(start, end)) ambient.set(Number.NaN, Number.NaN, key);
        else ambient.set(start, end, key);
        output.collect(contents, end - 1);
      },
      clear: null,
    };
  }
  const { fn, form, all } = spec;
  const ctx = new WindowContext(context.clock, output, states);
  const out = countingCollector(context, output.collect);
  const clear = form === 'context' && !fn.arrow ? methodOf(fn.target, 'clear') : null;
  const enter = (key: unknown, start: number, end: number, watermark: number): void => {
    if (isGlobal(start, end)) ambient.set(Number.NaN, Number.NaN, key);
    else ambient.set(start, end, key);
    states.enter(all ? ALL_KEY : key, [start, end]);
    ctx.current = windowOfNamespace([start, end]);
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
