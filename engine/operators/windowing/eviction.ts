import { type Evictor, type EvictorContext, TimestampedValue } from '../../api/evictor.ts';
import type { Window } from '../../api/windows.ts';
import { type ContentsFold, LISTED_CONTENTS } from '../aggregations/contents-fold.ts';
import type { WindowAggregation } from '../aggregations/window-aggregation.ts';

/** A record of a window that keeps all of them, as it is in a checkpoint; `timestamp` null: it has none. */
interface KeptRecord {
  readonly timestamp: number | null;
  readonly value: unknown;
}

/** Windows that keep every record with its timestamp. */
export const timestampedFold: ContentsFold = LISTED_CONTENTS;

/** A window that is about to give its result. */
export interface Evicting {
  /** Undefined: nothing is left that would have one. */
  readonly result: unknown;
  /** After the window function: what stays in the window. */
  end(): readonly KeptRecord[];
}

/** Evicts and aggregates a window that keeps every record (Flink's EvictingWindowOperator). */
export class WindowEviction {
  readonly #evictor: Evictor<unknown, Window> | null;
  readonly #aggregation: WindowAggregation;
  readonly #sorted: boolean;

  /** `sorted`: records are taken in the order of their timestamps. */
  constructor(evictor: Evictor<unknown, Window> | null, aggregation: WindowAggregation, sorted: boolean) {
    this.#evictor = evictor;
    this.#aggregation = aggregation;
    this.#sorted = sorted;
  }

  /** May throw what user code throws. */
  begin(contents: unknown, key: unknown, window: Window, context: EvictorContext): Evicting {
    const elements = keptRecords(contents).map(({ timestamp, value }) => new TimestampedValue(value, timestamp));
    if (this.#sorted) elements.sort((a, b) => timeOf(a) - timeOf(b) || 0);
    this.#evictor?.evictBefore(elements, window, context);
    return {
      result: this.#aggregated(elements, key),
      end: () => {
        this.#evictor?.evictAfter(elements, window, context);
        return elements.map((element) => ({
          timestamp: element.hasTimestamp() ? element.getTimestamp() : null,
          value: element.getValue(),
        }));
      },
    };
  }

  #aggregated(elements: readonly TimestampedValue<unknown>[], key: unknown): unknown {
    const { listed, contents } = this.#aggregation;
    if (listed) return elements.map((element) => element.getValue());
    const [first, ...others] = elements;
    if (first === undefined) return contents.empty?.();
    let aggregated = contents.first(first.getValue());
    for (const other of others) aggregated = contents.add(aggregated, other.getValue());
    return contents.result(aggregated, key);
  }
}

function timeOf(element: TimestampedValue<unknown>): number {
  return element.hasTimestamp() ? element.getTimestamp() : Number.NEGATIVE_INFINITY;
}

function keptRecords(contents: unknown): readonly KeptRecord[] {
  // SAFETY: the operator puts nothing else into windows that keep their records.
  return contents as readonly KeptRecord[];
}
