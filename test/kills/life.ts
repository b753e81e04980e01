import { spawn } from 'node:child_process';
import { type FSWatcher, watch } from 'node:fs';
import path from 'node:path';
import { bundlePath } from '../dist.ts';
import type { JobFolder } from './job-folder.ts';
import { type Mark, type Moment, momentText } from './moments.ts';

/** ms between two looks whether the run has begun. */
const LOOK = 2;
/** ms in which a job has to come to where it is killed: far more than it takes. */
const PATIENCE = 60_000;

/** A process with the job, from its start to its end. */
export interface Life {
  /** Number of its run. */
  readonly run: number;
  readonly killed: boolean;
  readonly code: number | null;
  readonly stderr: string;
  /** ms from its start to its first checkpoint; null when it has none. */
  readonly toFirstCheckpoint: number | null;
}

/** Something did not hold; the message says what. */
export class KillTestError extends Error {
  override readonly name = 'KillTestError';
}

/**
 * Runs the job in a process of its own, and kills it at `moment` (null: not at all). `usualStart`: ms from the start of such a process to its first
 * checkpoint. Rejects with KillTestError when the job does not come to that moment, or leaves another process behind.
 */
export async function live(folder: JobFolder, pace: string, moment: Moment | null, usualStart: number): Promise<Life> {
  const run = folder.nextRun();
  const before = folder.newest() ?? 0;
  const child = spawn(process.execPath, [bundlePath('cli.mjs'), ...folder.command(pace)], {
    cwd: folder.path,
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own, so that what it leaves behind can be found.
    detached: true,
    env: { ...process.env, TMPDIR: folder.temporary },
  });
  const started = performance.now();
  const watchers: FSWatcher[] = [];
  const timers: NodeJS.Timeout[] = [];
  const after = (ms: number, act: () => void): void => {
    if (ms === 0) act();
    else timers.push(setTimeout(act, ms));
  };
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  const seen: { toFirstCheckpoint: number | null; isArmed: boolean; isDue: boolean; isLate: boolean } = {
    toFirstCheckpoint: null,
    isArmed: false,
    isDue: false,
    isLate: false,
  };

  function see(mark: Mark): void {
    if (mark === 'published') {
      seen.toFirstCheckpoint ??= performance.now() - started;
      const covered = folder.records(run) ?? 0;
      // Whoever is killed has made progress before, so that the job comes to its end.
      if (moment?.kind === 'mark' && covered > before && covered >= moment.records) seen.isArmed = true;
    }
    if (!seen.isArmed || seen.isDue || moment?.kind !== 'mark' || moment.mark !== mark) return;
    seen.isDue = true;
    after(moment.delay, kill);
  }

  const look = setInterval(() => {
    const runFolder = folder.runFolder(run);
    if (runFolder === null) return;
    clearInterval(look);
    if (moment?.kind === 'begun') after(moment.delay, kill);
    const seeState = (_: string, name: string | null): void => {
      if (name?.endsWith('.part') === true) see('writing');
      else if (name?.startsWith('chk-') === true) see('published');
    };
    watchers.push(watch(runFolder, seeState), watch(path.join(runFolder, '..', 'blobs'), seeState));
    watchers.push(watch(folder.out, (_, name) => name?.startsWith('part-') === true && see('committed')));
  }, LOOK);
  if (moment?.kind === 'start') after(Math.max(1, moment.share * usualStart), kill);
  after(PATIENCE, () => {
    seen.isLate = true;
    kill();
  });

  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code, signal] = await new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (...end) => resolve(end));
  });
  clearInterval(look);
  timers.forEach(clearTimeout);
  watchers.forEach((watcher) => watcher.close());
  if (seen.isLate) {
    const place = moment === null ? 'its end' : momentText(moment);
    throw new KillTestError(
      `Run ${run} made no progress: in ${PATIENCE / 1000} s it has not come to ${place}. It began behind record ${before}, and its newest ` +
        `checkpoint covers ${folder.records(run) ?? 'none'}. It wrote:\n${stderr}`,
    );
  }
  if (child.pid !== undefined && isGroupAlive(child.pid)) throw new KillTestError(`Run ${run} has left a process behind.`);
  return { run, killed: signal === 'SIGKILL', code, stderr, toFirstCheckpoint: seen.toFirstCheckpoint };
}

function isGroupAlive(leader: number): boolean {
  if (process.platform === 'win32') return false;
  try {
    process.kill(-leader, 0);
    return true;
  } catch {
    return false;
  }
}
