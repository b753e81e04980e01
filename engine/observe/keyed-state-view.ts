import type { StateKind } from '../state/state-capture.ts';

/** One state of an operator for one key, as it is now. */
export interface KeyedStateView {
  readonly name: string;
  readonly kind: StateKind;
  /** Of what a window holds: [start, end) in ms. */
  readonly window?: { readonly start: number; readonly end: number };
  /** Values, entries, records or timers of the key; 0 when the state is not set for it. */
  readonly size: number;
  /** The value itself, not a copy: not to be changed. A Map for a map state, a list of times (ms) for timers; both cut to the limit asked for. */
  readonly value: unknown;
}
