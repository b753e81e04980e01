import type { CheckpointRef } from '../../engine/checkpoint/manifest.ts';
import type { FaultPlan } from '../../engine/testkit/simulation/disk-faults.ts';
import type { Schedule } from '../../engine/testkit/simulation/scheduler.ts';
import type { Operation, SimulatedDisk } from '../../engine/testkit/simulation/simulated-disk.ts';
import { digest } from './digest.ts';
import type { Expected } from './expected.ts';
import { committedFiles, leftovers, linesOf, visibleCheckpoints } from './look.ts';
import { OUT, STATE } from './machine.ts';
import { lookBack, simulate, type Story, type Watch } from './simulate.ts';
import { valueIn } from './viewer.ts';
import type { World } from './worlds.ts';

/** A job without faults: what the others are measured by. */
export interface Undisturbed {
  readonly expected: Expected;
  /** Rows of each display, in order. */
  readonly rows: readonly (readonly string[])[];
  /** Of its last checkpoint. */
  readonly digest: string;
  readonly operations: readonly Operation[];
  /** Files below the folder of checkpoints, at most. */
  readonly files: number;
}

export interface Verdict {
  /** What did not hold; null when everything did. */
  readonly problem: string | null;
  readonly story: Story;
}

/** What has to hold while a job runs. The first problem counts. */
class Invariants implements Watch {
  problem: string | null = null;
  readonly operations: Operation[] = [];
  files = 0;
  /** A file of the newest checkpoint is damaged: nobody may go on as if it were not there. */
  mustRefuse = false;
  readonly #expected: readonly string[];
  /** Finished files that a reader has seen, with their text. */
  readonly seen = new Map<string, string>();
  #now = new Map<string, string>();

  constructor(expected: Expected) {
    this.#expected = expected.committed;
  }

  onProcess(disk: SimulatedDisk, published: readonly CheckpointRef[]): void {
    this.#now = new Map(committedFiles(disk.tree));
    this.#checkVisible(disk);
    const newest = visibleCheckpoints(disk.tree).at(-1);
    const damaged = [...disk.corrupted].map((path) => path.replace(/\.[\d-]+\.part$/, ''));
    const flipped = disk.happened.some(({ fault }) => fault.kind === 'flip');
    if (newest !== undefined) {
      const files = [newest.path, ...newest.blobs];
      this.mustRefuse = newest.problem !== null || (flipped && damaged.some((path) => files.includes(path)));
    }
    const last = published.at(-1);
    if (last === undefined || disk.corrupted.size > 0) return;
    const found = newest !== undefined && (newest.run > last.run || (newest.run === last.run && newest.checkpoint >= last.checkpoint));
    if (!found) this.#say(`checkpoint ${last.run}/${last.checkpoint} was complete and is gone`);
  }

  onOperation(disk: SimulatedDisk, operation: Operation): void {
    const { verb, path } = operation;
    this.operations.push(operation);
    // Nothing else changes what is visible.
    if (verb !== 'rename' && verb !== 'remove') return;
    if (path.startsWith(OUT)) this.#checkCommitted(disk);
    else {
      this.files = Math.max(this.files, disk.tree.files(STATE).length);
      this.#checkVisible(disk);
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
    this.#now = new Map(files);
    const extra = firstBeyond(linesOf(files), this.#expected);
    if (extra !== null) this.#say(`committed, but not expected or twice: ${extra}`);
  }

  #say(problem: string): void {
    this.problem ??= problem;
  }
}

/** The first line that `lines` has more often than `allowed`; null when there is none. */
function firstBeyond(lines: readonly string[], allowed: readonly string[]): string | null {
  const left = new Map<string, number>();
  for (const line of allowed) left.set(line, (left.get(line) ?? 0) + 1);
  for (const line of lines) {
    const count = left.get(line) ?? 0;
    if (count === 0) return line;
    left.set(line, count - 1);
  }
  return null;
}

/** Plays a job without faults and looks whether it gives what is expected. Throws when it does not. */
export async function undisturbed(world: World, schedule: Schedule): Promise<Undisturbed> {
  const expected = world.expected();
  const invariants = new Invariants(expected);
  const story = await simulate(world, schedule, [], invariants);
  const operations = [...invariants.operations];
  const rows = story.viewer.rows.map((shown) => [...shown].sort(([a], [b]) => a - b).map(([, text]) => text));
  const missing = expected.displays.map((display, id) => {
    const values = (rows[id] ?? []).map(valueIn);
    return firstBeyond(display, values) ?? firstBeyond(values, display);
  });
  const wrong = missing.find((row) => row !== null);
  if (wrong !== undefined) throw new Error(`${world.name} without faults: a display lacks ${wrong}, or has it too often`);
  const result = { expected, rows, digest: '', operations, files: invariants.files };
  const problem = invariants.problem ?? (await atTheEnd(story, invariants, result));
  if (problem !== null) throw new Error(`${world.name} without faults: ${problem}`);
  return { ...result, digest: await newestDigest(story) };
}

/** Plays a job with faults. */
export async function judge(world: World, schedule: Schedule, plan: FaultPlan, measure: Undisturbed): Promise<Verdict> {
  const invariants = new Invariants(measure.expected);
  const story = await simulate(world, schedule, plan, invariants);
  return { problem: invariants.problem ?? (await atTheEnd(story, invariants, measure)), story };
}

/** What has to hold at the end; null when it does. */
async function atTheEnd(story: Story, invariants: Invariants, measure: Undisturbed): Promise<string | null> {
  const { disk, end, viewer } = story;
  if (end.kind === 'stuck') return end.message;
  if (end.kind === 'refused') return refusal(disk, end.message);
  if (invariants.mustRefuse) return 'it went on although a file of its newest checkpoint is damaged';
  const files = committedFiles(disk.tree);
  const lines = linesOf(files);
  const missing = firstBeyond(measure.expected.committed, lines);
  if (missing !== null) return `not committed: ${missing}`;
  const extra = firstBeyond(lines, measure.expected.committed);
  if (extra !== null) return `committed twice, or not expected: ${extra}`;
  const contradicted = [...invariants.seen].find(([path, text]) => files.get(path) !== text);
  if (contradicted) return `${contradicted[0]} was seen by a reader and is not as it was`;
  return viewer.contradictions[0] ?? shown(story, measure) ?? (await state(story, measure));
}

function refusal(disk: SimulatedDisk, message: string): string | null {
  const named = [...disk.corrupted].some((path) => message.includes((path.split('/').at(-1) ?? path).replace(/\.[\d-]+\.part$/, '')));
  return named ? null : `it refused without naming a damaged file: ${message}`;
}

function shown({ viewer }: Story, { rows }: Undisturbed): string | null {
  for (const [id, expected] of rows.entries()) {
    const found = viewer.rows[id] ?? new Map<number, string>();
    for (const [place, text] of found)
      if (expected[place] !== text) return `display ${id} shows ${text} at ${place}, not ${expected[place] ?? 'nothing'}`;
    for (let place = viewer.begun[id] ?? 0; place < expected.length; place++) {
      if (!found.has(place)) return `display ${id} does not show row ${place}: ${expected[place] ?? ''}`;
    }
  }
  return null;
}

async function state(story: Story, measure: Undisturbed): Promise<string | null> {
  const newest = visibleCheckpoints(story.disk.tree).at(-1);
  if (newest === undefined) return 'no checkpoint is left';
  // With faults a later start may have to clean up; without there is nothing to clean up.
  const before = story.disk.happened.length === 0 ? leftovers(story.disk.tree, null) : [];
  if (before.length > 0) return `left behind: ${before.join(', ')}`;
  const visible = new Set(visibleCheckpoints(story.disk.tree).map(({ run, checkpoint }) => `${run}/${checkpoint}`));
  const gone = story.published.find(({ kind, run, checkpoint }) => kind === 'savepoint' && !visible.has(`${run}/${checkpoint}`));
  if (gone && story.disk.corrupted.size === 0) return `savepoint ${gone.run}/${gone.checkpoint} was complete and is gone`;
  let found: string;
  try {
    found = await newestDigest(story);
  } catch (error) {
    return `the last checkpoint cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (measure.digest !== '' && found !== measure.digest) return 'the state in the last checkpoint is not that of an undisturbed run';
  const left = story.disk.corrupted.size > 0 ? [] : leftovers(story.disk.tree, newest.run);
  return left.length > 0 ? `left behind: ${left.join(', ')}` : null;
}

async function newestDigest(story: Story): Promise<string> {
  const newest = visibleCheckpoints(story.disk.tree).at(-1);
  if (newest === undefined) throw new Error('no checkpoint is left');
  return digest(await lookBack(story, newest));
}
