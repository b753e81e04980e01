/** Pings without an answer after which a worker counts as silent, one a second. */
export const SILENT_AFTER = 3;

/**
 * What the watchdog knows of a worker. It counts questions, not time: after the computer slept, one question is open, not an hour.
 * The first answer can take longer, because the worker still loads.
 */
export interface WatchdogState {
  /** Ticks since the oldest question that has no answer; 0 when all are answered. */
  readonly unanswered: number;
  readonly loaded: boolean;
  readonly silent: boolean;
}

export const WATCHDOG_START: WatchdogState = { unanswered: 0, loaded: false, silent: false };

/** Ticks that a worker may take to load before it counts as silent. */
const LOAD_TICKS = 30;

export type WatchdogEvent = 'tick' | 'answer';

/** The next state, and whether the worker just fell silent or answers again. A 'tick' also asks the next question. */
export function watch(
  state: WatchdogState,
  event: WatchdogEvent,
  silentAfter: number = SILENT_AFTER,
): { readonly state: WatchdogState; readonly change: 'silent' | 'responsive' | null } {
  if (event === 'answer') {
    return { state: { unanswered: 0, loaded: true, silent: false }, change: state.silent ? 'responsive' : null };
  }
  const limit = state.loaded ? silentAfter : Math.max(LOAD_TICKS, silentAfter);
  // The question of this very tick had no time to be answered.
  const silent = state.unanswered >= limit;
  return {
    state: { ...state, unanswered: state.unanswered + 1, silent },
    change: silent && !state.silent ? 'silent' : null,
  };
}
