import type { KeyContext } from '../key-context.ts';
import { putValue, type ValueTable } from '../keyed-table.ts';

/** `AppendingState` of api.d.ts: what is added is folded into one value at once. */
export interface AppendingState<IN, OUT> {
  /** null when nothing was added. */
  get(): OUT | null;
  /** null clears, as on Flink's heap. */
  add(value: IN): void;
  clear(): void;
}

/** `ReducingState` of api.d.ts. */
export type ReducingState<T> = AppendingState<T, T>;

/** `AggregatingState` of api.d.ts. */
export type AggregatingState<IN, OUT> = AppendingState<IN, OUT>;

/** How a reducing or aggregating state takes values in. What is kept is a value or an accumulator; any of these may throw what user code throws. */
export interface StateFold {
  /** What is kept of the first value. */
  first(value: unknown): unknown;
  add(kept: unknown, value: unknown): unknown;
  result(kept: unknown): unknown;
  /** What is kept of two of them together. Throws UnsupportedOperationException where the user's function cannot. */
  merge(kept: unknown, other: unknown): unknown;
}

/** Under this name the engine reaches what is kept itself: an accumulator. */
export const KEPT: unique symbol = Symbol('kept');

/** The handle of an appending state, as the engine has it. */
export interface FoldedState extends AppendingState<unknown, unknown> {
  readonly [KEPT]: {
    /** Undefined when nothing was added. */
    get(): unknown;
    set(kept: unknown): void;
  };
}

/** One folded value per key. */
export function appendingState<Slot>(table: ValueTable<Slot>, context: KeyContext, fold: StateFold): FoldedState {
  return {
    get: () => {
      const slot = table.find(context.keyGroup, context.key);
      return slot === undefined ? null : fold.result(table.read(slot));
    },
    add: (value) => {
      const { key, keyGroup } = context;
      if (value === null || value === undefined) {
        table.remove(keyGroup, key);
        return;
      }
      const slot = table.find(keyGroup, key);
      const kept = slot === undefined ? fold.first(value) : fold.add(table.read(slot), value);
      if (kept === null || kept === undefined) table.remove(keyGroup, key);
      else if (slot === undefined) table.add(keyGroup, key, kept);
      else table.write(slot, kept);
    },
    clear: () => table.remove(context.keyGroup, context.key),
    [KEPT]: {
      get: () => {
        const slot = table.find(context.keyGroup, context.key);
        return slot === undefined ? undefined : table.read(slot);
      },
      set: (kept) => putValue(table, context.keyGroup, context.key, kept),
    },
  };
}
