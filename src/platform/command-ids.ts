/** Ids of our commands, as package.json contributes them. */
export const COMMAND_IDS = [
  'streambook.restartCell',
  'streambook.debugCell',
  'streambook.newNotebook',
  'streambook.showLiveChart',
  'streambook.replayCell',
  'streambook.stopCell',
  'streambook.killJob',
  'streambook.setPace',
  'streambook.editChart',
  'streambook.stopAll',
  'streambook.showLog',
  'streambook.jobs.checkpoint',
  'streambook.jobs.savepoint',
  'streambook.jobs.stopWithSavepoint',
  'streambook.jobs.drain',
  'streambook.jobs.crash',
  'streambook.jobs.crashAfter',
  'streambook.jobs.failCheckpoint',
  'streambook.jobs.failCommit',
  'streambook.jobs.kill',
  'streambook.jobs.stop',
  'streambook.jobs.openCell',
  'streambook.checkpoints.refresh',
  'streambook.checkpoints.more',
  'streambook.checkpoints.statistics',
  'streambook.checkpoints.inspect',
  'streambook.checkpoints.nextPage',
  'streambook.checkpoints.previousPage',
  'streambook.checkpoints.selectForCompare',
  'streambook.checkpoints.compareWithSelected',
  'streambook.checkpoints.compareWithPrevious',
  'streambook.checkpoints.restore',
  'streambook.checkpoints.replay',
  'streambook.checkpoints.pin',
  'streambook.checkpoints.unpin',
  'streambook.checkpoints.delete',
  'streambook.checkpoints.openCell',
  'streambook.checkpoints.copy',
] as const;

export type CommandId = (typeof COMMAND_IDS)[number];

/** What VS Code itself makes for a view: shows it. */
export type ViewCommandId = 'streambook.jobs.focus' | 'streambook.checkpoints.focus';

/** The same commands, each with what `wrap` makes of its handler. */
export function mapCommands<Id extends CommandId, A, B>(
  commands: Readonly<Record<Id, A>>,
  wrap: (run: A, id: Id) => B,
): Readonly<Record<Id, B>> {
  // SAFETY: the keys of the record are its ids, and the result has the same.
  const entries = Object.entries(commands) as [Id, A][];
  // SAFETY: as above.
  return Object.fromEntries(entries.map(([id, run]) => [id, wrap(run, id)])) as Record<Id, B>;
}
