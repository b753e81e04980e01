import { IllegalArgumentException, UnsupportedOperationException } from '../api/errors.ts';
import { SeededRandom, type Random } from '../api/random.ts';
import type { SplitDescription } from '../runtime/mail.ts';
import { RateLimiterStrategy } from './rate-limiter.ts';
import {
  END,
  NO_TIMESTAMP,
  RECORD,
  WAITING,
  type Advance,
  type Source,
  type SourceReader,
  type SourceReaderContext,
  type SplitPosition,
} from './source.ts';

/** Makes the record with that index, from 0. `random` depends on `streambook.seed` and the index only; it is for this call. */
export type GeneratorFunction<T> = (index: number, random: Random) => T;

export interface DataGeneratorOptions<T> {
  readonly generatorFunction: GeneratorFunction<T>;
  /** Records in all; without it the source is unbounded. */
  readonly count?: number;
  /** Default: as fast as possible. */
  readonly rateLimiterStrategy?: RateLimiterStrategy;
}

/** A backlog is caught up with for no more than this, in ms: after a pause records do not come in one burst. */
const MAX_BACKLOG = 1_000;

/**
 * Records made by a function of their index: replayable, exactly once. Split i of n makes the records i, i + n, i + 2n, …, so that
 * together they come in the order of the index. Throws IllegalArgumentException.
 */
export function DataGeneratorSource<T>(options: DataGeneratorOptions<T>): Source<T> {
  const { generatorFunction, count = Number.POSITIVE_INFINITY, rateLimiterStrategy = RateLimiterStrategy.noOp() } = options;
  if (typeof generatorFunction !== 'function') throw new IllegalArgumentException('A DataGeneratorSource needs a generatorFunction.');
  if (count !== Number.POSITIVE_INFINITY && !(Number.isSafeInteger(count) && count >= 0)) {
    throw new IllegalArgumentException(`count is a whole number from 0, not ${String(count)}.`);
  }
  if (rateLimiterStrategy.kind === 'perCheckpoint') {
    throw new UnsupportedOperationException(
      'RateLimiterStrategy.perCheckpoint is not part of this version of Streambook yet.',
      'Use RateLimiterStrategy.perSecond.',
    );
  }
  const splitsFor = (parallelism: number): readonly SplitDescription[] =>
    Array.from({ length: parallelism }, (_, index) => ({
      id: parallelism === 1 ? 'index' : `index ${index} of every ${parallelism}`,
      offset: index,
      ...(Number.isFinite(count) ? { size: count } : {}),
    }));
  return {
    boundedness: Number.isFinite(count) ? 'BOUNDED' : 'CONTINUOUS_UNBOUNDED',
    description: 'DataGeneratorSource',
    enumeration: { kind: 'fixed', splits: splitsFor(1) },
    usesClock: rateLimiterStrategy.kind !== 'noOp',
    splitsFor,
    createReader: (context) => new GeneratorReader(generatorFunction, count, rateLimiterStrategy, context),
  };
}

/** Random numbers of the record at hand. Seeded when the first is asked for: most generators ask for none. */
class IndexRandom implements Random {
  readonly #seed: number;
  #index = 0;
  #seeded: SeededRandom | null = null;

  constructor(seed: number) {
    this.#seed = seed;
  }

  at(index: number): void {
    this.#index = index;
    this.#seeded = null;
  }

  nextDouble(): number {
    return this.#random().nextDouble();
  }
  nextInt(bound: number): number {
    return this.#random().nextInt(bound);
  }
  nextBoolean(): boolean {
    return this.#random().nextBoolean();
  }
  nextGaussian(): number {
    return this.#random().nextGaussian();
  }

  #random(): SeededRandom {
    this.#seeded ??= new SeededRandom(this.#seed, this.#index, Math.floor(this.#index / 0x1_0000_0000));
    return this.#seeded;
  }
}

class GeneratorReader<T> implements SourceReader<T> {
  readonly currentTimestamp = NO_TIMESTAMP;
  readonly #generate: GeneratorFunction<T>;
  readonly #count: number;
  /** Ms between two records of this reader. */
  readonly #interval: number;
  readonly #context: SourceReaderContext;
  readonly #random: IndexRandom;
  readonly #splits: { readonly id: string; index: number }[] = [];
  #complete = false;
  #current: T | undefined;
  #currentSplit = 0;
  #turn = 0;
  /** When the next record may come, in ms of the job's clock; NaN before the first. */
  #due = Number.NaN;
  #waiting = false;

  constructor(generate: GeneratorFunction<T>, count: number, strategy: RateLimiterStrategy, context: SourceReaderContext) {
    this.#generate = generate;
    this.#count = count;
    this.#interval = strategy.kind === 'perSecond' ? (1_000 * context.parallelism) / strategy.value : 0;
    this.#context = context;
    this.#random = new IndexRandom(context.seed);
  }

  get current(): T {
    // SAFETY: only read after advance() returned RECORD, which set it.
    return this.#current as T;
  }

  get currentSplit(): number {
    return this.#currentSplit;
  }

  get splitCount(): number {
    return this.#splits.length;
  }

  addSplits(splits: readonly SplitDescription[]): void {
    for (const { id, offset } of splits) this.#splits.push({ id, index: offset });
  }

  noMoreSplits(): void {
    this.#complete = true;
  }

  supply(split: string): void {
    throw new Error(`A DataGeneratorSource takes no bytes, but some of ${split} came.`);
  }

  advance(): Advance {
    this.#waiting = false;
    const turn = this.#nextSplit();
    const split = this.#splits[turn];
    if (split === undefined) return this.#complete ? END : WAITING;
    if (this.#interval > 0 && !this.#mayEmit()) {
      this.#waiting = true;
      return WAITING;
    }
    const { index } = split;
    this.#random.at(index);
    this.#current = this.#generate(index, this.#random);
    split.index = index + this.#context.parallelism;
    this.#currentSplit = turn;
    this.#turn = turn + 1;
    return RECORD;
  }

  isSplitFinished(split: number): boolean {
    return (this.#splits[split]?.index ?? 0) >= this.#count;
  }

  wanted(): readonly never[] {
    return [];
  }

  positions(): readonly SplitPosition[] {
    return this.#splits.map(({ id, index }) => ({ split: id, offset: index, finished: index >= this.#count }));
  }

  positionsBeforeCurrent(): readonly SplitPosition[] {
    return this.positions().map((position, at) =>
      at === this.#currentSplit ? { ...position, offset: position.offset - this.#context.parallelism, finished: false } : position,
    );
  }

  nextWakeUp(): number {
    return this.#waiting ? Math.ceil(this.#due) : Number.POSITIVE_INFINITY;
  }

  /** The split whose turn it is, going round those that are not finished; −1 when there is none. */
  #nextSplit(): number {
    const { length } = this.#splits;
    for (let step = 0; step < length; step++) {
      const index = (this.#turn + step) % length;
      if (!this.isSplitFinished(index)) return index;
    }
    return -1;
  }

  /** Takes a permit when one is due. Record k comes k intervals after the first, whatever the steps of the clock. */
  #mayEmit(): boolean {
    const now = this.#context.currentProcessingTime();
    if (Number.isNaN(this.#due)) this.#due = now;
    if (this.#due > now) return false;
    this.#due = Math.max(this.#due, now - MAX_BACKLOG) + this.#interval;
    return true;
  }
}
