import { compareKeys } from './key-codec.ts';

/** What a slot holds the place of. */
export interface SlotKeys {
  keyGroupOf(slot: number): number;
  keyOf(slot: number): unknown;
  namespaceOf(slot: number): unknown;
  userKeyOf(slot: number): unknown;
}

/** Slots in canonical order, kept up to date: for those who go on from where another entry is. One list per key group, so that none has to be long. */
export class SlotOrder {
  readonly #keys: SlotKeys;
  readonly #groups: (number[] | undefined)[] = [];

  constructor(keys: SlotKeys) {
    this.#keys = keys;
  }

  #compare(a: number, b: number): number {
    const keys = this.#keys;
    return (
      compareKeys(keys.keyOf(a), keys.keyOf(b)) ||
      compareKeys(keys.namespaceOf(a) ?? null, keys.namespaceOf(b) ?? null) ||
      compareKeys(keys.userKeyOf(a) ?? null, keys.userKeyOf(b) ?? null)
    );
  }

  add(slot: number): void {
    const keyGroup = this.#keys.keyGroupOf(slot);
    const group = this.#groups[keyGroup] ?? [];
    this.#groups[keyGroup] = group;
    group.splice(this.#place(group, slot), 0, slot);
  }

  remove(slot: number): void {
    const group = this.#groups[this.#keys.keyGroupOf(slot)];
    group?.splice(this.#place(group, slot), 1);
  }

  /** Where a slot is or would be. */
  #place(group: readonly number[], slot: number): number {
    return firstAt(group, (other) => this.#compare(other, slot) >= 0);
  }

  /** At most `limit` slots behind those of a key, and behind the last the first ones; each once. */
  behind(keyGroup: number, key: unknown, limit: number): readonly number[] {
    const group = this.#groups[keyGroup] ?? [];
    const after = firstAt(group, (slot) => compareKeys(this.#keys.keyOf(slot), key) > 0);
    const found = group.slice(after, after + limit);
    const take = (slots: readonly number[], end: number): void => {
      for (let at = 0; at < end && found.length < limit; at++) found.push(slots[at] ?? 0);
    };
    const groups = this.#groups;
    const takeGroups = (from: number, to: number): void => {
      for (let at = from; at < to && found.length < limit; at++) take(groups[at] ?? [], groups[at]?.length ?? 0);
    };
    takeGroups(keyGroup + 1, groups.length);
    takeGroups(0, Math.min(keyGroup, groups.length));
    take(group, after);
    return found;
  }
}

/** The first place for which `isBehind` holds, as it does for all that follow; the length of the list where it holds for none. */
function firstAt(list: readonly number[], isBehind: (slot: number) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBehind(list[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}
