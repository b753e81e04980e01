import path from 'node:path';

/** Folders among those with checkpoints that hold the state at the position of a replay begin so. */
const PREFIX = 'replay-of-';

/** `folder`: of the notebook, `job`: of the job in it. */
export function replayFolder(folder: string, job: string): string {
  return `${PREFIX}${folder}-${job}`;
}

/** Whether a folder holds the state at the position of a replay instead of checkpoints. */
export function isReplayFolder(directory: string): boolean {
  return path.basename(directory).startsWith(PREFIX);
}
