import type { KeyContext } from '../key-context.ts';
import { KeyedTable } from '../keyed-table.ts';
import { type ListState, listState } from '../keyed/list-state.ts';
import type { StateAccount } from '../state-memory.ts';
import { onlyKey, ONLY_KEY } from './only-key.ts';

/** A list of a subtask: that of the only key of a keyed one. */
export class OperatorListTable {
  readonly state: ListState<unknown>;
  readonly #table: KeyedTable;
  readonly #context: KeyContext = onlyKey();

  constructor(name: string, account: StateAccount) {
    this.#table = new KeyedTable(name, 'list', 1, account);
    this.state = listState(this.#table, this.#context);
  }

  /** In order of insertion. */
  values(): readonly unknown[] {
    const { value } = this.#table.view(this.#context.keyGroup, ONLY_KEY);
    return Array.isArray(value) ? value : [];
  }

  restore(values: readonly unknown[]): void {
    this.state.update(values);
  }
}
