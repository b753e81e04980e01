import { CHECKPOINT_FORMAT, type CheckpointManifest } from './manifest.ts';
import { checksum } from './run-format.ts';

/** A checkpoint cannot be used; the message names the file and says what to do. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  readonly reason: 'corrupt' | 'missing' | 'newer' | 'foreign' | 'locked' | 'disk';
  constructor(reason: CheckpointError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

export const MAX_MANIFEST_BYTES = 8 * 1024 * 1024;

/** The text of a manifest: one line of JSON, and one with its checksum. */
export function writeManifest(manifest: CheckpointManifest): string {
  const body = JSON.stringify(manifest);
  return `${body}\n${sumOf(body)}\n`;
}

/** Throws CheckpointError, naming `path`, for a manifest that is damaged or of a newer version. */
export function readManifest(text: string, path: string): CheckpointManifest {
  const [body = '', sum] = text.split('\n');
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
  if (!isManifest(parsed)) throw corrupt(path, 'fields are missing');
  for (const { blob } of runsOf(parsed)) if (!/^[0-9a-f]{64}$/.test(blob)) throw corrupt(path, 'the name of a blob is no hash');
  return parsed;
}

/** Every run that a checkpoint is made of. */
export function runsOf(manifest: CheckpointManifest): CheckpointManifest['operators'][number]['keyed'][number]['subtasks'][number]['runs'] {
  return manifest.operators.flatMap(({ keyed }) => keyed.flatMap(({ subtasks }) => subtasks.flatMap(({ runs }) => runs)));
}

function sumOf(body: string): string {
  return checksum(new TextEncoder().encode(body)).toString(16).padStart(8, '0');
}

function corrupt(path: string, why: string): CheckpointError {
  return new CheckpointError(
    'corrupt',
    `${path} is damaged: ${why}. Restore another checkpoint, or start fresh; nothing older is used in its place.`,
  );
}

/** The shape of what our own writer made and a checksum protects: enough to read it without surprises. */
function isManifest(value: object): value is CheckpointManifest {
  return (
    'format' in value &&
    value.format === CHECKPOINT_FORMAT &&
    'job' in value &&
    typeof value.job === 'object' &&
    'run' in value &&
    Number.isSafeInteger(value.run) &&
    'checkpoint' in value &&
    Number.isSafeInteger(value.checkpoint) &&
    'runtime' in value &&
    typeof value.runtime === 'string' &&
    'operators' in value &&
    Array.isArray(value.operators) &&
    value.operators.every((operator: unknown) => isOperator(operator))
  );
}

function isOperator(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    'keyed' in value &&
    Array.isArray(value.keyed) &&
    'subtasks' in value &&
    Array.isArray(value.subtasks)
  );
}
