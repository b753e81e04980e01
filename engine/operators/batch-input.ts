import type { OperatorState } from '../checkpoint/snapshot.ts';
import type { KeySelection } from '../graph/stream-graph.ts';
import { NO_KEY } from '../runtime/ambient.ts';
import type { OperatorContext, SubtaskRestore } from '../runtime/operator.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import { compareKeys } from '../state/key-codec.ts';
import { keyGroupOf, subtaskOfKeyGroup } from '../state/key-groups.ts';
import { memoryOf } from '../state/memory-of.ts';
import { decodeValue, encodeValue } from '../state/stored-value.ts';
import { isMissingKey, keyError, keyReaderOf, nullKeyError } from './key-selection.ts';

/** What an input is sorted by before time; null: by nothing, its records only wait. */
export interface InputOrder {
  readonly keys: KeySelection | null;
}

interface Waiting {
  readonly input: 0 | 1;
  readonly value: unknown;
  /** ms; NaN when the record has none. */
  readonly timestamp: number;
  /** NO_KEY where the input is not sorted. */
  readonly key: unknown;
}

/** A record in a checkpoint: `keys` has its key, if it has one. */
interface SavedRecord extends Omit<Waiting, 'key'> {
  readonly keys: readonly unknown[];
}

interface SavedInput {
  readonly subtask: number;
  readonly records: readonly SavedRecord[];
}

const STATE = 'batch input';

/** Bytes of memory of a record that waits, beside the record. */
const RECORD_MEMORY = 64;

/** The input of an operator until its end (Flink's MultiInputSortingDataInput). */
export class BatchInput {
  readonly #context: OperatorContext;
  readonly #orders: readonly (InputOrder | null)[];
  readonly #keyOf: readonly (((record: unknown) => unknown) | null)[];
  #waiting: Waiting[] = [];
  /** Bytes that are counted for them. */
  #bytes = 0;

  constructor(orders: readonly (InputOrder | null)[], context: OperatorContext) {
    this.#context = context;
    this.#orders = orders;
    this.#keyOf = orders.map((order) => (order?.keys ? keyReaderOf(order.keys, context) : null));
  }

  add(input: 0 | 1, value: unknown, timestamp: number): void {
    const key = this.#keyOfRecord(input, value);
    this.#keep({ input, value, timestamp, key });
  }

  #keep(record: Waiting): void {
    const bytes = memoryOf(record.value) + RECORD_MEMORY;
    this.#bytes += bytes;
    this.#context.memory.grow(bytes);
    this.#waiting.push(record);
  }

  #keyOfRecord(input: 0 | 1, value: unknown): unknown {
    const keyOf = this.#keyOf[input] ?? null;
    const keys = this.#orders[input]?.keys ?? null;
    if (keyOf === null || keys === null) return NO_KEY;
    try {
      const key = keyOf(value);
      if (isMissingKey(key)) throw nullKeyError(keys, value, key);
      // What cannot be a key shows here, and not when it is compared.
      compareKeys(key, 0);
      return key;
    } catch (error) {
      return this.#context.fail(keyError(error), value);
    }
  }

  /** All records: by key, then by time, those without one first, then as they came. Equal keys are one and the same value. */
  release(emit: (input: 0 | 1, value: unknown, timestamp: number, key: unknown) => void): void {
    const { ambient, memory } = this.#context;
    const all = this.#waiting.sort((a, b) => byKey(a, b) || byTime(a, b));
    this.#waiting = [];
    memory.shrink(this.#bytes);
    this.#bytes = 0;
    let current: unknown = NO_KEY;
    for (const { input, value, timestamp, key } of all) {
      if (current === NO_KEY || key === NO_KEY || compareKeys(key, current) !== 0) current = key;
      ambient.clear();
      emit(input, value, timestamp, current);
    }
    ambient.clear();
  }

  save(): OperatorState {
    return { name: STATE, redistribution: 'union', values: [this.#encoded()] };
  }

  writeState(writer: ByteWriter): void {
    writer.bytes(this.#encoded());
  }

  #encoded(): Uint8Array {
    const records = this.#waiting.map(
      ({ input, value, timestamp, key }): SavedRecord => ({ input, value, timestamp, keys: key === NO_KEY ? [] : [key] }),
    );
    return encodeValue({ subtask: this.#context.subtask, records } satisfies SavedInput);
  }

  /** Takes the records of its keys, and of its index those without a key. */
  restore({ operator }: SubtaskRestore): void {
    const { subtask, parallelism, maxParallelism } = this.#context;
    const values = operator.find(({ name }) => name === STATE)?.values ?? [];
    for (const bytes of values) {
      // SAFETY: written by `save` of the same format version; its bytes were verified.
      const saved = decodeValue(bytes) as SavedInput;
      for (const { keys, ...record } of saved.records) {
        const owner =
          keys.length === 0
            ? saved.subtask % parallelism
            : subtaskOfKeyGroup(keyGroupOf(keys[0], maxParallelism), maxParallelism, parallelism);
        if (owner !== subtask) continue;
        this.#keep({ ...record, key: keys.length === 0 ? NO_KEY : keys[0] });
      }
    }
  }
}

function byKey(a: Waiting, b: Waiting): number {
  if (a.key === NO_KEY || b.key === NO_KEY) return Number(b.key === NO_KEY) - Number(a.key === NO_KEY);
  return compareKeys(a.key, b.key);
}

function byTime(a: Waiting, b: Waiting): number {
  if (a.key === NO_KEY && b.key === NO_KEY) return 0;
  const [first, second] = [a.timestamp, b.timestamp].map((time) => (Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time));
  return first === second ? 0 : (first ?? 0) < (second ?? 0) ? -1 : 1;
}
