import type { CheckpointRef } from '../../engine/checkpoint/manifest.ts';
import type { SimulatedProcess } from '../../engine/testkit/simulation/disk-ports.ts';
import type { History } from './history.ts';
import { Lines } from './lines.ts';
import { visibleCheckpoints } from './look.ts';
import type { RunAtWork, RunChoice } from './machine.ts';
import type { Beginning, Request, Wish } from './wishes.ts';

const OVERRIDES: Readonly<Record<Exclude<Beginning, 'older'>, readonly [option: string, value: string]>> = {
  'parallelism-1': ['parallelism.default', '1'],
  'parallelism-2': ['parallelism.default', '2'],
  'parallelism-3': ['parallelism.default', '3'],
  claim: ['execution.state-recovery.claim-mode', 'CLAIM'],
  discard: ['execution.checkpointing.externalized-checkpoint-retention', 'DELETE_ON_CANCELLATION'],
};

/** Records after which a job crashes that is told to crash later. */
const LATER = 3;

/** Whoever starts runs and asks things of them, and what has to be known of that to say what has to hold. */
export class User {
  /** Null as long as nobody chooses what a run goes on from: then every finished file counts. */
  readonly lines: Lines | null;
  /** Requests that came to a run. */
  asked = 0;
  /** It made the job fail, or may have. */
  sabotaged = false;
  /** The input may have ended before its end. */
  drained = false;
  /** Runs had another parallelism. */
  rescaled = false;
  /** Processes were believed dead and went on. */
  zombies = 0;
  /** Runs let their checkpoints go at their end. */
  discards = false;
  readonly #requests: ReadonlyMap<number, readonly Request[]>;
  readonly #beginnings: ReadonlyMap<number, readonly Beginning[]>;
  #runs = 0;
  /** The newest checkpoint may have been given up: who goes on from the newest that is left forks. */
  #givenUp = false;
  #older = false;
  #claims = false;
  readonly #forgotten = new Set<string>();
  #work: { readonly process: SimulatedProcess; readonly run: RunAtWork } | null = null;

  constructor(wishes: readonly Wish[]) {
    this.lines = wishes.length > 0 ? new Lines() : null;
    const requests = wishes.filter((wish) => 'request' in wish);
    const beginnings = wishes.filter((wish) => 'beginning' in wish);
    this.#requests = grouped(requests, ({ after, request }) => [after, request]);
    this.#beginnings = grouped(beginnings, ({ run, beginning }) => [run, beginning]);
  }

  /** A run is about to begin. */
  choose(): RunChoice {
    this.#work = null;
    const beginnings = this.#beginnings.get(++this.#runs) ?? [];
    this.#older = beginnings.includes('older');
    this.#claims = beginnings.includes('claim');
    if (beginnings.includes('discard')) this.discards = true;
    if (beginnings.some((beginning) => beginning.startsWith('parallelism'))) this.rescaled = true;
    const options = beginnings.flatMap((beginning) => (beginning === 'older' ? [] : [OVERRIDES[beginning]]));
    return { older: this.#older, overrides: Object.fromEntries(options) };
  }

  /** It has begun from `from`. */
  opened(history: History, run: number, from: CheckpointRef | null): void {
    this.lines?.begin(run, { from, forked: this.#older || this.#givenUp });
    if (this.#claims && from !== null) this.#forget(history, from);
    // What a run lets go at its end is not missed; what is left then is no longer what was the newest.
    if (!this.discards) return;
    history.published = null;
    this.#givenUp = true;
  }

  atWork(process: SimulatedProcess, run: RunAtWork): void {
    this.#work = { process, run };
  }

  /** An operation of the disk was done: what somebody wants right after it reaches the run that is at work. */
  after(history: History, operation: number): void {
    for (const request of this.#requests.get(operation) ?? []) {
      queueMicrotask(() => {
        if (this.#work === null || !this.#work.process.alive || this.#work.process.forsaken) return;
        this.asked++;
        this.#ask(history, request, this.#work.process, this.#work.run);
      });
    }
  }

  /** The process is over. */
  gone(): void {
    this.#work = null;
  }

  #ask(history: History, request: Request, process: SimulatedProcess, { master, store }: RunAtWork): void {
    switch (request) {
      case 'savepoint':
      case 'checkpoint':
        refusable(master.checkpoint(request, null));
        break;
      case 'stop':
        master.stop();
        break;
      case 'stop-with-savepoint':
        refusable(master.stopWith('savepoint', null));
        break;
      case 'drain':
        this.drained = true;
        history.invariants.drained = true;
        refusable(master.stopWith('savepoint', null, true));
        break;
      case 'crash':
      case 'crash-later':
        this.#inject(() => master.inject({ kind: 'crash', records: request === 'crash' ? 0 : LATER }));
        break;
      case 'fail-checkpoint':
        this.#inject(() => master.inject({ kind: 'checkpoint' }));
        break;
      case 'fail-commit':
        this.#inject(() => master.inject({ kind: 'commit' }));
        break;
      case 'pin':
        this.#pin(history, store);
        break;
      case 'delete-oldest':
        this.#delete(history, store, visibleCheckpoints(history.disk.tree)[0]);
        break;
      case 'delete-newest':
        this.#delete(history, store, visibleCheckpoints(history.disk.tree).at(-1));
        break;
      case 'successor':
        this.zombies++;
        process.forsaken = true;
    }
  }

  #inject(inject: () => void): void {
    this.sabotaged = true;
    try {
      inject();
    } catch {
      // Between two attempts there is nothing that could fail.
    }
  }

  #pin(history: History, store: RunAtWork['store']): void {
    const oldest = visibleCheckpoints(history.disk.tree)[0];
    if (oldest === undefined) return;
    const { run, checkpoint } = oldest;
    const claimed = this.#claims && store.from?.run === run && store.from.checkpoint === checkpoint;
    store.setLabel({ run, checkpoint }, 'kept').then(
      () => {
        if (!claimed && !this.#forgotten.has(`${run}/${checkpoint}`)) history.savepoints.push({ run, checkpoint });
      },
      () => undefined,
    );
  }

  #delete(history: History, store: RunAtWork['store'], one: CheckpointRef | undefined): void {
    if (one === undefined) return;
    const { run, checkpoint } = one;
    this.#forget(history, { run, checkpoint });
    if (visibleCheckpoints(history.disk.tree).at(-1)?.checkpoint === checkpoint && run !== store.run) {
      this.#givenUp = true;
      history.published = null;
    }
    refusable(store.delete({ run, checkpoint }));
  }

  /** Nobody looks for it any more. */
  #forget({ savepoints }: History, { run, checkpoint }: CheckpointRef): void {
    this.#forgotten.add(`${run}/${checkpoint}`);
    const left = savepoints.filter((one) => one.run !== run || one.checkpoint !== checkpoint);
    savepoints.splice(0, savepoints.length, ...left);
  }
}

function refusable(asked: Promise<unknown>): void {
  asked.catch(() => undefined);
}

function grouped<W, V>(wishes: readonly W[], entry: (wish: W) => readonly [number, V]): ReadonlyMap<number, readonly V[]> {
  const groups = new Map<number, V[]>();
  for (const [at, value] of wishes.map(entry)) groups.set(at, [...(groups.get(at) ?? []), value]);
  return groups;
}
