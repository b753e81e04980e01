/** Entry of the `streambook` command. */
import packageInfo from '../../package.json' with { type: 'json' };
import { type Command, parseArguments, USAGE, UsageError } from './arguments.ts';
import { BAD_USAGE, FINISHED } from './exit-codes.ts';
import { StandardStreams } from './streams.ts';

async function main(argv: readonly string[], streams: StandardStreams): Promise<number> {
  try {
    return await perform(parseArguments(argv), streams);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    streams.err(`streambook: ${error.message}\nTry “streambook --help”.\n`);
    return BAD_USAGE;
  }
}

async function perform(command: Command, streams: StandardStreams): Promise<number> {
  switch (command.kind) {
    case 'help':
      streams.out(`${USAGE}\n`);
      return FINISHED;
    case 'version':
      streams.out(`${packageInfo.version}\n`);
      return FINISHED;
    case 'check':
      return (await import('./check.ts')).checkNotebook(command.file, streams);
    case 'checkpoints':
      return await (await import('./checkpoints.ts')).showCheckpoints(command, streams);
    case 'run':
      return await (await import('./run.ts')).runNotebook(command, streams);
  }
}

process.exitCode = await main(process.argv.slice(2), new StandardStreams());
