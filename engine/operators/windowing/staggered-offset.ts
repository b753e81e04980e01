import { SeededRandom } from '../../api/random.ts';
import type { AlignedWindows } from '../../api/window-assigner.ts';
import { windowStart } from '../../api/windows.ts';
import type { OperatorState } from '../../checkpoint/snapshot.ts';
import type { OperatorContext } from '../../runtime/operator.ts';
import { decodeValue, encodeValue } from '../../state/stored-value.ts';

const OFFSET_STATE = 'window offset';

/** Where aligned windows start. That of a staggered assigner is fixed at the subtask's first record, and from then on part of the state. */
export class StaggeredOffset {
  readonly #windows: AlignedWindows;
  readonly #context: Pick<OperatorContext, 'clock' | 'subtask'>;
  #offset: number;
  #isFixed: boolean;

  constructor(windows: AlignedWindows, context: Pick<OperatorContext, 'clock' | 'subtask'>) {
    this.#windows = windows;
    this.#context = context;
    this.#offset = windows.offset;
    this.#isFixed = windows.stagger === 'ALIGNED';
  }

  /** ms, as far as it is known. */
  get value(): number {
    return this.#offset;
  }

  /** ms; there is a record now. */
  fixed(): number {
    if (this.#isFixed) return this.#offset;
    this.#isFixed = true;
    const { stagger, size, offset } = this.#windows;
    const { now } = this.#context.clock;
    const shift =
      stagger === 'RANDOM' ? new SeededRandom(this.#context.subtask, now).nextInt(size) : Math.max(0, now - windowStart(now, 0, size));
    this.#offset = (offset + shift) % size;
    return this.#offset;
  }

  operatorState(): readonly OperatorState[] {
    return this.#isFixed && this.#windows.stagger !== 'ALIGNED'
      ? [{ name: OFFSET_STATE, redistribution: 'subtask', values: [encodeValue(this.#offset)] }]
      : [];
  }

  restore(states: readonly OperatorState[]): void {
    const [offset] = states.find(({ name }) => name === OFFSET_STATE)?.values ?? [];
    if (offset === undefined) return;
    this.#offset = Number(decodeValue(offset));
    this.#isFixed = true;
  }
}
