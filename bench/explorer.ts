/**
 * What looking at checkpoints costs the process that does it, in VS Code the extension host: the first page of a state with a million keys, and comparing
 * two checkpoints of it. The longest turn is what anything else in that process has to wait.
 */
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { CheckpointManifest } from '../engine/checkpoint/manifest.ts';
import { systemClock } from '../engine/node/runner-clock.ts';
import { timeSlices } from '../engine/node/time-slices.ts';
import { DiskCatalog } from '../src/checkpoints/catalog.ts';
import { CheckpointDocuments } from '../src/checkpoints/documents.ts';

const PAGE = 100;

export interface ExplorerFigures {
  /** Ms until the first page of the largest state is there, nothing read before. */
  readonly page: number;
  /** Ms that the whole comparison took. */
  readonly compare: number;
  /** Ms of the longest turn while comparing. */
  readonly longestTurn: number;
  readonly changes: number;
}

/** Looks at two checkpoints of the only job in a subfolder of `root`. */
export async function exploreCheckpoints(root: string, older: CheckpointManifest, newer: CheckpointManifest): Promise<ExplorerFigures> {
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
  return { page, compare, longestTurn: delays.max / 1e6, changes };
}
