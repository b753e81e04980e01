import type {
  CommitRequest,
  SavedSink,
  SinkLane,
  SinkPlace,
  UserCommitter,
  UserSink,
  UserSinkWriter,
  WriterInitContext,
} from '../connectors/user-sink.ts';
import { UserSinkError } from './user-sink-error.ts';

/** Attempts at a commit that a committer puts off, and the pause before the next, ms. */
const MAX_COMMIT_ATTEMPTS = 10;
const RETRY_MS = 1_000;

/** Calls that were made and are still in the queue, at most. */
const COMPACT_AFTER = 1_000;

type Item =
  | { readonly kind: 'write'; readonly value: unknown; readonly timestamp: number; readonly watermark: number }
  | { readonly kind: 'watermark'; readonly watermark: number }
  | { readonly kind: 'barrier'; readonly checkpoint: number }
  | { readonly kind: 'finish' };

/** What a checkpoint that is not known to be complete wants committed. */
interface Prepared {
  readonly checkpoint: number;
  readonly committables: readonly unknown[];
}

/** The writer and the committer of one subtask of a user's sink: does what the operator said, in order, one call after another. */
export class UserSinkLane implements SinkLane {
  readonly place: SinkPlace;
  readonly #sink: UserSink<unknown>;
  readonly #wait: (ms: number) => Promise<void>;
  readonly #onWork: () => void;
  #restored: Pick<SavedSink, 'states' | 'committables'> = { states: [], committables: [] };
  #writer: UserSinkWriter<unknown> | null = null;
  #committer: UserCommitter<unknown> | null = null;
  #queue: Item[] = [];
  /** Place in the queue of what comes next. */
  #next = 0;
  #isWorking = false;
  /** Prepared for checkpoints that are not committed, oldest first. */
  #uncommitted: readonly Prepared[] = [];
  readonly #saved = new Map<number, SavedSink>();
  #waiters: (() => void)[] = [];
  #failure: UserSinkError | null = null;

  constructor(sink: UserSink<unknown>, place: SinkPlace, wait: (ms: number) => Promise<void>, onWork: () => void) {
    this.#sink = sink;
    this.place = place;
    this.#wait = wait;
    this.#onWork = onWork;
  }

  /** Calls that wait, with the one under way. */
  get waiting(): number {
    return this.#queue.length - this.#next;
  }

  get failure(): UserSinkError | null {
    return this.#failure;
  }

  restore(states: readonly unknown[], committables: readonly unknown[]): void {
    this.#restored = { states, committables };
  }

  write(value: unknown, timestamp: number, watermark: number): void {
    this.#do({ kind: 'write', value, timestamp, watermark });
  }

  watermark(watermark: number): void {
    this.#do({ kind: 'watermark', watermark });
  }

  barrier(checkpoint: number): void {
    this.#do({ kind: 'barrier', checkpoint });
  }

  finish(): void {
    this.#do({ kind: 'finish' });
  }

  /** Commits what the restored checkpoint holds, then makes the writer. Rejects with UserSinkError. */
  async begin(checkpoint: number | null): Promise<void> {
    const sink = this.#sink;
    const { task, job } = this.place;
    const context: WriterInitContext = { getTaskInfo: () => task, getJobInfo: () => job, getRestoredCheckpointId: () => checkpoint };
    const { states, committables } = this.#restored;
    await this.#guarded(async () => {
      this.#committer = (await sink.createCommitter?.(context)) ?? null;
      if (committables.length > 0) await this.#commit(committables);
      const recovers = states.length > 0 && sink.restoreWriter !== undefined;
      this.#writer = recovers ? ((await sink.restoreWriter?.(context, states)) ?? null) : await sink.createWriter(context);
    });
    this.#work();
  }

  /** What belongs to a checkpoint whose barrier was handed over. Rejects with UserSinkError. */
  async prepared(checkpoint: number): Promise<SavedSink> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure;
      const saved = this.#saved.get(checkpoint);
      if (saved !== undefined) return saved;
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  /** The checkpoint is complete: commits what it holds. Rejects with UserSinkError. */
  async commit(checkpoint: number): Promise<void> {
    const due = this.#uncommitted.filter((one) => one.checkpoint <= checkpoint);
    const committables = due.flatMap((one) => one.committables);
    if (committables.length > 0) await this.#guarded(() => this.#commit(committables));
    this.#uncommitted = this.#uncommitted.filter((one) => one.checkpoint > checkpoint);
    for (const known of this.#saved.keys()) if (known <= checkpoint) this.#saved.delete(known);
  }

  /** Never rejects: the job is over. */
  async close(): Promise<void> {
    this.#queue = [];
    this.#next = 0;
    for (const one of [this.#writer, this.#committer]) {
      try {
        await one?.close?.();
      } catch {
        // How the job ended is what counts.
      }
    }
  }

  #do(item: Item): void {
    this.#queue.push(item);
    if (this.#writer !== null) this.#work();
  }

  /** Works the queue off; goes on by itself after a promise. */
  #work(): void {
    if (this.#isWorking || this.#failure !== null) return;
    this.#isWorking = true;
    this.#guarded(() => this.#drain())
      .catch(() => undefined)
      .finally(() => {
        this.#isWorking = false;
        for (const waiter of this.#waiters.splice(0)) waiter();
        this.#onWork();
      });
  }

  async #drain(): Promise<void> {
    // Not inside of the step that handed something over.
    await Promise.resolve();
    const writer = this.#writer;
    for (let item = this.#queue[this.#next]; item !== undefined && writer !== null; item = this.#queue[this.#next]) {
      try {
        const pending = this.#perform(writer, item);
        if (pending instanceof Promise) await pending;
      } catch (error) {
        throw new UserSinkError(this.place, error, item.kind === 'write' ? item.value : undefined);
      }
      this.#next++;
      if (this.#next < COMPACT_AFTER && this.#next < this.#queue.length) continue;
      this.#queue = this.#queue.slice(this.#next);
      this.#next = 0;
    }
  }

  #perform(writer: UserSinkWriter<unknown>, item: Item): void | Promise<void> {
    switch (item.kind) {
      case 'write': {
        const { value, timestamp, watermark } = item;
        return writer.write(value, { currentWatermark: () => watermark, timestamp: () => (Number.isNaN(timestamp) ? null : timestamp) });
      }
      case 'watermark':
        return writer.writeWatermark?.(item.watermark);
      case 'barrier':
        return this.#snapshot(writer, item.checkpoint);
      case 'finish':
        return writer.flush(true);
    }
  }

  async #snapshot(writer: UserSinkWriter<unknown>, checkpoint: number): Promise<void> {
    const { subtask, parallelism } = this.place;
    await writer.flush(false);
    const committables = [...((await writer.prepareCommit?.()) ?? [])];
    const states = (await writer.snapshotState?.(checkpoint)) ?? [];
    this.#uncommitted = [...this.#uncommitted, { checkpoint, committables }];
    // Checkpoints before it may have come to nothing: theirs are committed with this one.
    const all = this.#uncommitted.flatMap((one) => one.committables);
    this.#saved.set(checkpoint, { subtask, parallelism, states, committables: all });
    for (const waiter of this.#waiters.splice(0)) waiter();
  }

  async #commit(committables: readonly unknown[]): Promise<void> {
    const committer = this.#committer;
    if (committer === null) throw new Error('The sink has committables, but no createCommitter.');
    let requests = committables.map((committable) => new Request(committable, 0));
    for (let attempt = 1; ; attempt++) {
      await committer.commit(requests);
      const failed = requests.find(({ error }) => error !== null);
      if (failed?.error) throw failed.error.cause;
      requests = requests.flatMap((request) => request.again());
      if (requests.length === 0) return;
      if (attempt === MAX_COMMIT_ATTEMPTS) {
        throw new Error(
          `The committer put ${requests.length} committables off ${attempt} times: ${JSON.stringify(requests[0]?.getCommittable())}.`,
        );
      }
      await this.#wait(RETRY_MS);
    }
  }

  /** What goes wrong is the lane's failure. */
  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#failure ??= error instanceof UserSinkError ? error : new UserSinkError(this.place, error, undefined);
      throw this.#failure;
    }
  }
}

class Request implements CommitRequest<unknown> {
  #committable: unknown;
  readonly #retries: number;
  #isOpen = false;
  /** Set when the committer gave up. */
  error: { readonly cause: unknown } | null = null;

  constructor(committable: unknown, retries: number) {
    this.#committable = committable;
    this.#retries = retries;
  }

  getCommittable(): unknown {
    return this.#committable;
  }
  getNumberOfRetries(): number {
    return this.#retries;
  }
  retryLater(): void {
    this.#isOpen = true;
  }
  updateAndRetryLater(committable: unknown): void {
    this.#committable = committable;
    this.#isOpen = true;
  }
  signalAlreadyCommitted(): void {
    this.#isOpen = false;
  }
  signalFailedWithKnownReason(error: unknown): void {
    this.error = { cause: error };
  }
  signalFailedWithUnknownReason(error: unknown): void {
    this.error = { cause: error };
  }

  /** The same for another attempt, when it was put off. */
  again(): readonly Request[] {
    return this.#isOpen ? [new Request(this.#committable, this.#retries + 1)] : [];
  }
}
