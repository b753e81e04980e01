import { type Ambient, NO_KEY } from './ambient.ts';
import type { ResultRow } from './job.ts';
import { timestampOrNull } from './timestamps.ts';

const FIRST_CAPACITY = 256;

/**
 * The rows of a display that were not taken yet: a ring of columns, so that a row costs no object before someone looks at it.
 * When it is full the oldest rows give way ('newest') or further rows are only counted ('oldest', for previews).
 */
export class DisplayBuffer {
  total = 0;
  readonly #maximum: number;
  readonly #keep: 'newest' | 'oldest';
  #capacity = 0;
  #head = 0;
  #count = 0;
  #kept = 0;
  #values: unknown[] = [];
  #keys: unknown[] = [];
  #numbers = new Float64Array(0);
  #subtasks = new Int32Array(0);

  constructor(maximum: number, keep: 'newest' | 'oldest') {
    this.#maximum = Math.max(1, maximum);
    this.#keep = keep;
  }

  /** In a restored job: so many rows came before. Before the first. */
  restore(total: number): void {
    this.total = total;
    this.#kept = Math.min(total, this.#maximum);
  }

  add(value: unknown, timestamp: number, ambient: Ambient, watermark: number, subtask: number): void {
    this.total++;
    if (this.#keep === 'oldest') {
      if (this.#kept >= this.#maximum) return;
      this.#kept++;
    }
    if (this.#count === this.#capacity && this.#capacity < this.#maximum) this.#grow();
    let slot = this.#head + this.#count;
    if (slot >= this.#capacity) slot -= this.#capacity;
    if (this.#count === this.#capacity) {
      this.#head = this.#head + 1 === this.#capacity ? 0 : this.#head + 1;
    } else {
      this.#count++;
    }
    this.#values[slot] = value;
    this.#keys[slot] = ambient.key;
    this.#subtasks[slot] = subtask;
    const numbers = this.#numbers;
    const base = slot * 4;
    numbers[base] = timestamp;
    numbers[base + 1] = ambient.windowStart;
    numbers[base + 2] = ambient.windowEnd;
    numbers[base + 3] = watermark;
  }

  #grow(): void {
    const capacity = Math.min(this.#maximum, Math.max(FIRST_CAPACITY, this.#capacity * 2));
    const numbers = new Float64Array(capacity * 4);
    const subtasks = new Int32Array(capacity);
    const values: unknown[] = new Array(capacity);
    const keys: unknown[] = new Array(capacity);
    for (let i = 0; i < this.#count; i++) {
      const slot = (this.#head + i) % this.#capacity;
      values[i] = this.#values[slot];
      keys[i] = this.#keys[slot];
      subtasks[i] = this.#subtasks[slot] ?? 0;
      for (let n = 0; n < 4; n++) numbers[i * 4 + n] = this.#numbers[slot * 4 + n] ?? Number.NaN;
    }
    this.#capacity = capacity;
    this.#head = 0;
    this.#values = values;
    this.#keys = keys;
    this.#numbers = numbers;
    this.#subtasks = subtasks;
  }

  /** The newest `limit` rows since the last call, oldest first. */
  take(limit: number): readonly ResultRow[] {
    const numbers = this.#numbers;
    const rows: ResultRow[] = [];
    const firstIndex = (this.#keep === 'oldest' ? this.#kept : this.total) - this.#count;
    for (let i = Math.max(0, this.#count - limit); i < this.#count; i++) {
      const slot = (this.#head + i) % this.#capacity;
      const base = slot * 4;
      const start = numbers[base + 1] ?? Number.NaN;
      const key = this.#keys[slot];
      rows.push({
        index: firstIndex + i,
        kind: '+I',
        timestamp: timestampOrNull(numbers[base] ?? Number.NaN),
        window: Number.isNaN(start) ? null : { start, end: numbers[base + 2] ?? Number.NaN },
        key: key === NO_KEY ? undefined : key,
        value: this.#values[slot],
        watermark: numbers[base + 3] ?? Number.NaN,
        subtask: this.#subtasks[slot] ?? 0,
      });
    }
    this.#values.fill(undefined);
    this.#keys.fill(undefined);
    this.#head = 0;
    this.#count = 0;
    return rows;
  }
}
