/**
 * What looking at checkpoints costs the process that does it, in VS Code the extension host: the first page of a state with a million keys, and comparing
 * two checkpoints of it. The longest turn is what anything else in that process has to wait.
 */
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { CheckpointManifest } from '../../engine/checkpoint/manifest.ts';
import { systemClock } from '../../engine/node/runner-clock.ts';
import { timeSlices } from '../../engine/node/time-slices.ts';
import { DiskCatalog } from '../../src/checkpoints/catalog.ts';
import { CheckpointDocuments } from '../../src/checkpoints/documents.ts';
import { DETAILS, MILLION, objectsByKey, openStore, runToCheckpoint, startJob } from './jobs.ts';
import { type Figures, type Report, Rounds } from './rounds.ts';

const PAGE = 100;

/** Keys that change between the two checkpoints. */
const CHANGED = MILLION / 10;

/** Looks at two checkpoints of the only job in a subfolder of `root`. */
async function look(root: string, older: CheckpointManifest, newer: CheckpointManifest): Promise<Figures> {
  const catalog = new DiskCatalog(root);
  const [job] = await catalog.jobs();
  if (job === undefined || 'reason' in job) throw new Error(`no job in ${join(root, 'jobs')}`);
  const states = newer.operators.flatMap(({ keyed }) => keyed);
  const largest = states.reduce((one, other) => (other.entries > one.entries ? other : one));
  const begin = performance.now();
  await catalog.page(job, largest, null, PAGE);
  const page = performance.now() - begin;

  const texts = new CheckpointDocuments(catalog, { t: (message) => message }, timeSlices(systemClock));
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const start = performance.now();
  const { changes } = await texts.compare({ job, manifest: older, state: null }, { job, manifest: newer, state: null });
  const compare = performance.now() - start;
  delays.disable();
  return { 'first page ms': page, 'compare ms': compare, 'longest turn ms': delays.max / 1e6, changes };
}

export async function explorer(backends: readonly string[], rounds: number, root: string, report: Report): Promise<void> {
  // Files are the same, whatever kept the state.
  const [backend = ''] = backends;
  const folder = join(root, 'explored');
  const store = await openStore(join(folder, 'notebook'));
  const executor = startJob(objectsByKey(MILLION), backend);
  const publish = async (checkpoint: number, records: number): Promise<CheckpointManifest> => {
    runToCheckpoint(executor, records, checkpoint, checkpoint === 1);
    if (executor.snapshot === null) throw new Error('no snapshot');
    return await store.publish(executor.snapshot.finish(), DETAILS);
  };
  const older = await publish(1, MILLION);
  const newer = await publish(2, CHANGED);
  const played = await Rounds.play([{ name: 'view', measure: () => look(folder, older, newer) }], rounds);
  report.add('Checkpoints view, a million keys', backend, played.medians('view'));
  await store.close();
  executor.close();
}
