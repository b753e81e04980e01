import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { jobFolder } from '../../engine/checkpoint/job-folder.ts';
import type { CheckpointRef } from '../../engine/checkpoint/manifest.ts';
import { forgetLock } from '../../engine/node/checkpoints/lock.ts';
import { FileDisk } from '../../engine/node/checkpoints/file-disk.ts';
import { JobClient } from '../../src/host/job-client.ts';
import { awaited } from '../unit/host/awaited-port.ts';
import { ON_REAL_TIME, SILENT } from '../unit/host/silent-listener.ts';
import { startJobWorker } from '../../src/host/worker-thread.ts';
import { compileCells } from '../../src/program/compile.ts';
import type { Pace } from '../../engine/runtime/pace.ts';
import type { CompiledProgram } from '../../src/program/types.ts';
import { bundlePath } from '../dist.ts';

/** How a job comes to its end. */
export type Ending = 'finished' | 'stopped' | 'killed' | 'failed';

const JOB = { notebook: 'soak.stream.md', cell: 'counts' };
const SESSION = 'soak';
const SINK = 'out';

const cell = (last: number, failAt: number): string => `
class Count extends KeyedProcessFunction<number, number, { key: number; count: number }> {
  private readonly count = new ValueStateDescriptor<number>('count');
  override processElement(n: number, ctx: KeyedProcessFunction.Context<number>, out: Collector<{ key: number; count: number }>) {
    if (n === ${failAt}) throw new TypeError('no ' + n);
    const state = ctx.getState(this.count);
    const count = (state.value() ?? 0) + 1;
    state.update(count);
    if (count === 1) ctx.timerService().registerProcessingTimeTimer(ctx.timerService().currentProcessingTime() + 5);
    out.collect({ key: ctx.getCurrentKey(), count });
  }
  override onTimer() {}
}
env.configure({
  'execution.checkpointing.interval': '10 ms',
  'execution.checkpointing.num-retained': 2,
  'restart-strategy.type': 'none',
});
const counts = env.fromSequence(1, ${last}).keyBy(n => n % 10).process(new Count());
counts.sinkTo(FileSink.ndjson('${SINK}'));
counts;`;

/** At full speed each would write as much as its disk takes. */
const RATE: Pace = { kind: 'records', perSecond: 20_000 };
const SHORT = 2_000;
/** More than is read before it is stopped. */
const LONG = 1e12;

/** One job that is started and ended again and again, as a window of the editor does it, with checkpoints, recordings and a file sink. */
export class SoakedJob {
  readonly #folder: string;
  readonly #state: string;
  readonly #programs: Readonly<Record<Ending, CompiledProgram>>;
  /** What the next one goes on from, when the one before was killed. */
  #from: CheckpointRef | null = null;

  constructor(folder: string) {
    this.#folder = folder;
    this.#state = path.join(folder, 'state');
    const endless = compiled(cell(LONG, 0));
    this.#programs = { finished: compiled(cell(SHORT, 0)), stopped: endless, killed: endless, failed: compiled(cell(LONG, SHORT)) };
  }

  /** Starts it and lets it come to this end, in a worker of its own that is gone then. Rejects when it ends otherwise. */
  async run(ending: Ending): Promise<void> {
    const { port, gone } = awaited(startJobWorker(bundlePath('job-worker.mjs'), () => undefined));
    const from = ending === 'stopped' ? this.#from : null;
    const end = await new Promise<string>((resolve) => {
      const client = new JobClient(
        port,
        {
          ...SILENT,
          onCheckpoint: () => {
            if (ending === 'killed') client.kill().then(() => resolve('killed'), String);
            else if (ending === 'stopped') client.stop().catch(() => undefined);
          },
          onEnded: (phase, failure) => resolve(failure === null || ending === 'failed' ? phase : `failed: ${failure.message}`),
          onLost: (failure) => resolve(`lost: ${failure.message}`),
        },
        ON_REAL_TIME,
      );
      client.start({
        program: this.#programs[ending],
        baseDirectory: this.#folder,
        pace: RATE,
        outputPrefix: 'soak',
        settings: {},
        checkpoints: { directory: this.#state, job: JOB, session: SESSION, restore: from, earlier: [] },
        recording: path.join(this.#folder, 'recordings', 'counts'),
        replay: null,
      });
    });
    await gone;
    if (end !== ending) throw new Error(`A job that was to be ${ending} came to another end: ${end}`);
    // As the window does it behind a worker that was ended by force.
    if (ending === 'killed') await forgetLock(new FileDisk(this.#state), jobFolder(JOB), SESSION);
    this.#from = ending === 'killed' ? this.#newest() : null;
  }

  #newest(): CheckpointRef | null {
    const highest = (folder: string, name: RegExp): number =>
      Math.max(0, ...readdirSync(folder).map((entry) => Number(name.exec(entry)?.[1] ?? 0)));
    const job = path.join(this.#state, jobFolder(JOB));
    const run = highest(job, /^run-(\d+)$/);
    const checkpoint = highest(path.join(job, `run-${run}`), /^chk-(\d+)\.json$/);
    return checkpoint === 0 ? null : { run, checkpoint };
  }

  /** Files that only a job that runs may have: temporary ones, locks, and what a sink has not committed. */
  temporaries(): readonly string[] {
    return this.#files('.').filter((name) => /\.part$|\/lock-|\.inprogress$/.test(name));
  }

  /** How many files there are, beside those that the sink has finished. */
  files(): number {
    return this.#files('state').length + this.#files('recordings').length;
  }

  #files(below: string): readonly string[] {
    const folder = path.join(this.#folder, below);
    if (!existsSync(folder)) return [];
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return entries.map((entry) => path.join(entry.parentPath, entry.name).replaceAll(path.sep, '/'));
  }
}

function compiled(text: string): CompiledProgram {
  const result = compileCells([{ id: 'c1', number: 1, name: 'counts', text }], 'c1', { check: false });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join('\n'));
  return result.program;
}
