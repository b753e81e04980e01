import { IllegalArgumentException } from '../api/errors.ts';
import type { PartRef, PartWrites, SinkFolder } from './part-writes.ts';

/** Bytes for the end of a part, or its end. */
export type PartWrite =
  | { readonly kind: 'write'; readonly part: PartRef; readonly bytes: Uint8Array }
  | { readonly kind: 'close'; readonly part: PartRef };

/** Keeps what the sinks of one job write until its shell takes it, after each step. Sinks hand over pieces of at least 64 KiB or whole parts. */
export class PartWriteQueue implements PartWrites {
  #writes: PartWrite[] = [];
  #bytes = 0;
  readonly #gzip: PartWrites['gzip'];
  readonly #sinks = new Map<string, SinkFolder>();
  readonly #announced = new Set<string>();

  constructor(gzip: PartWrites['gzip']) {
    this.#gzip = gzip;
  }

  /** Bytes that wait to be taken. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The sinks of the job, complete as soon as its executor was made. */
  get sinks(): readonly SinkFolder[] {
    return [...this.#sinks.values()];
  }

  announce(sink: SinkFolder, subtask: number): void {
    const { directory, prefix, suffix } = sink;
    const names = JSON.stringify([directory, prefix, suffix]);
    const place = JSON.stringify([names, subtask]);
    if (this.#announced.has(place)) {
      throw new IllegalArgumentException(
        `Two sinks of this job write files called '${prefix}-…${suffix}' to '${directory}'.`,
        'Give each a folder of its own, or another partPrefix, or unite the streams before they are written.',
      );
    }
    this.#announced.add(place);
    this.#sinks.set(names, sink);
  }

  gzip(bytes: Uint8Array): Uint8Array {
    return this.#gzip(bytes);
  }

  write(part: PartRef, bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    this.#writes.push({ kind: 'write', part, bytes });
  }

  close(part: PartRef): void {
    this.#writes.push({ kind: 'close', part });
  }

  /** Everything since the last call, in order. */
  take(): readonly PartWrite[] {
    const writes = this.#writes;
    if (writes.length === 0) return writes;
    this.#writes = [];
    this.#bytes = 0;
    return writes;
  }
}
