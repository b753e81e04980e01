import type { CheckpointBarrier } from '../checkpoint/barrier-aligner.ts';
import type { Ambient } from './ambient.ts';
import type { StateAccount } from '../state/state-memory.ts';
import type { Receiver } from './operator.ts';

const RECORD = 0;
const WATERMARK = 1;
const IDLE = 2;
const ACTIVE = 3;
const END = 4;
const BARRIER = 5;

/** Bytes of memory of an element that waits, with a small record; counted for so many elements at a time. */
const ELEMENT_MEMORY = 128;
const COUNTED_ELEMENTS = 4_096;

/** The receiving side of a channel: one input of a subtask. */
export interface ChannelTarget {
  readonly collect: Receiver['collect'];
  watermark(channel: number, watermark: number): void;
  idle(channel: number, idle: boolean): void;
  end(channel: number): void;
  barrier(channel: number, barrier: CheckpointBarrier): void;
}

/** The sending side of a channel. */
export interface ChannelSender extends Receiver {
  readonly end: () => void;
  /** Also after the end: a channel outlives the records of its sender. */
  readonly barrier: (barrier: CheckpointBarrier) => void;
}

/** Keeps the order in which waiting elements are worked on. */
export interface Scheduler {
  /** An element was put into a channel of the subtask at this place in the order. */
  ready(order: number): void;
  /** So many elements of a channel of that subtask may not be worked on for now: the channel is blocked. */
  hold(order: number, elements: number): void;
}

/** Elements on their way from one subtask to another, as columns; side data travels with records. */
export class QueuedChannel implements ChannelSender {
  readonly #target: ChannelTarget;
  readonly #channel: number;
  readonly #order: number;
  #blocked = false;
  readonly #scheduler: Scheduler;
  readonly #ambient: Ambient;
  readonly #memory: StateAccount;
  #head = 0;
  #kinds: number[] = [];
  #values: unknown[] = [];
  #times: number[] = [];
  #starts: number[] = [];
  #ends: number[] = [];
  #keys: unknown[] = [];
  readonly collect: Receiver['collect'];
  readonly watermark: (watermark: number) => void;
  readonly idle: (idle: boolean) => void;
  readonly end: () => void;
  readonly barrier: (barrier: CheckpointBarrier) => void;

  constructor(target: ChannelTarget, channel: number, order: number, scheduler: Scheduler, ambient: Ambient, memory: StateAccount) {
    this.#target = target;
    this.#channel = channel;
    this.#order = order;
    this.#scheduler = scheduler;
    this.#ambient = ambient;
    this.#memory = memory;
    this.collect = (value, timestamp): void => this.#put(RECORD, value, timestamp);
    this.watermark = (watermark): void => this.#put(WATERMARK, undefined, watermark);
    this.idle = (idle): void => this.#put(idle ? IDLE : ACTIVE, undefined, 0);
    this.end = (): void => this.#put(END, undefined, 0);
    this.barrier = (barrier): void => this.#put(BARRIER, barrier, 0);
  }

  /** Nothing to hand over now: empty, or blocked by an alignment. */
  get rests(): boolean {
    return this.#blocked || this.#head === this.#kinds.length;
  }

  get channel(): number {
    return this.#channel;
  }

  /** What waits here, and what comes, stays until `unblock`. */
  block(): void {
    if (this.#blocked) return;
    this.#blocked = true;
    this.#scheduler.hold(this.#order, this.#kinds.length - this.#head);
  }

  unblock(): void {
    if (!this.#blocked) return;
    this.#blocked = false;
    for (let waiting = this.#kinds.length - this.#head; waiting > 0; waiting--) this.#scheduler.ready(this.#order);
  }

  #put(kind: number, value: unknown, time: number): void {
    const { windowStart, windowEnd, key } = this.#ambient;
    this.#kinds.push(kind);
    this.#values.push(value);
    this.#times.push(time);
    this.#starts.push(windowStart);
    this.#ends.push(windowEnd);
    this.#keys.push(key);
    // The one way in which a single record can fill the memory without state: what a function emits for it has to wait.
    if (this.#kinds.length % COUNTED_ELEMENTS === 0) this.#memory.grow(COUNTED_ELEMENTS * ELEMENT_MEMORY);
    if (!this.#blocked) this.#scheduler.ready(this.#order);
  }

  /** Hands the first element over. */
  deliverOne(): void {
    const at = this.#head++;
    const kind = this.#kinds[at];
    const time = this.#times[at] ?? Number.NaN;
    const value = this.#values[at];
    this.#ambient.set(this.#starts[at] ?? Number.NaN, this.#ends[at] ?? Number.NaN, this.#keys[at]);
    if (this.#head === this.#kinds.length) this.#clear();
    switch (kind) {
      case RECORD:
        this.#target.collect(value, time);
        break;
      case WATERMARK:
        this.#target.watermark(this.#channel, time);
        break;
      case END:
        this.#target.end(this.#channel);
        break;
      case BARRIER:
        // SAFETY: only `barrier` puts this kind, with its argument.
        this.#target.barrier(this.#channel, value as CheckpointBarrier);
        break;
      default:
        this.#target.idle(this.#channel, kind === IDLE);
    }
    this.#ambient.clear();
  }

  #clear(): void {
    this.#head = 0;
    this.#memory.shrink(Math.floor(this.#kinds.length / COUNTED_ELEMENTS) * COUNTED_ELEMENTS * ELEMENT_MEMORY);
    this.#kinds.length = 0;
    this.#values.length = 0;
    this.#times.length = 0;
    this.#starts.length = 0;
    this.#ends.length = 0;
    this.#keys.length = 0;
  }
}

/** A hop without a queue, where nobody can tell the difference: the only way out of its sender and the only way into its receiver. */
export function directChannel(target: ChannelTarget): ChannelSender {
  return {
    collect: target.collect,
    watermark: (watermark) => target.watermark(0, watermark),
    idle: (idle) => target.idle(0, idle),
    end: () => target.end(0),
    barrier: (barrier) => target.barrier(0, barrier),
  };
}
