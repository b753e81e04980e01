import { Draws } from './random.ts';

/** What a process waits for; each kind can be starved. */
export const ACTION_KINDS = ['step', 'wake', 'encode', 'write-parts', 'commit', 'blob', 'manifest', 'read', 'remove'] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

export interface Schedule {
  readonly seed: number;
  /** Does not happen while something else can, in the first actions; null = everything has its turn. */
  readonly starved: ActionKind | null;
}

/** Actions for which a kind is starved; then everything has its turn, and the job has to come to its end. */
const STARVED_ACTIONS = 400;
/** A step has its turn once in so many times that there is something else to do: a checkpoint takes many operations, and shall not outlast the input. */
const STEP_RARITY = 8;

interface Pending {
  readonly kind: ActionKind;
  readonly act: () => void;
}

/** Decides what happens next of all that could: one action at a time, and nothing else between two of them than what follows at once. */
export class Scheduler {
  draws: Draws;
  /** Actions so far. */
  actions = 0;
  #starvedUntil = STARVED_ACTIONS;
  readonly #starved: ActionKind | null;
  #pending: Pending[] = [];

  constructor({ seed, starved }: Schedule) {
    this.draws = new Draws(seed);
    this.#starved = starved;
  }

  /** Gives a function that takes the action back. */
  add(kind: ActionKind, act: () => void): () => void {
    const pending = { kind, act };
    this.#pending.push(pending);
    return () => {
      this.#pending = this.#pending.filter((other) => other !== pending);
    };
  }

  /** From here on what happens depends on this seed alone. */
  reseed(seed: number): void {
    this.draws = new Draws(seed);
    this.#starvedUntil = this.actions + STARVED_ACTIONS;
  }

  isStarved(kind: ActionKind): boolean {
    return this.#starved === kind && this.actions < this.#starvedUntil;
  }

  /** The process is gone, and with it all it waited for. */
  clear(): void {
    this.#pending = [];
  }

  /** False when there is nothing to do. */
  next(): boolean {
    const fed = this.#pending.filter(({ kind }) => !this.isStarved(kind));
    const candidates = fed.length > 0 ? fed : this.#pending;
    const others = candidates.filter(({ kind }) => kind !== 'step' && kind !== 'wake');
    const taken = others.length > 0 && this.draws.below(STEP_RARITY) > 0 ? others : candidates;
    const chosen = taken[taken.length > 1 ? this.draws.below(taken.length) : 0];
    if (chosen === undefined) return false;
    this.#pending.splice(this.#pending.indexOf(chosen), 1);
    this.actions++;
    chosen.act();
    return true;
  }
}
