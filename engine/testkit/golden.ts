import type { DataStream } from '../api/data-stream.ts';
import { UnsupportedOperationException } from '../api/errors.ts';
import { type GoldenCase, type GoldenTime, scriptOf } from './golden-case.ts';
import { compareOutputs, type GoldenActual, inGoldenWords } from './golden-compare.ts';
import { compileGoldenProgram, type GoldenProgram } from './golden-program.ts';
import { type Output, type PipelineContext, type PlayMode, runPipeline } from './pipeline.ts';

export type GoldenResult =
  | { readonly kind: 'passed' }
  /** `details`: what differs or what was thrown, for a person to read. */
  | { readonly kind: 'failed'; readonly details: string }
  | { readonly kind: 'skipped'; readonly reason: string };

/** Plays a case on the engine and compares every output with Flink's. */
export function runGoldenCase(golden: GoldenCase, mode: PlayMode = 'straight'): GoldenResult {
  if (golden.ts === null) return { kind: 'skipped', reason: 'the case has no pipeline in TypeScript' };
  try {
    const program = compileGoldenProgram(golden.ts);
    const run = runPipeline((context) => describeCase(golden, program, context), scriptOf(golden), mode);
    if (run.failure !== null) {
      const { errorName, message, stack } = run.failure;
      if (errorName === 'UnsupportedOperationException') return { kind: 'skipped', reason: message };
      return { kind: 'failed', details: stack ?? `${errorName}: ${message}` };
    }
    const actual = Object.fromEntries(Object.entries(run.outputs).map(([name, output]) => [name, actualOf(output, golden)]));
    const differences = compareOutputs(rulesOf(golden, mode), actual);
    return differences.length === 0 ? { kind: 'passed' } : { kind: 'failed', details: differences.join('\n') };
  } catch (error) {
    if (error instanceof UnsupportedOperationException) return { kind: 'skipped', reason: error.message };
    return { kind: 'failed', details: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** What a mode leaves of a case: all at once only the last watermark shows; with other subtasks there are others, and another order between them. */
function rulesOf(golden: GoldenCase, mode: PlayMode): GoldenCase {
  const { emittedWatermarks: _, ...rules } = golden;
  if (mode === 'batched') return rules;
  return mode === 'rescaled' && golden.ordered === true ? { ...golden, ordered: 'multiset' } : golden;
}

/** Evaluates the pipeline of a case; the value of its last expression is the output `main`. */
function describeCase(golden: GoldenCase, program: GoldenProgram, context: PipelineContext): void {
  const { env } = context;
  if (golden.parallelism !== undefined) env.setParallelism(golden.parallelism);
  if (golden.runtimeMode !== undefined) env.setRuntimeMode(golden.runtimeMode);
  const inputs = Object.fromEntries(Object.keys(golden.inputs).map((name) => [name, context.input<unknown>(name)]));
  const display = (stream: DataStream<unknown>, options?: { readonly name?: string }): void =>
    context.show(options?.name ?? 'main', stream);
  const last = program(context.scope, { ...inputs, display });
  if (isStream(last)) context.show('main', last);
}

function isStream(value: unknown): value is DataStream<unknown> {
  return typeof value === 'object' && value !== null && 'getExecutionEnvironment' in value && 'map' in value;
}

function actualOf({ rows, watermarks }: Output, golden: GoldenCase): GoldenActual {
  const records = rows.map(({ value, timestamp, subtask, key }) => {
    // SAFETY: a timestamp in a case's words is a number, MIN, MAX or null.
    const ts = inGoldenWords(timestamp) as GoldenTime | null;
    return { ts, value: inGoldenWords(value), operatorKey: key, ...(expectsSubtasks(golden) ? { subtask } : {}) };
  });
  return { records, watermarks };
}

function expectsSubtasks({ outputs }: GoldenCase): boolean {
  return Object.values(outputs).some((records) => records.some((record) => record.subtask !== undefined));
}
