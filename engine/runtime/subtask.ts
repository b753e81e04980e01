import { align, type Alignment, type CheckpointBarrier, NOT_ALIGNING } from '../checkpoint/barrier-aligner.ts';
import type { JobVertex } from '../graph/job-graph.ts';
import type { StreamVertex } from '../graph/stream-graph.ts';
import type { ChannelSender, ChannelTarget, QueuedChannel } from './channel.ts';
import type { Collect, OperatorCounters, OperatorInstance } from './operator.ts';
import { MIN_TIMESTAMP } from './timestamps.ts';
import { type ValveState, WatermarkValve } from './watermark-valve.ts';

/** An operator in a subtask. */
export interface ChainedOperator {
  readonly vertex: StreamVertex;
  readonly instance: OperatorInstance;
  readonly counters: OperatorCounters;
}

export function newCounters(): OperatorCounters {
  return { recordsIn: 0, recordsOut: 0, watermark: MIN_TIMESTAMP, lateDropped: 0 };
}

/** What a subtask remembers besides its operators. */
export interface SubtaskState {
  readonly finished: boolean;
  readonly valve: ValveState | null;
}

/** One parallel instance of a job vertex: a chain of operators behind a valve. */
export class Subtask implements ChannelTarget {
  readonly vertex: JobVertex;
  readonly index: number;
  /** In chain order: heads before tails. */
  readonly operators: readonly ChainedOperator[];
  /** Channels that have queues. */
  readonly queues: QueuedChannel[] = [];
  readonly collect: Collect;
  /** Takes the snapshot of this subtask; set by the job. */
  onBarrier: (subtask: Subtask, barrier: CheckpointBarrier) => void = () => undefined;
  readonly #channels: number;
  #alignment: Alignment = NOT_ALIGNING;
  readonly #head: OperatorInstance | null;
  readonly #outputs: readonly ChannelSender[];
  readonly #valve: WatermarkValve | null;
  #openChannels: number;
  finished = false;
  /** The operators had finished before the job was restored: the end of the input comes again, but not for them. */
  #finishedBefore = false;

  constructor(
    vertex: JobVertex,
    index: number,
    operators: readonly ChainedOperator[],
    head: OperatorInstance | null,
    outputs: readonly ChannelSender[],
    channels: number,
  ) {
    this.vertex = vertex;
    this.index = index;
    this.operators = operators;
    this.#head = head;
    this.#outputs = outputs;
    this.#openChannels = channels;
    this.#channels = channels;
    this.#valve = channels > 1 && head ? new WatermarkValve(channels, head) : null;
    this.collect = head ? head.collect : (): void => {};
  }

  watermark(channel: number, watermark: number): void {
    if (this.#valve) this.#valve.inputWatermark(channel, watermark);
    else this.#head?.watermark(watermark);
  }

  idle(channel: number, idle: boolean): void {
    if (this.#valve) this.#valve.inputIdle(channel, idle);
    else this.#head?.idle(idle);
  }

  end(): void {
    if (--this.#openChannels === 0) this.finish();
  }

  /** All inputs ended: operators finish from head to tail, then the next subtasks hear of it. */
  finish(): void {
    if (!this.#finishedBefore) for (const { instance } of this.operators) instance.finish?.();
    this.finished = true;
    for (const output of this.#outputs) output.end();
  }

  barrier(channel: number, barrier: CheckpointBarrier): void {
    const { state, effects } = align(this.#alignment, this.#channels, channel, barrier.checkpoint);
    this.#alignment = state;
    for (const effect of effects) {
      switch (effect.kind) {
        case 'block':
          this.#queue(effect.channel)?.block();
          break;
        case 'unblock':
          for (const blocked of effect.channels) this.#queue(blocked)?.unblock();
          break;
        case 'aligned':
          this.passBarrier(barrier);
      }
    }
  }

  /** The barrier has come on all inputs, or this is a source: the snapshot is taken before anything else goes out. */
  passBarrier(barrier: CheckpointBarrier): void {
    this.onBarrier(this, barrier);
    for (const output of this.#outputs) output.barrier(barrier);
  }

  #queue(channel: number): QueuedChannel | undefined {
    return this.queues.find((queue) => queue.channel === channel);
  }

  /** For a checkpoint: what the subtask itself remembers. */
  save(): SubtaskState {
    return { finished: this.finished, valve: this.#valve?.save() ?? null };
  }

  /** Before the first element. Watermarks of channels are kept only if there are as many as there were. */
  restore({ finished, valve }: SubtaskState): void {
    this.#finishedBefore = finished;
    if (valve !== null) this.#valve?.restore(valve);
  }

  advanceTime(now: number): void {
    for (const { instance } of this.operators) instance.advanceTime?.(now);
  }

  nextWakeUp(): number {
    let next = Number.POSITIVE_INFINITY;
    if (this.finished) return next;
    for (const { instance } of this.operators) next = Math.min(next, instance.nextWakeUp?.() ?? Number.POSITIVE_INFINITY);
    return next;
  }

  /** Hands over the first waiting element of the first channel that has one; false when none has. */
  deliverOne(): boolean {
    for (const queue of this.queues) {
      if (queue.rests) continue;
      queue.deliverOne();
      return true;
    }
    return false;
  }
}
