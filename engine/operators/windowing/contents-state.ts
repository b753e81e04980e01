import type { KeyedStateView } from '../../observe/keyed-state-view.ts';
import type { KeyContext } from '../../state/key-context.ts';
import { putValue, type ValueTable } from '../../state/keyed-table.ts';
import type { Namespace, Scope } from '../../state/namespace.ts';
import type { ContentsFold } from '../aggregations/contents-fold.ts';

/** A scope that is set before each use. */
export interface SettableScope extends Scope {
  namespace: Namespace | undefined;
}

/** What windows hold, by key and namespace. */
export class ContentsState<Slot> {
  readonly table: ValueTable<Slot>;
  readonly #scope: SettableScope;
  readonly #context: KeyContext;
  readonly #fold: ContentsFold;

  constructor(table: ValueTable<Slot>, scope: SettableScope, context: KeyContext, fold: ContentsFold) {
    this.table = table;
    this.#scope = scope;
    this.#context = context;
    this.#fold = fold;
  }

  #find(namespace: Namespace): Slot | undefined {
    this.#scope.namespace = namespace;
    return this.table.find(this.#context.keyGroup, this.#context.key);
  }

  /** May throw what user code throws, and UnusableKeyError. */
  add(namespace: Namespace, record: unknown): void {
    const fold = this.#fold;
    const slot = this.#find(namespace);
    if (slot === undefined) {
      const first = fold.first(record);
      // User code may have looked at other state meanwhile.
      this.#scope.namespace = namespace;
      this.table.add(this.#context.keyGroup, this.#context.key, first);
      return;
    }
    const contents = fold.add(this.table.read(slot), record);
    this.table.write(slot, contents, fold.keepsSize(contents));
  }

  /** What the window holds, for user code; undefined when it is empty. */
  read(namespace: Namespace): unknown {
    const slot = this.#find(namespace);
    return slot === undefined ? undefined : this.table.read(slot);
  }

  /** Replaces what the window holds. */
  write(namespace: Namespace, contents: unknown): void {
    this.#scope.namespace = namespace;
    putValue(this.table, this.#context.keyGroup, this.#context.key, contents);
  }

  clear(namespace: Namespace): void {
    this.#scope.namespace = namespace;
    this.table.remove(this.#context.keyGroup, this.#context.key);
  }

  /** Brings the contents of `sources` to those of `target`, in that order. May throw what user code throws. */
  merge(target: Namespace, sources: readonly Namespace[]): void {
    let contents = this.read(target);
    let isMerged = false;
    for (const source of sources) {
      const other = this.read(source);
      if (other === undefined) continue;
      this.clear(source);
      contents = contents === undefined ? other : this.#fold.merge(contents, other);
      isMerged = true;
    }
    if (isMerged) this.write(target, contents);
  }

  /** What a key has, one view per window. */
  views(keyGroup: number, key: unknown): readonly KeyedStateView[] {
    return this.table.windowViews(keyGroup, key).map((view) => ({
      ...view,
      name: 'window',
      size: this.#fold.count(view.value),
      value: this.#fold.peek(view.value),
    }));
  }
}
