import { memoryUsage } from 'node:process';
import type { Worker } from 'node:worker_threads';
import { readBeat } from './memory-beat.ts';
import { type MemoryLimits, type MemoryWatchState, watchMemory } from './memory-watch.ts';

const LOOK_MS = 100;

/** Workers that were ended because of their memory: what the others saw of the process before says nothing any more. */
let ended = 0;

/** Looks at the memory of a worker until it is stopped. */
export interface WorkerWatch {
  stop(): void;
  /** A debugger holds the worker: what the process takes meanwhile is not its. */
  setPaused(paused: boolean): void;
}

/** Calls `onExceeded`, once, when the worker takes more than it may. `buffer`: createBeat, as the worker has it. */
export function watchWorker(
  worker: Worker,
  buffer: SharedArrayBuffer,
  limits: MemoryLimits,
  onExceeded: (limit: keyof MemoryLimits) => void,
): WorkerWatch {
  const { turns, live } = readBeat(buffer);
  const { performance: measured } = worker;
  let state: MemoryWatchState | null = null;
  let seen = ended;
  let isPaused = false;
  let utilization = measured.eventLoopUtilization();
  const look = (): void => {
    if (isPaused || seen !== ended) state = null;
    seen = ended;
    const now = measured.eventLoopUtilization();
    const { utilization: busy } = measured.eventLoopUtilization(now, utilization);
    utilization = now;
    const process = memoryUsage.rss();
    const watched = watchMemory(state, { turns: Atomics.load(turns, 0), live: live[0] ?? 0, busy, process }, limits);
    state = watched.state;
    if (watched.exceeded === null) return;
    ended++;
    clearInterval(timer);
    onExceeded(watched.exceeded);
  };
  const timer = setInterval(look, LOOK_MS).unref();
  return {
    stop: () => clearInterval(timer),
    setPaused: (paused) => {
      isPaused = paused;
    },
  };
}
