import { IllegalStateException } from '../api/errors.ts';
import { keyGroupOf } from './key-groups.ts';
import type { Namespace } from './namespace.ts';

/** The current key of a keyed operator, and in a window operator the window whose state is meant; the key group is worked out when it is first needed. */
export class KeyContext {
  /** Undefined for state of the key alone. */
  namespace: Namespace | undefined = undefined;
  readonly #maxParallelism: number;
  #key: unknown = undefined;
  #isSet = false;
  #keyGroup = -1;
  #onKey: (() => void) | null = null;

  constructor(maxParallelism: number) {
    this.#maxParallelism = maxParallelism;
  }

  /** Throws IllegalStateException outside of a record or timer, as Flink does. */
  get key(): unknown {
    if (!this.#isSet) {
      throw new IllegalStateException(
        'No key set. This method should not be called outside of a keyed context.',
        'Use state in processElement or onTimer, where there is a current key.',
      );
    }
    return this.#key;
  }

  get keyGroup(): number {
    if (this.#keyGroup < 0) this.#keyGroup = keyGroupOf(this.key, this.#maxParallelism);
    return this.#keyGroup;
  }

  set(key: unknown): void {
    this.#key = key;
    this.#isSet = true;
    this.#keyGroup = -1;
    this.#onKey?.();
  }

  /** `listener` is called whenever there is another current key, after those before it. */
  onKey(listener: () => void): void {
    const before = this.#onKey;
    this.#onKey = (): void => {
      before?.();
      listener();
    };
  }

  clear(): void {
    this.#key = undefined;
    this.#isSet = false;
    this.#keyGroup = -1;
  }
}
