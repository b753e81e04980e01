import { JobRunner } from '../../engine/node/job-runner.ts';
import { createExecutor } from '../../engine/runtime/executor.ts';
import type { Executor, JobFailure, StepKind } from '../../engine/runtime/job.ts';
import type { Pace } from '../../engine/runtime/pace.ts';
import { countText, durationText } from '../output/text.ts';
import { loadProgram } from '../program/load.ts';
import type { CompiledProgram } from '../program/types.ts';
import type { OutputFormat } from './arguments.ts';
import { FINISHED, INTERRUPTED, JOB_FAILED } from './exit-codes.ts';
import { failureText } from './failure.ts';
import { InterruptedError, type Interruption, interruptible } from './interruptible.ts';
import type { NotebookFile } from './notebook-file.ts';
import { ResultPrinter } from './result-printer.ts';
import type { StandardStreams } from './streams.ts';

export interface JobOptions {
  readonly notebook: NotebookFile;
  readonly program: CompiledProgram;
  readonly baseDirectory: string;
  readonly format: OutputFormat;
  readonly overrides: Readonly<Record<string, string>>;
  readonly pace: Pace;
  readonly interruption: Interruption;
}

/** Frames of an error that are kept: the engine's own must not push the cell's out. */
const STACK_FRAMES = 50;

const LONG_STEP_MILLISECONDS = 3;
const MAX_STEP_RECORDS = 4_096;

/** Runs one job to its end, printing as it goes. Returns the exit code; a job that fails has said why on standard error. */
export async function runJob(options: JobOptions, streams: StandardStreams): Promise<number> {
  Error.stackTraceLimit = STACK_FRAMES;
  const started = start(options);
  if (started === 'interrupted') return INTERRUPTED;
  if (!started.ok) {
    streams.err(failureText(options.notebook, options.program, started.failure));
    return JOB_FAILED;
  }
  const { executor } = started;
  const printer = new ResultPrinter(executor, options, streams);
  const begin = performance.now();
  const end = await drive(executor, options, streams, printer);
  executor.close();
  printer.flush();
  if (end === 'interrupted') return INTERRUPTED;
  if (end === 'failed') {
    if (executor.failure !== null) streams.err(failureText(options.notebook, options.program, executor.failure));
    return JOB_FAILED;
  }
  printer.finish();
  reportLate(executor, options, streams);
  if (options.format === 'table' && !streams.closed) streams.err(summary(executor, options, printer, performance.now() - begin));
  return FINISHED;
}

type Started = { readonly ok: true; readonly executor: Executor } | { readonly ok: false; readonly failure: JobFailure } | 'interrupted';

function start({ program, overrides }: JobOptions): Started {
  const executorOptions = {
    settings: {},
    overrides,
    startTime: Date.now(),
    journal: false,
    // Every row is printed: nothing may give way between two flushes.
    maxBufferedRows: Number.POSITIVE_INFINITY,
  };
  try {
    return interruptible(() => createExecutor(loadProgram(program), executorOptions));
  } catch (error) {
    if (error instanceof InterruptedError) return 'interrupted';
    throw error;
  }
}

/** Runs until the end, a failure, Ctrl-C, or until nobody reads the results any more. */
async function drive(
  executor: Executor,
  { baseDirectory, pace, interruption }: JobOptions,
  streams: StandardStreams,
  printer: ResultPrinter,
): Promise<'finished' | 'failed' | 'interrupted'> {
  const makeStep = (maxRecords: number): StepKind => executor.step(maxRecords);
  const run = pace.kind === 'full' ? (maxRecords: number): StepKind => longStep(makeStep, maxRecords) : makeStep;
  const runner = new JobRunner(executor, {
    baseDirectory,
    pace,
    onProgress: () => {
      printer.flush();
      if (streams.closed) runner.stop();
    },
    step: (maxRecords) => {
      // After an interrupted step the job is in the middle of a record: it must not go on.
      if (interruption.requested) return 'waiting';
      try {
        return interruptible(() => run(maxRecords));
      } catch (error) {
        if (!(error instanceof InterruptedError)) throw error;
        interruption.request();
        return 'waiting';
      }
    },
  });
  interruption.onRequest = () => {
    runner.stop();
  };
  const end = await runner.run();
  if (interruption.requested) return 'interrupted';
  return end === 'failed' ? 'failed' : 'finished';
}

/** Making a step interruptible costs as much as some hundred records: without a pace to keep, several steps are one. */
function longStep(step: Executor['step'], maxRecords: number): StepKind {
  const end = performance.now() + LONG_STEP_MILLISECONDS;
  let kind = step(maxRecords);
  for (let records = maxRecords * 2; kind === 'progress' && performance.now() < end; records = Math.min(records * 2, MAX_STEP_RECORDS)) {
    kind = step(records);
  }
  return kind;
}

function reportLate(executor: Executor, { program }: JobOptions, streams: StandardStreams): void {
  for (const { name, lateDropped } of executor.metrics()) {
    if (lateDropped > 0) streams.err(`${program.jobName}: ${countText(lateDropped, 'late record')} dropped by ${name}\n`);
  }
}

function summary(executor: Executor, { program }: JobOptions, printer: ResultPrinter, elapsed: number): string {
  const parts = [
    countText(executor.recordCount, 'record'),
    ...(executor.displays.length > 0 ? [countText(printer.results, 'result')] : []),
    ...(printer.printedLines > 0 ? [countText(printer.printedLines, 'printed line')] : []),
    durationText(elapsed),
  ];
  return `${program.jobName}: finished, ${parts.join(', ')}\n`;
}
