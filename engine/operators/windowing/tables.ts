import type { OperatorContext } from '../../runtime/operator.ts';
import { createTimers } from '../../state/create-timers.ts';
import { KeyedTable, type ValueTable } from '../../state/keyed-table.ts';
import { type StateStore, cachedEntries } from '../../state/stored/state-store.ts';
import type { CachedEntry } from '../../state/stored/cached-entries.ts';
import { StoredValueTable } from '../../state/stored/stored-value-table.ts';
import type { TimerTable } from '../../state/timers.ts';
import { WINDOW_STATE } from '../window-capture.ts';
import type { SettableScope } from './contents-state.ts';
import { MERGING_STATE, WindowStates } from './window-states.ts';

/** Everything that a window operator keeps in one subtask. */
export interface WindowOperatorTables<Slot> {
  /** What windows hold, under the namespace that `scope` says. */
  readonly contents: ValueTable<Slot>;
  readonly scope: SettableScope;
  /** Of keys with windows that may merge: which are open. */
  readonly merging: ValueTable<Slot>;
  readonly states: WindowStates;
  readonly timers: { readonly eventTime: TimerTable; readonly processingTime: TimerTable };
}

/** What is the same on the heap and, with a store, in it. */
function statesAndTimers(context: OperatorContext, store: StateStore | null): Pick<WindowOperatorTables<unknown>, 'states' | 'timers'> {
  return {
    states: new WindowStates(context, store),
    timers: {
      eventTime: createTimers('event-time timers', context, store),
      processingTime: createTimers('processing-time timers', context, store),
    },
  };
}

export function heapTables(context: OperatorContext): WindowOperatorTables<number> {
  const { maxParallelism, memory } = context;
  const scope: SettableScope = { namespace: undefined };
  return {
    contents: new KeyedTable(WINDOW_STATE, 'window', maxParallelism, memory, scope),
    scope,
    merging: new KeyedTable(MERGING_STATE, 'list', maxParallelism, memory),
    ...statesAndTimers(context, null),
  };
}

export function storedTables(store: StateStore, context: OperatorContext): WindowOperatorTables<CachedEntry> {
  const { maxParallelism } = context;
  const scope: SettableScope = { namespace: undefined };
  return {
    contents: new StoredValueTable(cachedEntries(store, WINDOW_STATE, 'window'), maxParallelism, scope),
    scope,
    merging: new StoredValueTable(cachedEntries(store, MERGING_STATE, 'list'), maxParallelism),
    ...statesAndTimers(context, store),
  };
}
