import { CHECKPOINT_FORMAT, type CheckpointManifest, type SegmentRef } from './manifest.ts';
import { manifestProblem } from './manifest-check.ts';
import { checksum } from './segment-format.ts';

/** A checkpoint cannot be used; the message names the file and says what to do. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  readonly reason: 'corrupt' | 'missing' | 'newer' | 'foreign' | 'locked' | 'limit';
  constructor(reason: CheckpointError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

export const MAX_MANIFEST_BYTES = 8 * 1024 * 1024;

/**
 * The text of a manifest: one line of JSON, and one with its checksum. Throws CheckpointError for one that could not be read again: it must not become
 * visible.
 */
export function writeManifest(manifest: CheckpointManifest): string {
  const problem = manifestProblem(manifest);
  if (problem !== null) throw new CheckpointError('limit', `Checkpoint ${manifest.checkpoint} cannot be stored: ${problem}.`);
  const body = JSON.stringify(manifest);
  return `${body}\n${sumOf(body)}\n`;
}

/** Throws CheckpointError, naming `path`, for a manifest that is damaged or of a newer version. */
export function readManifest(text: string, path: string): CheckpointManifest {
  if (text.length > MAX_MANIFEST_BYTES) throw corrupt(path, `it has more than ${MAX_MANIFEST_BYTES} bytes`);
  const [body = '', sum, rest, ...more] = text.split('\n');
  if (rest !== '' || more.length > 0) throw corrupt(path, 'it is cut off, or something stands behind its end');
  if (sum !== sumOf(body)) throw corrupt(path, 'its checksum does not fit');
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw corrupt(path, 'it is no JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || !('format' in parsed)) throw corrupt(path, 'it names no format');
  const { format } = parsed;
  if (typeof format === 'number' && format > CHECKPOINT_FORMAT) {
    throw new CheckpointError(
      'newer',
      `${path} was written by a newer version of Streambook (format ${format}; this version reads up to ${CHECKPOINT_FORMAT}). Update Streambook to use it.`,
    );
  }
  // SAFETY: the check on the next line sees to every field.
  const manifest = parsed as CheckpointManifest;
  const problem = manifestProblem(manifest);
  if (problem !== null) throw corrupt(path, problem);
  return manifest;
}

/** Every segment that a checkpoint is made of. */
export function segmentsOf(manifest: CheckpointManifest): readonly SegmentRef[] {
  return manifest.operators.flatMap(({ keyed }) => keyed.flatMap(({ subtasks }) => subtasks.flatMap(({ runs }) => runs)));
}

function sumOf(body: string): string {
  return checksum(new TextEncoder().encode(body)).toString(16).padStart(8, '0');
}

/** What is said of a damaged file; `why` goes on a sentence. */
export function corrupt(path: string, why: string): CheckpointError {
  return new CheckpointError(
    'corrupt',
    `${path} is damaged: ${why}. Restore another checkpoint, or start fresh; nothing older is used in its place.`,
  );
}
