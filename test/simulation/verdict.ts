import { createHash } from 'node:crypto';
import type { Schedule } from '../../engine/testkit/simulation/scheduler.ts';
import type { Operation, SimulatedDisk } from '../../engine/testkit/simulation/simulated-disk.ts';
import type { JobRestore } from '../../engine/checkpoint/snapshot.ts';
import { digest, keyedDigest } from './digest.ts';
import type { Expected } from './expected.ts';
import { History } from './history.ts';
import { firstBeyond } from './invariants.ts';
import { committedFiles, leftovers, linesOf, visibleCheckpoints } from './look.ts';
import { type End, lookBack, simulate } from './simulate.ts';
import { valueIn } from './viewer.ts';
import type { World } from './worlds.ts';

/** A job without faults: what the others are measured by. */
export interface Undisturbed {
  readonly expected: Expected;
  /** Rows of each display, in order. */
  readonly rows: readonly (readonly string[])[];
  /** Of its last checkpoint; `keyed`: of what does not depend on the parallelism. */
  readonly digest: string;
  readonly keyed: string;
  readonly operations: readonly Operation[];
  /** Files below the folder of checkpoints, at most. */
  readonly files: number;
}

export interface Verdict {
  /** What did not hold; null when everything did. */
  readonly problem: string | null;
  /** The job did not go on because a file is damaged. */
  readonly refused: boolean;
  /** The same for jobs that came to the same end: all that a reader sees of the disk, and the displays. Empty when a problem was seen before the end. */
  readonly end: string;
}

/** Plays a job without faults and looks whether it gives what is expected. Throws when it does not. */
export async function undisturbed(world: World, schedule: Schedule): Promise<Undisturbed> {
  const expected = world.expected();
  const history = History.begin(world, schedule, expected.committed);
  const operations: Operation[] = [];
  const end = await simulate(history, { onOperation: (_, operation) => operations.push(operation) });
  const rows = history.viewer.rows.map((shown) => [...shown].sort(([a], [b]) => a - b).map(([, text]) => text));
  const missing = expected.displays.map((display, id) => {
    const values = (rows[id] ?? []).map(valueIn);
    return firstBeyond(display, values) ?? firstBeyond(values, display);
  });
  const wrong = missing.find((row) => row !== null);
  if (wrong !== undefined) throw new Error(`${world.name} without faults: a display lacks ${wrong}, or has it too often`);
  const result = { expected, rows, digest: '', keyed: '', operations, files: history.invariants.files };
  const { problem } = await verdictOf(history, end, result);
  if (problem !== null) throw new Error(`${world.name} without faults: ${problem}`);
  const state = await newestState(history);
  return { ...result, digest: digest(state), keyed: keyedDigest(state) };
}

/** Goes on to the end of a job. */
export async function judge(history: History, measure: Undisturbed): Promise<Verdict> {
  return await verdictOf(history, await simulate(history), measure);
}

/** Of a job that has come to its end. */
export async function verdictOf(history: History, end: End, measure: Undisturbed): Promise<Verdict> {
  const refused = end.kind === 'refused';
  const { problem } = history.invariants;
  if (problem !== null) return { problem, refused, end: '' };
  // What is seen before anyone looks back: that cleans up.
  const seen = createHash('sha256')
    .update(JSON.stringify([end, history.disk.tree.visibleKey(), history.viewer.key()]))
    .digest('base64');
  return { problem: await atTheEnd(history, end, measure), refused, end: seen };
}

/** What has to hold at the end; null when it does. */
async function atTheEnd(history: History, end: End, measure: Undisturbed): Promise<string | null> {
  const { disk, invariants, viewer, user, world } = history;
  if (end.kind === 'stuck') return end.message;
  if (end.kind === 'refused') return refusal(disk, end.message);
  if (invariants.mustRefuse) return 'it went on although a file of its newest checkpoint is damaged';
  const files = committedFiles(disk.tree);
  const lines = linesOf(user.lines?.newest(files) ?? files);
  const expected = expectedOf(history, measure);
  const missing = expected && firstBeyond(expected, lines);
  if (missing !== null) return `not committed: ${missing}`;
  const extra = expected && firstBeyond(lines, expected);
  if (extra !== null) return `committed twice, or not expected: ${extra}`;
  const served = world.server?.rows ?? null;
  const [rows = []] = measure.expected.displays;
  const lost = served && firstBeyond(rows, served);
  if (lost !== null) return `not committed on the server: ${lost}`;
  const twice = served && firstBeyond(served, rows);
  if (twice !== null) return `committed twice on the server, or not expected: ${twice}`;
  const seen = user.lines?.newest(invariants.seen) ?? invariants.seen;
  const contradicted = [...seen].find(([path, text]) => files.get(path) !== text);
  if (contradicted) return `${contradicted[0]} was seen by a reader and is not as it was`;
  return viewer.contradictions[0] ?? shown(history, measure) ?? (await state(history, measure));
}

/** The rows that have to be committed: of a job that was drained those of as many records as its last checkpoint has. Null when nobody can say. */
function expectedOf({ disk, user, world }: History, { expected }: Undisturbed): readonly string[] | null {
  if (!user.drained) return expected.committed;
  const newest = visibleCheckpoints(disk.tree).at(-1);
  if (newest === undefined || user.lines?.wentOn(newest.records) !== false) return null;
  return world.expectedUntil(newest.records)?.committed ?? null;
}

function refusal(disk: SimulatedDisk, message: string): string | null {
  const named = [...disk.corrupted].some((path) => message.includes((path.split('/').at(-1) ?? path).replace(/\.[\d-]+\.part$/, '')));
  return named ? null : `it refused without naming a damaged file: ${message}`;
}

function shown({ viewer, user }: History, { rows }: Undisturbed): string | null {
  // With another parallelism rows come in another order and from other subtasks.
  if (user.rescaled || user.drained) return null;
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

async function state(history: History, measure: Undisturbed): Promise<string | null> {
  const { disk, user } = history;
  const newest = visibleCheckpoints(disk.tree).at(-1);
  if (newest === undefined && !user.discards) return 'no checkpoint is left';
  // With faults a later start may have to clean up; without there is nothing to clean up.
  const before = disk.happened.length === 0 && user.zombies === 0 && !user.sabotaged ? leftovers(disk.tree, null) : [];
  if (before.length > 0) return `left behind: ${before.join(', ')}`;
  const visible = new Set(visibleCheckpoints(disk.tree).map(({ run, checkpoint }) => `${run}/${checkpoint}`));
  const gone = history.savepoints.find(({ run, checkpoint }) => !visible.has(`${run}/${checkpoint}`));
  if (gone && disk.corrupted.size === 0) return `savepoint ${gone.run}/${gone.checkpoint} was complete and is gone`;
  let found: JobRestore;
  try {
    found = await newestState(history);
  } catch (error) {
    if (newest === undefined) return null;
    return `the last checkpoint cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  const isLast = !user.drained && !user.discards;
  const other = user.rescaled ? keyedDigest(found) !== measure.keyed : digest(found) !== measure.digest;
  if (isLast && measure.digest !== '' && other) return 'the state in the last checkpoint is not that of an undisturbed run';
  // A run that could not read a checkpoint when it began does not know what it may remove of earlier runs; a process that is believed dead may write later.
  const unknown = disk.happened.some(({ fault }) => fault.kind === 'error') || user.zombies > 0;
  const left = disk.corrupted.size > 0 ? [] : leftovers(disk.tree, unknown ? (newest?.run ?? 0) : null);
  return left.length > 0 ? `left behind: ${left.join(', ')}` : null;
}

async function newestState(history: History): Promise<JobRestore> {
  const newest = visibleCheckpoints(history.disk.tree).at(-1);
  if (newest === undefined) throw new Error('no checkpoint is left');
  return await lookBack(history, newest);
}
