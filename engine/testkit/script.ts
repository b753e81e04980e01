/**
 * Scripts: what arrives, in one global order over all streams and the clock. With a script a test says everything that can
 * influence a job; the same script always gives the same outputs.
 */
import type { Mail, SourceElement } from '../runtime/mail.ts';
import type { ScriptedOutcome } from './scripted-calls.ts';

/** One line of a script: an element of a stream, or the job's clock moves. Times in ms. */
export type ScriptStep =
  | { readonly kind: 'element'; readonly stream: string; readonly element: SourceElement }
  | { readonly kind: 'clock'; readonly now: number }
  | { readonly kind: 'restore'; readonly now: number | null; readonly parallelism: number | null }
  | { readonly kind: 'answer'; readonly input: unknown; readonly outcome: ScriptedOutcome };

/** A record of `stream`; without `timestamp` it has none. */
export function record(stream: string, value: unknown, timestamp: number | null = null): ScriptStep {
  return { kind: 'element', stream, element: { kind: 'record', value, timestamp } };
}

/** The stream's watermark; `Infinity` is Flink's last one. */
export function watermark(stream: string, time: number): ScriptStep {
  return { kind: 'element', stream, element: { kind: 'watermark', watermark: time } };
}

/** The stream no longer holds back the watermark, until its next element. */
export function idle(stream: string): ScriptStep {
  return { kind: 'element', stream, element: { kind: 'idle' } };
}

/** The stream ends; as in Flink its last watermark is `Infinity`. */
export function end(stream: string): ScriptStep {
  return { kind: 'element', stream, element: { kind: 'end' } };
}

/** The clock moves to `now`; everything due runs before the next step of the script. It never goes back. */
export function clock(now: number): ScriptStep {
  return { kind: 'clock', now };
}

/**
 * The job goes on as a new one, restored from a checkpoint taken here as Flink does it: without watermarks. `now`: the clock then; null = as it was.
 * `parallelism`: of the operators that have none of their own, from then on; null = as it was.
 */
export function restore(now: number | null = null, parallelism: number | null = null): ScriptStep {
  return { kind: 'restore', now, parallelism };
}

/** The call of an asynchronous function with this input (AsyncDataStream) is completed. */
export function completed(input: unknown, ...results: readonly unknown[]): ScriptStep {
  return { kind: 'answer', input, outcome: { results } };
}

/** It is completed exceptionally. */
export function failed(input: unknown, error: unknown): ScriptStep {
  return { kind: 'answer', input, outcome: { error } };
}

/** The streams of a script, in order of first appearance. */
export function streamsOf(script: readonly ScriptStep[]): readonly string[] {
  return [...new Set(script.flatMap((step) => (step.kind === 'element' ? [step.stream] : [])))];
}

/** The step as mail for a job; null when the job does not read the step's stream, and for steps that are more than mail. */
export function mailOf(step: ScriptStep, sourceOf: (stream: string) => number | undefined): Mail | null {
  if (step.kind === 'restore' || step.kind === 'answer') return null;
  if (step.kind === 'clock') return { kind: 'processing-time', now: step.now };
  const source = sourceOf(step.stream);
  return source === undefined ? null : { kind: 'elements', source, elements: [step.element] };
}
