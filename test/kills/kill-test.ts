import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Draws } from '../../engine/testkit/simulation/random.ts';
import { JobFolder, type Place } from './job-folder.ts';
import { KillTestError, type Life, live } from './life.ts';
import { drawMoments, type Moment, momentText } from './moments.ts';

export interface KillTestOptions {
  readonly kills: number;
  readonly seed: number;
  /** A line about how it goes on. */
  onProgress(line: string): void;
}

export interface KillTestReport {
  readonly kills: number;
  readonly jobs: number;
  /** Kills by where the job was, as its disk says. */
  readonly places: ReadonlyMap<Place, number>;
  /** Kills by how much of the input the newest checkpoint covered, in tenths. */
  readonly tenths: readonly number[];
  /** Checks that held: one after each kill, one at the end of each job. */
  readonly held: number;
  /** What did not hold, and the folder that shows it; null = everything held. */
  readonly failure: { readonly problem: string; readonly folder: string } | null;
}

/** Kills per job; then it runs to its end, and the next one begins. */
const KILLS_PER_JOB = 25;
/** Per second: so slow that each process is killed in the middle of its input, and has some records in each checkpoint. */
const RATE = 4_000;
const RECORDS_PER_KILL = 1_500;
/** What a job reads in the time of some checkpoints. */
const RECORDS_BEFORE_END = 200;
const FASTEST = 'full';

/**
 * Kills processes that run a job, at drawn moments, and lets each go on from the last checkpoint of the one before. After each kill what the sink has
 * committed has to be the beginning of what an undisturbed run writes; at the end all of it, byte for byte, and nothing else may be left.
 * Needs the command line in dist/.
 */
export async function runKillTest({ kills, seed, onProgress }: KillTestOptions): Promise<KillTestReport> {
  const draws = new Draws(seed);
  const base = mkdtempSync(path.join(tmpdir(), 'streambook-kills-'));
  const places = new Map<Place, number>();
  const tenths = Array.from({ length: 10 }, () => 0);
  let made = 0;
  let held = 0;
  let jobs = 0;
  const report = (failure: KillTestReport['failure']): KillTestReport => ({ kills: made, jobs, places, tenths, held, failure });

  while (made < kills) {
    const planned = Math.min(KILLS_PER_JOB, kills - made);
    const records = planned * RECORDS_PER_KILL;
    const moments = drawMoments(draws, planned, records, RECORDS_BEFORE_END);
    const folder = JobFolder.create(path.join(base, `job-${++jobs}`), records);
    try {
      const { expected, start } = await undisturbed(path.join(base, `undisturbed-${jobs}`), records);
      const lives = new KilledJob(folder, expected, start);
      for (const moment of moments) {
        const life = await lives.next(moment);
        if (!life.killed) break;
        made++;
        held++;
        const place = folder.place(life.run);
        places.set(place, (places.get(place) ?? 0) + 1);
        const tenth = Math.min(9, Math.floor((10 * (folder.newest() ?? 0)) / records));
        tenths[tenth] = (tenths[tenth] ?? 0) + 1;
      }
      await lives.toTheEnd();
      held++;
    } catch (error) {
      if (!(error instanceof KillTestError)) throw error;
      return report({ problem: error.message, folder: folder.path });
    }
    onProgress(`${made} of ${kills} kills, ${jobs} ${jobs === 1 ? 'job' : 'jobs'} with the output of an undisturbed run`);
    rmSync(folder.path, { recursive: true });
  }
  rmSync(base, { recursive: true });
  return report(null);
}

/** What a run gives that nothing disturbs, and how long it takes to its first checkpoint. */
async function undisturbed(place: string, records: number): Promise<{ readonly expected: string; readonly start: number }> {
  mkdirSync(place);
  const folder = JobFolder.create(place, records);
  const { code, stderr, toFirstCheckpoint } = await live(folder, FASTEST, null, 0);
  if (code !== 0 || toFirstCheckpoint === null) throw new KillTestError(`The undisturbed run ended with exit code ${code}:\n${stderr}`);
  const expected = folder.output();
  rmSync(place, { recursive: true });
  return { expected, start: toFirstCheckpoint };
}

/** One job through all its lives. */
class KilledJob {
  readonly #folder: JobFolder;
  readonly #expected: string;
  readonly #start: number;
  #finished = false;

  constructor(folder: JobFolder, expected: string, start: number) {
    this.#folder = folder;
    this.#expected = expected;
    this.#start = start;
  }

  /** Lets the job go on, to `moment` or to its end. Rejects with KillTestError when something does not hold then. */
  async next(moment: Moment | null): Promise<Life> {
    const pace = moment === null ? FASTEST : `${RATE}/s`;
    const life = await live(this.#folder, pace, moment, this.#start);
    const when = moment === null ? 'at the end' : `killed ${momentText(moment)}`;
    if (!life.killed && life.code !== 0) {
      throw new KillTestError(`Run ${life.run} ended with exit code ${life.code} instead of going on:\n${life.stderr}`);
    }
    const output = this.#folder.output();
    if (!this.#expected.startsWith(output)) throw new KillTestError(`Run ${life.run}, ${when}: ${difference(output, this.#expected)}`);
    this.#finished = !life.killed;
    return life;
  }

  async toTheEnd(): Promise<void> {
    if (!this.#finished) await this.next(null);
    const output = this.#folder.output();
    if (output !== this.#expected) throw new KillTestError(`At the end ${difference(output, this.#expected)}`);
    const left = this.#folder.leftovers();
    if (left.length > 0) throw new KillTestError(`At the end there is also:\n${left.join('\n')}`);
  }
}

/** Where two outputs differ first. */
function difference(output: string, expected: string): string {
  const lines = output.split('\n');
  const right = expected.split('\n');
  const at = lines.findIndex((line, index) => line !== right[index]);
  const line = at < 0 ? lines.length : at;
  const shown = (text: string | undefined): string => (text === undefined || text === '' ? 'nothing' : text.slice(0, 300));
  return `line ${line + 1} of the output differs:\n  is         ${shown(lines[line])}\n  should be  ${shown(right[line])}`;
}
