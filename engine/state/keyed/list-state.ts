import { NullPointerException } from '../../api/errors.ts';
import type { KeyContext } from '../key-context.ts';
import { putValue, type ValueTable } from '../keyed-table.ts';

/** `ListState` of api.d.ts. */
export interface ListState<T> {
  /** In order of insertion; empty when unset. */
  get(): Iterable<T>;
  add(value: T): void;
  addAll(values: Iterable<T>): void;
  /** Replaces the list; an empty one clears. */
  update(values: Iterable<T>): void;
  clear(): void;
}

const EMPTY: readonly unknown[] = [];

/** A list per key, kept as one value. */
export function listState<Slot>(table: ValueTable<Slot>, context: KeyContext): ListState<unknown> {
  const append = (values: readonly unknown[]): void => {
    if (values.length === 0) return;
    const { key, keyGroup } = context;
    const slot = table.find(keyGroup, key);
    if (slot === undefined) {
      table.add(keyGroup, key, [...values]);
      return;
    }
    const list = table.read(slot);
    if (Array.isArray(list)) for (const value of values) list.push(value);
  };
  return {
    get: () => {
      const slot = table.find(context.keyGroup, context.key);
      return slot === undefined ? EMPTY : listView(table.read(slot));
    },
    add: (value) => append([checkedElement(value)]),
    addAll: (values) => append(checkedElements(values)),
    update: (values) => {
      const list = checkedElements(values);
      const { key, keyGroup } = context;
      if (list.length === 0) table.remove(keyGroup, key);
      else putValue(table, keyGroup, key, list);
    },
    clear: () => table.remove(context.keyGroup, context.key),
  };
}

/** Throws NullPointerException. */
export function checkedElements(values: Iterable<unknown> | null | undefined): unknown[] {
  if (values === null || values === undefined) throw new NullPointerException('List of values to add cannot be null.');
  return Array.from(values, checkedElement);
}

/** Throws NullPointerException. */
export function checkedElement(value: unknown): unknown {
  if (value === null || value === undefined) {
    throw new NullPointerException('You cannot add null to a ListState.', 'Leave such values out, or store an object that says so.');
  }
  return value;
}

/** Of the list as it is now: what is added while it is walked is not part of it. */
function listView(list: unknown): Iterable<unknown> {
  return Array.isArray(list) ? list.slice() : EMPTY;
}
