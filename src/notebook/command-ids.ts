/** Ids of our commands, as package.json contributes them. */
export const COMMANDS = {
  /** Arguments: a cell's URI, or what VS Code hands to a cell's menu. */
  restartCell: 'streambook.restartCell',
  stopCell: 'streambook.stopCell',
  killJob: 'streambook.killJob',
  setPace: 'streambook.setPace',
  replayCell: 'streambook.replayCell',
  stopAll: 'streambook.stopAll',
  showLog: 'streambook.showLog',
} as const;

export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];
