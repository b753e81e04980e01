import type { RunDebugger } from '../../debug/session.ts';
import { JobClient, type JobListener } from '../../host/job-client.ts';
import type { JobPort } from '../../host/job-port.ts';
import { isOutOfMemory } from '../../host/lost.ts';
import type { Clock, Dialogs, Localizer, Log, Memory, WritableSettings } from '../../platform/ports.ts';
import type { Job } from './run-ports.ts';
import { type EngineHost, engineHost } from './run-settings.ts';

/** Under this key the workspace's memory says whether jobs run in the extension host: one that crashes cannot say so itself. */
const RUNNING = 'streambook.jobsInExtensionHost';

export interface JobHostPorts {
  /** Starts a worker; what it writes past the console goes to `onText`. */
  start(host: EngineHost, onText: (text: string) => void): JobPort;
  readonly settings: WritableSettings;
  readonly memory: Memory;
  readonly dialogs: Pick<Dialogs, 'warn'>;
  readonly clock: Pick<Clock, 'every'>;
  readonly log: Log;
  readonly l10n: Localizer;
}

/** Starts the workers of jobs, in the host that the setting names, and offers the safer host when a job has brought the other one down. */
export class JobHosts {
  readonly #ports: JobHostPorts;
  /** Workers in threads of this process. */
  readonly #threads = new Set<JobPort>();
  #isOffered = false;

  constructor(ports: JobHostPorts) {
    this.#ports = ports;
    if (ports.memory.get(RUNNING) === true) {
      ports.memory.set(RUNNING, false);
      const { l10n } = ports;
      this.#offer(
        l10n.t('The extension host ended while cells were running. If a cell brought it down, a process of its own contains that.'),
      );
    }
  }

  /** Starts a worker for a job of the cell, under a debugger if there is one. */
  start(cell: string, listener: JobListener, debug: RunDebugger | null): Job {
    const { settings, clock, log } = this.#ports;
    const silentAfter = settings.get('watchdogSeconds');
    const host = engineHost(settings);
    const worker = this.#ports.start(host, (text) => log.info(`${cell}: ${text.trimEnd()}`));
    const [port, heard] = host === 'process' ? [worker, listener] : [this.#thread(worker), this.#watched(listener)];
    const client = new JobClient(port, heard, {
      every: (ms, tick) => {
        const timer = clock.every(ms, tick);
        return () => void timer.dispose();
      },
      ...(typeof silentAfter === 'number' && silentAfter >= 1 ? { silentAfter } : {}),
    });
    return debug?.attach(client, client) ?? client;
  }

  #thread(worker: JobPort): JobPort {
    this.#threads.add(worker);
    this.#remember();
    return {
      ...worker,
      terminate: async () => {
        await worker.terminate();
        this.#threads.delete(worker);
        this.#remember();
      },
    };
  }

  #remember(): void {
    const isRunning = this.#threads.size > 0;
    if ((this.#ports.memory.get(RUNNING) === true) !== isRunning) this.#ports.memory.set(RUNNING, isRunning);
  }

  #watched(listener: JobListener): JobListener {
    const { l10n } = this.#ports;
    return {
      ...listener,
      onLost: (failure) => {
        listener.onLost(failure);
        if (isOutOfMemory(failure)) {
          this.#offer(
            l10n.t('A job ran out of memory in the extension host. A job that asks for more at once can bring all extensions down.'),
          );
        }
      },
    };
  }

  /** Once in a window. */
  #offer(reason: string): void {
    if (this.#isOffered || engineHost(this.#ports.settings) === 'process') return;
    this.#isOffered = true;
    const { dialogs, settings, l10n, log } = this.#ports;
    const accept = l10n.t('Run Jobs in Processes');
    dialogs
      .warn(reason, accept)
      .then((answer) => (answer === accept ? settings.set('engine.host', 'process') : undefined))
      .catch((error: unknown) => log.error(`The setting engine.host was not changed: ${String(error)}`));
  }
}
