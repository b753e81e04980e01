/** Entry of a job's worker thread: the engine, the compiled cells and nothing of VS Code. */
import { parentPort, workerData } from 'node:worker_threads';
import { createExecutor } from '../../engine/runtime/executor.ts';
import { readTranslations, setTranslations } from '../l10n/translations.ts';
import { loadProgram } from '../program/load.ts';
import { openMaster } from './job-master.ts';
import { JobSession } from './job-session.ts';
import type { JobRequest } from './protocol.ts';

setTranslations(readTranslations(workerData));

const session = new JobSession({
  load: loadProgram,
  createExecutor,
  openMaster,
  now: Date.now,
  post: (message) => parentPort?.postMessage(message),
  every: (ms, tick) => {
    const timer = setInterval(tick, ms);
    return () => {
      clearInterval(timer);
    };
  },
});

process.on('uncaughtException', (error) => {
  session.crash(error);
});
process.on('unhandledRejection', (reason) => {
  session.crash(reason);
});
parentPort?.on('message', (request: JobRequest) => {
  session.handle(request);
});
