import { type FileHandle, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import type { JobRestore } from '../../checkpoint/snapshot.ts';
import type { CheckpointRef } from '../../checkpoint/manifest.ts';
import type { Recording } from '../../observe/recording.ts';
import type { JournalEntry } from '../../runtime/mail.ts';
import { explainFileError } from '../explain-error.ts';
import { isHeader, type RecordedEnd, type RecordedEntry, RecordingError, type RecordingHeader, type SourceRange } from './format.ts';
import { FRAME_HEAD, frameLength, framesIn } from './frames.ts';

/** Bytes of input that a replay keeps in memory: what comes later cannot be replayed. */
const MAX_INPUT_BYTES = 256 * 1024 * 1024;

/** The first frame is the header; more than that is none. */
const HEADER_BYTES = 16 * 1024 * 1024;

/** A recording, ready to be replayed. `full`: the run went on behind its end. */
export interface ReadRecording {
  readonly recording: Recording;
  readonly full: boolean;
}

/** What a file is a recording of; null when there is none. Rejects with RecordingError. */
export async function readRecordingHeader(
  file: string,
): Promise<RecordingHeader<{ readonly jobName: string; readonly code: string }> | null> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new RecordingError(`The recording of the run cannot be read: ${explainFileError(error, path.basename(file))}`);
  }
  try {
    const head = await readStart(handle, FRAME_HEAD);
    const frame = await readStart(handle, Math.min(frameLength(head), HEADER_BYTES));
    for (const header of framesIn(frame)) return checkedHeader(header);
    return null;
  } finally {
    await handle.close();
  }
}

async function readStart(handle: FileHandle, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
  return buffer.subarray(0, bytesRead);
}

function checkedHeader(header: unknown): RecordingHeader<{ readonly jobName: string; readonly code: string }> {
  if (isHeader(header)) return header;
  throw new RecordingError('The recording of the run is of another version of Streambook. Run the cell again to record it anew.');
}

/**
 * Reads a recording with all the input that it tells of, from files relative to `baseDirectory`. `load` reads the checkpoint that it begins with. Rejects with
 * RecordingError when something is not what it was.
 */
export async function readRecording(
  file: string,
  baseDirectory: string,
  load: (ref: CheckpointRef) => Promise<JobRestore>,
): Promise<ReadRecording> {
  const [first, ...frames] = framesIn(await readWhole(file));
  const header = checkedHeader(first);
  const input = new RecordedFiles(baseDirectory);
  const journal: JournalEntry[] = [];
  let end: RecordedEnd | null = null;
  let hasRoom = true;
  try {
    for (const frame of frames) {
      // SAFETY: written by `Recorder` of the same format version; the frames' checksums were verified.
      const { entries = [], end: ending = null } = frame as { readonly entries?: readonly RecordedEntry[]; readonly end?: RecordedEnd };
      end = ending;
      for (const { record, turn, mail } of entries) {
        hasRoom &&= input.bytes <= MAX_INPUT_BYTES;
        if (!hasRoom) break;
        journal.push({ record, turn, mail: mail.kind === 'source-range' ? await input.read(mail) : mail });
      }
    }
  } finally {
    await input.close();
  }
  const last = journal.at(-1);
  const known = end !== null && hasRoom ? end : { turn: last?.turn ?? 0, record: last?.record ?? 0, full: true };
  const restore = header.restored === null ? null : await load(header.restored);
  return { recording: { startTime: header.startTime, restore, journal, end: known }, full: known.full };
}

async function readWhole(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new RecordingError(`The recording of the run cannot be read: ${explainFileError(error, path.basename(file))}`);
  }
}

/** The files that a recorded run has read. */
class RecordedFiles {
  readonly #base: string;
  readonly #open = new Map<string, FileHandle>();
  bytes = 0;

  constructor(base: string) {
    this.#base = base;
  }

  /** Rejects with RecordingError when the bytes are others now. */
  async read({ source, split, offset, length, crc, end }: SourceRange): Promise<JournalEntry['mail']> {
    const bytes = new Uint8Array(length);
    try {
      const handle = this.#open.get(split) ?? (await open(path.resolve(this.#base, split), 'r'));
      this.#open.set(split, handle);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
    } catch (error) {
      throw new RecordingError(`The run cannot be replayed: ${explainFileError(error, split)}`);
    }
    if (crc32(bytes) !== crc) {
      throw new RecordingError(`The run cannot be replayed, as ${split} has changed since. Run the cell again to record it anew.`);
    }
    this.bytes += length;
    return { kind: 'source-data', source, split, offset, bytes, end };
  }

  async close(): Promise<void> {
    for (const handle of this.#open.values()) await handle.close();
  }
}
