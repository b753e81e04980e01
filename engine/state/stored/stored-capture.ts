import { compareBytes } from '../byte-writer.ts';
import { EntryBuffer } from '../entry-buffer.ts';
import type { EncodedState, StateCapture, StateKind } from '../state-capture.ts';
import type { Change } from './changes.ts';
import { afterKey, identityOf, keyGroupOfEntry, type KeyLayout, toEntryKey } from './key-bytes.ts';

type Header = Omit<EncodedState, 'groups'>;
type Entry = readonly [key: Uint8Array, value: Uint8Array];

/** Entries that one look into the store asks for. */
const PAGE = 256;

/** What a capture asks of the store: entries from a key on, in order. */
type Scan = (from: Uint8Array, limit: number) => readonly Entry[];

/** Common to both kinds: entries go into a buffer a few at a time; an error that the barrier found waits until somebody asks. */
abstract class BufferedCapture implements StateCapture {
  readonly name: string;
  readonly kind: StateKind;
  readonly #header: Header;
  readonly #layout: KeyLayout;
  readonly #over: (released: boolean) => void;
  readonly #buffer = new EntryBuffer();
  readonly #error: Error | null;
  #isOver = false;

  protected constructor(header: Header, layout: KeyLayout, error: Error | null, over: (released: boolean) => void) {
    this.name = header.name;
    this.kind = header.kind;
    this.#header = header;
    this.#layout = layout;
    this.#error = error;
    this.#over = over;
  }

  abstract readonly remaining: number;
  protected abstract take(budget: number): void;

  protected add(key: Uint8Array, value: Uint8Array | null): void {
    const entryKey = toEntryKey(this.#layout, key);
    this.#buffer.addEncoded(keyGroupOfEntry(entryKey), entryKey, value);
  }

  encode(budget: number): number {
    if (this.#error !== null) throw this.#error;
    this.take(budget);
    return this.remaining;
  }

  finish(): EncodedState {
    if (this.#error !== null) throw this.#error;
    this.#end(false);
    return this.#buffer.finish(this.#header);
  }

  release(): void {
    this.#end(true);
  }

  #end(released: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#over(released);
  }
}

/** The entries that have changed since the last capture. */
export class DeltaCapture extends BufferedCapture {
  readonly #changes: readonly Change[];
  #at = 0;

  constructor(header: Header, layout: KeyLayout, error: Error | null, over: (released: boolean) => void, changes: readonly Change[]) {
    super(header, layout, error, over);
    this.#changes = changes;
  }

  get remaining(): number {
    return this.#changes.length - this.#at;
  }

  protected take(budget: number): void {
    for (const until = Math.min(this.#changes.length, this.#at + budget); this.#at < until; this.#at++) {
      const change = this.#changes[this.#at];
      if (change !== undefined) this.add(change.key, change.value);
    }
  }
}

/**
 * All entries as the barrier found them: read from the store in order, a few at a time. What is about to change ahead of the reading is taken first, so
 * that the store itself needs no snapshots.
 */
export class FullCapture extends BufferedCapture {
  readonly #scan: Scan;
  #from: Uint8Array;
  #remaining: number;
  /** Keys ahead of `#from` that were taken early, or that are new. */
  readonly #settled = new Set<string>();

  constructor(header: Header, layout: KeyLayout, error: Error | null, over: (released: boolean) => void, scan: Scan) {
    super(header, layout, error, over);
    this.#scan = scan;
    this.#from = new Uint8Array(0);
    this.#remaining = header.entries;
  }

  get remaining(): number {
    return this.#remaining;
  }

  /** The key is about to change in the store; `value` gives what it holds, null = nothing. */
  beforeChange(identity: string, key: Uint8Array, value: () => Uint8Array | null): void {
    if (compareBytes(key, this.#from) < 0 || this.#settled.has(identity)) return;
    this.#settled.add(identity);
    const before = value();
    if (before === null) return;
    this.add(key, before);
    this.#remaining--;
  }

  protected take(budget: number): void {
    let left = budget;
    while (left > 0 && this.#remaining > 0) {
      const limit = Math.min(left, PAGE);
      const entries = this.#scan(this.#from, limit);
      for (const [key, value] of entries) {
        this.#from = afterKey(key);
        left--;
        if (this.#settled.size > 0 && this.#settled.has(identityOf(key))) continue;
        this.add(key, value);
        this.#remaining--;
      }
      if (entries.length === limit || this.#remaining === 0) continue;
      throw new Error(`The state backend has lost ${this.#remaining} entries of state "${this.name}".`);
    }
  }
}
