/** How long a job that crashes is away: from the failure to its first new record, restored from a checkpoint behind which nothing was read. */
import { join } from 'node:path';
import type { StreamExecutionEnvironment } from '../../engine/api/environment.ts';
import { FilePartDisk } from '../../engine/node/file-part-disk.ts';
import { JobMaster } from '../../engine/node/job-master.ts';
import { PartFiles } from '../../engine/node/part-files.ts';
import { createExecutor } from '../../engine/runtime/executor.ts';
import { executorOptions, MILLION, objectsByKey, openStore, program } from './jobs.ts';
import { type Figures, type Report, Rounds } from './rounds.ts';

const SIZES = [10_000, MILLION];
const AT_ONCE = {
  'restart-strategy.type': 'fixed-delay',
  'restart-strategy.fixed-delay.delay': '0 ms',
  'execution.checkpointing.interval': '0 ms',
};

async function crash(keys: number, backend: string, folder: string): Promise<Figures> {
  const store = await openStore(folder);
  const options = executorOptions(backend);
  let attempt = 0;
  const checkpoints: Promise<void>[] = [];
  let failed = 0;
  let recovered = 0;
  const begun = performance.now();
  let ran = 0;
  const master = new JobMaster<StreamExecutionEnvironment>({
    program: program(objectsByKey(keys)),
    createExecutor,
    executor: { ...options, overrides: { ...options.overrides, ...AT_ONCE } },
    baseDirectory: folder,
    pace: { kind: 'full' },
    store,
    parts: new PartFiles(new FilePartDisk(folder)),
    restore: null,
    events: { onPublished: () => undefined, onFailed: ({ reason }) => console.error(reason) },
    onAttempt: (next) => {
      attempt = next.attempt;
    },
    onException: () => {
      failed = performance.now();
    },
    onProgress: () => undefined,
    step: (executor, maxRecords) => {
      if (attempt > 0) {
        const step = executor.step(1);
        if (executor.recordCount > keys) {
          recovered = performance.now();
          master.stop();
        }
        return step;
      }
      const left = keys - executor.recordCount;
      if (left === 0 && checkpoints.length === 0) {
        ran = performance.now() - begun;
        checkpoints.push(master.checkpoint('checkpoint', null).then(() => master.inject({ kind: 'crash', records: 0 })));
      }
      return executor.step(Math.min(left, maxRecords));
    },
  });
  const end = await master.run();
  await Promise.all(checkpoints);
  await store.close();
  if (end.kind !== 'stopped') throw new Error(end.failure?.message ?? end.kind);
  return { 'recovery ms': recovered - failed, 'share of running the records again': (recovered - failed) / ran };
}

export async function recovery(backends: readonly string[], rounds: number, root: string, report: Report): Promise<void> {
  const runs = SIZES.flatMap((keys) => backends.map((backend) => ({ keys, backend, name: `${keys} ${backend}` })));
  const contestants = runs.map(({ keys, backend, name }) => ({ name, measure: () => crash(keys, backend, join(root, `crash-${keys}`)) }));
  const played = await Rounds.play(contestants, rounds);
  for (const { keys, backend, name } of runs) {
    report.add(`from a crash to the first new record, ${keys.toLocaleString('en')} keys`, backend, played.medians(name));
  }
}
