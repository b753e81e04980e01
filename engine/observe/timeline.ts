import { restoreOfSnapshot } from '../checkpoint/restore-of-snapshot.ts';
import type { JobRestore, JobSnapshot } from '../checkpoint/snapshot.ts';
import type { Executor } from '../runtime/job.ts';
import type { JournalEntry } from '../runtime/mail.ts';
import { type Anchor, Anchors } from './anchors.ts';
import { bytesBehind } from './recorded-input.ts';
import type { Recording } from './recording.ts';

/** A recording does not fit the program it is replayed with: the program has changed, or depends on something that is not in the journal. */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';
}

export interface TimelineOptions<Mark> {
  readonly recording: Recording;
  /** Makes a fresh job of the recorded program. Throws when that fails. */
  readonly create: (restore: JobRestore | null, startTime: number) => Executor;
  /** The job has sinks that write files: taking checkpoints that the run did not take would change those. */
  readonly writesFiles: () => boolean;
  /** Called where the timeline could begin again; it gets the answer back in `onRestart`. */
  readonly mark: () => Mark;
  /** The job at the timeline's position is another one from now on. `mark`: null at the beginning of the recording. */
  readonly onRestart: (mark: Mark | null) => void;
}

/** Source records between two places to begin again at, where the run took no checkpoint. */
const ANCHOR_EVERY = 10_000;

const MAX_STEP = 4_096;

/** Looks at readers in a row without a record or mail: more than any recording has. */
const MAX_IDLE_STEPS = 100_000_000;

/**
 * A recorded attempt, to go to and fro in. A position is a number of source records: the job is as it was right after that many had passed through it; at the end
 * everything after the last record has happened too. Forward the job just runs. Backward a fresh one is restored from the last anchor before the position, and runs
 * from there: bit for bit the same state (rules 1 and 7). Nothing outside is touched: sinks write nowhere, sources read the journal.
 */
export class Timeline<Mark = null> {
  readonly first: number;
  readonly #options: TimelineOptions<Mark>;
  readonly #anchors = new Anchors<Mark>();
  #executor: Executor;
  /** Next entry of the journal. */
  #entry = 0;
  /** Turn of the recording at which the executor began. */
  #turnBase = 0;
  #lastAnchor: number;
  /** Number of the newest checkpoint, and by the number that it had in the run those that the run took. */
  #number = 0;
  readonly #numbers = new Map<number, number>();
  #atEnd = false;
  /** The job has had mail that is not in the recording. */
  #isOff = false;

  constructor(options: TimelineOptions<Mark>) {
    this.#options = options;
    this.first = options.recording.restore?.records ?? 0;
    this.#lastAnchor = this.first;
    this.#executor = this.#create(null);
  }

  /** The job at the position. Belongs to the timeline: only the inspecting methods may be called. */
  get executor(): Executor {
    return this.#executor;
  }

  /** Source records that have passed through the job. */
  get position(): number {
    return this.#executor.recordCount;
  }

  /** Position of the last record. */
  get last(): number {
    return this.#options.recording.end.record;
  }

  /** Everything that was recorded has happened, also what came after the last record. */
  get atEnd(): boolean {
    return this.#atEnd;
  }

  /** Goes to a position, at most `budget` records further in this call; false when it is not there yet and has to be called again. `'end'`: behind the last record. */
  approach(target: number | 'end', budget: number): boolean {
    const record = target === 'end' ? this.last : Math.min(this.last, Math.max(this.first, target));
    this.#prepare(record, target === 'end');
    const until = Math.min(record, this.position + budget);
    this.#run(until, false);
    if (this.position < record && !this.#atEnd) return false;
    if (target === 'end' && !this.#atEnd) this.#run(Number.POSITIVE_INFINITY, true);
    return true;
  }

  /** Goes to a position, however far it is. */
  seek(target: number | 'end'): void {
    while (!this.approach(target, MAX_STEP));
  }

  /** One record on; behind the last one, to the end. False when it was the end already. */
  step(): boolean {
    if (this.#atEnd) return false;
    this.seek(this.position >= this.last ? 'end' : this.position + 1);
    return true;
  }

  /** One record back; from the end, to right after the last record. False when it was the beginning already. */
  stepBack(): boolean {
    if (!this.#atEnd && this.position <= this.first) return false;
    this.seek(this.#atEnd ? this.last : this.position - 1);
    return true;
  }

  /** All state at the position. Throws StateEncodingError, or the job's failure. */
  snapshot(): JobSnapshot {
    const executor = this.#executor;
    this.#isOff = true;
    executor.deliver({ kind: 'checkpoint', checkpoint: this.#numberOf(null), full: true });
    executor.step(0);
    const { snapshot } = executor;
    if (snapshot === null) throw new Error(executor.failure?.message ?? 'The barriers did not pass through the job.');
    return snapshot.finish();
  }

  /** Ends the job. */
  close(): void {
    this.#executor.close();
  }

  /** Makes the job one that can run on to `record`. */
  #prepare(record: number, toEnd: boolean): void {
    const isBehind = this.position > record || (this.#atEnd && !toEnd);
    const anchor = this.#anchors.before(record);
    const isFar = anchor !== null && anchor.record > this.position + ANCHOR_EVERY;
    if (this.#isOff || isBehind || isFar) this.#restart(anchor);
  }

  #restart(anchor: Anchor<Mark> | null): void {
    this.#executor.close();
    this.#atEnd = false;
    this.#isOff = false;
    this.#entry = anchor?.entry ?? 0;
    this.#turnBase = anchor?.turn ?? 0;
    this.#lastAnchor = anchor?.record ?? this.first;
    this.#executor = this.#create(anchor?.restore ?? null);
    if (anchor !== null) this.#supplyAgain(anchor.entry);
    this.#options.onRestart(anchor?.mark ?? null);
  }

  #create(restore: JobRestore | null): Executor {
    const { recording, create } = this.#options;
    return create(restore ?? recording.restore, recording.startTime);
  }

  /** What the recorded job had at hand: its splits, how far it might go, and the bytes behind those that it had read. */
  #supplyAgain(entries: number): void {
    const executor = this.#executor;
    const had = this.#options.recording.journal.slice(0, entries);
    for (const { mail } of had) if (mail.kind === 'splits') executor.deliver(mail);
    const pace = had.findLast(({ mail }) => mail.kind === 'pace');
    if (pace !== undefined) executor.deliver(pace.mail);
    executor.step(0);
    for (const { source, split, offset } of executor.wanted()) {
      const data = bytesBehind(had, source, split, offset);
      if (data !== null) executor.deliver(data);
    }
    executor.step(0);
  }

  /** Runs until that many records are through, or with `toEnd` until everything has happened. */
  #run(until: number, toEnd: boolean): void {
    const { recording } = this.#options;
    for (let idle = 0; idle < MAX_IDLE_STEPS; ) {
      const executor = this.#executor;
      const before = this.position;
      if (!toEnd && before >= until) return;
      const next = recording.journal[this.#entry];
      const turn = this.#turnBase + executor.turnCount;
      if (next !== undefined && next.turn <= turn) {
        this.#deliver(next, turn);
        continue;
      }
      const turns = (next?.turn ?? recording.end.turn ?? Number.POSITIVE_INFINITY) - turn;
      const records = Math.min(turns, toEnd ? MAX_STEP : until - before, this.#toNextAnchor());
      const kind = executor.step(Math.max(0, records));
      if (kind === 'failed' || turns <= 0 || (kind === 'finished' && executor.turnCount + this.#turnBase === turn)) {
        this.#end();
        return;
      }
      if (this.#toNextAnchor() <= 0) this.#takeAnchor(this.#entry, this.#turnBase + executor.turnCount);
      idle = this.position > before ? 0 : idle + 1;
    }
    throw new DivergenceError('The replay does not get on: the program is not the one that was recorded.');
  }

  #end(): void {
    const { record } = this.#options.recording.end;
    this.#atEnd = true;
    if (this.position === record) return;
    const { failure } = this.#executor;
    const why = failure === null ? '' : ` It failed there: ${failure.errorName}: ${failure.message}`;
    throw new DivergenceError(
      `The replay ended at record ${this.position}, but the recorded run got to record ${record}: its code or its input is not what it was.${why}`,
    );
  }

  #deliver({ mail }: JournalEntry, turn: number): void {
    this.#entry++;
    if (mail.kind !== 'checkpoint') {
      const isOver = mail.kind === 'checkpoint-complete' || mail.kind === 'checkpoint-aborted';
      const isRenamed = isOver && !this.#executor.noticesCheckpoints;
      this.#executor.deliver(isRenamed ? { ...mail, checkpoint: this.#numbers.get(mail.checkpoint) ?? 0 } : mail);
      return;
    }
    this.#executor.deliver({ ...mail, checkpoint: this.#numberOf(mail.checkpoint), full: true });
    if (this.#canRestart) {
      this.#executor.step(0);
      this.#keepAnchor(this.#entry, turn);
    }
  }

  /** Checkpoints that the run took and ours must have numbers in one order. Where functions see them there are none of ours before the last one. */
  #numberOf(recorded: number | null): number {
    this.#number = recorded !== null && this.#executor.noticesCheckpoints ? recorded : this.#number + 1;
    if (recorded !== null) this.#numbers.set(recorded, this.#number);
    return this.#number;
  }

  /** Records until an anchor is due that the run itself took none for; Infinity where a checkpoint would change what the job does. */
  #toNextAnchor(): number {
    if (!this.#canRestart || this.#options.writesFiles() || this.#executor.noticesCheckpoints) return Number.POSITIVE_INFINITY;
    return this.#lastAnchor + ANCHOR_EVERY - this.position;
  }

  #takeAnchor(entry: number, turn: number): void {
    this.#executor.deliver({ kind: 'checkpoint', checkpoint: this.#numberOf(null), full: true });
    this.#executor.step(0);
    this.#keepAnchor(entry, turn);
  }

  /** A job restored from the snapshot that this one has just taken goes on as this one does. */
  #keepAnchor(entry: number, turn: number): void {
    const { snapshot } = this.#executor;
    if (snapshot === null) return;
    this.#lastAnchor = this.position;
    if (this.#anchors.has(this.position)) {
      snapshot.release();
      return;
    }
    const whole = snapshot.finish();
    const restore = restoreOfSnapshot(whole, 1);
    this.#anchors.add({ restore, entry, turn, record: whole.records, bytes: bytesOf(whole), mark: this.#options.mark() });
  }

  /** What clock-bound and live sources would do next is not in a checkpoint: with those, a replay always begins at the beginning. */
  get #canRestart(): boolean {
    return this.#executor.sources.every(
      ({ enumeration, usesClock }) =>
        enumeration.kind !== 'elements' && !(enumeration.kind === 'files' && enumeration.watch !== undefined) && !usesClock,
    );
  }
}

function bytesOf({ runtime, operators }: JobSnapshot): number {
  const keyed = operators.flatMap(({ subtasks }) => subtasks.flatMap((subtask) => subtask.keyed));
  return keyed.reduce((sum, { bytes }) => sum + bytes, runtime.length);
}
