/** What a worker may take, in bytes. */
export interface MemoryLimits {
  /** In use, without garbage. */
  readonly live: number;
  /** By which the process may grow while one call of user code goes on. */
  readonly growth: number;
}

/** What is known of a worker at one look. */
export interface MemoryLook {
  /** Turns of its event loop: it counts them also when nobody hears of it. */
  readonly turns: number;
  /** Bytes that it has in use, without garbage. */
  readonly live: number;
  /** Share of the time since the last look in which it was busy, 0…1. */
  readonly busy: number;
  /** Memory of the whole process, bytes. */
  readonly process: number;
}

export interface MemoryWatchState {
  readonly turns: number;
  /** Memory of the process when the worker was last seen between two turns, or the least since. */
  readonly process: number;
}

/** The worker was busy with one thing since the last look. */
const BUSY = 0.95;

/**
 * The next state, and which limit is exceeded. Between two turns a worker says itself what it uses, without garbage. In the middle of one it cannot, so
 * the process is looked at; that it is the worker which makes it grow is taken from its being busy with one thing all the while.
 */
export function watchMemory(
  before: MemoryWatchState | null,
  look: MemoryLook,
  limits: MemoryLimits,
): { readonly state: MemoryWatchState; readonly exceeded: keyof MemoryLimits | null } {
  const fresh: MemoryWatchState = { turns: look.turns, process: look.process };
  if (look.live > limits.live) return { state: fresh, exceeded: 'live' };
  if (before === null || look.turns !== before.turns || look.busy < BUSY) return { state: fresh, exceeded: null };
  const state = { ...before, process: Math.min(before.process, look.process) };
  return { state, exceeded: look.process - state.process > limits.growth ? 'growth' : null };
}
