import type { CallOutcome, CallPlace } from './async-calls.ts';

/**
 * Everything non-deterministic enters a job as mail, in order, and is journaled with its position.
 * Replaying the same mail at the same positions gives the same state bytes and the same output (docs/architecture.md, rules 1 and 7).
 */

/** A reader's resumable piece of input: a file, a range of numbers, a partition. */
export interface SplitDescription {
  /** Unique within its source; shown to users ("data/lines.ndjson"). */
  readonly id: string;
  /** Where to start: bytes for files, an index for number sequences. */
  readonly offset: number;
  /** Size in the unit of `offset`, when it is known and finite: gives progress. */
  readonly size?: number;
}

/** What a stream can carry, as mail: a record, a watermark, idleness (ends with the next element), or the end of the input. Times in ms of event time. */
export type SourceElement =
  | { readonly kind: 'record'; readonly value: unknown; readonly timestamp: number | null }
  | { readonly kind: 'watermark'; readonly watermark: number }
  | { readonly kind: 'idle' }
  | { readonly kind: 'end' };

/** One numbered input of the job. Times are ms since the epoch. */
export type Mail =
  /** The splits of a source, found by the shell; each goes to exactly one subtask. Sent once per bounded source; with more and more for one that is watched. */
  | { readonly kind: 'splits'; readonly source: number; readonly splits: readonly SplitDescription[] }
  /** Bytes of a split, in order and without gaps. `end`: no byte follows. */
  | {
      readonly kind: 'source-data';
      readonly source: number;
      readonly split: string;
      readonly offset: number;
      readonly bytes: Uint8Array;
      readonly end: boolean;
    }
  /** Elements of a source that hands them over in arrival order (live and scripted sources): processed when their turn in the mail comes. */
  | { readonly kind: 'elements'; readonly source: number; readonly elements: readonly SourceElement[] }
  /** Reading a split failed for good (missing file, permission): the job fails with this message at this source. */
  | { readonly kind: 'source-failed'; readonly source: number; readonly split: string | null; readonly message: string }
  /** How a call of an asynchronous operator ended: `attempt` of `call`. */
  | ({ readonly kind: 'answer'; readonly outcome: CallOutcome } & CallPlace)
  /** The job's clock moves to `now`; due processing-time timers run before the next record. Never goes back. */
  | { readonly kind: 'processing-time'; readonly now: number }
  /** Event-time pacing: source records with a timestamp above `until` wait. Infinity = as fast as possible. */
  | { readonly kind: 'pace'; readonly until: number }
  /** A checkpoint begins here: barriers start at all sources, between two records. `full`: with everything, not only what has changed. */
  | { readonly kind: 'checkpoint'; readonly checkpoint: number; readonly full: boolean }
  /** The checkpoint is published: sinks may forget what it has taken over. */
  | { readonly kind: 'checkpoint-complete'; readonly checkpoint: number }
  /** The checkpoint came to nothing. */
  | { readonly kind: 'checkpoint-aborted'; readonly checkpoint: number }
  /** The job fails on purpose once `records` more source records have passed through it; 0 = now. */
  | { readonly kind: 'crash'; readonly records: number }
  /** The input ends here, whatever the sources could still read: the last watermark, then the end. */
  | { readonly kind: 'drain' };

/** Mail with its place in the run: it was delivered after `record` source records had passed through the whole job. */
export interface JournalEntry {
  readonly record: number;
  /** Value of `Executor.turnCount`: the exact place, which a replay steps to. */
  readonly turn: number;
  readonly mail: Mail;
}
