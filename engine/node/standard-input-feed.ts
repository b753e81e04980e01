import { STANDARD_INPUT } from '../connectors/standard-input.ts';
import type { Mail } from '../runtime/mail.ts';
import type { StandardInput } from './standard-input.ts';

/** Hands standard input to one source, a piece whenever it is asked for. */
export class StandardInputFeed {
  readonly #source: number;
  readonly #input: StandardInput | null;
  readonly #onDelivery: () => void;
  #deliveries: Mail[];
  #reading = false;
  #closed = false;

  /** `input` null = there is none here, as in a notebook. `onDelivery` is called when `take` has something. */
  constructor(source: number, input: StandardInput | null, onDelivery: () => void) {
    this.#source = source;
    this.#input = input;
    this.#onDelivery = onDelivery;
    this.#deliveries = [
      input === null
        ? this.#failed(
            'A notebook has no standard input to read from. Run the cell in a terminal with “streambook run”, or name a file instead of -.',
          )
        : { kind: 'splits', source, splits: [{ id: STANDARD_INPUT, offset: 0 }] },
    ];
  }

  get hasDeliveries(): boolean {
    return this.#deliveries.length > 0;
  }

  take(): readonly Mail[] {
    const deliveries = this.#deliveries;
    this.#deliveries = [];
    return deliveries;
  }

  /** Asks for the bytes from `offset` on; false when the source is another one. */
  request(source: number, split: string, offset: number): boolean {
    if (source !== this.#source) return false;
    if (this.#input === null || this.#reading || this.hasDeliveries) return true;
    this.#reading = true;
    this.#input
      .read(offset)
      .then(
        (bytes): Mail => ({ kind: 'source-data', source, split, offset, bytes, end: bytes.length === 0 }),
        (error: unknown) => this.#failed(error instanceof Error ? error.message : String(error)),
      )
      .then((mail) => {
        this.#reading = false;
        if (this.#closed) return;
        this.#deliveries.push(mail);
        this.#onDelivery();
      })
      // What is called above does not throw.
      .catch(() => undefined);
    return true;
  }

  /** What is read now is lost for others. */
  close(): void {
    this.#closed = true;
  }

  #failed(message: string): Mail {
    return { kind: 'source-failed', source: this.#source, split: null, message };
  }
}
