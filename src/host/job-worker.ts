/** Entry of a job's worker thread: the engine, the compiled cells and nothing of VS Code. */
import { parentPort, workerData } from 'node:worker_threads';
import type { StreamExecutionEnvironment } from '../../engine/api/environment.ts';
import { systemClock } from '../../engine/node/runner-clock.ts';
import { createExecutor } from '../../engine/runtime/executor.ts';
import { readTranslations, setTranslations } from '../l10n/translations.ts';
import { loadProgram } from '../program/load.ts';
import { debugHook } from './debug-hook.ts';
import { openMaster } from './open-job.ts';
import { type MemoryBeat, readBeat, startBeat } from './memory-beat.ts';
import { JobSession } from './job-session.ts';
import type { FromWorker, JobRequest } from './protocol.ts';
import { ReplaySession } from './replay/replay-session.ts';

const { translations, beat } = readWorkerData(workerData);
setTranslations(readTranslations(translations));
if (beat !== null) startBeat(beat);

const post = (message: FromWorker): void => parentPort?.postMessage(message);

const running = new JobSession({
  load: (compiled, debug) => (debug ? debugHook().watch(loadProgram(compiled)) : loadProgram(compiled)),
  createExecutor,
  openMaster,
  now: Date.now,
  post,
  every: (ms, tick) => {
    const timer = setInterval(tick, ms);
    return () => {
      clearInterval(timer);
    };
  },
});
const replaying = new ReplaySession({ load: loadProgram, createExecutor, clock: systemClock, post });

/** What the one who started the worker gave it along. */
function readWorkerData(data: unknown): { readonly translations: unknown; readonly beat: MemoryBeat | null } {
  if (typeof data !== 'object' || data === null) return { translations: undefined, beat: null };
  const beat: unknown = Reflect.get(data, 'beat');
  return { translations: Reflect.get(data, 'translations'), beat: beat instanceof SharedArrayBuffer ? readBeat(beat) : null };
}

/** What the worker is there for, once it has been told to start. */
let session: JobSession<StreamExecutionEnvironment> | ReplaySession = running;

process.on('uncaughtException', (error) => {
  session.crash(error);
});
process.on('unhandledRejection', (reason) => {
  session.crash(reason);
});
parentPort?.on('message', (request: JobRequest) => {
  if (request.type === 'start' && request.job.replay !== null) session = replaying;
  session.handle(request);
});
