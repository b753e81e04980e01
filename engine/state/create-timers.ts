import type { StateAccount } from './state-memory.ts';
import type { StateStore } from './stored/state-store.ts';
import { StoredTimers } from './stored/stored-timers.ts';
import { type TimerKind, Timers, type TimerTable } from './timers.ts';

/** The timers of one operator in one subtask: in a store, or with `store` null on the heap, whose memory `memory` counts. */
export function createTimers(
  kind: TimerKind,
  { maxParallelism, memory }: { readonly maxParallelism: number; readonly memory: StateAccount },
  store: StateStore | null,
): TimerTable {
  return store === null ? new Timers(kind, maxParallelism, memory) : new StoredTimers(store, kind, maxParallelism);
}
