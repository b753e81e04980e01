import { KeyedStateAccess, type KeyedStateStore } from '../state/keyed-state-access.ts';
import { UnsupportedOperationException } from './errors.ts';
import type { Random } from './random.ts';
import { addUnsupportedMethods } from './unsupported.ts';

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
  constructor(job: JobInfo, task: TaskInfo, parameters: Readonly<Record<string, string>>, random: Random) {
    super();
    this.#job = job;
    this.#task = task;
    this.#parameters = parameters;
    this.#random = random;
  }
  /** For the engine: the operator has keys, and this state. */
  attachState(state: KeyedStateStore): void {
    this.#state = state;
  }
  protected override keyedState(): KeyedStateStore {
    if (this.#state !== null) return this.#state;
    throw new UnsupportedOperationException(
      "Keyed state can only be used on a 'keyed stream', i.e., after a 'keyBy()' operation.",
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
}

addUnsupportedMethods('RuntimeContext', RuntimeContext.prototype);
