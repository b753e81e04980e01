import { MIN_TIMESTAMP } from './timestamps.ts';
import type { ValveOutput } from './watermark-valve.ts';

/** A CombinedWatermark in a checkpoint; watermarks in ms of event time, by input. */
export interface CombinedState {
  readonly watermarks: readonly number[];
  readonly idle: readonly boolean[];
  readonly last: number;
}

/**
 * The watermark of an operator with two inputs, as Flink's CombinedWatermarkStatus: the smaller one of the inputs that are not idle. There is no rule
 * about alignment as between the channels of one input: an input that returns from idleness behind the output holds it back until it has caught up.
 */
export class CombinedWatermark {
  readonly #watermarks: [number, number] = [MIN_TIMESTAMP, MIN_TIMESTAMP];
  readonly #idle: [boolean, boolean] = [false, false];
  #last = MIN_TIMESTAMP;
  readonly #output: ValveOutput;

  constructor(output: ValveOutput) {
    this.#output = output;
  }

  /** Where one input's watermarks and idleness go. */
  input(at: 0 | 1): ValveOutput {
    return {
      watermark: (watermark) => {
        this.#watermarks[at] = Math.max(this.#watermarks[at], watermark);
        this.#advance();
      },
      idle: (idle) => {
        const wasIdle = this.#isIdle();
        this.#idle[at] = idle;
        this.#advance();
        if (this.#isIdle() !== wasIdle) this.#output.idle(idle);
      },
    };
  }

  #isIdle(): boolean {
    return this.#idle[0] && this.#idle[1];
  }

  #advance(): void {
    const active = this.#watermarks.filter((_, at) => this.#idle[at] !== true);
    if (active.length === 0) return;
    const watermark = Math.min(...active);
    if (watermark <= this.#last) return;
    this.#last = watermark;
    this.#output.watermark(watermark);
  }

  save(): CombinedState {
    return { watermarks: [...this.#watermarks], idle: [...this.#idle], last: this.#last };
  }

  restore({ watermarks, idle, last }: CombinedState): void {
    this.#watermarks.splice(0, 2, ...watermarks);
    this.#idle.splice(0, 2, ...idle);
    this.#last = last;
  }
}
