import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Ending, SoakedJob } from './soaked-job.ts';
import { leakedSince, type Usage, usage } from './usage.ts';

/** In this order; one that was killed is gone on from. */
const ENDINGS: readonly Ending[] = ['finished', 'killed', 'stopped', 'failed', 'stopped'];
/** Cycles until everything is loaded and compiled. */
const WARM_UP = 10;
/** Bytes that the heap of the host may have more at the end: what it caches, not what each job leaves. */
const HEAP_GROWTH = 4 * 1024 * 1024;
/** Files of checkpoints that are kept: ten runs with two each and their blobs, the current one, and 50 runs that are only listed. */
const MOST_FILES = 200;

export interface SoakReport {
  readonly before: Usage;
  readonly after: Usage;
  /** Files of checkpoints and recordings. */
  readonly files: number;
  /** Files that are still open of jobs that were killed. */
  readonly open: number;
  /** Each check with what is wrong; null = it holds. */
  readonly checks: readonly (readonly [what: string, problem: string | null])[];
}

/** Starts and ends `cycles` jobs, one after the other, and compares what the process and its disk hold with what they held after the first ten. */
export async function soak(cycles: number, onProgress: (line: string) => void = () => undefined): Promise<SoakReport> {
  const base = realpathSync(mkdtempSync(path.join(tmpdir(), 'streambook-soak-')));
  const temporary = path.join(base, 'temporary');
  mkdirSync(temporary);
  const { TMPDIR: usual } = process.env;
  process.env['TMPDIR'] = temporary;
  try {
    const job = new SoakedJob(base);
    let before: Usage | null = null;
    for (let cycle = 0; cycle < cycles; cycle++) {
      if (cycle === WARM_UP) before = usage();
      await job.run(ENDINGS[cycle % ENDINGS.length] ?? 'finished');
      if ((cycle + 1) % 100 === 0) onProgress(`${cycle + 1} of ${cycles} cycles`);
    }
    if (before === null) throw new Error(`A soak has more than ${WARM_UP} cycles.`);
    const isOfJob = (name: string): boolean => name.startsWith(`file ${base}`);
    const leaked = await leakedSince(before, isOfJob);
    const open = leaked.filter(isOfJob);
    const killed = Array.from({ length: cycles }, (_, cycle) => ENDINGS[cycle % ENDINGS.length]).filter((ending) => ending === 'killed');
    const after = usage();
    const growth = after.heap - before.heap;
    const files = job.files();
    const checks = [
      ['threads, handles, open files and processes are those of before', list(leaked.filter((name) => !isOfJob(name)))],
      // Node does not close a file that a thread is just opening when it is ended by force.
      ['at most one file of a job is open for each that was killed', open.length > killed.length ? list(open) : null],
      ['the folder of temporary files is empty', list(readdirSync(temporary))],
      ['no lock, temporary or uncommitted file is left', list(job.temporaries())],
      ['no more files are kept than retention says', files > MOST_FILES ? `${files} files` : null],
      ['the heap has not grown', growth > HEAP_GROWTH ? `by ${Math.round(growth / 1024)} KiB` : null],
    ] as const;
    return { before, after, files, open: open.length, checks };
  } finally {
    if (usual === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = usual;
    rmSync(base, { recursive: true });
  }
}

function list(names: readonly string[]): string | null {
  return names.length === 0 ? null : names.join(', ');
}
