import { DiskError } from '../../node/checkpoints/disk.ts';
import type { Fault, FaultPlan, LastFault } from './disk-faults.ts';
import { FileTree } from './file-tree.ts';
import type { Draws } from './random.ts';

export type Verb = 'read' | 'size' | 'list' | 'create' | 'append' | 'syncFile' | 'syncFolder' | 'rename' | 'remove' | 'makeFolder';

/** In the message of every error that a plan asked for. */
export const INJECTED = 'the simulation says';

/** One operation, in the order in which they reached the disk. */
export interface Operation {
  readonly number: number;
  readonly verb: Verb;
  readonly path: string;
}

/** How an operation is done: whole, or, where that can be, only its first half. */
export interface Deed<T> {
  whole(tree: FileTree): T;
  half?(tree: FileTree): void;
}

/** The process that asked is gone: nobody may be told what became of the operation. */
export class ProcessGone extends Error {
  override readonly name = 'ProcessGone';
}

/** A prime, so that turns reach all of a file. */
const TURN = 7_919;

/**
 * The disk of a machine. Numbers the operations of all its processes and has the faults of the plan happen at theirs. `onOperation` is called after
 * each one, also after one that failed or took the process with it.
 */
export class SimulatedDisk {
  readonly tree: FileTree;
  operations = 0;
  /** Faults that came into being, with the operation. */
  readonly happened: { readonly operation: Operation; readonly fault: Fault }[] = [];
  /** Files whose content may be another than was written, though the disk was asked to keep it. */
  readonly corrupted = new Set<string>();
  onOperation: (operation: Operation) => void = () => undefined;
  #plan: ReadonlyMap<number, Fault> = new Map();
  #draws: Draws;
  readonly #folder: string;

  /** `folder`: whose files may be hit by a change at rest. */
  constructor(plan: FaultPlan, draws: Draws, folder: string, tree = new FileTree()) {
    this.expect(plan);
    this.#draws = draws;
    this.#folder = folder;
    this.tree = tree;
  }

  /** The same as it is now, with nothing to go wrong any more and nobody who is told of operations. */
  fork(): SimulatedDisk {
    const fork = new SimulatedDisk([], this.#draws.fork(), this.#folder, this.tree.fork());
    fork.operations = this.operations;
    fork.happened.push(...this.happened);
    for (const path of this.corrupted) fork.corrupted.add(path);
    return fork;
  }

  /** From now on this goes wrong, and nothing else. */
  expect(plan: FaultPlan): void {
    this.#plan = new Map(plan.map(({ at, fault }) => [at, fault]));
  }

  /** Whether all that was expected to go wrong has, or would have. */
  get quiet(): boolean {
    return [...this.#plan.keys()].every((at) => at < this.operations);
  }

  /** A machine starts anew: what is random of its faults does not depend on what was before. */
  start(draws: Draws): void {
    this.#draws = draws;
  }

  /** Throws DiskError, or ProcessGone when the process does not live to see it. */
  perform<T>(verb: Verb, path: string, deed: Deed<T>): T {
    const operation: Operation = { number: this.operations++, verb, path };
    try {
      const fault = this.#plan.get(operation.number);
      return fault === undefined ? deed.whole(this.tree) : this.#failing(operation, deed, fault);
    } finally {
      this.onOperation(operation);
    }
  }

  #failing<T>(operation: Operation, deed: Deed<T>, fault: Fault): T {
    const { verb, path } = operation;
    switch (fault.kind) {
      case 'error':
        this.happened.push({ operation, fault });
        return this.#fail(operation, deed, fault);
      case 'lie':
        this.happened.push({ operation, fault });
        if (verb === 'syncFile') this.corrupted.add(path);
        return verb === 'syncFile' || verb === 'syncFolder' ? nothing() : deed.whole(this.tree);
      default:
        attempt(() => (fault.kind === 'crash' && fault.half && deed.half ? deed.half(this.tree) : void deed.whole(this.tree)));
        this.strike(operation, fault);
        throw new ProcessGone();
    }
  }

  /** The process ends right after an operation was done, and this is what becomes of the disk. */
  strike(operation: Operation, fault: LastFault): void {
    this.happened.push({ operation, fault });
    if (fault.kind === 'power') this.tree.losePower(fault.variant, this.#draws);
    else if (fault.kind === 'flip') this.#flip(fault.file, operation.number);
  }

  #fail<T>({ verb, path }: Operation, deed: Deed<T>, { code, effect }: Extract<Fault, { kind: 'error' }>): never {
    // After a failed sync the system counts the bytes as written; that they are not is known to nobody.
    const file = verb === 'syncFile' ? this.tree.file(path) : null;
    if (file !== null && file.bytes !== file.durable) file.abandoned = true;
    else if (effect === 'whole') deed.whole(this.tree);
    else if (effect === 'half') deed.half?.(this.tree);
    throw new DiskError(code, path, `${path} cannot be used: ${INJECTED} ${code}.`);
  }

  /** `turn`: another bit each time, although the draws of all cases begin alike. */
  #flip(at: number, turn: number): void {
    const path = this.tree.files(this.#folder)[at];
    const file = path === undefined ? null : this.tree.file(path);
    if (path === undefined || file === null || file.bytes.length === 0) return;
    const bytes = file.bytes.slice();
    const place = (this.#draws.below(bytes.length) + turn * TURN) % bytes.length;
    bytes[place] = (bytes[place] ?? 0) ^ (1 << ((this.#draws.below(8) + turn) % 8));
    file.bytes = bytes;
    file.durable = bytes;
    this.corrupted.add(path);
  }
}

/** What a sync gives. */
function nothing<T>(): T {
  // SAFETY: only called for syncs, which give nothing.
  return undefined as T;
}

/** The process is gone either way. */
function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // Nobody is there to hear of it.
  }
}
