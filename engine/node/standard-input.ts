import { STANDARD_INPUT } from '../connectors/standard-input.ts';

/** Standard input cannot give what is asked for; the message says why and what to do. */
export class StandardInputError extends Error {
  override readonly name = 'StandardInputError';
}

/** Bytes that come once: of a process, over all its jobs and their attempts. Taken a piece at a time, so that who writes them waits for who reads. */
export class StandardInput {
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #destroy: () => void;
  #position = 0;
  #begun = false;

  /** `destroy` ends reading, also while a piece is waited for. */
  constructor(stream: AsyncIterable<Uint8Array>, destroy: () => void) {
    this.#pieces = stream[Symbol.asyncIterator]();
    this.#destroy = destroy;
  }

  /** The next piece, which has to begin at `offset`; empty at the end. Rejects with StandardInputError for a place that has gone by, or is not there yet. */
  async read(offset: number): Promise<Uint8Array> {
    if (offset < this.#position) {
      throw new StandardInputError(
        `${STANDARD_INPUT} was read up to byte ${this.#position} and cannot be read again from byte ${offset}. ` +
          'Let one source of one cell read it, or write it to a file first.',
      );
    }
    if (offset > this.#position) {
      throw new StandardInputError(
        `The checkpoint had read ${STANDARD_INPUT} up to byte ${offset}, and what comes now is not what follows. ` +
          'Run without --restore, or write the input to a file first.',
      );
    }
    this.#begun = true;
    const next = await this.#pieces.next();
    if (next.done === true) return new Uint8Array(0);
    const { value } = next;
    this.#position += value.length;
    return value.length > 0 ? value : await this.read(this.#position);
  }

  /** Nothing is read any more. What was never read is left alone. */
  close(): void {
    if (this.#begun) this.#destroy();
  }
}
