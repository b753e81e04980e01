import { IllegalArgumentException } from '../errors.ts';
import { type Evictor, OneTimeEvictor, retain, type TimestampedValue } from '../evictor.ts';
import { GRAPH_DATA, type GraphData } from '../graph-data.ts';
import { userFunction } from '../user-function.ts';
import type { Window } from '../windows.ts';

class KeepNear extends OneTimeEvictor<unknown> {
  readonly [GRAPH_DATA]: GraphData;
  readonly #threshold: number;
  readonly #delta: (element: unknown, last: unknown) => unknown;

  constructor(threshold: number, delta: unknown, after: boolean) {
    super(after);
    const fn = userFunction(delta, 'getDelta', 'DeltaEvictor.of');
    this.#threshold = threshold;
    this.#delta = fn.call;
    this[GRAPH_DATA] = { data: ['DeltaEvictor', threshold, after], functions: [fn] };
  }

  protected override evict(elements: TimestampedValue<unknown>[]): void {
    const last = elements.at(-1)?.getValue();
    retain(elements, (element) => !(Number(this.#delta(element.getValue(), last)) >= this.#threshold));
  }

  override toString(): string {
    return `DeltaEvictor(${this.#threshold})`;
  }
}

/** Keeps those with `delta(record, last record) < threshold`. */
export const DeltaEvictor = {
  of<T>(
    threshold: number,
    delta: ((element: T, last: T) => number) | { getDelta(element: T, last: T): number },
    doEvictAfter = false,
  ): Evictor<T, Window> {
    if (typeof threshold !== 'number') throw new IllegalArgumentException('A DeltaEvictor needs a threshold.');
    return new KeepNear(threshold, delta, doEvictAfter);
  },
};
