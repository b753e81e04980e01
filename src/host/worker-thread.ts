import { Worker } from 'node:worker_threads';
import type { JobFailure } from '../../engine/runtime/job.ts';
import { translations } from '../l10n/translations.ts';
import type { JobPort } from './job-port.ts';
import { lostByError, lostByExit } from './lost.ts';
import type { FromWorker } from './protocol.ts';
import { inspectWorker } from './worker-inspector.ts';

/** With less than 1 GiB a growing Map can abort the whole process instead of failing in its worker (measured). */
export const JOB_HEAP_MB = 2048;

let started = 0;

/** The host "worker": a job's worker is a thread of this process. What it writes past the console goes to `onText`. */
export function startJobWorker(entry: string, onText: (text: string) => void, heapMegabytes = JOB_HEAP_MB): JobPort {
  const name = `streambook job ${++started}`;
  const worker = new Worker(entry, {
    name,
    workerData: translations(),
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes, stackSizeMb: 4 },
    stdout: true,
    stderr: true,
    // Not the host's: a debugger or a profiler of the extension host is none of the job's business.
    execArgv: [],
  });
  worker.stdout.setEncoding('utf8').on('data', onText);
  worker.stderr.setEncoding('utf8').on('data', onText);
  return {
    postMessage: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.on('message', (message: FromWorker) => listener(message)),
    onLost: (listener) => {
      let isTold = false;
      const tell = (failure: JobFailure): void => {
        if (!isTold) listener(failure);
        isTold = true;
      };
      worker.on('error', (error) => tell(lostByError(error, heapMegabytes)));
      worker.on('exit', (code) => tell(lostByExit(code)));
    },
    terminate: async () => {
      await worker.terminate();
    },
    inspect: (signal) => inspectWorker(name, signal),
  };
}
