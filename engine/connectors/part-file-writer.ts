import type { Committable } from '../checkpoint/snapshot.ts';
import type { RecordEncoder } from '../formats/record-encoder.ts';
import { OpenPart } from './open-part.ts';
import { checkBucket, partRef } from './part-names.ts';
import type { PartWrites, SinkFolder } from './part-writes.ts';

/** When a part file is closed and the next begun, besides at every checkpoint. */
export interface RollingPolicy {
  /** Bytes before compression: a part that has more takes no further record. */
  readonly maxPartSize: number;
  /** ms after its first record. */
  readonly rolloverInterval: number;
  /** ms after its last record. */
  readonly inactivityInterval: number;
}

/** What a writer is made of; `run` and `subtask` become part of the names of files. */
export interface WriterSettings {
  readonly sink: SinkFolder;
  readonly encoder: RecordEncoder;
  readonly rolling: RollingPolicy;
  readonly run: number;
  readonly subtask: number;
  readonly parts: PartWrites;
}

/** The part files of a sink in one subtask: one open file per bucket, and those that wait for the checkpoint that commits them. */
export class PartFileWriter {
  /** Number of the next part of this subtask: never used twice in a run. */
  nextPart = 0;
  readonly #settings: WriterSettings;
  readonly #open = new Map<string, OpenPart>();
  /** Closed since the last barrier. */
  #closed: Committable[] = [];
  /** In a checkpoint that is not known to be complete. */
  #unconfirmed: { readonly checkpoint: number; readonly committable: Committable }[] = [];
  /** ms: before it no part has to be rolled. */
  #due = Number.POSITIVE_INFINITY;

  constructor(settings: WriterSettings) {
    this.#settings = settings;
  }

  /** ms of the job's clock. */
  get due(): number {
    return this.#due;
  }

  /** Throws IllegalArgumentException for a bucket or a record that cannot be written. */
  write(record: unknown, bucket: unknown, now: number): void {
    const { maxPartSize } = this.#settings.rolling;
    let part = typeof bucket === 'string' ? this.#open.get(bucket) : undefined;
    if (part !== undefined && part.size > maxPartSize && typeof bucket === 'string') {
      this.#close(bucket, part);
      part = undefined;
    }
    if (part !== undefined) part.write(record, now);
    else this.#begin(record, checkBucket(bucket), now);
  }

  #begin(record: unknown, bucket: string, now: number): void {
    const { sink, encoder, run, subtask, parts } = this.#settings;
    const ref = partRef(sink, bucket, run, subtask, this.nextPart);
    const part = new OpenPart(ref, encoder.begin(record), parts, sink.compression === 'gzip', now);
    part.write(record, now);
    this.nextPart++;
    this.#open.set(bucket, part);
    this.#due = Math.min(this.#due, this.#dueOf(part));
  }

  #close(bucket: string, part: OpenPart): void {
    this.#open.delete(bucket);
    this.#closed.push(part.close());
  }

  #dueOf({ created, updated }: OpenPart): number {
    const { rolloverInterval, inactivityInterval } = this.#settings.rolling;
    return Math.min(created + rolloverInterval, updated + inactivityInterval);
  }

  /** Closes the parts that are old, or have had no record for long. */
  advanceTime(now: number): void {
    if (now < this.#due) return;
    this.#due = Number.POSITIVE_INFINITY;
    for (const [bucket, part] of this.#open) {
      const due = this.#dueOf(part);
      if (due <= now) this.#close(bucket, part);
      else this.#due = Math.min(this.#due, due);
    }
  }

  /** Closes all parts: what comes later is not in them. */
  closeAll(): void {
    for (const [bucket, part] of this.#open) this.#close(bucket, part);
    this.#due = Number.POSITIVE_INFINITY;
  }

  /** At the barrier of a checkpoint: everything that it commits, also what earlier ones should have that are not known to be complete. */
  commitWith(checkpoint: number): readonly Committable[] {
    this.closeAll();
    this.#unconfirmed.push(...this.#closed.map((committable) => ({ checkpoint, committable })));
    this.#closed = [];
    return this.#unconfirmed.map(({ committable }) => committable);
  }

  /** The checkpoint and all before are complete and committed. */
  confirm(checkpoint: number): void {
    this.#unconfirmed = this.#unconfirmed.filter((waiting) => waiting.checkpoint > checkpoint);
  }
}
