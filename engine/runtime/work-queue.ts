import type { ReadingProgress } from './source-subtask.ts';
import type { Subtask } from './subtask.ts';

/** Elements that wait in channels, by the subtask that receives them: worked on downstream first (rule 1). */
export class WorkQueue {
  readonly #progress: ReadingProgress;
  /** In the order of rule 1: downstream first, then by vertex and subtask. */
  #subtasks: readonly Subtask[] = [];
  #pending = new Int32Array(0);
  /** No subtask before this one has work. */
  #cursor = 0;
  #draining = false;

  constructor(progress: ReadingProgress) {
    this.#progress = progress;
  }

  /** The subtasks of the job, in the order of rule 1; comes once, before any element. */
  attach(subtasks: readonly Subtask[]): void {
    this.#subtasks = subtasks;
    this.#pending = new Int32Array(subtasks.length);
    this.#cursor = subtasks.length;
  }

  /** One more element waits for the subtask at this place of the order. */
  ready(order: number): void {
    this.#pending[order] = (this.#pending[order] ?? 0) + 1;
    this.#progress.waiting++;
    if (order < this.#cursor) this.#cursor = order;
  }

  /** Elements of a blocked channel do not count as work until they are announced again. */
  hold(order: number, elements: number): void {
    this.#pending[order] = (this.#pending[order] ?? 0) - elements;
    this.#progress.waiting -= elements;
  }

  /** Works until nothing waits. Called from inside itself it does nothing: the outer call goes on. */
  drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    const pending = this.#pending;
    while (this.#progress.waiting > 0) {
      while (pending[this.#cursor] === 0) this.#cursor++;
      const order = this.#cursor;
      pending[order] = (pending[order] ?? 0) - 1;
      this.#progress.waiting--;
      this.#subtasks[order]?.deliverOne();
    }
    this.#cursor = this.#subtasks.length;
    this.#draining = false;
  }
}
