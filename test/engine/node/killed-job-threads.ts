import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import type { KilledJobData, KilledJobReport } from './killed-job.ts';

/** Runs the bundle it is given. With the code that another thread has compiled it starts sooner; a thread that gets none hands out its own at the end. */
const LOADER = `
const { parentPort, workerData } = require('node:worker_threads');
const { Script } = require('node:vm');
const { source, compiled } = workerData;
const script = new Script('(function (require) {' + source + '})', { filename: 'killed-job.cjs', cachedData: compiled ?? undefined });
if (compiled === null) process.on('exit', () => parentPort.postMessage(script.createCachedData()));
script.runInThisContext()(require);
`;

/** Threads with the job of killed-job.ts. */
export class KilledJobThreads {
  readonly #source: string;
  #compiled: Uint8Array | null = null;

  private constructor(source: string) {
    this.#source = source;
  }

  static async bundle(): Promise<KilledJobThreads> {
    const entryPoints = [path.join(import.meta.dirname, 'killed-job.ts')];
    const { outputFiles } = await build({ entryPoints, write: false, bundle: true, platform: 'node', format: 'cjs', target: 'node20' });
    return new KilledJobThreads(outputFiles[0]?.text ?? '');
  }

  /** Runs the job in a fresh thread, to its end or until it stands still at its mail `stopAt`: there the thread is killed. */
  run(folder: string, stopAt: number | null): Promise<KilledJobReport> {
    const data: KilledJobData = { folder, stopAt, gate: new SharedArrayBuffer(4) };
    const workerData = { ...data, source: this.#source, compiled: this.#compiled };
    const worker = new Worker(LOADER, { eval: true, execArgv: [], workerData });
    return new Promise((resolve, reject) => {
      let report: KilledJobReport | null = null;
      worker.on('message', (message: KilledJobReport | Uint8Array) => {
        if (message instanceof Uint8Array) this.#compiled = message;
        else report = message;
        if (report?.kind === 'still') worker.terminate().catch(reject);
      });
      worker.on('error', reject);
      worker.on('exit', () => (report === null ? reject(new Error('the thread has ended without a word')) : resolve(report)));
    });
  }
}
