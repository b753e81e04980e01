/** Something that subtasks count by themselves and that is put together for the whole job. Not part of checkpoints, as in Flink: a restart begins anew. */
export interface Accumulator<V, R> {
  add(value: V): void;
  getLocalValue(): R;
  resetLocal(): void;
  merge(other: Accumulator<V, R>): void;
  clone(): Accumulator<V, R>;
}

abstract class SumAccumulator implements Accumulator<number, number> {
  protected sum = 0;
  abstract clone(): Accumulator<number, number>;
  add(value: number): void {
    this.sum += value;
  }
  getLocalValue(): number {
    return this.sum;
  }
  resetLocal(): void {
    this.sum = 0;
  }
  merge(other: Accumulator<number, number>): void {
    this.sum += other.getLocalValue();
  }
}

export class IntCounter extends SumAccumulator {
  clone(): IntCounter {
    const copy = new IntCounter();
    copy.merge(this);
    return copy;
  }
}

export class LongCounter extends SumAccumulator {
  clone(): LongCounter {
    const copy = new LongCounter();
    copy.merge(this);
    return copy;
  }
}

export class DoubleCounter extends SumAccumulator {
  clone(): DoubleCounter {
    const copy = new DoubleCounter();
    copy.merge(this);
    return copy;
  }
}

/** Flink's accumulator `Histogram`: how often each integer was added. */
export class AccumulatorHistogram implements Accumulator<number, ReadonlyMap<number, number>> {
  readonly #counts = new Map<number, number>();
  add(value: number): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
  }
  /** In the order of the integers, as Flink's TreeMap. */
  getLocalValue(): ReadonlyMap<number, number> {
    return new Map([...this.#counts].sort(([a], [b]) => a - b));
  }
  resetLocal(): void {
    this.#counts.clear();
  }
  merge(other: Accumulator<number, ReadonlyMap<number, number>>): void {
    for (const [value, count] of other.getLocalValue()) this.#counts.set(value, (this.#counts.get(value) ?? 0) + count);
  }
  clone(): AccumulatorHistogram {
    const copy = new AccumulatorHistogram();
    copy.merge(this);
    return copy;
  }
}
