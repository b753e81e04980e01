/** Checkpoints with everything beside checkpoints with what has changed, and beside V8's own serialization of the same entries. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import type { CheckpointStore } from '../../engine/node/checkpoints/checkpoint-store.ts';
import type { Executor } from '../../engine/runtime/job.ts';
import { DETAILS, MILLION, objectsByKey, openStore, runToCheckpoint, startJob } from './jobs.ts';
import { type Figures, type Report, Rounds } from './rounds.ts';

/** Keys that change between two checkpoints. */
const CHANGES = [MILLION / 100, MILLION / 10];

/** A job with a million keys that has taken a full checkpoint, and takes more. */
class Job {
  readonly #executor: Executor;
  readonly #store: CheckpointStore;
  #checkpoint = 0;

  static async start(backend: string, folder: string): Promise<Job> {
    const job = new Job(startJob(objectsByKey(MILLION), backend), await openStore(folder));
    await job.take(MILLION, true);
    return job;
  }

  private constructor(executor: Executor, store: CheckpointStore) {
    this.#executor = executor;
    this.#store = store;
  }

  async take(records: number, full: boolean): Promise<Figures> {
    const pause = runToCheckpoint(this.#executor, records, ++this.#checkpoint, full);
    const { snapshot } = this.#executor;
    if (snapshot === null) throw new Error('no snapshot');
    const begin = performance.now();
    const { writtenBytes } = await this.#store.publish(snapshot.finish(), DETAILS);
    const time = performance.now() - begin;
    await this.#store.retain(2);
    return { 'pause ms': pause, 'encode and write ms': time, 'MB written': writtenBytes / 1e6 };
  }

  async close(): Promise<void> {
    await this.#store.close();
    this.#executor.close();
  }
}

/** The entries of a job's state as a Map, in a file that is as durable as a checkpoint. */
export async function serializeEntries(file: string): Promise<Figures> {
  const entries = new Map<number, { n: number; total: number }>();
  for (let key = 0; key < MILLION; key++) entries.set(key, { n: 1, total: key * 0.5 });
  const begin = performance.now();
  const bytes = serialize(entries);
  const handle = await open(file, 'w');
  await handle.writeFile(bytes);
  await handle.sync();
  await handle.close();
  return { 'encode and write ms': performance.now() - begin, 'MB written': bytes.length / 1e6 };
}

export async function deltas(backends: readonly string[], rounds: number, root: string, report: Report): Promise<void> {
  for (const backend of backends) {
    const job = await Job.start(backend, join(root, `deltas-${backend}`));
    for (const changed of CHANGES) {
      const played = await Rounds.play(
        [
          { name: 'full', measure: () => job.take(changed, true) },
          { name: 'delta', measure: () => job.take(changed, false) },
          { name: 'V8', measure: () => serializeEntries(join(root, 'entries.bin')) },
        ],
        rounds,
      );
      const what = `a million keys, ${changed.toLocaleString('en')} changed`;
      report.add(`${what}: full`, backend, played.medians('full'));
      report.add(`${what}: delta`, backend, played.medians('delta'));
      const ratio = (figure: string): number => played.ratio('delta', 'full', figure);
      report.add(`${what}: delta / full`, backend, {
        pause: ratio('pause ms'),
        'encode and write': ratio('encode and write ms'),
        bytes: ratio('MB written'),
      });
      report.add(`${what}: full / v8.serialize of a Map, written and synced`, backend, {
        'encode and write': played.ratio('full', 'V8', 'encode and write ms'),
        bytes: played.ratio('full', 'V8', 'MB written'),
      });
    }
    await job.close();
  }
}
