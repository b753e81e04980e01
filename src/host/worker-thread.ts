import { Worker } from 'node:worker_threads';
import type { JobFailure } from '../../engine/runtime/job.ts';
import { translations } from '../l10n/translations.ts';
import type { JobPort } from './job-port.ts';
import { lostByError, lostByExit, lostByMemory } from './lost.ts';
import { createBeat } from './memory-beat.ts';
import type { MemoryLimits } from './memory-watch.ts';
import type { FromWorker } from './protocol.ts';
import { inspectWorker } from './worker-inspector.ts';
import { watchWorker } from './worker-memory.ts';

const MEGABYTE = 1024 * 1024;

/** Limit of V8's heap. With less than 1 GiB a growing Map can abort the whole process instead of failing in its worker (measured). */
export const JOB_HEAP_MB = 2048;

/**
 * Ours, which have to be hit before V8's: an array that it cannot make any larger aborts the process, at 112 million elements or 900 MB.
 */
const JOB_LIMITS: MemoryLimits = { live: 1_024 * MEGABYTE, growth: 384 * MEGABYTE };

export interface JobWorkerOptions {
  readonly heapMegabytes?: number;
  readonly limits?: MemoryLimits;
}

let started = 0;

/**
 * The host "worker": a job's worker is a thread of this process. What it writes past the console goes to `onText`. A worker that takes too much memory
 * is lost.
 */
export function startJobWorker(entry: string, onText: (text: string) => void, options: JobWorkerOptions = {}): JobPort {
  const { heapMegabytes = JOB_HEAP_MB, limits = JOB_LIMITS } = options;
  const name = `streambook job ${++started}`;
  const beat = createBeat();
  const worker = new Worker(entry, {
    name,
    workerData: { translations: translations(), beat },
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes, stackSizeMb: 4 },
    stdout: true,
    stderr: true,
    // Not the host's: a debugger or a profiler of the extension host is none of the job's business.
    execArgv: [],
  });
  worker.stdout.setEncoding('utf8').on('data', onText);
  worker.stderr.setEncoding('utf8').on('data', onText);
  let onLost: (failure: JobFailure) => void = () => undefined;
  let isTold = false;
  const tell = (failure: JobFailure): void => {
    if (!isTold) onLost(failure);
    isTold = true;
  };
  const watched = watchWorker(worker, beat, limits, (exceeded) => tell(lostByMemory(exceeded, Math.round(limits[exceeded] / MEGABYTE))));
  worker.on('error', (error) => tell(lostByError(error, heapMegabytes)));
  worker.on('exit', (code) => {
    watched.stop();
    tell(lostByExit(code));
  });
  return {
    postMessage: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.on('message', (message: FromWorker) => listener(message)),
    onLost: (listener) => {
      onLost = listener;
    },
    setPaused: (paused) => watched.setPaused(paused),
    terminate: async () => {
      watched.stop();
      await worker.terminate();
    },
    inspect: (signal) => inspectWorker(name, signal),
  };
}
