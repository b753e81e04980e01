import { DiskError } from '../../node/checkpoints/disk.ts';
import type { Fault, FaultPlan } from './disk-faults.ts';
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

/**
 * The disk of a machine. Numbers the operations of all its processes and has the faults of the plan happen at theirs. `onOperation` is called after
 * each one, also after one that failed or took the process with it.
 */
export class SimulatedDisk {
  readonly tree = new FileTree();
  operations = 0;
  /** Faults that came into being, with the operation. */
  readonly happened: { readonly operation: Operation; readonly fault: Fault }[] = [];
  /** Files whose content may be another than was written, though the disk was asked to keep it. */
  readonly corrupted = new Set<string>();
  onOperation: (operation: Operation) => void = () => undefined;
  #plan: ReadonlyMap<number, Fault>;
  readonly #draws: Draws;
  readonly #folder: string;

  /** `folder`: whose files may be hit by a change at rest. */
  constructor(plan: FaultPlan, draws: Draws, folder: string) {
    this.#plan = new Map(plan.map(({ at, fault }) => [at, fault]));
    this.#draws = draws;
    this.#folder = folder;
  }

  /** Nothing goes wrong any more. */
  repair(): void {
    this.#plan = new Map();
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
    this.happened.push({ operation, fault });
    switch (fault.kind) {
      case 'error':
        return this.#fail(operation, deed, fault);
      case 'lie':
        if (verb === 'syncFile') this.corrupted.add(path);
        return verb === 'syncFile' || verb === 'syncFolder' ? nothing() : deed.whole(this.tree);
      case 'crash':
        attempt(() => (fault.half && deed.half ? deed.half(this.tree) : void deed.whole(this.tree)));
        throw new ProcessGone();
      case 'power':
        attempt(() => void deed.whole(this.tree));
        this.tree.losePower(fault.variant, this.#draws);
        throw new ProcessGone();
      case 'flip':
        attempt(() => void deed.whole(this.tree));
        this.#flip(fault.file);
        throw new ProcessGone();
    }
  }

  #fail<T>({ verb, path }: Operation, deed: Deed<T>, { code, effect }: Extract<Fault, { kind: 'error' }>): never {
    // After a failed sync the system counts the bytes as written; that they are not is known to nobody.
    const file = verb === 'syncFile' ? this.tree.file(path) : null;
    if (file !== null && file.bytes !== file.durable) file.abandoned = true;
    else if (effect === 'whole') deed.whole(this.tree);
    else if (effect === 'half') deed.half?.(this.tree);
    throw new DiskError(code, path, `${path} cannot be used: ${INJECTED} ${code}.`);
  }

  #flip(at: number): void {
    const path = this.tree.files(this.#folder)[at];
    const file = path === undefined ? null : this.tree.file(path);
    if (path === undefined || file === null || file.bytes.length === 0) return;
    const bytes = file.bytes.slice();
    const place = this.#draws.below(bytes.length);
    bytes[place] = (bytes[place] ?? 0) ^ (1 << this.#draws.below(8));
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
