import { IllegalArgumentException } from '../api/errors.ts';
import type { SplitDescription } from '../runtime/mail.ts';
import { FixedReader } from './fixed-reader.ts';
import type { Boundedness, Source, SourceReader, SplitEnumeration } from './source.ts';

/** The integers of `env.fromSequence`: as many contiguous ranges as there are readers, like Flink's NumberSequenceSource. */
export class SequenceSource implements Source<number> {
  readonly boundedness: Boundedness = 'BOUNDED';
  readonly description: string;
  readonly enumeration: SplitEnumeration;
  readonly #from: number;
  readonly #to: number;

  /** Both included. Throws IllegalArgumentException unless they are integers and `from` is not above `to`. */
  constructor(from: number, to: number) {
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) {
      throw new IllegalArgumentException(`A sequence goes from one whole number to another, not from ${String(from)} to ${String(to)}.`);
    }
    if (from > to) throw new IllegalArgumentException(`'from' must be <= 'to', but ${from} is larger than ${to}.`);
    this.#from = from;
    this.#to = to;
    this.description = `Sequence(${from}, ${to})`;
    this.enumeration = { kind: 'fixed', splits: this.splitsFor(1) };
  }

  /** The first ranges get one number more when they cannot be equal. */
  splitsFor(parallelism: number): readonly SplitDescription[] {
    const total = this.#to - this.#from + 1;
    const splits: SplitDescription[] = [];
    let first = this.#from;
    for (let i = 0; i < parallelism; i++) {
      const size = Math.floor(total / parallelism) + (i < total % parallelism ? 1 : 0);
      if (size > 0) splits.push({ id: `${first}…${first + size - 1}`, offset: 0, size });
      first += size;
    }
    return splits;
  }

  createReader(): SourceReader<number> {
    return new FixedReader<number>({
      size: (split) => split.size ?? 0,
      at: (split, index) => Number.parseInt(split.id, 10) + index,
    });
  }
}
