import type { CheckpointBarrier } from '../checkpoint/barrier-aligner.ts';
import type { ChannelTarget } from './channel.ts';
import { type CombinedState, CombinedWatermark } from './combined-watermark.ts';
import type { Collect, OperatorInstance } from './operator.ts';
import { type ValveOutput, type ValveState, WatermarkValve } from './watermark-valve.ts';

/** The watermarks and idleness of a subtask's inputs in a checkpoint. */
export interface InputState {
  /** Of the first input; null when it has one channel. */
  readonly valve: ValveState | null;
  /** Only of an operator with two inputs. */
  readonly second?: { readonly valve: ValveState | null; readonly combined: CombinedState };
}

/** What a subtask hears of its channels, which are counted over all inputs. */
export interface InputEvents {
  end(): void;
  barrier(channel: number, barrier: CheckpointBarrier): void;
}

/** One input of an operator: the channels that are united in it, behind a valve if there are several. */
class SubtaskInput implements ChannelTarget {
  readonly collect: Collect;
  readonly valve: WatermarkValve | null;
  readonly #firstChannel: number;
  readonly #output: ValveOutput;
  readonly #events: InputEvents;

  constructor(collect: Collect, firstChannel: number, channels: number, output: ValveOutput, events: InputEvents) {
    this.collect = collect;
    this.valve = channels > 1 ? new WatermarkValve(channels, output) : null;
    this.#firstChannel = firstChannel;
    this.#output = output;
    this.#events = events;
  }

  watermark(channel: number, watermark: number): void {
    if (this.valve) this.valve.inputWatermark(channel - this.#firstChannel, watermark);
    else this.#output.watermark(watermark);
  }

  idle(channel: number, idle: boolean): void {
    if (this.valve) this.valve.inputIdle(channel - this.#firstChannel, idle);
    else this.#output.idle(idle);
  }

  end(): void {
    this.#events.end();
  }

  barrier(channel: number, barrier: CheckpointBarrier): void {
    this.#events.barrier(channel, barrier);
  }
}

/** The inputs of a subtask: none, one, or two that are combined. */
export class SubtaskInputs {
  /** By input: where its channels deliver to. */
  readonly targets: readonly ChannelTarget[];
  readonly #valves: readonly (WatermarkValve | null)[];
  readonly #combined: CombinedWatermark | null;

  /** `channels`: how many each input has, the first one's with the lowest numbers. */
  constructor(head: OperatorInstance | null, channels: readonly number[], events: InputEvents) {
    const [first = 0, second] = channels;
    if (head === null) {
      this.targets = [];
      this.#valves = [];
      this.#combined = null;
    } else if (second === undefined) {
      const input = new SubtaskInput(head.collect, 0, first, head, events);
      this.targets = [input];
      this.#valves = [input.valve];
      this.#combined = null;
    } else {
      if (head.collectSecond === undefined) throw new Error('an operator with one input cannot have a second one');
      const combined = new CombinedWatermark(head);
      const inputs = [
        new SubtaskInput(head.collect, 0, first, combined.input(0), events),
        new SubtaskInput(head.collectSecond, first, second, combined.input(1), events),
      ];
      this.targets = inputs;
      this.#valves = inputs.map(({ valve }) => valve);
      this.#combined = combined;
    }
  }

  save(): InputState {
    const [first, second] = this.#valves.map((valve) => valve?.save() ?? null);
    return {
      valve: first ?? null,
      ...(this.#combined === null ? {} : { second: { valve: second ?? null, combined: this.#combined.save() } }),
    };
  }

  /** Before the first element. Watermarks of channels are kept only if there are as many as there were. */
  restore({ valve, second }: InputState): void {
    const [first, other] = this.#valves;
    if (valve !== null) first?.restore(valve);
    if (second === undefined) return;
    if (second.valve !== null) other?.restore(second.valve);
    this.#combined?.restore(second.combined);
  }
}
