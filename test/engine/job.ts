import type { StreamExecutionEnvironment } from '../../engine/api/environment.ts';
import { createExecutor } from '../../engine/runtime/executor.ts';
import type { Executor, ExecutorOptions, JobFailure, JobProgram, ResultRow } from '../../engine/runtime/job.ts';

export type Describe = (env: StreamExecutionEnvironment) => void;

const OPTIONS: ExecutorOptions = { settings: {}, overrides: {}, startTime: 0, journal: true };

/** A program whose only cell is `describe`; places are found by the name of this file's callers. */
export function programOf(describe: Describe): JobProgram<StreamExecutionEnvironment> {
  return {
    name: 'test',
    evaluate: describe,
    locate: (stack) => {
      const match = /\/([\w-]+\.test\.ts):(\d+):(\d+)/.exec(stack);
      return match ? { cell: 0, line: Number(match[2]), column: Number(match[3]) } : null;
    },
  };
}

export function start(describe: Describe, options: Partial<ExecutorOptions> = {}): Executor {
  const started = createExecutor(programOf(describe), { ...OPTIONS, ...options });
  if (!started.ok) throw new Error(`${started.failure.errorName}: ${started.failure.message}`);
  return started.executor;
}

/** The reason why a program has no executor. */
export function startFailure(describe: Describe, options: Partial<ExecutorOptions> = {}): JobFailure {
  const started = createExecutor(programOf(describe), { ...OPTIONS, ...options });
  if (started.ok) throw new Error('the program could be evaluated');
  return started.failure;
}

/** Steps until the job rests; gives the last kind of step. */
export function rest(executor: Executor, maxRecords = 1_000): 'waiting' | 'finished' | 'failed' {
  for (let steps = 0; steps < 1_000_000; steps++) {
    const kind = executor.step(maxRecords);
    if (kind !== 'progress') return kind;
  }
  throw new Error('the job does not come to rest');
}

export function rowsOf(executor: Executor, display = 0): readonly ResultRow[] {
  return executor.takeRows(display, 1_000_000).rows;
}

/** Runs a bounded program to its end; gives the values of its first display. Throws when it fails. */
export function valuesOf(describe: Describe, options: Partial<ExecutorOptions> = {}): readonly unknown[] {
  const executor = start(describe, options);
  if (rest(executor) !== 'finished')
    throw new Error(executor.failure ? `${executor.failure.errorName}: ${executor.failure.message}` : 'not finished');
  return rowsOf(executor).map(({ value }) => value);
}

/** Runs a program that fails. */
export function failureOf(describe: Describe): JobFailure {
  const executor = start(describe);
  if (rest(executor) !== 'failed' || executor.failure === null) throw new Error('the job did not fail');
  return executor.failure;
}
