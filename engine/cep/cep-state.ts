import { IllegalStateException } from '../api/errors.ts';
import { MapStateDescriptor, ValueStateDescriptor } from '../api/state-descriptors.ts';
import type { OperatorContext, OperatorInstance } from '../runtime/operator.ts';
import { createTimers } from '../state/create-timers.ts';
import { KeyedStateBackend } from '../state/keyed-backend.ts';
import type { MapState } from '../state/keyed/map-state.ts';
import type { ValueState } from '../state/keyed/value-state.ts';
import type { RestoredState } from '../state/state-capture.ts';
import type { TimerTable } from '../state/timers.ts';
import { type BufferedEvent, type Link, MatchBuffer } from './match-buffer.ts';
import type { KeptMatches } from './matches.ts';

/** The states by what they are used for; asked for when they are first used, which is after they have been restored. */
interface Tables {
  readonly kept: ValueState<KeptMatches>;
  /** By time (ms), those of one time as they came. */
  readonly waiting: MapState<number, unknown[]>;
  readonly buffer: MatchBuffer;
}

/** What a pattern keeps per key. Nothing is kept of a key that has no partial match and no event that waits. */
export class CepState {
  readonly timers: TimerTable;
  readonly #backend: KeyedStateBackend;
  readonly #eventTime: boolean;
  #tables: Tables | null = null;

  constructor(context: Pick<OperatorContext, 'maxParallelism' | 'memory' | 'openStore'>, eventTime: boolean) {
    const store = context.openStore();
    const kind = eventTime ? 'event-time timers' : 'processing-time timers';
    this.#eventTime = eventTime;
    this.#backend = new KeyedStateBackend(context.maxParallelism, store, context.memory);
    this.timers = createTimers(kind, context, store);
  }

  get key(): unknown {
    return this.#backend.context.key;
  }
  enter(key: unknown): void {
    this.#backend.context.set(key);
  }
  leave(): void {
    this.#backend.context.clear();
  }

  get kept(): Tables['kept'] {
    return this.#opened().kept;
  }
  get waiting(): Tables['waiting'] {
    return this.#opened().waiting;
  }
  get buffer(): Tables['buffer'] {
    return this.#opened().buffer;
  }

  #opened(): Tables {
    const backend = this.#backend;
    this.#tables ??= {
      kept: backend.getState(new ValueStateDescriptor<KeptMatches>('partial matches')),
      waiting: backend.getMapState(new MapStateDescriptor<number, unknown[]>('waiting events')),
      buffer: new MatchBuffer(
        backend.getMapState(new MapStateDescriptor<number, BufferedEvent>('events of partial matches')),
        backend.getMapState(new MapStateDescriptor<number, Link>('links of partial matches')),
      ),
    };
    return this.#tables;
  }

  /** The part of an operator that is about its state. */
  instance(): Required<Pick<OperatorInstance, 'writeState' | 'capture' | 'stateBytes' | 'keyedState'>> {
    return {
      writeState: (writer) => {
        this.#backend.writeState(writer);
        this.timers.writeState(writer);
      },
      capture: (full) => [...this.#backend.capture(full), this.timers.capture(full)],
      stateBytes: () => this.#backend.estimatedBytes + this.timers.estimatedBytes,
      keyedState: (key, limit) => {
        const timers = this.timers.view(key, limit);
        return [...this.#backend.views(key, limit), ...(timers === null ? [] : [timers])];
      },
    };
  }

  /** Throws IllegalStateException for state of a pattern in the other time. */
  restore(states: readonly RestoredState[]): void {
    for (const state of states) {
      if (state.kind !== 'event-time timers' && state.kind !== 'processing-time timers') this.#backend.restore(state);
      else if ((state.kind === 'event-time timers') === this.#eventTime) this.timers.restore(state);
      else throw otherTime();
    }
  }
}

function otherTime(): IllegalStateException {
  return new IllegalStateException(
    'The checkpoint was taken with a pattern in the other time: event time or processing time.',
    'Start without it, or give the pattern an operator with another uid.',
  );
}
