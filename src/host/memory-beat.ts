import { constants, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

/** Shared by a worker and its host: turns of the worker's event loop, and about how many bytes it has in use that are not garbage. */
export interface MemoryBeat {
  readonly turns: Int32Array;
  readonly live: Float64Array;
}

const BEAT_MS = 50;

export function createBeat(): SharedArrayBuffer {
  return new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT);
}

export function readBeat(buffer: SharedArrayBuffer): MemoryBeat {
  return { turns: new Int32Array(buffer, 0, 1), live: new Float64Array(buffer, Float64Array.BYTES_PER_ELEMENT, 1) };
}

/** V8 puts a collection of all garbage off while nearly everything is in use: what is used then counts by this share. */
const UNCOLLECTED = 2 / 3;

function usedBytes(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

/** In a worker: counts turns, and notes what is in use. */
export function startBeat({ turns, live }: MemoryBeat): void {
  let collected = 0;
  setInterval(() => {
    Atomics.add(turns, 0, 1);
    live[0] = Math.max(collected, usedBytes() * UNCOLLECTED);
  }, BEAT_MS).unref();
  new PerformanceObserver((list) => {
    if (!list.getEntries().some(isFullCollection)) return;
    collected = usedBytes();
  }).observe({ entryTypes: ['gc'] });
}

function isFullCollection(entry: object): boolean {
  const detail: unknown = Reflect.get(entry, 'detail');
  return typeof detail === 'object' && detail !== null && 'kind' in detail && detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}
