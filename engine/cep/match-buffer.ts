import type { EventPlace } from './skip.ts';

/** A table of the current key, such as a `MapState`. */
export interface Table<V> {
  get(key: number): V | null;
  put(key: number, value: V): void;
  remove(key: number): void;
}

/** An event that a partial match has taken. */
export interface BufferedEvent {
  readonly value: unknown;
  /** ms. */
  readonly time: number;
  /** Links to it, and one while it is being processed. */
  uses: number;
}

/** "This event was taken for this pattern, after that one": partial matches that begin alike share their links. */
export interface Link {
  readonly pattern: string;
  readonly event: number;
  /** null: the first event of a match. */
  readonly previous: number | null;
  /** Partial matches that end here, and links that go on from here. */
  uses: number;
}

/** An event on the path of a partial match. */
export interface Taken {
  readonly pattern: string;
  readonly event: number;
}

/** The events that the partial matches of a key have taken. What nothing uses any more goes away at once. */
export class MatchBuffer {
  readonly #events: Table<BufferedEvent>;
  readonly #links: Table<Link>;

  constructor(events: Table<BufferedEvent>, links: Table<Link>) {
    this.#events = events;
    this.#links = links;
  }

  /** Buffers an event, used once: `releaseEvent` it when it has been processed. */
  addEvent(event: number, value: unknown, time: number): void {
    this.#events.put(event, { value, time, uses: 1 });
  }

  releaseEvent(event: number): void {
    const buffered = this.#event(event);
    if (--buffered.uses === 0) this.#events.remove(event);
    else this.#events.put(event, buffered);
  }

  /** A new link that nothing uses yet: `hold` it. */
  addLink(link: number, pattern: string, event: number, previous: number | null): void {
    if (previous !== null) this.hold(previous);
    const buffered = this.#event(event);
    buffered.uses++;
    this.#events.put(event, buffered);
    this.#links.put(link, { pattern, event, previous, uses: 0 });
  }

  hold(link: number): void {
    const held = this.#link(link);
    held.uses++;
    this.#links.put(link, held);
  }

  /** One use less; what only it used goes, too. */
  release(link: number): void {
    let at: number | null = link;
    while (at !== null) {
      const held: Link = this.#link(at);
      if (--held.uses > 0) {
        this.#links.put(at, held);
        return;
      }
      this.#links.remove(at);
      this.releaseEvent(held.event);
      at = held.previous;
    }
  }

  /** From the first event to the one at `link`. */
  path(link: number | null): readonly Taken[] {
    const taken: Taken[] = [];
    for (let at = link; at !== null; ) {
      const { pattern, event, previous } = this.#link(at);
      taken.push({ pattern, event });
      at = previous;
    }
    return taken.reverse();
  }

  value(event: number): unknown {
    return this.#event(event).value;
  }

  place(event: number): EventPlace {
    return { time: this.#event(event).time, event };
  }

  #event(event: number): BufferedEvent {
    return this.#events.get(event) ?? missing(`event ${event}`);
  }

  #link(link: number): Link {
    return this.#links.get(link) ?? missing(`link ${link}`);
  }
}

function missing(what: string): never {
  throw new Error(`The buffer of matches has lost ${what}.`);
}
