import { END, RECORD } from '../connectors/source.ts';
import { isTimed, type ReaderSlot } from './reader-slot.ts';
import { SourceAlignment } from './source-alignment.ts';
import type { SourceSubtask } from './source-subtask.ts';

/** What comes next. */
export type Turn =
  | { readonly kind: 'record'; readonly source: SourceSubtask; readonly slot: ReaderSlot }
  | { readonly kind: 'end'; readonly source: SourceSubtask; readonly slot: ReaderSlot }
  /** A bounded source is not ready yet, or pacing holds it back. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'finished' };

const WAITING_TURN: Turn = { kind: 'waiting' };

/** Whose turn it was, for a checkpoint. */
export interface TurnState {
  readonly boundedLane: number;
  readonly unboundedLane: number;
  readonly unboundedNext: boolean;
}

export interface Candidate {
  readonly source: SourceSubtask;
  readonly slot: ReaderSlot;
}

/**
 * Whose turn it is: the same for every timing of I/O and every pace. Bounded sources are merged by the event time of their next
 * records; those without timestamps take turns with that group, one record each, and their splits come one after the other. A bounded
 * source that is not ready is waited for. Unbounded sources are never waited for: each has a turn when it has a record.
 */
export class Turns {
  readonly #bounded: readonly SourceSubtask[];
  readonly #unbounded: readonly SourceSubtask[];
  readonly #alignment: SourceAlignment;
  /** Place of the last turn among the lanes of bounded sources; lane 0 is the group with timestamps. */
  #boundedLane = 0;
  #unboundedLane = 0;
  #unboundedNext = false;

  /** In the order of source and subtask. */
  constructor(sources: readonly SourceSubtask[]) {
    this.#bounded = sources.filter((source) => source.bounded && !source.pushed);
    this.#unbounded = sources.filter((source) => !source.bounded && !source.pushed);
    this.#alignment = new SourceAlignment(sources);
  }

  save(): TurnState {
    return { boundedLane: this.#boundedLane, unboundedLane: this.#unboundedLane, unboundedNext: this.#unboundedNext };
  }

  restore({ boundedLane, unboundedLane, unboundedNext }: TurnState): void {
    this.#boundedLane = boundedLane;
    this.#unboundedLane = unboundedLane;
    this.#unboundedNext = unboundedNext;
  }

  /** `until`: records of bounded sources with a later timestamp are held back. Fails the job when a record cannot be read. */
  next(until: number): Turn {
    const bounded = this.#nextBounded(until);
    if (bounded?.kind === 'end') return bounded;
    const first = this.#unboundedNext ? this.#nextUnbounded() : bounded;
    if (first && first.kind !== 'waiting') {
      this.#unboundedNext = !this.#unboundedNext;
      return this.#taken(first);
    }
    const second = this.#unboundedNext ? bounded : this.#nextUnbounded();
    if (second && second.kind !== 'waiting') return this.#taken(second);
    return first ?? second ?? { kind: 'finished' };
  }

  /** The only reader of the job, when there is no other that could have a turn. */
  alone(): Candidate | null {
    const source = this.#bounded[0] ?? this.#unbounded[0];
    if (!source || this.#bounded.length + this.#unbounded.length !== 1 || source.waitsForSplits || source.ended) return null;
    if (source.alignment !== null) return null;
    const [slot] = source.slots;
    return slot && source.slots.length === 1 ? { source, slot } : null;
  }

  /** Event time of the next record of the bounded sources, as far as their records are at hand. */
  nextTimestamp(): number | null {
    const head = this.#earliest();
    return head ? head.slot.timestamp : null;
  }

  #taken(turn: Turn): Turn {
    if (turn.kind !== 'record') return turn;
    if (!turn.source.bounded) this.#unboundedLane = this.#unbounded.indexOf(turn.source) + 1;
    else this.#boundedLane = isTimed(turn.slot) ? 1 : this.#bounded.indexOf(turn.source) + 2;
    return turn;
  }

  /** null when every bounded source has ended. */
  #nextBounded(until: number): Turn | null {
    let open = false;
    let waiting = false;
    for (const source of this.#bounded) {
      if (source.ended) continue;
      open = true;
      if (source.waitsForSplits) waiting = true;
      for (const slot of source.slots) {
        if (slot.hasHead || slot.ended) continue;
        const state = source.fill(slot);
        if (state === END) return { kind: 'end', source, slot };
        if (state !== RECORD) waiting = true;
      }
    }
    if (!open) return null;
    if (waiting) return WAITING_TURN;
    const lanes = this.#bounded.length + 1;
    for (let step = 0; step < lanes; step++) {
      const lane = (this.#boundedLane + step) % lanes;
      const candidate = lane === 0 ? this.#earliest() : this.#untimed(lane - 1);
      if (!candidate) continue;
      if (lane === 0 && candidate.slot.timestamp > until) return WAITING_TURN;
      if (this.#alignment.holds(candidate.source)) return WAITING_TURN;
      return { kind: 'record', ...candidate };
    }
    return WAITING_TURN;
  }

  #earliest(): Candidate | null {
    let earliest: Candidate | null = null;
    for (const source of this.#bounded) {
      for (const slot of source.slots) {
        if (slot.hasHead && isTimed(slot) && (!earliest || slot.timestamp < earliest.slot.timestamp)) earliest = { source, slot };
      }
    }
    return earliest;
  }

  #untimed(at: number): Candidate | null {
    const source = this.#bounded[at];
    const slot = source?.slots.find((reader) => reader.hasHead && !isTimed(reader));
    return source && slot ? { source, slot } : null;
  }

  /** null when there is no unbounded source that still runs. */
  #nextUnbounded(): Turn | null {
    let open = false;
    const lanes = this.#unbounded.length;
    for (let step = 0; step < lanes; step++) {
      const source = this.#unbounded[(this.#unboundedLane + step) % lanes];
      if (!source || source.ended) continue;
      open = true;
      if (this.#alignment.holds(source)) continue;
      for (const slot of source.slots) {
        const state = source.fill(slot);
        if (state === END && !slot.ended) return { kind: 'end', source, slot };
        if (state === RECORD) return { kind: 'record', source, slot };
      }
    }
    return open ? WAITING_TURN : null;
  }
}
