/** What a restart strategy says of a failure. */
export interface Backoff<State> {
  /** What it remembers from now on. */
  readonly state: State;
  readonly mayRestart: boolean;
  /** Until the restart, ms. */
  readonly delay: number;
}
