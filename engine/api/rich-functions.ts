import { IllegalStateException } from './errors.ts';
import type { RuntimeContext } from './runtime-context.ts';
import type { ResultFuture } from './async-data-stream.ts';
import type { Collector } from './collector.ts';

/** What `open` gets. */
export interface OpenContext {
  /** For functions that are plain objects; classes can extend a Rich… class and call `this.getRuntimeContext()`. */
  getRuntimeContext(): RuntimeContext;
}

/** Base of functions that use the runtime context. */
export abstract class AbstractRichFunction {
  #context: RuntimeContext | null = null;
  open(_context: OpenContext): void {}
  close(): void {}

  /** Throws IllegalStateException before `open`. */
  getRuntimeContext(): RuntimeContext {
    if (this.#context === null)
      throw new IllegalStateException('The runtime context has not been initialized.', 'Use it in or after open().');
    return this.#context;
  }

  /** For the engine: hands the context to a function before `open`. */
  static attach(target: object, context: RuntimeContext): void {
    if (#context in target) target.#context = context;
  }
}

export abstract class RichMapFunction<IN, OUT> extends AbstractRichFunction {
  abstract map(value: IN): OUT;
}
export abstract class RichFlatMapFunction<IN, OUT> extends AbstractRichFunction {
  abstract flatMap(value: IN, out: Collector<OUT>): void;
}
export abstract class RichFilterFunction<T> extends AbstractRichFunction {
  abstract filter(value: T): boolean;
}
export abstract class RichAsyncFunction<IN, OUT> extends AbstractRichFunction {
  abstract asyncInvoke(input: IN, resultFuture: ResultFuture<OUT>): void | Promise<void>;
  timeout?(input: IN, resultFuture: ResultFuture<OUT>): void;
}
export abstract class RichReduceFunction<T> extends AbstractRichFunction {
  abstract reduce(a: T, b: T): T;
}
export abstract class RichCoMapFunction<A, B, OUT> extends AbstractRichFunction {
  abstract map1(value: A): OUT;
  abstract map2(value: B): OUT;
}
export abstract class RichCoFlatMapFunction<A, B, OUT> extends AbstractRichFunction {
  abstract flatMap1(value: A, out: Collector<OUT>): void;
  abstract flatMap2(value: B, out: Collector<OUT>): void;
}
