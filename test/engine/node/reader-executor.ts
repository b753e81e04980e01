import { END, RECORD, type Source, type SourceReader } from '../../../engine/connectors/source.ts';
import type { Executor, StepKind } from '../../../engine/runtime/job.ts';
import type { Mail } from '../../../engine/runtime/mail.ts';
import { probeTimestamps } from '../../../engine/runtime/probe.ts';

/** A job that only reads: what a runner does to an executor, without operators. `records` is the order in which they passed. */
export class ReaderExecutor {
  readonly records: unknown[] = [];
  readonly mail: Mail[] = [];
  failed: string | null = null;
  until = Number.POSITIVE_INFINITY;
  now = 0;
  readonly #timestampOf: (value: never) => number;
  readonly #sources: readonly Source<unknown>[];
  readonly #readers: SourceReader<unknown>[];
  readonly #held = new Map<number, { value: unknown; timestamp: number }>();
  readonly #ended = new Set<number>();
  #turn = 0;

  /** `timestampOf` gives NaN for records without a timestamp. */
  constructor(sources: readonly Source<unknown>[], timestampOf: (value: never) => number = () => Number.NaN) {
    this.#sources = sources;
    this.#timestampOf = timestampOf;
    this.#readers = sources.map((source) =>
      source.createReader({ subtask: 0, parallelism: 1, seed: 1, currentProcessingTime: () => this.now, countParseError: () => undefined }),
    );
    for (const [index, { enumeration }] of sources.entries()) {
      if (enumeration.kind === 'fixed') this.#addSplits(index, enumeration.splits);
    }
  }

  /** As the runner sees it. */
  get executor(): Executor {
    return {
      sources: this.#sources.map(({ boundedness, enumeration, description }, source) => ({
        source,
        name: description,
        boundedness,
        enumeration,
        usesClock: false,
        location: null,
      })),
      deliver: (mail: Mail) => this.#deliver(mail),
      step: (most: number) => this.#step(most),
      wanted: () => this.#readers.flatMap((reader, source) => reader.wanted().map((each) => ({ source, ...each }))),
      nextWakeUp: () => Math.min(...this.#readers.map((reader) => reader.nextWakeUp())),
      nextTimestamp: () => {
        const times = [...this.#held.values()].map(({ timestamp }) => timestamp);
        return times.length === 0 || times.some(Number.isNaN) ? null : Math.min(...times);
      },
      positions: () => this.#readers.map((reader, source) => ({ source, positions: reader.positions() })),
      probeTimestamps: (source, split, pieces) =>
        probeTimestamps(this.#sources[source]!, (value) => this.#timestampOf(value as never), split, pieces, 1),
      pendingMail: 0,
      recordCount: this.records.length,
    } as Pick<
      Executor,
      | 'sources'
      | 'deliver'
      | 'step'
      | 'wanted'
      | 'nextWakeUp'
      | 'nextTimestamp'
      | 'positions'
      | 'probeTimestamps'
      | 'recordCount'
      | 'pendingMail'
    > as Executor;
  }

  #addSplits(source: number, splits: Parameters<SourceReader<unknown>['addSplits']>[0]): void {
    this.#readers[source]!.addSplits(splits);
    this.#readers[source]!.noMoreSplits();
  }

  #deliver(mail: Mail): void {
    this.mail.push(mail);
    if (mail.kind === 'splits') this.#addSplits(mail.source, mail.splits);
    else if (mail.kind === 'source-data') this.#readers[mail.source]!.supply(mail.split, mail.offset, mail.bytes, mail.end);
    else if (mail.kind === 'source-failed') this.failed = mail.message;
    else if (mail.kind === 'processing-time') this.now = mail.now;
    else if (mail.kind === 'pace') this.until = mail.until;
  }

  /** Strict turns between the sources: a source that waits keeps its turn. */
  #step(most: number): StepKind {
    if (this.failed !== null) return 'failed';
    for (let count = 0; count < most; ) {
      if (this.#ended.size === this.#readers.length) return 'finished';
      const turn = this.#turn % this.#readers.length;
      const reader = this.#readers[turn]!;
      if (!this.#ended.has(turn) && !this.#held.has(turn)) {
        const advance = reader.advance();
        if (advance === END) this.#ended.add(turn);
        else if (advance === RECORD) this.#held.set(turn, { value: reader.current, timestamp: this.#timestampOf(reader.current as never) });
        else return count > 0 ? 'progress' : 'waiting';
      }
      const held = this.#held.get(turn);
      if (held !== undefined) {
        if (held.timestamp > this.until) return count > 0 ? 'progress' : 'waiting';
        this.records.push(held.value);
        this.#held.delete(turn);
        count++;
      }
      this.#turn++;
    }
    return this.#ended.size === this.#readers.length ? 'finished' : 'progress';
  }
}
