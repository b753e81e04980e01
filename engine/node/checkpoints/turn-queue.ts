/** Lets one piece of work at a time go on, in the order in which they came; one that fails does not keep the others from theirs. */
export class TurnQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Settles as `work` does, which begins once everything before has ended. Work must not wait for more work of the same queue. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
