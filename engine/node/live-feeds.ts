import type { SplitPosition } from '../connectors/source.ts';
import type { SourceDescription } from '../runtime/job.ts';
import type { Mail } from '../runtime/mail.ts';
import { FileWatch } from './file-watch.ts';
import { FollowedFiles } from './followed-files.ts';
import type { ListedFile } from './list-files.ts';
import { NewFiles } from './new-files.ts';
import type { RunnerClock } from './runner-clock.ts';
import { SocketFeed } from './socket-feed.ts';
import { StandardInputFeed } from './standard-input-feed.ts';
import type { StandardInput } from './standard-input.ts';

/** What comes to a job while it runs: from the sockets of its sources, standard input, and files that are looked at again and again. */
export class LiveFeeds {
  readonly #clock: RunnerClock;
  readonly #onDelivery: () => void;
  readonly #watches: FileWatch[] = [];
  readonly #sockets: SocketFeed[] = [];
  readonly #inputs: StandardInputFeed[] = [];

  /** `onDelivery` is called when `take` has something. */
  constructor(clock: RunnerClock, onDelivery: () => void) {
    this.#clock = clock;
    this.#onDelivery = onDelivery;
  }

  /** Connects the socket of a source, or standard input, if it reads that. */
  connect({ source, enumeration }: SourceDescription, input: StandardInput | null): void {
    if (enumeration.kind === 'standard-input') this.#inputs.push(new StandardInputFeed(source, input, this.#onDelivery));
    if (enumeration.kind !== 'elements' || enumeration.socket === undefined) return;
    this.#sockets.push(new SocketFeed(source, enumeration.socket, this.#clock, this.#onDelivery));
  }

  /** Watches the files of a source; false when they are not to be watched. `restored`: what the job goes on from. */
  async watch(
    { source, enumeration }: SourceDescription,
    base: string,
    restored: readonly SplitPosition[],
    onFile: (file: ListedFile) => void,
  ): Promise<boolean> {
    if (enumeration.kind !== 'files' || enumeration.watch === undefined) return false;
    const { paths, watch } = enumeration;
    const look = watch.follow
      ? new FollowedFiles(source, base, paths, (mail) => made.push(mail))
      : new NewFiles(source, base, paths, onFile);
    const made = new FileWatch(source, watch.interval, look, this.#clock, this.#onDelivery);
    this.#watches.push(made);
    await made.begin(restored);
    return true;
  }

  get hasDeliveries(): boolean {
    return [...this.#sockets, ...this.#inputs, ...this.#watches].some((feed) => feed.hasDeliveries);
  }

  /** What came since the last call; to be called when the job has worked off what it got before, as sources wait for that. */
  take(): readonly Mail[] {
    return [...this.#sockets, ...this.#inputs, ...this.#watches].flatMap((feed) => feed.take());
  }

  /** Asks for bytes of a split; false when none of these gives them. */
  request(source: number, split: string, offset: number): boolean {
    return [...this.#inputs, ...this.#watches].some((feed) => feed.request(source, split, offset));
  }

  async close(): Promise<void> {
    for (const feed of [...this.#sockets, ...this.#inputs]) feed.close();
    for (const watch of this.#watches) await watch.close();
  }
}
