import { type FileHandle, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import type { Executor } from '../../runtime/job.ts';
import type { JournalEntry } from '../../runtime/mail.ts';
import { isGzip } from '../gzip-file.ts';
import { MAX_RECORDING_BYTES, type RecordedEnd, type RecordedEntry, type RecordingFrame, type RecordingHeader } from './format.ts';
import { frameOf } from './frames.ts';

/**
 * Writes the journal of a job to a file while the job runs, and takes it out of the memory (rule 7). Bytes of files that stay as they are, are written as where
 * they stand. Recording is a help, not a duty: when the disk refuses, the file ends there and the job goes on.
 */
export class Recorder<Program> {
  readonly #file: string;
  readonly #limit: number;
  #executor: Executor | null = null;
  /** Sources whose files stay as they are. */
  #files: ReadonlySet<number> = new Set();
  #queue: Promise<void> = Promise.resolve();
  #handle: FileHandle | null = null;
  #bytes = 0;
  #over = false;
  /** Place of the last entry that was written. */
  #last: RecordedEnd = { turn: 0, record: 0, full: false };

  constructor(file: string, limit = MAX_RECORDING_BYTES) {
    this.#file = file;
    this.#limit = limit;
  }

  /** An attempt begins: what was recorded of the one before is replaced. */
  begin(header: RecordingHeader<Program>, executor: Executor): void {
    this.#executor = executor;
    this.#files = new Set(
      executor.sources.flatMap(({ source, enumeration, boundedness }) =>
        enumeration.kind === 'files' && boundedness === 'BOUNDED' ? [source] : [],
      ),
    );
    this.#over = false;
    this.#bytes = 0;
    this.#last = { turn: 0, record: executor.recordCount, full: false };
    this.#inTurn(async () => {
      await this.#handle?.close();
      this.#handle = null;
      await mkdir(path.dirname(this.#file), { recursive: true });
      this.#handle = await open(this.#file, 'w');
    });
    this.#write(header);
  }

  /** Takes over what the job's journal has got since the last call. Between steps. */
  take(): void {
    const entries = this.#executor?.takeJournal() ?? [];
    if (entries.length === 0 || this.#over) return;
    this.#add(entries);
  }

  /** Writes entries, or as many of them as there is room for: how many there are at a time depends on how busy the machine is. */
  #add(entries: readonly JournalEntry[]): void {
    const last = entries.at(-1);
    if (last === undefined) return;
    const frame: RecordingFrame = { entries: entries.map((entry) => recordedEntry(entry, this.#files)) };
    const bytes = frameOf(frame);
    if (this.#bytes + bytes.length <= this.#limit) {
      this.#last = { turn: last.turn, record: last.record, full: false };
      this.#append(bytes);
    } else if (entries.length === 1) {
      this.#end({ ...this.#last, full: true });
    } else {
      const half = Math.ceil(entries.length / 2);
      this.#add(entries.slice(0, half));
      // What follows a gap is of no use.
      if (!this.#isOver()) this.#add(entries.slice(half));
    }
  }

  /** A method, because the field changes while others run. */
  #isOver(): boolean {
    return this.#over;
  }

  /** The attempt is over, and everything is on its way to the disk. Resolves when it is there; never rejects. */
  async close(): Promise<void> {
    const executor = this.#executor;
    this.take();
    if (executor !== null && !this.#over) {
      const { turnCount, recordCount, failure } = executor;
      this.#end({ turn: failure === null ? turnCount : null, record: recordCount, full: false });
    }
    this.#inTurn(async () => {
      await this.#handle?.close();
      this.#handle = null;
    });
    await this.#queue;
  }

  #end(end: RecordedEnd): void {
    const frame: RecordingFrame = { end };
    this.#write(frame);
    this.#over = true;
  }

  #write(value: unknown): void {
    this.#append(frameOf(value));
  }

  #append(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    this.#inTurn(async () => {
      await this.#handle?.appendFile(bytes);
    });
  }

  #inTurn(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(work).catch(() => {
      this.#over = true;
    });
  }
}

function recordedEntry({ record, turn, mail }: JournalEntry, files: ReadonlySet<number>): RecordedEntry {
  if (mail.kind !== 'source-data' || !files.has(mail.source) || isGzip(mail.split)) return { record, turn, mail };
  const { source, split, offset, bytes, end } = mail;
  return { record, turn, mail: { kind: 'source-range', source, split, offset, end, length: bytes.length, crc: crc32(bytes) } };
}
