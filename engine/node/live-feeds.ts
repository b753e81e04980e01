import type { SourceDescription } from '../runtime/job.ts';
import type { Mail } from '../runtime/mail.ts';
import type { RunnerClock } from './runner-clock.ts';
import { SocketFeed } from './socket-feed.ts';

/** What comes to a job without being asked for: the sockets of its sources. */
export class LiveFeeds {
  #feeds: readonly SocketFeed[] = [];

  /** Connects. `onDelivery` is called when `take` has something. */
  open(sources: readonly SourceDescription[], clock: RunnerClock, onDelivery: () => void): void {
    this.#feeds = sources.flatMap(({ source, enumeration }) =>
      enumeration.kind === 'elements' && enumeration.socket !== undefined
        ? [new SocketFeed(source, enumeration.socket, clock, onDelivery)]
        : [],
    );
  }

  get hasDeliveries(): boolean {
    return this.#feeds.some((feed) => feed.hasDeliveries);
  }

  /** What came since the last call; to be called when the job has worked off what it got before, as sources wait for that. */
  take(): readonly Mail[] {
    return this.#feeds.flatMap((feed) => feed.take());
  }

  close(): void {
    for (const feed of this.#feeds) feed.close();
  }
}
