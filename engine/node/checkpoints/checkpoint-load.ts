import { createHash } from 'node:crypto';
import { blobPath, manifestPath, runFolder } from '../../checkpoint/job-folder.ts';
import { CheckpointError, runsOf } from '../../checkpoint/manifest-codec.ts';
import type { CheckpointManifest, OperatorManifest, RunRef } from '../../checkpoint/manifest.ts';
import { type Entry, mergeRuns, readBlock, readRunIndex } from '../../checkpoint/run-format.ts';
import type { JobRestore, RestoredOperator } from '../../checkpoint/snapshot.ts';
import type { RestoredState } from '../../state/state-capture.ts';
import { type Disk, DiskError } from './disk.ts';

/**
 * Reads everything a checkpoint is made of, checks every byte against its hash, and makes all of it durable once more before anyone acts on it: what is
 * visible after a crash need not be on the disk yet. Rejects with CheckpointError or DiskError; nothing else is used in its place.
 */
export async function loadCheckpoint(disk: Disk, job: string, manifest: CheckpointManifest): Promise<JobRestore> {
  const blobs = new Map<string, Uint8Array>();
  for (const name of new Set(runsOf(manifest).map(({ blob }) => blob)))
    blobs.set(name, await verifiedBlob(disk, blobPath(job, name), name));
  for (const name of blobs.keys()) await disk.syncFile(blobPath(job, name));
  if (blobs.size > 0) await disk.syncFolder(`${job}/blobs`);
  await disk.syncFile(manifestPath(job, manifest));
  await disk.syncFolder(runFolder(job, manifest.run));
  return {
    run: manifest.run,
    checkpoint: manifest.checkpoint,
    records: manifest.records,
    processingTime: manifest.processingTime,
    graphHash: manifest.graphHash,
    ended: manifest.ended,
    runtime: Buffer.from(manifest.runtime, 'base64'),
    operators: manifest.operators.map((operator) => restoredOperator(operator, blobs)),
    committables: manifest.operators.flatMap(({ subtasks }) => subtasks.flatMap(({ committables }) => committables)),
  };
}

async function verifiedBlob(disk: Disk, path: string, name: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await disk.read(path);
  } catch (error) {
    if (!(error instanceof DiskError) || error.code !== 'ENOENT') throw error;
    throw new CheckpointError('missing', `${path}, a part of the checkpoint, is missing. Restore another checkpoint, or start fresh.`);
  }
  if (createHash('sha256').update(bytes).digest('hex') === name) return bytes;
  throw new CheckpointError(
    'corrupt',
    `${path}, a part of the checkpoint, is damaged: its content has changed. Restore another checkpoint, or start fresh.`,
  );
}

function restoredOperator(operator: OperatorManifest, blobs: ReadonlyMap<string, Uint8Array>): RestoredOperator {
  const { id, uid, name, kind, parallelism, maxParallelism } = operator;
  return {
    id,
    uid,
    name,
    kind,
    parallelism,
    maxParallelism,
    subtasks: operator.subtasks.map(({ subtask, watermark, operator: states, positions }) => ({
      subtask,
      watermark: Number(watermark),
      positions,
      operator: states.map((state) => ({ ...state, values: state.values.map((value) => new Uint8Array(Buffer.from(value, 'base64'))) })),
    })),
    keyed: operator.keyed.map(
      ({ name: state, kind: stateKind, subtasks }): RestoredState => ({
        name: state,
        kind: stateKind,
        entries: {
          *[Symbol.iterator]() {
            for (const { runs } of subtasks) yield* mergeRuns(runs.map((run) => entriesOf(run, blobs)));
          },
        },
      }),
    ),
  };
}

function* entriesOf(run: RunRef, blobs: ReadonlyMap<string, Uint8Array>): IterableIterator<Entry> {
  const bytes = (blobs.get(run.blob) ?? new Uint8Array(0)).subarray(run.offset, run.offset + run.length);
  for (const block of readRunIndex(bytes.subarray(run.indexOffset))) {
    yield* readBlock(bytes.subarray(block.offset, block.offset + block.length), block);
  }
}
