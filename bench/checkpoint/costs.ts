/** The pause of the job, encoding, writing and restoring a million entries, per kind of state. */
import { join } from 'node:path';
import { CASES, DETAILS, type Describe, MILLION, openStore, runToCheckpoint, startJob } from './jobs.ts';
import { type Figures, type Report, Rounds } from './rounds.ts';

/** As the checkpointer encodes them between two steps of a job. */
const ENTRIES_AT_ONCE = 500;

/** Ms of the longest piece of work between two chances for others. */
class LongestTurn {
  milliseconds = 0;
  #begun = performance.now();

  begin(): void {
    this.#begun = performance.now();
  }
  end(): void {
    this.milliseconds = Math.max(this.milliseconds, performance.now() - this.#begun);
    this.begin();
  }
}

async function measure(describe: Describe, backend: string, folder: string): Promise<Figures> {
  const executor = startJob(describe, backend);
  const pause = runToCheckpoint(executor, MILLION, 1, true);
  const { snapshot } = executor;
  if (snapshot === null) throw new Error('no snapshot');
  const turn = new LongestTurn();
  let begin = performance.now();
  turn.begin();
  while (!snapshot.encode(ENTRIES_AT_ONCE)) turn.end();
  const whole = snapshot.finish();
  turn.end();
  const encode = performance.now() - begin;
  const store = await openStore(folder, () => {
    turn.end();
    return null;
  });
  begin = performance.now();
  turn.begin();
  const manifest = await store.publish(whole, DETAILS);
  const write = performance.now() - begin;
  executor.close();
  begin = performance.now();
  startJob(describe, backend, await store.load(manifest)).close();
  const restore = performance.now() - begin;
  await store.close();
  return {
    'pause ms': pause,
    'encode ms': encode,
    'write ms': write,
    'M entries/s': 1_000 / (encode + write),
    'longest turn ms': turn.milliseconds,
    'restore M entries/s': 1_000 / restore,
    MB: manifest.stateBytes / 1e6,
  };
}

export async function costs(backends: readonly string[], rounds: number, root: string, report: Report): Promise<void> {
  const runs = Object.entries(CASES).flatMap(([what, describe]) => backends.map((backend) => ({ what, describe, backend })));
  const nameOf = (what: string, backend: string): string => `${what} ${backend}`;
  const played = await Rounds.play(
    runs.map(({ what, describe, backend }) => ({
      name: nameOf(what, backend),
      measure: () => measure(describe, backend, join(root, 'costs')),
    })),
    rounds,
  );
  for (const { what, backend } of runs) report.add(`a million entries: ${what}`, backend, played.medians(nameOf(what, backend)));
}
