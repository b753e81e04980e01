import type { KeyContext } from '../key-context.ts';
import { KeyedTable } from '../keyed-table.ts';
import type { StateAccount } from '../state-memory.ts';

/** `ValueState` of api.d.ts. */
export interface ValueState<T> {
  /** null when unset. */
  value(): T | null;
  /** null clears. */
  update(value: T | null): void;
  clear(): void;
}

/** One value per key, as user code left it: changing an object in place changes the state, as on Flink's heap. */
export class ValueStateTable extends KeyedTable {
  readonly state: ValueState<unknown>;

  constructor(name: string, context: KeyContext, maxParallelism: number, account?: StateAccount) {
    super(name, 'value', maxParallelism, account);
    this.state = {
      value: () => {
        const slot = this.find(context.keyGroup, context.key);
        return slot === undefined ? null : this.slots.read(slot);
      },
      update: (value) => {
        const { key, keyGroup } = context;
        const slot = this.find(keyGroup, key);
        if (value === null || value === undefined) this.remove(keyGroup, key);
        else if (slot === undefined) this.add(keyGroup, key, value);
        else this.slots.write(slot, value);
      },
      clear: () => this.remove(context.keyGroup, context.key),
    };
  }
}
