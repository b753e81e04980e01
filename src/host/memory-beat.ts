import { constants, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

/** Shared by a worker and its host: turns of the worker's event loop, and what was in use after its last collection of garbage, bytes. */
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

/** In a worker: counts turns, and notes what is in use whenever all garbage was collected. */
export function startBeat({ turns, live }: MemoryBeat): void {
  setInterval(() => Atomics.add(turns, 0, 1), BEAT_MS).unref();
  new PerformanceObserver((list) => {
    if (!list.getEntries().some(isFullCollection)) return;
    const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
    live[0] = heap + external;
  }).observe({ entryTypes: ['gc'] });
}

function isFullCollection(entry: object): boolean {
  const detail: unknown = Reflect.get(entry, 'detail');
  return typeof detail === 'object' && detail !== null && 'kind' in detail && detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}
