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
export class RuntimeContext {
  readonly #job: JobInfo;
  readonly #task: TaskInfo;
  readonly #parameters: Readonly<Record<string, string>>;
  readonly #random: Random;
  constructor(job: JobInfo, task: TaskInfo, parameters: Readonly<Record<string, string>>, random: Random) {
    this.#job = job;
    this.#task = task;
    this.#parameters = parameters;
    this.#random = random;
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
