import type { SplitDescription } from '../runtime/mail.ts';
import { FixedReader } from './fixed-reader.ts';
import type { Boundedness, Source, SourceReader, SplitEnumeration } from './source.ts';

/** The values of `env.fromData`, in their order: one split, read by one subtask. */
export class CollectionSource<T> implements Source<T> {
  readonly boundedness: Boundedness = 'BOUNDED';
  readonly description: string;
  readonly enumeration: SplitEnumeration;
  readonly #values: readonly T[];
  constructor(values: readonly T[]) {
    this.#values = values;
    this.description = `Collection(${values.length})`;
    const split: SplitDescription = { id: 'values', offset: 0, size: values.length };
    this.enumeration = { kind: 'fixed', splits: [split] };
  }
  createReader(): SourceReader<T> {
    const values = this.#values;
    return new FixedReader<T>({
      size: () => values.length,
      // SAFETY: the reader asks only for indices below the size.
      at: (_split, index) => values[index] as T,
    });
  }
}
