import { IllegalArgumentException, UnsupportedOperationException } from '../api/errors.ts';
import { MapStateDescriptor } from '../api/state-descriptors.ts';
import type { BroadcastState, ReadOnlyBroadcastState } from '../state/operator/broadcast-state.ts';
import type { OperatorStateStore } from '../state/operator/operator-state-backend.ts';

interface Handles {
  readonly state: BroadcastState<unknown, unknown>;
  readonly readOnly: ReadOnlyBroadcastState<unknown, unknown>;
}

/** The broadcast states of one operator in one subtask: those that were given to `broadcast`. They are operator states, on the heap. */
export class BroadcastStates {
  readonly #names: readonly string[];
  readonly #store: OperatorStateStore;
  readonly #handles = new Map<string, Handles>();

  constructor(names: readonly string[], store: OperatorStateStore) {
    this.#names = names;
    this.#store = store;
  }

  /** For the broadcast side. Throws IllegalArgumentException. */
  state(descriptor: unknown): BroadcastState<unknown, unknown> {
    return this.#find(descriptor).state;
  }

  /** For the other side. Throws IllegalArgumentException. */
  readOnly(descriptor: unknown): ReadOnlyBroadcastState<unknown, unknown> {
    return this.#find(descriptor).readOnly;
  }

  #find(descriptor: unknown): Handles {
    if (!(descriptor instanceof MapStateDescriptor)) throw new IllegalArgumentException('Broadcast state needs a MapStateDescriptor.');
    const name = descriptor.getName();
    const known = this.#handles.get(name);
    if (known !== undefined) return known;
    if (!this.#names.includes(name)) {
      throw new IllegalArgumentException(
        'The requested state does not exist. Check for typos in your state descriptor, or specify the state descriptor in the ' +
          'datastream.broadcast(...) call if you forgot to register it.',
      );
    }
    const state = this.#store.getBroadcastState<unknown, unknown>(descriptor);
    const handles = { state, readOnly: readOnlyView(state) };
    this.#handles.set(name, handles);
    return handles;
  }
}

/** What the side that is not broadcast sees: in TypeScript it has no methods that write, and untyped code gets an error. */
function readOnlyView(state: BroadcastState<unknown, unknown>): ReadOnlyBroadcastState<unknown, unknown> {
  const refuse = (): never => {
    throw new UnsupportedOperationException(
      'Broadcast state is read-only in processElement and onTimer.',
      'Change it in processBroadcastElement, in the same way in every subtask.',
    );
  };
  const view: ReadOnlyBroadcastState<unknown, unknown> = {
    get: (key) => state.get(key),
    contains: (key) => state.contains(key),
    immutableEntries: () => state.immutableEntries(),
  };
  return Object.assign(view, { put: refuse, putAll: refuse, remove: refuse, clear: refuse });
}
