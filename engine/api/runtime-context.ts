import { KeyedStateAccess, type KeyedStateStore } from '../state/keyed-state-access.ts';
import { type Accumulator, AccumulatorHistogram, DoubleCounter, IntCounter, LongCounter } from './accumulators.ts';
import { NullPointerException, UnsupportedOperationException } from './errors.ts';
import type { MetricGroup } from './metric-group.ts';
import type { Random } from './random.ts';
import type { StateDescriptor } from './state-descriptors.ts';

export interface JobInfo {
  getJobId(): string;
  getJobName(): string;
}

export interface TaskInfo {
  getTaskName(): string;
  getTaskNameWithSubtasks(): string;
  getIndexOfThisSubtask(): number;
  getNumberOfParallelSubtasks(): number;
  getMaxNumberOfParallelSubtasks(): number;
  /** 0 on the first run, +1 per restart. */
  getAttemptNumber(): number;
}

/** What a running subtask knows about itself. */
export class RuntimeContext extends KeyedStateAccess {
  readonly #job: JobInfo;
  readonly #task: TaskInfo;
  readonly #parameters: Readonly<Record<string, string>>;
  readonly #random: Random;
  #state: KeyedStateStore | null = null;
  readonly #metrics: MetricGroup;
  readonly #accumulators = new Map<string, Accumulator<unknown, unknown>>();
  constructor(job: JobInfo, task: TaskInfo, parameters: Readonly<Record<string, string>>, random: Random, metrics: MetricGroup) {
    super();
    this.#metrics = metrics;
    this.#job = job;
    this.#task = task;
    this.#parameters = parameters;
    this.#random = random;
  }
  /** For the engine: the operator has keys, and this state. */
  attachState(state: KeyedStateStore): void {
    this.#state = state;
  }
  protected override keyedState(descriptor: StateDescriptor<unknown>, type: string): KeyedStateStore {
    if (this.#state !== null) return this.#state;
    throw new NullPointerException(
      `Keyed state '${descriptor.getName()}' with type ${type} can only be used on a 'keyed stream', i.e., after a 'keyBy()' operation.`,
      'Call keyBy before process.',
    );
  }
  getJobInfo(): JobInfo {
    return this.#job;
  }
  getTaskInfo(): TaskInfo {
    return this.#task;
  }
  getGlobalJobParameters(): Readonly<Record<string, string>> {
    return this.#parameters;
  }
  /** Seeded per subtask. */
  getRandom(): Random {
    return this.#random;
  }
  /** Of this operator in this subtask. */
  getMetricGroup(): MetricGroup {
    return this.#metrics;
  }

  /** Throws UnsupportedOperationException for a name that is taken. */
  addAccumulator<V, R>(name: string, accumulator: Accumulator<V, R>): void {
    if (this.#accumulators.has(name)) {
      throw new UnsupportedOperationException(`The accumulator '${name}' already exists and cannot be added.`, 'Give it another name.');
    }
    // SAFETY: whoever gets it back says by its name what goes in and comes out.
    this.#accumulators.set(name, accumulator);
  }
  /** null when there is none of this name. */
  getAccumulator<V, R>(name: string): Accumulator<V, R> | null {
    // SAFETY: as above.
    return (this.#accumulators.get(name) as Accumulator<V, R> | undefined) ?? null;
  }
  getIntCounter(name: string): IntCounter {
    return this.#accumulator(name, IntCounter);
  }
  getLongCounter(name: string): LongCounter {
    return this.#accumulator(name, LongCounter);
  }
  getDoubleCounter(name: string): DoubleCounter {
    return this.#accumulator(name, DoubleCounter);
  }
  getHistogram(name: string): AccumulatorHistogram {
    return this.#accumulator(name, AccumulatorHistogram);
  }
  /** Begins one where there is none. Throws UnsupportedOperationException for one of another kind. */
  #accumulator<A extends Accumulator<number, unknown>>(name: string, kind: new () => A): A {
    const known: unknown = this.#accumulators.get(name);
    if (known instanceof kind) return known;
    if (known !== undefined) {
      throw new UnsupportedOperationException(
        `The accumulator '${name}' already exists and is no ${kind.name}.`,
        'Give each accumulator of a job a name of its own.',
      );
    }
    const made = new kind();
    this.addAccumulator(name, made);
    return made;
  }

  /** For the engine. */
  static accumulatorsOf(context: RuntimeContext): ReadonlyMap<string, Accumulator<unknown, unknown>> {
    return context.#accumulators;
  }
}
