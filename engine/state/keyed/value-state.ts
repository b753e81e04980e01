import type { KeyContext } from '../key-context.ts';
import type { ValueTable } from '../keyed-table.ts';

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
      const slot = table.find(keyGroup, key);
      if (value === null || value === undefined) table.remove(keyGroup, key);
      else if (slot === undefined) table.add(keyGroup, key, value);
      else table.write(slot, value);
    },
    clear: () => table.remove(context.keyGroup, context.key),
  };
}
