import type { KeyContext } from '../key-context.ts';
import { putValue, type ValueTable } from '../keyed-table.ts';

/** `ValueState` of api.d.ts. */
export interface ValueState<T> {
  /** null when unset. */
  value(): T | null;
  /** null clears. */
  update(value: T | null): void;
  clear(): void;
}

/** One value per key, as user code left it: changing an object in place changes the state, as on Flink's heap. */
export function valueState<Slot>(table: ValueTable<Slot>, context: KeyContext): ValueState<unknown> {
  return {
    value: () => {
      const slot = table.find(context.keyGroup, context.key);
      return slot === undefined ? null : table.read(slot);
    },
    update: (value) => {
      const { key, keyGroup } = context;
      if (value === null || value === undefined) table.remove(keyGroup, key);
      else putValue(table, keyGroup, key, value);
    },
    clear: () => table.remove(context.keyGroup, context.key),
  };
}
