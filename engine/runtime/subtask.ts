import type { RuntimeContext } from '../api/runtime-context.ts';
import { align, type Alignment, type CheckpointBarrier, NOT_ALIGNING } from '../checkpoint/barrier-aligner.ts';
import type { JobVertex } from '../graph/job-graph.ts';
import type { StreamVertex } from '../graph/stream-graph.ts';
import type { ChannelSender, ChannelTarget, QueuedChannel } from './channel.ts';
import type { OperatorCounters, OperatorInstance } from './operator.ts';
import { type InputState, SubtaskInputs } from './subtask-inputs.ts';
import { MIN_TIMESTAMP } from './timestamps.ts';

/** An operator in a subtask. */
export interface ChainedOperator {
  readonly vertex: StreamVertex;
  readonly instance: OperatorInstance;
  readonly counters: OperatorCounters;
  readonly runtime: RuntimeContext;
}

export function newCounters(): OperatorCounters {
  return { recordsIn: 0, recordsOut: 0, watermark: MIN_TIMESTAMP, lateDropped: 0 };
}

/** What a subtask remembers besides its operators. */
export interface SubtaskState extends InputState {
  readonly finished: boolean;
  /** Operators of the chain that have, while one holds up the end; missing in checkpoints of earlier versions. */
  readonly finishedOperators?: number;
}

/** One parallel instance of a job vertex: a chain of operators behind its inputs. */
export class Subtask {
  readonly vertex: JobVertex;
  readonly index: number;
  /** In chain order: heads before tails. */
  readonly operators: readonly ChainedOperator[];
  /** Channels that have queues. */
  readonly queues: QueuedChannel[] = [];
  /** By input of the first operator: where its channels deliver to. */
  readonly targets: readonly ChannelTarget[];
  /** Takes the snapshot of this subtask; set by the job. */
  onBarrier: (subtask: Subtask, barrier: CheckpointBarrier) => void = () => undefined;
  readonly #channels: number;
  #alignment: Alignment = NOT_ALIGNING;
  readonly #inputs: SubtaskInputs;
  readonly #outputs: readonly ChannelSender[];
  #openChannels: number;
  finished = false;
  #ending = false;
  /** Operators from the head on that have finished; in a restored job already before: the end of the input comes again, but not for them. */
  #finishedOperators = 0;

  /** `channels`: how many each input has. */
  constructor(
    vertex: JobVertex,
    index: number,
    operators: readonly ChainedOperator[],
    head: OperatorInstance | null,
    outputs: readonly ChannelSender[],
    channels: readonly number[],
  ) {
    this.vertex = vertex;
    this.index = index;
    this.operators = operators;
    this.#outputs = outputs;
    this.#channels = channels.reduce((sum, count) => sum + count, 0);
    this.#openChannels = this.#channels;
    this.#inputs = new SubtaskInputs(head, channels, {
      end: () => {
        if (--this.#openChannels === 0) this.finish();
      },
      barrier: (channel, barrier) => this.#barrier(channel, barrier),
    });
    this.targets = this.#inputs.targets;
  }

  /** All inputs ended: operators finish from head to tail, then the next subtasks hear of it. */
  finish(): void {
    this.#ending = true;
    this.operators[this.#finishedOperators]?.instance.finish?.();
    this.goOnFinishing();
  }

  /** After the end of the inputs: an operator that waits for results holds up those behind it. */
  goOnFinishing(): void {
    if (!this.#ending || this.finished) return;
    while (this.#finishedOperators < this.operators.length) {
      if (this.operators[this.#finishedOperators]?.instance.isWaiting?.() === true) return;
      this.#finishedOperators++;
      this.operators[this.#finishedOperators]?.instance.finish?.();
    }
    this.finished = true;
    for (const output of this.#outputs) output.end();
  }

  /** All channels of all inputs are aligned. */
  #barrier(channel: number, barrier: CheckpointBarrier): void {
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
    return { finished: this.finished, finishedOperators: this.#finishedOperators, ...this.#inputs.save() };
  }

  /** Before the first element. */
  restore({ finished, finishedOperators = 0, ...inputs }: SubtaskState): void {
    this.#finishedOperators = finished ? this.operators.length : finishedOperators;
    this.#inputs.restore(inputs);
  }

  advanceTime(now: number): void {
    for (const { instance } of this.#unfinished) instance.advanceTime?.(now);
  }

  nextWakeUp(): number {
    let next = Number.POSITIVE_INFINITY;
    if (this.finished) return next;
    for (const { instance } of this.#unfinished) next = Math.min(next, instance.nextWakeUp?.() ?? Number.POSITIVE_INFINITY);
    return next;
  }

  /** Whom the clock still matters to. */
  get #unfinished(): readonly ChainedOperator[] {
    return this.#finishedOperators === 0 ? this.operators : this.operators.slice(this.#finishedOperators);
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
