/** A million keys brought back, in processes of their own: how long until the next record is through, and how much memory it takes at most. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deserialize } from 'node:v8';
import { serializeEntries } from './deltas.ts';
import { DETAILS, MILLION, objectsByKey, openStore, runToCheckpoint, startJob } from './jobs.ts';
import { type Figures, type Report, Rounds } from './rounds.ts';

const ENTRIES = 'entries.bin';
const KINDS = ['restore', 'again', 'V8'] as const;
type Kind = (typeof KINDS)[number];

/** What a process does with the folder that the others have filled. */
const TASKS: Readonly<Record<Kind, (folder: string, backend: string) => Promise<unknown>>> = {
  restore: async (folder, backend) => {
    const store = await openStore(folder);
    const executor = startJob(objectsByKey(MILLION), backend, await store.load({ run: 1, checkpoint: 1 }));
    while (executor.recordCount <= MILLION) executor.step(1);
    return executor;
  },
  again: (_folder, backend) => {
    const executor = startJob(objectsByKey(MILLION), backend);
    while (executor.recordCount <= MILLION) executor.step(Math.min(4_096, MILLION + 1 - executor.recordCount));
    return Promise.resolve(executor);
  },
  V8: (folder) => Promise.resolve(deserialize(readFileSync(join(folder, ENTRIES)))),
};

/** In a process of its own: prints its figures. */
export async function restoreAlone([kind, folder = '', backend = '']: readonly string[]): Promise<void> {
  const task = TASKS[KINDS.find((known) => known === kind) ?? 'again'];
  const begin = performance.now();
  await task(folder, backend);
  const figures: Figures = {
    'ms to the first record': performance.now() - begin,
    'peak memory MB': (process.resourceUsage().maxRSS * 1_024) / 1e6,
  };
  // A store that is open keeps the process from its end.
  process.stdout.write(JSON.stringify(figures), () => process.exit());
}

export async function restores(backends: readonly string[], rounds: number, root: string, report: Report): Promise<void> {
  const run = promisify(execFile);
  for (const backend of backends) {
    const folder = join(root, `restores-${backend}`);
    const store = await openStore(folder);
    const executor = startJob(objectsByKey(MILLION), backend);
    runToCheckpoint(executor, MILLION, 1, true);
    if (executor.snapshot === null) throw new Error('no snapshot');
    await store.publish(executor.snapshot.finish(), DETAILS);
    await store.close();
    executor.close();
    await serializeEntries(join(folder, ENTRIES));
    const contestant = (kind: Kind): { name: string; measure: () => Promise<Figures> } => ({
      name: kind,
      measure: async () => {
        const { stdout } = await run(process.execPath, [...process.execArgv, process.argv[1] ?? '', 'alone', kind, folder, backend]);
        return JSON.parse(stdout) as Figures;
      },
    });
    const played = await Rounds.play(KINDS.map(contestant), rounds);
    report.add('a million keys restored', backend, played.medians('restore'));
    const against = (base: Kind): Figures => ({
      'time to the first record': played.ratio('restore', base, 'ms to the first record'),
      'peak memory': played.ratio('restore', base, 'peak memory MB'),
    });
    report.add('restored / the records run again', backend, against('again'));
    report.add('restored / v8.deserialize of a Map', backend, against('V8'));
  }
}
