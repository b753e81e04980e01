import type { Expiring } from '../expiring.ts';
import type { KeyContext } from '../key-context.ts';
import { putValue, type ValueTable } from '../keyed-table.ts';
import type { AppendingState, StateFold } from './appending-state.ts';
import { checkedElement, checkedElements, type ListState } from './list-state.ts';
import type { MapState } from './map-state.ts';
import { expiring, type TimeToLive } from './time-to-live.ts';
import type { ValueState } from './value-state.ts';

/** Reading and writing states whose entries expire, as Flink's TtlValueState, TtlListState and so on. `accessed` is called before each access. */
export interface ExpiringAccess {
  readonly ttl: TimeToLive;
  readonly accessed: () => void;
}

/** What is kept for the current key, or null: what has expired goes. */
function readKept<Slot>(table: ValueTable<Slot>, { keyGroup, key }: KeyContext, ttl: TimeToLive): Expiring | null {
  const slot = table.find(keyGroup, key);
  if (slot === undefined) return null;
  const kept = expiring(table.peek(slot), table.name);
  if (ttl.hasExpired(kept)) {
    table.remove(keyGroup, key);
    return ttl.returnsExpired ? kept : null;
  }
  if (ttl.refreshesOnRead) table.write(slot, ttl.wrap(kept.value));
  // An object may be changed in place.
  else if (typeof kept.value === 'object') table.read(slot);
  return kept;
}

export function expiringValueState<Slot>(
  table: ValueTable<Slot>,
  context: KeyContext,
  { ttl, accessed }: ExpiringAccess,
): ValueState<unknown> {
  return {
    value: () => {
      accessed();
      return readKept(table, context, ttl)?.value ?? null;
    },
    update: (value) => {
      accessed();
      if (value === null || value === undefined) table.remove(context.keyGroup, context.key);
      else putValue(table, context.keyGroup, context.key, ttl.wrap(value));
    },
    clear: () => {
      table.remove(context.keyGroup, context.key);
      accessed();
    },
  };
}

export function expiringAppendingState<Slot>(
  table: ValueTable<Slot>,
  context: KeyContext,
  fold: StateFold,
  { ttl, accessed }: ExpiringAccess,
): AppendingState<unknown, unknown> {
  return {
    get: () => {
      accessed();
      const kept = readKept(table, context, ttl);
      return kept === null ? null : fold.result(kept.value);
    },
    add: (value) => {
      accessed();
      const { keyGroup, key } = context;
      if (value === null || value === undefined) {
        table.remove(keyGroup, key);
        return;
      }
      const slot = table.find(keyGroup, key);
      const before = slot === undefined ? null : expiring(table.read(slot), table.name);
      const isGone = before === null || (ttl.hasExpired(before) && !ttl.returnsExpired);
      const after = isGone ? fold.first(value) : fold.add(before.value, value);
      if (after === null || after === undefined) table.remove(keyGroup, key);
      else if (slot === undefined) table.add(keyGroup, key, ttl.wrap(after));
      else table.write(slot, ttl.wrap(after));
    },
    clear: () => {
      table.remove(context.keyGroup, context.key);
      accessed();
    },
  };
}

/** A list whose elements expire one by one. Expired ones are kept behind the scenes until all have, or something cleans up. */
export function expiringListState<Slot>(
  table: ValueTable<Slot>,
  context: KeyContext,
  { ttl, accessed }: ExpiringAccess,
): ListState<unknown> {
  const elements = (slot: Slot): readonly Expiring[] => {
    const list = table.peek(slot);
    return Array.isArray(list) ? list.map((element) => expiring(element, table.name)) : [];
  };
  const append = (values: readonly unknown[]): void => {
    accessed();
    if (values.length === 0) return;
    const { keyGroup, key } = context;
    const slot = table.find(keyGroup, key);
    const added = values.map((value) => ttl.wrap(value));
    const list = slot === undefined ? undefined : table.read(slot);
    if (!Array.isArray(list)) table.add(keyGroup, key, added);
    else for (const element of added) list.push(element);
  };
  return {
    get: () => {
      accessed();
      const { keyGroup, key } = context;
      const slot = table.find(keyGroup, key);
      if (slot === undefined) return [];
      const all = elements(slot);
      const alive = all.filter((element) => !ttl.hasExpired(element));
      if (alive.length === 0) table.remove(keyGroup, key);
      else if (ttl.refreshesOnRead) {
        const refreshed = alive.map(({ value }) => ttl.wrap(value));
        table.write(slot, refreshed);
      } else table.read(slot);
      return (ttl.returnsExpired ? all : alive).map(({ value }) => value);
    },
    add: (value) => append([checkedElement(value)]),
    addAll: (values) => append(checkedElements(values)),
    update: (values) => {
      accessed();
      const list = checkedElements(values).map((value) => ttl.wrap(value));
      if (list.length === 0) table.remove(context.keyGroup, context.key);
      else putValue(table, context.keyGroup, context.key, list);
    },
    clear: () => {
      table.remove(context.keyGroup, context.key);
      accessed();
    },
  };
}

/** A map whose entries expire one by one, over one that keeps them with their last access. */
export function expiringMapState(
  map: MapState<unknown, unknown>,
  name: string,
  { ttl, accessed }: ExpiringAccess,
): MapState<unknown, unknown> {
  const look = (userKey: unknown, found: unknown): Expiring | null => {
    const kept = expiring(found, name);
    if (ttl.hasExpired(kept)) {
      map.remove(userKey);
      return ttl.returnsExpired ? kept : null;
    }
    if (ttl.refreshesOnRead) map.put(userKey, ttl.wrap(kept.value));
    return kept;
  };
  const find = (userKey: unknown): Expiring | null => {
    accessed();
    const found = map.get(userKey);
    return found === null ? null : look(userKey, found);
  };
  const entries = (): readonly [unknown, unknown][] => {
    accessed();
    return [...map.entries()].flatMap(([userKey, found]): [unknown, unknown][] => {
      const kept = look(userKey, found);
      return kept === null ? [] : [[userKey, kept.value]];
    });
  };
  const put = (userKey: unknown, value: unknown): void => map.put(userKey, ttl.wrap(value));
  return {
    get: (userKey) => find(userKey)?.value ?? null,
    put: (userKey, value) => {
      accessed();
      put(userKey, value);
    },
    putAll: (all) => {
      accessed();
      for (const [userKey, value] of all) put(userKey, value);
    },
    remove: (userKey) => {
      accessed();
      map.remove(userKey);
    },
    contains: (userKey) => find(userKey) !== null,
    entries,
    keys: () => entries().map(([userKey]) => userKey),
    values: () => entries().map(([, value]) => value),
    // Expired entries count until they are found to have expired, as in Flink.
    isEmpty: () => {
      accessed();
      return map.isEmpty();
    },
    clear: () => {
      map.clear();
      accessed();
    },
    [Symbol.iterator]: () => entries()[Symbol.iterator](),
  };
}
