import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { JobFailure } from '../../../engine/runtime/job.ts';
import { startJobProcess } from '../../../src/host/child-process.ts';
import { JobClient, type JobListener } from '../../../src/host/job-client.ts';
import type { JobPort } from '../../../src/host/job-port.ts';
import type { JobProgress, StartJob } from '../../../src/host/protocol.ts';
import { startJobWorker } from '../../../src/host/worker-thread.ts';
import { applyDelta } from '../../../src/output/delta.ts';
import type { OutputState } from '../../../src/output/types.ts';
import { TempFolder } from '../../engine/node/temp-folder.ts';
import { cellsOf, programOf } from '../program/compiling.ts';

/** A CommonJS dependency inside an ES module bundle asks for `require`. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

export type Host = 'worker' | 'process';

/** The files that jobs run from, bundled as the build does; and others beside them for tests. */
export class JobBundles {
  readonly folder = new TempFolder();

  static async make(): Promise<JobBundles> {
    const bundles = new JobBundles();
    const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
    await build({
      platform: 'node',
      format: 'esm',
      target: 'node20',
      banner: { js: REQUIRE },
      entryPoints: {
        worker: file('../../../src/host/job-worker.ts'),
        process: file('../../../src/host/job-process.ts'),
        echo: file('echo-worker.ts'),
        window: file('doomed-window.ts'),
      },
      bundle: true,
      outdir: bundles.folder.path,
      outExtension: { '.js': '.mjs' },
    });
    return bundles;
  }

  file(name: string): string {
    return path.join(this.folder.path, `${name}.mjs`);
  }

  start(host: Host, { worker = 'worker', heapMegabytes = 512 } = {}): JobPort {
    const silent = (): void => undefined;
    return host === 'worker'
      ? startJobWorker(this.file(worker), silent, { heapMegabytes })
      : startJobProcess({ process: this.file('process'), worker: this.file(worker) }, silent, heapMegabytes);
  }
}

/** A job over a cell with that text. */
export function jobOf(text: string, change: Partial<StartJob> = {}): StartJob {
  return {
    program: programOf(cellsOf(text)),
    baseDirectory: '.',
    pace: { kind: 'full' },
    outputPrefix: 'c1',
    settings: {},
    checkpoints: null,
    recording: null,
    replay: null,
    ...change,
  };
}

/** A job in a real host; what it tells can be waited for. */
export class RealJob {
  readonly client: JobClient;
  outputs: readonly OutputState[] = [];
  progress: JobProgress | null = null;
  silences = 0;
  /** A second has passed for the watchdog. */
  tick: () => void = () => undefined;
  readonly over: Promise<{ readonly phase: string; readonly failure: JobFailure | null }>;
  readonly #waiting = new Set<() => void>();

  constructor(port: JobPort, job: StartJob) {
    let end: (over: { phase: string; failure: JobFailure | null }) => void = () => undefined;
    this.over = new Promise((resolve) => {
      end = resolve;
    });
    const listener: JobListener = {
      onOutputs: (states) => this.#show(states),
      onDeltas: (deltas, progress) => {
        this.progress = progress;
        this.#show(
          this.outputs.map((state) => {
            const delta = deltas.find(({ id }) => id === state.id);
            return delta === undefined ? state : (applyDelta(state, delta) ?? state);
          }),
        );
      },
      onStarted: () => undefined,
      onRewound: (states) => this.#show(states),
      onCheckpoint: () => undefined,
      onException: () => undefined,
      onEnded: (phase, failure) => end({ phase, failure }),
      onLost: (failure) => end({ phase: 'lost', failure }),
      onSilent: () => this.silences++,
      onResponsive: () => undefined,
    };
    this.client = new JobClient(port, listener, {
      every: (_ms, tick) => {
        this.tick = tick;
        return () => undefined;
      },
    });
    this.client.start(job);
  }

  /** The first value that `look` finds in the job, now or later. Rejects when the job is over before. */
  until<T>(look: (job: this) => T | null | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const found = look(this);
        if (found === null || found === undefined) return;
        this.#waiting.delete(check);
        resolve(found);
      };
      this.#waiting.add(check);
      check();
      void this.over.then(({ failure }) => reject(new Error(`the job is over: ${failure?.message ?? 'no failure'}`)));
    });
  }

  /** Values of the results that are shown. */
  get values(): readonly unknown[] {
    return this.outputs.flatMap(({ rows }) => rows.map(({ value }) => value));
  }

  #show(states: readonly OutputState[]): void {
    this.outputs = states;
    for (const check of this.#waiting) check();
  }
}
