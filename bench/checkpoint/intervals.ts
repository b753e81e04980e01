/** What an interval of one second takes from the throughput of the engine benchmark's job, under the job master. */
import { join } from 'node:path';
import { TumblingEventTimeWindows } from '../../engine/api/assigners/tumbling-event-time.ts';
import { display } from '../../engine/api/display.ts';
import type { StreamExecutionEnvironment } from '../../engine/api/environment.ts';
import { FilePartDisk } from '../../engine/node/file-part-disk.ts';
import { JobMaster } from '../../engine/node/job-master.ts';
import { PartFiles } from '../../engine/node/part-files.ts';
import { createExecutor } from '../../engine/runtime/executor.ts';
import type { Executor } from '../../engine/runtime/job.ts';
import { type Describe, executorOptions, MILLION, openStore, program, rows, strategy } from './jobs.ts';
import { type Figures, type Report, Rounds } from './rounds.ts';

const RECORDS = 20 * MILLION;
const KEYS = 10_000;

async function run(interval: string, backend: string, folder: string): Promise<Figures> {
  const describe: Describe = (env) => {
    env.configure({ 'execution.checkpointing.interval': interval });
    const source = env.fromSource(rows(RECORDS, KEYS, 10), strategy, 'rows');
    const mapped = source.map((row) => ({ key: row.key, ts: row.ts, value: row.value * 1.1 })).filter((row) => row.value > 0.05);
    display(
      mapped
        .keyBy('key')
        .window(TumblingEventTimeWindows.of('10 s'))
        .aggregate({ n: 'count', total: ['sum', 'value'] }),
    );
  };
  const store = await openStore(folder);
  const attempts: Executor[] = [];
  const master = new JobMaster<StreamExecutionEnvironment>({
    program: program(describe),
    createExecutor,
    executor: executorOptions(backend),
    baseDirectory: folder,
    pace: { kind: 'full' },
    store,
    parts: new PartFiles(new FilePartDisk(folder)),
    restore: null,
    events: { onPublished: () => undefined, onFailed: ({ reason }) => console.error(reason) },
    onAttempt: ({ executor }) => attempts.push(executor),
    onProgress: () => attempts.at(-1)?.takeRows(0, 1),
  });
  const begin = performance.now();
  const end = await master.run();
  const elapsed = performance.now() - begin;
  if (end.kind !== 'finished') throw new Error(end.failure?.message ?? end.kind);
  await store.close();
  return { ms: elapsed };
}

export async function intervals(backends: readonly string[], rounds: number, root: string, report: Report): Promise<void> {
  for (const backend of backends) {
    const folder = join(root, 'intervals');
    const played = await Rounds.play(
      [
        { name: 'off', measure: () => run('0 ms', backend, folder) },
        { name: 'on', measure: () => run('1 s', backend, folder) },
      ],
      rounds,
    );
    report.add(`an interval of 1 s, ${RECORDS / MILLION} M records, ${KEYS} keys`, backend, {
      'ms without': played.medians('off')['ms'] ?? Number.NaN,
      'ms with': played.medians('on')['ms'] ?? Number.NaN,
      'with / without': played.ratio('on', 'off', 'ms'),
    });
  }
}
