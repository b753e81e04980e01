import type { OperatorContext } from '../../runtime/operator.ts';
import { createTimers } from '../../state/create-timers.ts';
import { KeyedTable, type ValueTable } from '../../state/keyed-table.ts';
import type { CachedEntry } from '../../state/stored/cached-entries.ts';
import { cachedEntries, type StateStore } from '../../state/stored/state-store.ts';
import { StoredValueTable } from '../../state/stored/stored-value-table.ts';
import type { TimerTable } from '../../state/timers.ts';
import { WindowStates } from '../windowing/window-states.ts';
import { SESSIONS_STATE } from './session.ts';

/** Everything that session windows keep in one subtask. */
export interface SessionTables<Slot> {
  /** Per key its open sessions. */
  readonly sessions: ValueTable<Slot>;
  /** When to look at the sessions of a key: at the latest when something is due there. */
  readonly ends: TimerTable;
  /** Of window functions. */
  readonly states: WindowStates;
}

export function heapSessions(context: OperatorContext): SessionTables<number> {
  const { maxParallelism, memory } = context;
  return {
    sessions: new KeyedTable(SESSIONS_STATE, 'list', maxParallelism, memory),
    ends: createTimers('event-time timers', context, null),
    states: new WindowStates(context, null),
  };
}

export function storedSessions(store: StateStore, context: OperatorContext): SessionTables<CachedEntry> {
  const { maxParallelism } = context;
  return {
    sessions: new StoredValueTable(cachedEntries(store, SESSIONS_STATE, 'list'), maxParallelism),
    ends: createTimers('event-time timers', context, store),
    states: new WindowStates(context, store),
  };
}
