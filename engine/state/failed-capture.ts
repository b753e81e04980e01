import type { EncodedState, StateCapture, StateKind } from './state-capture.ts';

/** Of a state that was found at its barrier to hold something that cannot be stored: the checkpoint fails, and not the job. */
export class FailedCapture implements StateCapture {
  readonly name = '';
  readonly kind: StateKind = 'value';
  readonly remaining = 1;
  readonly #error: Error;

  constructor(error: Error) {
    this.#error = error;
  }

  encode(): number {
    throw this.#error;
  }

  finish(): EncodedState {
    throw this.#error;
  }

  release(): void {}
}
