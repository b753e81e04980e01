import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { OutOfMemoryError } from '../../engine/api/errors.ts';

/** Of V8's heap, what a job may use. The rest is room for one step, in which an array or a map may be copied: at the end of the heap V8 aborts the process. */
const ALLOWED = 0.6;

/** With so much in use, garbage is collected to see what is none: often enough, and not at every look where nearly as much as allowed is in use. */
const SUSPICIOUS = 0.7;

const MEGABYTE = 1024 * 1024;

/** A heap, in bytes. */
export interface Heap {
  /** What V8 aborts the process at. */
  readonly limit: number;
  /** With garbage. */
  used(): number;
  collectGarbage(): void;
}

/** Fails a job that fills the heap while it is still possible to say so. */
export class HeapWatch {
  readonly #heap: Heap;

  constructor(heap: Heap = v8Heap()) {
    this.#heap = heap;
  }

  /** To be called between two steps of the job. Throws OutOfMemoryError. */
  check(): void {
    const heap = this.#heap;
    if (heap.used() < heap.limit * SUSPICIOUS) return;
    heap.collectGarbage();
    if (heap.used() >= heap.limit * ALLOWED) throw this.#exceeded();
  }

  #exceeded(): OutOfMemoryError {
    const megabytes = (bytes: number): number => Math.round(bytes / MEGABYTE);
    return new OutOfMemoryError(
      `The job used more than its ${megabytes(this.#heap.limit * ALLOWED)} MB of memory.`,
      `Keep less: look for arrays, maps or texts outside of functions that only grow, use windows and fewer keys; ` +
        `or give Node more than ${megabytes(this.#heap.limit)} MB: NODE_OPTIONS=--max-old-space-size=8192. Checkpoints so far are kept.`,
    );
  }
}

function v8Heap(): Heap {
  let collect: (() => void) | null = null;
  return {
    limit: getHeapStatistics().heap_size_limit,
    used: () => getHeapStatistics().used_heap_size,
    collectGarbage: () => {
      collect ??= garbageCollector();
      collect();
    },
  };
}

/** V8's own, as `node --expose-gc` has it. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('gc');
  if (typeof found !== 'function') throw new TypeError('V8 has no gc()');
  return () => void Reflect.apply(found, undefined, []);
}
