/** What an account counts for: an operator of the graph, or what waits in front of it. */
export interface StateOwner {
  /** Id of the operator. */
  readonly id: number;
  readonly name: string;
}

/** Calls `visit` with the key and the memory of every entry. */
export type EntryWalk = (visit: (key: unknown, bytes: number) => void) => void;

/** Values that may have changed in place since they were last measured. */
export interface Measured {
  measure(): void;
}

/**
 * The memory that the state of a job takes, by the model of memory-of.ts. Two sums: what is known at once is `counted` (entries, their keys, text,
 * numbers); objects, which user code changes in place, are `measured` all together at certain places of the input that are the same in every
 * run of it (the executor says when). So both are functions of the content of the state wherever they are compared with the limit: `counted` at
 * each change, the sum where it was just measured.
 */
export class StateMemory {
  readonly limit: number;
  readonly #exceeded: () => never;
  readonly #accounts: StateAccount[] = [];
  #counted = 0;
  #due: Measured[] = [];

  /** `limit` in bytes. `exceeded` throws the failure of the job. */
  constructor(limit: number, exceeded: () => never) {
    this.limit = limit;
    this.#exceeded = exceeded;
  }

  /** For state outside of a job. */
  static unlimited(): StateMemory {
    return new StateMemory(Number.POSITIVE_INFINITY, () => {
      throw new Error('there is no limit to exceed');
    });
  }

  get accounts(): readonly StateAccount[] {
    return this.#accounts;
  }

  /** Bytes; of objects as they were last measured. */
  get bytes(): number {
    return this.#accounts.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  account(owner: StateOwner): StateAccount {
    const account = new StateAccount(owner, this);
    this.#accounts.push(account);
    return account;
  }

  /** Throws when the limit is exceeded. */
  count(bytes: number): void {
    this.#counted += bytes;
    if (this.#counted > this.limit) this.#exceeded();
  }

  uncount(bytes: number): void {
    this.#counted -= bytes;
  }

  /** `values` are to be measured the next time. */
  due(values: Measured): void {
    this.#due.push(values);
  }

  /** Measures what may have changed since the last time. Throws when the limit is exceeded. */
  measure(): void {
    if (this.#due.length === 0) return;
    const due = this.#due;
    this.#due = [];
    for (const values of due) values.measure();
    if (this.bytes > this.limit) this.#exceeded();
  }
}

/** The part of one operator in one subtask. */
export class StateAccount {
  readonly owner: StateOwner;
  readonly #memory: StateMemory;
  readonly #walks: EntryWalk[] = [];
  #counted = 0;
  #measured = 0;

  constructor(owner: StateOwner, memory: StateMemory) {
    this.owner = owner;
    this.#memory = memory;
  }

  get bytes(): number {
    return this.#counted + this.#measured;
  }

  /** Throws when the limit of the job is exceeded. */
  grow(bytes: number): void {
    this.#counted += bytes;
    this.#memory.count(bytes);
  }

  shrink(bytes: number): void {
    this.#counted -= bytes;
    this.#memory.uncount(bytes);
  }

  /** So many bytes more, or less, were measured. */
  remeasured(bytes: number): void {
    this.#measured += bytes;
  }

  due(values: Measured): void {
    this.#memory.due(values);
  }

  /** How the entries of a state of this operator are gone through. */
  onWalk(walk: EntryWalk): void {
    this.#walks.push(walk);
  }

  walk(visit: (key: unknown, bytes: number) => void): void {
    for (const walk of this.#walks) walk(visit);
  }
}

/** An account for state outside of a job. */
export function freeAccount(): StateAccount {
  return StateMemory.unlimited().account({ id: 0, name: '' });
}
