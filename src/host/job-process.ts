/**
 * Entry of a job's process (host "process"): the job runs in a thread, as in the other host, and the main thread hands messages on. It runs no code of
 * cells, so it answers and lets V8's inspector work however the job stands, and ends the process when the extension host is gone.
 */
import { failureOfError } from './failures.ts';
import { InspectorRelay } from './inspector-relay.ts';
import type { JobPort } from './job-port.ts';
import { setTranslations } from '../l10n/translations.ts';
import type { FromProcess, ToProcess } from './process-protocol.ts';
import { startJobWorker } from './worker-thread.ts';

const post = (message: FromProcess): void => {
  // What cannot be sent needs no answer: without a channel the process ends.
  process.send?.(message, undefined, undefined, () => undefined);
};

/** At once, however the job's thread stands: exit() would wait for it. */
const end = (): void => {
  process.kill(process.pid, 'SIGKILL');
};

let job: JobPort | null = null;
const inspector = new InspectorRelay(post);

function receive(message: ToProcess): void {
  switch (message.type) {
    case 'begin':
      setTranslations(message.translations);
      job = startJobWorker(message.worker, (text) => process.stdout.write(text), { heapMegabytes: message.heapMegabytes });
      job.onMessage((answer) => post({ type: 'job', message: answer }));
      job.onLost((failure) => post({ type: 'lost', failure }));
      break;
    case 'job':
      job?.postMessage(message.message);
      break;
    case 'paused':
      job?.setPaused(message.paused);
      break;
    case 'inspect':
      if (job !== null) inspector.attach(job);
      break;
    case 'inspector':
      inspector.send(message.message);
      break;
    case 'detach':
      inspector.detach();
  }
}

process.on('disconnect', end);
process.on('uncaughtException', (error) => post({ type: 'lost', failure: failureOfError(error) }));
process.on('message', receive);
// The extension host may be gone since before anyone listened.
if (!process.connected) end();
