import {
  type CheckpointSettings,
  coordinate,
  type CoordinatorEffect,
  type CoordinatorEvent,
  type CoordinatorState,
  mayEnd,
  newCoordinator,
} from '../../checkpoint/coordinator.ts';
import { CheckpointError } from '../../checkpoint/manifest-codec.ts';
import type { CheckpointKind, CheckpointManifest, FailedCheckpoint } from '../../checkpoint/manifest.ts';
import type { JobSnapshot } from '../../checkpoint/snapshot.ts';
import type { PartWriteQueue } from '../../connectors/part-write-queue.ts';
import type { Executor, StepKind } from '../../runtime/job.ts';
import { InjectedFailure } from '../../runtime/planned-crash.ts';
import type { SnapshotInProgress } from '../../runtime/snapshot-in-progress.ts';
import type { RunnerDuties } from '../job-runner.ts';
import type { PartFiles } from '../part-files.ts';
import type { UserSinks } from '../user-sinks.ts';
import type { RunnerClock } from '../runner-clock.ts';
import type { CheckpointStore, PublishDetails } from './checkpoint-store.ts';

/** What those who watch a job hear of its checkpoints. */
export interface CheckpointEvents {
  /** `rows`: the rows of each display that the checkpoint covers. */
  onPublished(manifest: CheckpointManifest, rows: readonly number[]): void;
  onFailed(failed: FailedCheckpoint): void;
}

export interface CheckpointerOptions {
  readonly executor: Executor;
  readonly store: Pick<CheckpointStore, 'run' | 'publish' | 'retain' | 'recordFailure'>;
  readonly parts: PartFiles;
  readonly sinks: UserSinks;
  readonly writes: PartWriteQueue;
  readonly settings: CheckpointSettings;
  /** Automatic checkpoints of the run that are kept. */
  readonly retained: number;
  /** What the run was restored from is its own, and goes when it is not needed any more. */
  readonly claims: boolean;
  /** State is compressed on the disk. */
  readonly compressed: boolean;
  readonly clock: RunnerClock;
  /** Number of the last checkpoint of this run. */
  readonly last: number;
  readonly events: CheckpointEvents;
}

/** Entries encoded before the clock is looked at again, and how long that may go on between two steps, in ms. */
const ENTRIES_AT_ONCE = 500;
const ENCODING_SLICE = 4;
/** While more than this many bytes of sinks wait to be written, the job waits too. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024;

interface Triggered {
  readonly checkpoint: number;
  readonly ticket: number | null;
  readonly kind: CheckpointKind;
  readonly label: string | null;
  readonly final: boolean;
  readonly triggered: number;
  readonly pause: number;
  encoding: number;
  /** Being encoded; null once it is handed to the store. */
  snapshot: SnapshotInProgress | null;
  readonly rows: readonly number[];
}

/** What can be made to fail, once: the next checkpoint, or the next commit of the sinks. */
export type Sabotage = 'checkpoint' | 'commit';

interface Waiter {
  readonly last: boolean;
  readonly resolve: (manifest: CheckpointManifest) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Carries out what the coordinator decides, for one attempt at a job: sends barriers, encodes between steps, publishes, commits, and reports back. Order
 * is all: the files of sinks are durable, then the manifest is, only then are they committed and the job told.
 */
export class Checkpointer implements RunnerDuties {
  readonly #options: CheckpointerOptions;
  #state: CoordinatorState;
  #current: Triggered | null = null;
  #publishing: Promise<void> | null = null;
  /** Those who asked for a checkpoint, by their ticket. */
  readonly #waiting = new Map<number, Waiter>();
  #tickets = 0;
  #toTrigger: Extract<CoordinatorEffect, { kind: 'trigger' }> | null = null;
  #fatal: Error | null = null;
  /** Told to go wrong, so that somebody can watch the job recover. */
  readonly #sabotaged = new Set<Sabotage>();
  /** The job reads nothing, as the checkpoint that it stops with is under way. */
  #suspended = false;
  #wake: () => void = () => undefined;

  constructor(options: CheckpointerOptions) {
    this.#options = options;
    this.#state = newCoordinator(options.settings, options.clock.elapsed(), options.last);
  }

  /** Number of the last checkpoint triggered. */
  get last(): number {
    return this.#state.last;
  }

  /** Why the job has to fail although its code did not; null while all is well. */
  get fatal(): Error | null {
    // A checkpoint that failed because a sink did is not why.
    return this.#options.sinks.failure ?? this.#options.parts.failure ?? this.#fatal;
  }

  /** Asks for a checkpoint now. `last`: nothing behind its barriers is read, unless it comes to nothing. Rejects when it does. */
  request(kind: CheckpointKind, label: string | null, last = false): Promise<CheckpointManifest> {
    return new Promise((resolve, reject) => {
      const ticket = ++this.#tickets;
      this.#waiting.set(ticket, { resolve, reject, last });
      this.#send({ kind: 'request', request: { kind, label, ticket }, now: this.#options.clock.elapsed() });
      this.#wake();
    });
  }

  /** Makes something fail, once. */
  sabotage(what: Sabotage): void {
    this.#sabotaged.add(what);
  }

  onWork(wake: () => void): void {
    this.#wake = wake;
    this.#options.sinks.onWork(wake);
  }

  /** Throws `fatal`. */
  between(step: (maxRecords: number) => StepKind): boolean {
    const { clock } = this.#options;
    if (this.fatal !== null) throw this.fatal;
    this.#writeParts();
    this.#send({ kind: 'tick', now: clock.elapsed() });
    const begun = this.#begin(step);
    return this.#encode() || begun;
  }

  #writeParts(): void {
    const { writes, parts } = this.#options;
    const made = writes.take();
    if (made.length > 0) parts.apply(made).catch((error: unknown) => this.#fail(error));
  }

  /** All records are through: sinks commit with a last checkpoint. */
  mayEnd(): boolean {
    this.#send({ kind: 'ended', now: this.#options.clock.elapsed() });
    return mayEnd(this.#state, this.#options.settings) && this.#options.sinks.isIdle;
  }

  dueIn(): number {
    if (this.#toTrigger !== null) return 0;
    return this.#state.pending === null ? Math.max(0, this.#state.due - this.#options.clock.elapsed()) : Number.POSITIVE_INFINITY;
  }

  congested(): boolean {
    return this.#suspended || this.#options.sinks.isCongested || this.#options.parts.waitingBytes > MAX_WAITING_BYTES;
  }

  /** The attempt is over: a checkpoint that is being published still counts, one that is being encoded does not. */
  async close(): Promise<void> {
    this.#current?.snapshot?.release();
    await this.#publishing;
    for (const { reject } of this.#waiting.values()) reject(new Error('The job has ended.'));
    this.#waiting.clear();
  }

  /** A checkpoint that was decided on: its barriers pass in a step of their own, whose time is the pause of the job. */
  #begin(step: (maxRecords: number) => StepKind): boolean {
    const effect = this.#toTrigger;
    if (effect === null) return false;
    this.#toTrigger = null;
    const { executor, clock } = this.#options;
    const triggered = clock.now();
    const start = clock.elapsed();
    executor.deliver({ kind: 'checkpoint', checkpoint: effect.checkpoint, full: effect.full });
    const { request, final, checkpoint } = effect;
    const isLast = request.ticket !== null && this.#waiting.get(request.ticket)?.last === true;
    let kind = step(isLast ? 0 : 1);
    // Mail before that brings records; no more than it brings are read.
    while (isLast && kind === 'progress' && executor.pendingMail > 0) kind = step(1);
    const { snapshot } = executor;
    if (snapshot === null) {
      if (kind !== 'failed') this.#failed(effect.checkpoint, new Error('The barriers did not pass through the job.'));
      return true;
    }
    this.#suspended ||= isLast;
    this.#current = {
      ...request,
      checkpoint,
      final,
      triggered,
      pause: clock.elapsed() - start,
      encoding: 0,
      snapshot,
      rows: snapshot.rows,
    };
    return true;
  }

  /** Encodes for a few ms; hands the snapshot on when it is whole. True when there is more to do at once. */
  #encode(): boolean {
    const current = this.#current;
    const snapshot = current?.snapshot ?? null;
    if (current === null || snapshot === null) return false;
    const { clock } = this.#options;
    const start = clock.elapsed();
    try {
      let done = false;
      while (!done && clock.elapsed() - start < ENCODING_SLICE) done = snapshot.encode(ENTRIES_AT_ONCE);
      if (!done) {
        current.encoding += clock.elapsed() - start;
        return true;
      }
      const whole = snapshot.finish();
      current.encoding += clock.elapsed() - start;
      current.snapshot = null;
      this.#writeParts();
      this.#publishing = (this.#publishing ?? Promise.resolve()).then(() => this.#publish(whole, current));
    } catch (error) {
      snapshot.release();
      this.#failed(current.checkpoint, error);
    }
    return false;
  }

  async #publish(snapshot: JobSnapshot, triggered: Triggered): Promise<void> {
    const { rows, ticket, ...details } = triggered;
    const { store, parts, sinks, clock, events } = this.#options;
    const { checkpoint } = snapshot;
    const more: PublishDetails = { ...details, compressed: this.#options.compressed, elapsed: () => clock.elapsed() };
    let manifest: CheckpointManifest;
    try {
      if (this.#sabotaged.delete('checkpoint')) throw new Error('The checkpoint was told to fail.');
      const whole = await sinks.prepare(snapshot);
      await parts.flush();
      manifest = await store.publish(whole, more);
    } catch (error) {
      // Another run goes on instead of this one: trying again would not help.
      if (error instanceof CheckpointError && error.reason === 'locked') this.#fail(error);
      else this.#failed(checkpoint, error);
      return;
    }
    try {
      if (this.#sabotaged.delete('commit')) throw new InjectedFailure('The commit of the sinks was told to fail.');
      await parts.commit(manifest.operators.flatMap(({ subtasks }) => subtasks.flatMap(({ committables }) => committables)));
      await sinks.commit(checkpoint);
    } catch (error) {
      this.#fail(error);
      return;
    }
    // One that expired before it was published has a successor by now.
    if (this.#current === triggered) this.#current = null;
    events.onPublished(manifest, rows);
    this.#answer(ticket, (waiter) => waiter.resolve(manifest));
    this.#send({ kind: 'published', checkpoint, bytes: manifest.writtenBytes, now: clock.elapsed() });
    await store.retain(this.#options.retained, this.#options.claims).catch(() => {
      // What could not be deleted now is tried again after the next checkpoint; everything visible is still readable.
    });
    this.#wake();
  }

  #failed(checkpoint: number, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#send({ kind: 'failed', checkpoint, reason, now: this.#options.clock.elapsed() });
    this.#wake();
  }

  #answer(ticket: number | null, answer: (waiter: Waiter) => void): void {
    const waiter = ticket === null ? undefined : this.#waiting.get(ticket);
    if (ticket === null || waiter === undefined) return;
    this.#waiting.delete(ticket);
    answer(waiter);
  }

  /** The job cannot go on. */
  #fail(error: unknown): void {
    this.#fatal ??= error instanceof Error ? error : new Error(String(error));
    this.#wake();
  }

  #send(event: CoordinatorEvent): void {
    const { state, effects } = coordinate(this.#state, event, this.#options.settings);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: CoordinatorEffect): void {
    const { executor, store, events, clock } = this.#options;
    switch (effect.kind) {
      case 'trigger':
        this.#toTrigger = effect;
        break;
      case 'complete':
        executor.deliver({ kind: 'checkpoint-complete', checkpoint: effect.checkpoint });
        break;
      case 'abort': {
        executor.deliver({ kind: 'checkpoint-aborted', checkpoint: effect.checkpoint });
        const ticket = this.#current?.ticket ?? this.#toTrigger?.request.ticket ?? null;
        this.#current?.snapshot?.release();
        this.#current = null;
        this.#toTrigger = null;
        const failed = { run: store.run, checkpoint: effect.checkpoint, at: clock.now(), reason: effect.reason };
        events.onFailed(failed);
        this.#answer(ticket, (waiter) => {
          if (waiter.last) this.#suspended = false;
          waiter.reject(new Error(effect.reason));
        });
        void store.recordFailure(failed);
        break;
      }
      case 'fail-job':
        this.#fail(new Error(effect.reason));
    }
  }
}
