import type { JournalEntry, Mail, SourceElement } from '../runtime/mail.ts';

/** Bytes of source data and of elements that are kept; a job that was given more cannot be replayed from its journal. */
const MAX_BYTES = 256 * 1024 * 1024;

/** What an element takes beside its text. */
const ELEMENT_BYTES = 64;

function textBytes(elements: readonly SourceElement[]): number {
  return elements.reduce(
    (sum, element) => sum + (element.kind === 'record' && typeof element.value === 'string' ? element.value.length * 2 : 0),
    0,
  );
}

/** The mail of a run, in order, each with its place (rule 7). */
export class Journal {
  readonly #enabled: boolean;
  #entries: JournalEntry[] = [];
  #bytes = 0;
  #complete = true;

  constructor(enabled: boolean) {
    this.#enabled = enabled;
  }

  append(record: number, turn: number, mail: Mail): void {
    if (!this.#enabled || !this.#complete) return;
    if (mail.kind === 'source-data') this.#bytes += mail.bytes.length;
    if (mail.kind === 'elements') this.#bytes += mail.elements.length * ELEMENT_BYTES + textBytes(mail.elements);
    this.#entries.push({ record, turn, mail });
    if (this.#bytes <= MAX_BYTES) return;
    this.#complete = false;
    this.#entries = [];
  }

  /** Hands over what was written since the last time. */
  take(): readonly JournalEntry[] {
    const entries = this.#entries;
    this.#entries = [];
    this.#bytes = 0;
    return entries;
  }

  /** Empty when it is off or has outgrown its limit. */
  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }
}
