import type { CheckpointRef } from '../../engine/checkpoint/manifest.ts';
import type { Operation, SimulatedDisk } from '../../engine/testkit/simulation/simulated-disk.ts';
import type { Lines } from './lines.ts';
import { committedFiles, linesOf, visibleCheckpoints } from './look.ts';
import { OUT, STATE } from './machine.ts';

/** What has to hold while a job runs. The first problem counts. */
export class Invariants {
  problem: string | null = null;
  files = 0;
  /** A file of the newest checkpoint is damaged: nobody may go on as if it were not there. */
  mustRefuse = false;
  /** The input may end before its end: what is expected is known when it has. */
  drained = false;
  readonly #expected: readonly string[];
  /** Null as long as nobody chooses what a run goes on from: then every file counts. */
  readonly #lines: Lines | null;
  /** Finished files that a reader has seen, with their text. */
  readonly seen = new Map<string, string>();
  /** Those that are there now; replaced, never changed. */
  #now: ReadonlyMap<string, string> = new Map();
  #key: string | null = null;

  /** `expected`: every row that is to be committed, as JSON. */
  constructor(expected: readonly string[], lines: Lines | null = null) {
    this.#expected = expected;
    this.#lines = lines;
  }

  /** The same as it is now. */
  fork(): Invariants {
    const fork = new Invariants(this.#expected, this.#lines);
    fork.drained = this.drained;
    fork.problem = this.problem;
    fork.files = this.files;
    fork.mustRefuse = this.mustRefuse;
    for (const [path, text] of this.seen) fork.seen.set(path, text);
    fork.#now = this.#now;
    fork.#key = this.#key;
    return fork;
  }

  /** The same for those that find the same from here on. */
  key(): string {
    this.#key ??= JSON.stringify([
      this.problem,
      this.mustRefuse,
      [...this.#now.keys()].sort(),
      [...this.seen].sort(([a], [b]) => (a < b ? -1 : 1)),
    ]);
    return this.#key;
  }

  /** A process begins on what the disk has; `published`: the last checkpoint that was said to be complete. */
  onProcess(disk: SimulatedDisk, published: CheckpointRef | null): void {
    this.#key = null;
    this.#now = committedFiles(disk.tree);
    this.#checkVisible(disk);
    this.#lines?.see(visibleCheckpoints(disk.tree));
    const newest = visibleCheckpoints(disk.tree).at(-1);
    const damaged = [...disk.corrupted].map((path) => path.replace(/\.[\d-]+\.part$/, ''));
    const flipped = disk.happened.some(({ fault }) => fault.kind === 'flip');
    if (newest !== undefined) {
      const files = [newest.path, ...newest.blobs];
      this.mustRefuse = newest.problem !== null || (flipped && damaged.some((path) => files.includes(path)));
    }
    if (published === null || disk.corrupted.size > 0) return;
    const { run, checkpoint } = published;
    const found = newest !== undefined && (newest.run > run || (newest.run === run && newest.checkpoint >= checkpoint));
    if (!found) this.#say(`checkpoint ${run}/${checkpoint} was complete and is gone`);
  }

  /** After every operation of the disk. */
  onOperation(disk: SimulatedDisk, operation: Operation): void {
    const { verb, path } = operation;
    // Nothing else changes what is visible.
    if (verb !== 'rename' && verb !== 'remove') return;
    this.#key = null;
    if (path.startsWith(OUT)) this.#checkCommitted(disk);
    else {
      this.files = Math.max(this.files, disk.tree.files(STATE).length);
      this.#checkVisible(disk);
      this.#lines?.see(visibleCheckpoints(disk.tree));
    }
  }

  #checkVisible(disk: SimulatedDisk): void {
    if (disk.corrupted.size > 0) return;
    const broken = visibleCheckpoints(disk.tree).find(({ problem }) => problem !== null);
    if (broken) this.#say(`a visible checkpoint cannot be read: ${broken.problem ?? ''}`);
  }

  #checkCommitted(disk: SimulatedDisk): void {
    const files = committedFiles(disk.tree);
    const gone = [...this.#now.keys()].find((path) => !files.has(path));
    // After a power loss it may be back under its other name; then it has to come again until the end.
    const lost = disk.happened.at(-1)?.fault.kind === 'power';
    if (gone !== undefined && !lost) this.#say(`${gone} was committed and is gone`);
    for (const [path, text] of files) {
      const before = this.seen.get(path);
      if (before !== undefined && before !== text) this.#say(`${path} was committed and has another content now`);
      this.seen.set(path, text);
    }
    this.#now = files;
    if (this.drained) return;
    const extra = firstBeyond(linesOf(this.#lines?.newest(files) ?? files), this.#expected);
    if (extra !== null) this.#say(`committed, but not expected or twice: ${extra}`);
  }

  #say(problem: string): void {
    this.problem ??= problem;
  }
}

/** The first line that `lines` has more often than `allowed`; null when there is none. */
export function firstBeyond(lines: readonly string[], allowed: readonly string[]): string | null {
  const left = new Map<string, number>();
  for (const line of allowed) left.set(line, (left.get(line) ?? 0) + 1);
  for (const line of lines) {
    const count = left.get(line) ?? 0;
    if (count === 0) return line;
    left.set(line, count - 1);
  }
  return null;
}
