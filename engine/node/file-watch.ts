import type { SplitPosition } from '../connectors/source.ts';
import type { Mail } from '../runtime/mail.ts';
import { explainFileError } from './explain-error.ts';
import { FileListingError } from './list-files.ts';
import type { RunnerClock } from './runner-clock.ts';

/** What is looked at for one source. */
export interface FileLook {
  /** Looks for the first time: the splits that there are. `restored`: what the job goes on from, empty when it begins. Rejects with FileListingError. */
  begin(restored: readonly SplitPosition[]): Promise<readonly Mail[]>;
  /** Looks again: what is new. Rejects with FileListingError. */
  look(): Promise<readonly Mail[]>;
  /** Asks for bytes of a split. False when the split is not this one's. */
  request(split: string, offset: number): boolean;
  close(): Promise<void>;
}

/** Looks at the files of one source again and again, at an interval of the runner's clock. */
export class FileWatch {
  readonly #source: number;
  readonly #interval: number;
  readonly #look: FileLook;
  readonly #clock: RunnerClock;
  readonly #onDelivery: () => void;
  #deliveries: Mail[] = [];
  #cancel: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();
  #closed = false;

  /** `interval` in ms. `onDelivery` is called when `take` has something. */
  constructor(source: number, interval: number, look: FileLook, clock: RunnerClock, onDelivery: () => void) {
    this.#source = source;
    this.#interval = interval;
    this.#look = look;
    this.#clock = clock;
    this.#onDelivery = onDelivery;
  }

  async begin(restored: readonly SplitPosition[]): Promise<void> {
    await this.#deliver(() => this.#look.begin(restored));
  }

  get hasDeliveries(): boolean {
    return this.#deliveries.length > 0;
  }

  take(): readonly Mail[] {
    const deliveries = this.#deliveries;
    this.#deliveries = [];
    return deliveries;
  }

  /** As FileLook.request, of any source. While something waits to be taken nothing is asked for: it may be just that. */
  request(source: number, split: string, offset: number): boolean {
    return source === this.#source && (this.hasDeliveries || this.#look.request(split, offset));
  }

  /** What the look has for the job, besides its looks. */
  push(mail: Mail): void {
    this.#deliveries.push(mail);
    this.#onDelivery();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#running;
    await this.#look.close();
  }

  async #deliver(look: () => Promise<readonly Mail[]>): Promise<void> {
    try {
      const found = await look();
      this.#deliveries.push(...found);
    } catch (error) {
      const message = error instanceof FileListingError ? error.message : explainFileError(error, 'A file');
      this.#deliveries.push({ kind: 'source-failed', source: this.#source, split: null, message });
      this.#closed = true;
    }
    if (this.#deliveries.length > 0) this.#onDelivery();
    if (this.#closed) return;
    this.#cancel = this.#clock.wakeAfter(this.#interval, () => {
      this.#running = this.#deliver(() => this.#look.look());
    });
  }
}
