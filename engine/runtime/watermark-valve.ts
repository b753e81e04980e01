import { MIN_TIMESTAMP } from './timestamps.ts';

/** What the valve lets through. */
export interface ValveOutput {
  watermark(watermark: number): void;
  idle(idle: boolean): void;
}

/** A valve in a checkpoint; the watermarks are ms of event time, by channel. */
export interface ValveState {
  readonly watermarks: readonly number[];
  readonly idle: readonly boolean[];
  readonly aligned: readonly boolean[];
  readonly last: number;
  readonly allIdle: boolean;
}

/**
 * Combines the watermarks and idleness of a subtask's input channels as Flink's StatusWatermarkValve: the smallest watermark
 * of the channels that are active and aligned. A channel that returns from idleness behind the output is not aligned until it has caught up.
 */
export class WatermarkValve {
  readonly #watermarks: Float64Array;
  readonly #idle: boolean[];
  readonly #aligned: boolean[];
  readonly #output: ValveOutput;
  #last = MIN_TIMESTAMP;
  #allIdle = false;

  constructor(channels: number, output: ValveOutput) {
    this.#watermarks = new Float64Array(channels).fill(MIN_TIMESTAMP);
    this.#idle = new Array<boolean>(channels).fill(false);
    this.#aligned = new Array<boolean>(channels).fill(true);
    this.#output = output;
  }

  save(): ValveState {
    return {
      watermarks: [...this.#watermarks],
      idle: [...this.#idle],
      aligned: [...this.#aligned],
      last: this.#last,
      allIdle: this.#allIdle,
    };
  }

  /** With another number of channels only the output is kept: each channel has to catch up with it. */
  restore({ watermarks, idle, aligned, last, allIdle }: ValveState): void {
    this.#last = last;
    if (watermarks.length !== this.#watermarks.length) return;
    this.#watermarks.set(watermarks);
    this.#idle.splice(0, this.#idle.length, ...idle);
    this.#aligned.splice(0, this.#aligned.length, ...aligned);
    this.#allIdle = allIdle;
  }

  inputWatermark(channel: number, watermark: number): void {
    if (this.#allIdle || this.#idle[channel] === true) return;
    if (watermark <= (this.#watermarks[channel] ?? MIN_TIMESTAMP)) return;
    this.#watermarks[channel] = watermark;
    if (watermark >= this.#last) this.#aligned[channel] = true;
    this.#advance(this.#minimum());
  }

  inputIdle(channel: number, idle: boolean): void {
    if (this.#idle[channel] === idle) return;
    this.#idle[channel] = idle;
    if (idle) {
      this.#aligned[channel] = false;
      if (this.#idle.every(Boolean)) {
        this.#advance(Math.max(...this.#watermarks));
        this.#allIdle = true;
        this.#output.idle(true);
      } else {
        this.#advance(this.#minimum());
      }
      return;
    }
    if ((this.#watermarks[channel] ?? MIN_TIMESTAMP) >= this.#last) this.#aligned[channel] = true;
    if (this.#allIdle) {
      this.#allIdle = false;
      this.#output.idle(false);
    }
  }

  /** −Infinity when no channel is aligned: nothing to send on. */
  #minimum(): number {
    let minimum = Number.POSITIVE_INFINITY;
    let aligned = false;
    for (let channel = 0; channel < this.#aligned.length; channel++) {
      if (this.#aligned[channel] !== true) continue;
      aligned = true;
      minimum = Math.min(minimum, this.#watermarks[channel] ?? MIN_TIMESTAMP);
    }
    return aligned ? minimum : MIN_TIMESTAMP;
  }

  #advance(watermark: number): void {
    if (watermark <= this.#last) return;
    this.#last = watermark;
    this.#output.watermark(watermark);
  }
}
