import type { StreamVertex } from '../graph/stream-graph.ts';
import { type Ambient, NO_KEY } from '../runtime/ambient.ts';
import type { CallOutcome } from '../runtime/async-calls.ts';
import type { OperatorContext, OperatorInstance, Output } from '../runtime/operator.ts';

/** What an operator is busy with. */
export type StepKind = 'open' | 'record' | 'watermark' | 'timer' | 'answer' | 'finish' | 'close';

/** An operator at work. */
export interface Step {
  readonly vertex: StreamVertex;
  readonly context: OperatorContext;
  readonly kind: StepKind;
  /** The record at a 'record' step. */
  readonly value: unknown;
  /** Event time of the record, the watermark, or processing time (ms); NaN where there is none. */
  readonly time: number;
  /** The operator; null for a source. */
  readonly instance: OperatorInstance | null;
  /** Key of the record or timer, once the operator knows it. */
  key: unknown;
  /** The window that fires. */
  window: { readonly start: number; readonly end: number } | null;
}

/** What the steps of a job are seen against. */
export interface TracedJob {
  readonly ambient: Ambient;
  readonly clock: { readonly now: number };
  readonly progress: { readonly recordCount: number; readonly reading: { readonly name: string } | null };
}

/**
 * Which operators are at work, for a debugger that has stopped the job in the middle of a record. A job without one pays nothing for it: its
 * operators are not wrapped.
 */
export class StepTrace {
  /** Outermost first; each has called the next one. */
  readonly #steps: Step[] = [];
  #job: TracedJob | null = null;

  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** The job that is traced; null before the first. */
  get job(): TracedJob | null {
    return this.#job;
  }

  /** Another executor takes over: the first, or one after a failure. */
  attach(job: TracedJob): void {
    this.#steps.length = 0;
    this.#job = job;
  }

  /** The same operator, whose work is seen. */
  operator(instance: OperatorInstance, vertex: StreamVertex, context: OperatorContext): OperatorInstance {
    const step = (kind: StepKind, value: unknown, time: number, work: () => void): void =>
      this.#during({ vertex, context, kind, value, time, instance, key: NO_KEY, window: null }, work);
    return {
      ...instance,
      collect: (value, timestamp) => step('record', value, timestamp, () => instance.collect(value, timestamp)),
      ...(instance.collectSecond && {
        collectSecond: (value: unknown, timestamp: number) =>
          step('record', value, timestamp, () => instance.collectSecond?.(value, timestamp)),
      }),
      watermark: (watermark) => step('watermark', undefined, watermark, () => instance.watermark(watermark)),
      ...(instance.open && { open: () => step('open', undefined, Number.NaN, () => instance.open?.()) }),
      ...(instance.close && { close: () => step('close', undefined, Number.NaN, () => instance.close?.()) }),
      ...(instance.finish && { finish: () => step('finish', undefined, Number.NaN, () => instance.finish?.()) }),
      ...(instance.advanceTime && {
        advanceTime: (now: number) => step('timer', undefined, now, () => instance.advanceTime?.(now)),
      }),
      ...(instance.answered && {
        answered: (call: number, attempt: number, outcome: CallOutcome) =>
          step('answer', undefined, Number.NaN, () => instance.answered?.(call, attempt, outcome)),
      }),
    };
  }

  /** What a source writes to, with the source as the outermost step. */
  source(output: Output, vertex: StreamVertex, context: OperatorContext): Output {
    return {
      ...output,
      collect: (value, time) =>
        this.#during({ vertex, context, kind: 'record', value, time, instance: null, key: NO_KEY, window: null }, () =>
          output.collect(value, time),
        ),
    };
  }

  /** A key reader that notes the key at the step under way. */
  keys(keyOf: (record: unknown) => unknown): (record: unknown) => unknown {
    return (record) => {
      const key = keyOf(record);
      this.enter(key, null);
      return key;
    };
  }

  /** The step under way goes on for this key, and window if one fires. */
  enter(key: unknown, window: Step['window']): void {
    const step = this.#steps.at(-1);
    if (step === undefined) return;
    step.key = key;
    step.window = window;
  }

  #during(step: Step, work: () => void): void {
    this.#steps.push(step);
    const depth = this.#steps.length;
    try {
      operatorStep(work);
    } finally {
      this.#steps.length = depth - 1;
    }
  }
}

/** Name of the function that stands once in the JavaScript stack for every step. */
export const STEP_FUNCTION = 'operatorStep';

function operatorStep(work: () => void): void {
  work();
}
