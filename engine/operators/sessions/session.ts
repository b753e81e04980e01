/** A session of one key: [start, end) in ms and what its records have become. The sessions of a key neither intersect nor touch, and are in order of time. */
export interface Session {
  start: number;
  end: number;
  contents: unknown;
}

/** Name of the state of session windows in checkpoints: the open sessions of a key. */
export const SESSIONS_STATE = 'sessions';

export function sessionsOf(value: unknown): Session[] {
  // SAFETY: the operator puts nothing else into its table.
  return value as Session[];
}

/** A place in the list of a key's sessions: those at `from` up to, not including, `to`. */
export interface SessionRange {
  from: number;
  to: number;
}

/** Finds those that a window from `start` to `end` intersects or touches; none: `from` = `to` is its place. Most records belong to the newest. */
export function findTouched(sessions: readonly Session[], start: number, end: number, found: SessionRange): void {
  let to = sessions.length;
  while (to > 0 && (sessions[to - 1]?.start ?? 0) > end) to--;
  let from = to;
  while (from > 0 && (sessions[from - 1]?.end ?? 0) >= start) from--;
  found.from = from;
  found.to = to;
}
