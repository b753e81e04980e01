import * as l10n from '@vscode/l10n';
import { jobFolder } from '../../engine/checkpoint/job-folder.ts';
import { CheckpointError } from '../../engine/checkpoint/manifest-codec.ts';
import type { CheckpointRef, JobIdentity } from '../../engine/checkpoint/manifest.ts';
import type { JobRestore } from '../../engine/checkpoint/snapshot.ts';
import type { CheckpointCopies } from '../../engine/node/checkpoints/checkpoint-copies.ts';
import { CheckpointReader } from '../../engine/node/checkpoints/checkpoint-reader.ts';
import { CheckpointStore } from '../../engine/node/checkpoints/checkpoint-store.ts';
import type { Disk } from '../../engine/node/checkpoints/disk.ts';
import { FileDisk } from '../../engine/node/checkpoints/file-disk.ts';
import { lookForCheckpoint, manifestFile, placeOfManifest } from '../../engine/node/checkpoints/find-checkpoint.ts';
import { openCopies } from '../../engine/node/checkpoints/job-copies.ts';
import { lockHolder } from '../../engine/node/checkpoints/lock.ts';
import { MemoryDisk } from '../../engine/node/checkpoints/memory-disk.ts';
import { systemClock } from '../../engine/node/runner-clock.ts';
import { timeSlices } from '../../engine/node/time-slices.ts';
import type { Executor } from '../../engine/runtime/job.ts';
import type { StartJob } from './protocol.ts';

/** The checkpoints of a job, opened for a new run, with what it starts from. The store is the caller's to close. Rejects as `openMaster`. */
export async function openCheckpoints(
  job: StartJob,
  { configuration, checkpointStorage }: Pick<Executor, 'configuration' | 'checkpointStorage'>,
): Promise<{ readonly store: CheckpointStore; readonly restore: JobRestore | null }> {
  const { checkpoints, baseDirectory } = job;
  const directory = checkpointStorage === 'jobmanager' ? null : (checkpoints?.directory ?? null);
  const disk = directory === null ? new MemoryDisk() : new FileDisk(directory);
  const identity = checkpoints?.job ?? { notebook: '', cell: job.program.jobName };
  const holder = lockHolder('VS Code', checkpoints?.session ?? '', Date.now());
  const opened = await openCopies({ configuration, storage: checkpointStorage, job: identity, baseDirectory, directory, holder });
  // What the user chose in the sidebar is in its folder, wherever the job itself puts its checkpoints.
  const chosen = checkpoints?.restore ?? null;
  const wanted = chosen === null ? (configuration['execution.state-recovery.path'] ?? '') : '';
  const place = wanted.endsWith('.json') ? placeOf(wanted, baseDirectory, identity) : null;
  const chosenElsewhere = chosen !== null && directory === null && checkpoints !== null ? new FileDisk(checkpoints.directory) : null;
  const store = await CheckpointStore.open(disk, identity, {
    holder,
    now: Date.now,
    ...opened,
    elsewhere: place?.disk ?? chosenElsewhere,
    from: async () => chosen ?? place?.ref ?? (wanted === '' ? null : await find(disk, opened.copies, identity, wanted)),
    pause: timeSlices(systemClock),
  });
  try {
    return { store, restore: store.from === null ? null : await store.load(store.from) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** A manifest by its path. Throws CheckpointError for one of another cell, and for no manifest. */
function placeOf(wanted: string, baseDirectory: string, job: JobIdentity): { readonly disk: Disk; readonly ref: CheckpointRef } {
  const file = manifestFile(wanted, baseDirectory);
  const found = placeOfManifest(file);
  if (found?.folder === jobFolder(job)) return { disk: new FileDisk(found.directory), ref: found.ref };
  throw new CheckpointError('foreign', l10n.t('{0} is no checkpoint of cell {1} of {2}.', file, job.cell, job.notebook));
}

/** Throws CheckpointError when there is none. */
async function find(disk: Disk, copies: CheckpointCopies | null, job: JobIdentity, wanted: string): Promise<CheckpointRef> {
  const { found, there } = await lookForCheckpoint(new CheckpointReader(disk), copies, job, wanted);
  if (found !== null) return found;
  throw new CheckpointError(
    'missing',
    l10n.t(
      'Cell {0} has no checkpoint “{1}” (execution.state-recovery.path). There are: {2}.',
      job.cell,
      wanted,
      there.join(', ') || l10n.t('none'),
    ),
  );
}
