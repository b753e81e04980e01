import { createHash } from 'node:crypto';
import { blobPath, manifestPath, runFolder } from '../../checkpoint/job-folder.ts';
import { CheckpointError, corrupt, segmentsOf } from '../../checkpoint/manifest-codec.ts';
import type { CheckpointManifest, OperatorManifest, SegmentRef } from '../../checkpoint/manifest.ts';
import {
  type BlockInfo,
  type Entry,
  mergeSegments,
  readBlock,
  readSegmentIndex,
  SegmentCorruptError,
} from '../../checkpoint/segment-format.ts';
import { identityOf, type JobRestore, type RestoredOperator } from '../../checkpoint/snapshot.ts';
import type { RestoredState } from '../../state/state-capture.ts';
import { inflateBlock } from './block-compression.ts';
import { type Disk, DiskError } from './disk.ts';

/** What a checkpoint is read from, and made durable on. */
type ReadDisk = Pick<Disk, 'read' | 'syncFile' | 'syncFolder'>;

/**
 * Reads everything a checkpoint is made of, checks every byte against its hash, and makes all of it durable once more before anyone acts on it: what is
 * visible after a crash need not be on the disk yet. Rejects with CheckpointError or DiskError; nothing else is used in its place.
 */
export async function loadCheckpoint(disk: ReadDisk, job: string, manifest: CheckpointManifest): Promise<JobRestore> {
  const blobs = new Map<string, Uint8Array>();
  for (const name of new Set(segmentsOf(manifest).map(({ blob }) => blob)))
    blobs.set(name, await verifiedBlob(disk, blobPath(job, name), name));
  checkRuns(job, manifest, blobs);
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

async function verifiedBlob(disk: ReadDisk, path: string, name: string): Promise<Uint8Array> {
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

/** The blobs are what they were; that the manifest means these parts of them is another matter, and has to be known before a job begins. */
function checkRuns(job: string, manifest: CheckpointManifest, blobs: ReadonlyMap<string, Uint8Array>): void {
  for (const segment of segmentsOf(manifest)) {
    try {
      const entries = blocksOf(segment, blobs).reduce((sum, block) => sum + block.entries, 0);
      if (entries !== segment.entries) throw new SegmentCorruptError(`there are ${entries} entries, not ${segment.entries}`);
    } catch (error) {
      if (!(error instanceof SegmentCorruptError)) throw error;
      throw corrupt(manifestPath(job, manifest), `what it says of ${blobPath(job, segment.blob)} does not fit (${error.message})`);
    }
  }
}

function segmentBytes(segment: SegmentRef, blobs: ReadonlyMap<string, Uint8Array>): Uint8Array {
  return (blobs.get(segment.blob) ?? new Uint8Array(0)).subarray(segment.offset, segment.offset + segment.length);
}

function blocksOf(segment: SegmentRef, blobs: ReadonlyMap<string, Uint8Array>): readonly BlockInfo[] {
  return readSegmentIndex(segmentBytes(segment, blobs).subarray(segment.indexOffset));
}

function restoredOperator(operator: OperatorManifest, blobs: ReadonlyMap<string, Uint8Array>): RestoredOperator {
  return {
    ...identityOf(operator),
    subtasks: operator.subtasks.map(({ subtask, watermark, operator: states, positions }) => ({
      subtask,
      watermark: Number(watermark),
      positions,
      operator: states.map((state) => ({ ...state, values: state.values.map((value) => new Uint8Array(Buffer.from(value, 'base64'))) })),
    })),
    keyed: operator.keyed.map(
      ({ name, kind, type, subtasks }): RestoredState => ({
        name,
        kind,
        ...(type === undefined ? {} : { type }),
        entries: {
          *[Symbol.iterator]() {
            for (const { runs } of subtasks) yield* mergeSegments(runs.map((segment) => entriesOf(segment, blobs)));
          },
        },
      }),
    ),
  };
}

function* entriesOf(segment: SegmentRef, blobs: ReadonlyMap<string, Uint8Array>): IterableIterator<Entry> {
  const bytes = segmentBytes(segment, blobs);
  for (const block of blocksOf(segment, blobs)) {
    yield* readBlock(bytes.subarray(block.offset, block.offset + block.length), block, inflateBlock);
  }
}
