import { tagId } from '../api/output-tag.ts';
import type { StateDescriptor } from '../api/state-descriptors.ts';
import type { CoFunction } from '../api/user-function.ts';
import { describeSelection } from '../graph/graph-hash.ts';
import type { KeySelection } from '../graph/stream-graph.ts';
import type { OperatorSpec, Output } from '../runtime/operator.ts';
import { timestampOrMin, timestampOrNull } from '../runtime/timestamps.ts';
import type { BroadcastState, ReadOnlyBroadcastState } from '../state/operator/broadcast-state.ts';
import type { KeyedStateBackend } from '../state/keyed-backend.ts';
import { BroadcastStates } from './broadcast-states.ts';
import { KeyedContext, type TimerService } from './keyed-context.ts';
import { KeyedOperator, userTimers } from './keyed-operator.ts';
import { type CurrentTime, ProcessOperator } from './process.ts';

/** What both sides of a broadcast process function have. */
class BroadcastContext {
  /** ms of event time, or NaN. */
  current: number = Number.NaN;
  readonly #time: CurrentTime;
  readonly #output: Output;
  constructor(time: CurrentTime, output: Output) {
    this.#time = time;
    this.#output = output;
  }
  timestamp(): number | null {
    return timestampOrNull(this.current);
  }
  currentProcessingTime(): number {
    return this.#time.currentProcessingTime();
  }
  currentWatermark(): number {
    return this.#time.currentWatermark();
  }
  output(tag: unknown, value: unknown): void {
    this.#output.side(tagId(tag), value, timestampOrMin(this.current));
  }
}

/** The context of `processElement` without a key. */
class ReadingContext extends BroadcastContext {
  readonly #states: BroadcastStates;
  constructor(time: CurrentTime, output: Output, states: BroadcastStates) {
    super(time, output);
    this.#states = states;
  }
  getBroadcastState(descriptor: unknown): ReadOnlyBroadcastState<unknown, unknown> {
    return this.#states.readOnly(descriptor);
  }
}

/** The context of `processBroadcastElement`. */
class WritingContext extends BroadcastContext {
  readonly #states: BroadcastStates;
  constructor(time: CurrentTime, output: Output, states: BroadcastStates) {
    super(time, output);
    this.#states = states;
  }
  getBroadcastState(descriptor: unknown): BroadcastState<unknown, unknown> {
    return this.#states.state(descriptor);
  }
}

/** The context of `processBroadcastElement` beside a keyed stream. */
class KeyedWritingContext extends WritingContext {
  readonly #operator: KeyedOperator<KeyedContext>;
  constructor(operator: KeyedOperator<KeyedContext>, output: Output, states: BroadcastStates) {
    super(operator.timers, output, states);
    this.#operator = operator;
  }
  applyToKeyedState<S>(descriptor: StateDescriptor<S>, visit: (key: unknown, state: S) => void): void {
    this.#operator.forEachKey(descriptor, visit);
  }
}

/** The context of `processElement` and `onTimer` with a key. */
class KeyedReadingContext extends KeyedContext {
  readonly #states: BroadcastStates;
  constructor(timers: TimerService, backend: KeyedStateBackend, output: Output, states: BroadcastStates) {
    super(timers, backend, output);
    this.#states = states;
  }
  currentProcessingTime(): number {
    return this.timerService().currentProcessingTime();
  }
  currentWatermark(): number {
    return this.timerService().currentWatermark();
  }
  getBroadcastState(descriptor: unknown): ReadOnlyBroadcastState<unknown, unknown> {
    return this.#states.readOnly(descriptor);
  }
}

/** Records beside a broadcast stream: `fn.call` is processElement, `fn.second` processBroadcastElement. `names`: of the broadcast states. */
export function broadcastProcessOperator(fn: CoFunction, names: readonly string[]): OperatorSpec {
  return {
    kind: 'broadcastProcess',
    keepsState: true,
    config: { states: names },
    functions: [fn],
    create(context, output) {
      const states = new BroadcastStates(names, context.operatorState);
      const operator = new ProcessOperator(fn, context, output);
      return {
        ...operator.instance(),
        collect: operator.input(fn.call, 'process', new ReadingContext(operator.time, output, states)),
        collectSecond: operator.input(fn.second, 'process', new WritingContext(operator.time, output, states)),
      };
    },
  };
}

/** Records of a key beside a broadcast stream, with keyed state and timers that only their side sets. */
export function keyedBroadcastProcessOperator(fn: CoFunction, names: readonly string[], keys: KeySelection): OperatorSpec {
  return {
    kind: 'keyedBroadcastProcess',
    keepsState: true,
    config: { states: names, keys: describeSelection(keys) },
    functions: [fn],
    create(context, output) {
      const states = new BroadcastStates(names, context.operatorState);
      const operator = new KeyedOperator(fn, context, output, {
        contextOf: (timers, backend) => new KeyedReadingContext(timers, backend, output, states),
        onTimer: userTimers(fn),
      });
      return {
        ...operator.instance(),
        collect: operator.input(keys, fn.call, 'process'),
        collectSecond: operator.inputWithoutKey(fn.second, 'process', new KeyedWritingContext(operator, output, states)),
      };
    },
  };
}
