import { IllegalArgumentException } from '../../api/errors.ts';
import {
  AggregatingStateDescriptor,
  ListStateDescriptor,
  MapStateDescriptor,
  ReducingStateDescriptor,
  type StateDescriptor,
  ValueStateDescriptor,
} from '../../api/state-descriptors.ts';
import { methodOf } from '../../api/user-function.ts';
import type { KeyedStateView } from '../../observe/keyed-state-view.ts';
import type { OperatorContext } from '../../runtime/operator.ts';
import type { ByteWriter } from '../../state/byte-writer.ts';
import type { KeyContext } from '../../state/key-context.ts';
import { KeyedStateBackend } from '../../state/keyed-backend.ts';
import type { KeyedStateStore } from '../../state/keyed-state-access.ts';
import type { Namespace } from '../../state/namespace.ts';
import type { RestoredState, StateCapture } from '../../state/state-capture.ts';
import type { StateStore } from '../../state/stored/state-store.ts';
import { WINDOW_STATE } from '../window-capture.ts';

/** Name of the state of merging windows in checkpoints: which windows of a key are open, and under which of those that merged their contents are. */
export const MERGING_STATE = 'merging windows';

const TAKEN: ReadonlySet<string> = new Set([WINDOW_STATE, MERGING_STATE]);

/**
 * State of user code in a window operator: of a key and window (`windowState`, and that of triggers), and of a key in all windows (`globalState`, and
 * the runtime context of a rich function). A state is one or the other.
 */
export class WindowStates {
  readonly context: KeyContext;
  /** Of the current window. */
  readonly window: KeyedStateStore;
  /** Of the key in all windows. */
  readonly global: KeyedStateStore;
  readonly #backend: KeyedStateBackend;
  readonly #outside = new WeakMap<object, object>();

  /** `store` null: on the heap. */
  constructor({ maxParallelism, memory, clock, onTypeChange }: OperatorContext, store: StateStore | null) {
    this.#backend = new KeyedStateBackend(maxParallelism, store, memory, clock, onTypeChange);
    this.context = this.#backend.context;
    this.window = {
      getState: (descriptor) => this.of(descriptor),
      getListState: (descriptor) => this.of(descriptor),
      getMapState: (descriptor) => this.of(descriptor),
      getReducingState: (descriptor) => this.of(descriptor),
      getAggregatingState: (descriptor) => this.of(descriptor),
    };
    this.global = {
      getState: (descriptor) => this.#outsideOfWindows(this.of(descriptor)),
      getListState: (descriptor) => this.#outsideOfWindows(this.of(descriptor)),
      getMapState: (descriptor) => this.#outsideOfWindows(this.of(descriptor)),
      getReducingState: (descriptor) => this.#outsideOfWindows(this.of(descriptor)),
      getAggregatingState: (descriptor) => this.#outsideOfWindows(this.of(descriptor)),
    };
  }

  /** The current key and window. */
  enter(key: unknown, namespace: Namespace): void {
    this.context.set(key);
    this.context.namespace = namespace;
  }

  leave(): void {
    this.context.clear();
    this.context.namespace = undefined;
  }

  /** State of the current key and window. Throws IllegalArgumentException for a descriptor of no kind of state, and for names that are taken. */
  of<S>(descriptor: StateDescriptor<S>): S {
    const state: unknown = this.#stateOf(descriptor);
    // SAFETY: a descriptor's type parameter is the state that the backend gives for it.
    return state as S;
  }

  #stateOf(descriptor: unknown): unknown {
    if (descriptor instanceof ValueStateDescriptor) return this.#backend.getState(named(descriptor));
    if (descriptor instanceof ListStateDescriptor) return this.#backend.getListState(named(descriptor));
    if (descriptor instanceof MapStateDescriptor) return this.#backend.getMapState(named(descriptor));
    if (descriptor instanceof ReducingStateDescriptor) return this.#backend.getReducingState(named(descriptor));
    if (descriptor instanceof AggregatingStateDescriptor) return this.#backend.getAggregatingState(named(descriptor));
    throw new IllegalArgumentException('This is not the descriptor of a keyed state.');
  }

  /** The same state without a window: every method of it runs outside of the current one. */
  #outsideOfWindows<S extends object>(state: S): S {
    const known = this.#outside.get(state);
    // SAFETY: below are the same methods.
    if (known !== undefined) return known as S;
    const outside = Object.fromEntries(
      [...Object.keys(state), Symbol.iterator].flatMap((name) => {
        const method = methodOf(state, name);
        return method === null ? [] : [[name, (...args: unknown[]): unknown => this.#outsideOf(() => method(...args))] as const];
      }),
    );
    this.#outside.set(state, outside);
    // SAFETY: as above.
    return outside as S;
  }

  #outsideOf(run: () => unknown): unknown {
    const { namespace } = this.context;
    this.context.namespace = undefined;
    try {
      return run();
    } finally {
      this.context.namespace = namespace;
    }
  }

  get estimatedBytes(): number {
    return this.#backend.estimatedBytes;
  }
  capture(full: boolean): readonly StateCapture[] {
    return this.#backend.capture(full);
  }
  restore(state: RestoredState): void {
    this.#backend.restore(state);
  }
  views(key: unknown, limit: number): readonly KeyedStateView[] {
    return this.#backend.views(key, limit);
  }
  writeState(writer: ByteWriter): void {
    this.#backend.writeState(writer);
  }
}

function named<D extends StateDescriptor<unknown>>(descriptor: D): D {
  if (!TAKEN.has(descriptor.getName())) return descriptor;
  throw new IllegalArgumentException(
    `"${descriptor.getName()}" is what checkpoints call a state of the window operator itself.`,
    'Give the state another name.',
  );
}
