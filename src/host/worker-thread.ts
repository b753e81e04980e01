import { Worker } from 'node:worker_threads';
import { translations } from '../l10n/translations.ts';
import type { WorkerPort } from './job-client.ts';
import type { FromWorker } from './protocol.ts';

/** With less than 1 GiB a growing Map can abort the whole process instead of failing in its worker (measured). */
export const JOB_HEAP_MB = 2048;

/** Starts a job's worker; a debugger finds it by its name. What it writes past the console goes to `onText`. */
export function startJobWorker(entry: string, onText: (text: string) => void, name = 'job'): WorkerPort {
  const worker = new Worker(entry, {
    name,
    workerData: translations(),
    resourceLimits: { maxOldGenerationSizeMb: JOB_HEAP_MB, stackSizeMb: 4 },
    stdout: true,
    stderr: true,
    // Not the host's: a debugger or a profiler of the extension host is none of the job's business.
    execArgv: [],
  });
  worker.stdout.setEncoding('utf8').on('data', onText);
  worker.stderr.setEncoding('utf8').on('data', onText);
  return {
    postMessage: (message) => worker.postMessage(message),
    terminate: async () => {
      await worker.terminate();
    },
    onMessage: (listener) => worker.on('message', (message: FromWorker) => listener(message)),
    onError: (listener) => worker.on('error', listener),
    onExit: (listener) => worker.on('exit', listener),
  };
}
