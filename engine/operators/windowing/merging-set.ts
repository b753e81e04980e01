import { IllegalStateException } from '../../api/errors.ts';
import type { MergingWindowAssigner } from '../../api/window-assigner.ts';
import type { Window } from '../../api/windows.ts';
import type { KeyContext } from '../../state/key-context.ts';
import { putValue, type ValueTable } from '../../state/keyed-table.ts';
import { compareNamespaces, type Namespace } from '../../state/namespace.ts';
import { namespaceOfWindow, windowOfNamespace } from './window-namespace.ts';

/** An open window of a key, and the namespace that its contents are under. As it is in a checkpoint: start, end, start and end of the namespace. */
type InFlight = [start: number, end: number, stateStart: number, stateEnd: number];

/** Windows that have become one; the one that was added is not among them. */
export interface Merge {
  readonly result: Window;
  readonly merged: readonly Namespace[];
  readonly stateResult: Namespace;
  readonly mergedStates: readonly Namespace[];
}

function same(a: Namespace, b: Namespace): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function windowOf([start, end]: InFlight): Namespace {
  return [start, end];
}

function stateOf([, , start, end]: InFlight): Namespace {
  return [start, end];
}

/**
 * The windows of each key that may still merge (Flink's MergingWindowSet): so that contents need not be moved whenever a window grows, they stay under the
 * namespace of one of the windows that have merged. In Flink the order of a hash set says which; here it is the earliest (rule 2).
 */
export class MergingWindows<Slot> {
  readonly table: ValueTable<Slot>;
  readonly #context: KeyContext;
  readonly #assigner: MergingWindowAssigner<unknown, Window>;

  constructor(table: ValueTable<Slot>, context: KeyContext, assigner: MergingWindowAssigner<unknown, Window>) {
    this.table = table;
    this.#context = context;
    this.#assigner = assigner;
  }

  #load(): readonly InFlight[] {
    const slot = this.table.find(this.#context.keyGroup, this.#context.key);
    return slot === undefined ? [] : inFlight(this.table.peek(slot));
  }

  #save(windows: readonly InFlight[]): void {
    const { key, keyGroup } = this.#context;
    if (windows.length === 0) this.table.remove(keyGroup, key);
    else putValue(this.table, keyGroup, key, windows);
  }

  /** Where the contents of an open window are; undefined when it is not open. */
  stateOf(window: Namespace): Namespace | undefined {
    const found = this.#load().find((open) => same(windowOf(open), window));
    return found && stateOf(found);
  }

  /** The open window whose contents are under a namespace, for those who only look. */
  windowOf(keyGroup: number, key: unknown, state: Namespace): Namespace | undefined {
    const slot = this.table.find(keyGroup, key);
    const found = slot === undefined ? undefined : inFlight(this.table.peek(slot)).find((open) => same(stateOf(open), state));
    return found && windowOf(found);
  }

  /** The window is over. */
  retire(window: Namespace): void {
    this.#save(this.#load().filter((open) => !same(windowOf(open), window)));
  }

  /** Takes in a window, and gives the one that it has become part of. `merge` is called for what merges; it may throw. */
  add(added: Window, merge: (merge: Merge) => void): Window {
    const addedNamespace = namespaceOfWindow(added);
    let open = [...this.#load()];
    const merges = this.#mergesOf(open, added);
    let result = added;
    let isMerged = false;
    for (const { toBeMerged, mergeResult } of merges) {
      const merged = toBeMerged.filter((window) => !same(window, addedNamespace) || open.some((known) => same(windowOf(known), window)));
      if (toBeMerged.some((window) => same(window, addedNamespace))) {
        isMerged = true;
        result = mergeResult;
      }
      const resultNamespace = namespaceOfWindow(mergeResult);
      const parts = open.filter((known) => merged.some((window) => same(window, windowOf(known))));
      const states = parts.map(stateOf);
      const stateResult = states[0] ?? resultNamespace;
      open = [...open.filter((known) => !parts.includes(known)), [...resultNamespace, ...stateResult]];
      const isUnchanged = parts.length === 1 && merged.some((window) => same(window, resultNamespace));
      if (isUnchanged) continue;
      merge({ result: mergeResult, merged: parts.map(windowOf), stateResult, mergedStates: states.slice(1) });
    }
    if (!isMerged && !open.some((known) => same(windowOf(known), addedNamespace))) open.push([...addedNamespace, ...addedNamespace]);
    this.#save(open.sort((a, b) => compareNamespaces(windowOf(a), windowOf(b))));
    return result;
  }

  /** What the assigner wants merged, in the canonical order of results. */
  #mergesOf(
    open: readonly InFlight[],
    added: Window,
  ): readonly { readonly toBeMerged: readonly Namespace[]; readonly mergeResult: Window }[] {
    const merges: { readonly toBeMerged: readonly Namespace[]; readonly mergeResult: Window }[] = [];
    const windows = [...open.map((known) => windowOfNamespace(windowOf(known))), added];
    this.#assigner.mergeWindows(windows, (toBeMerged, mergeResult) => {
      merges.push({ toBeMerged: toBeMerged.map(namespaceOfWindow).sort(compareNamespaces), mergeResult });
    });
    return merges.sort((a, b) => compareNamespaces(namespaceOfWindow(a.mergeResult), namespaceOfWindow(b.mergeResult)));
  }
}

function inFlight(value: unknown): readonly InFlight[] {
  // SAFETY: only `#save` puts values into the table.
  if (Array.isArray(value)) return value as InFlight[];
  throw new IllegalStateException('The merging windows of a key are a list.');
}
