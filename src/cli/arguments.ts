import { parseArgs } from 'node:util';
import { OLD_NAMES } from '../../engine/api/options.ts';
import type { Pace } from '../../engine/runtime/pace.ts';
import { parsePace } from '../format/cell-info.ts';

export type OutputFormat = 'table' | 'jsonl';

export interface RunCommand {
  readonly kind: 'run';
  readonly file: string;
  /** Ids, job names or numbers of cells; empty = all that display or write something. */
  readonly cells: readonly string[];
  readonly format: OutputFormat;
  /** Options by Flink's names that win over the cells. */
  readonly overrides: Readonly<Record<string, string>>;
  readonly pace: Pace;
  readonly check: boolean;
  /** Checkpoint to start from: "latest", "12", "3/12"; null = from the beginning. */
  readonly restore: string | null;
  /** Folder of checkpoints; null = `.streambook` beside the notebook. */
  readonly stateDir: string | null;
}

/** `streambook checkpoints list|show|stats DIR`. */
export interface CheckpointsCommand {
  readonly kind: 'checkpoints';
  readonly action: 'list' | 'show' | 'stats';
  readonly directory: string;
  /** For `show`: "run/checkpoint". */
  readonly checkpoint: string | null;
  /** For `stats`: in the shape of Flink's REST API instead of a text. */
  readonly json: boolean;
}

export type Command =
  | RunCommand
  | { readonly kind: 'check'; readonly file: string }
  | CheckpointsCommand
  | { readonly kind: 'help' }
  | { readonly kind: 'version' };

/** Arguments that make no sense; the message says which and why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `Usage: streambook run FILE [options]     run the cells of a notebook
       streambook check FILE             compile only; report every problem
       streambook checkpoints list DIR   the checkpoints in a folder such as .streambook
       streambook checkpoints show DIR RUN/CHECKPOINT
                                         its operators, states and first entries
       streambook checkpoints stats DIR  durations and sizes of each run's checkpoints; --json: as Flink's REST API

Without --cell, run starts every cell that displays or writes something, in file order, one job after another.

Options of run
  --cell ID                only this cell: its id, its first declared name, or its number (may be repeated)
  --format table|jsonl     table (default): for reading; jsonl: one JSON object per result row on standard output,
                           printed lines go to standard error
  --set OPTION=VALUE       an option by Flink's name, such as parallelism.default=2; wins over the cells (may be repeated)
  --pace PACE              x10: event time × 10, 10/s: records per second, 30s: everything in about 30 seconds,
                           full (default): as fast as possible
  --restore CHECKPOINT     go on from a checkpoint of the cell: latest, a number such as 12, or run and number such as 3/12
  --state-dir DIR          where checkpoints are kept; default: .streambook beside the notebook
  --no-check               run in spite of type errors

  --help, --version

Exit code: 0 finished, 1 a job failed, 2 bad usage or a compile error, 130 interrupted.`;

/** Reads the command line. Throws UsageError. */
export function parseArguments(argv: readonly string[]): Command {
  const [command, ...rest] = argv;
  if (argv.includes('--help') || argv.includes('-h') || command === 'help') return { kind: 'help' };
  if (argv.includes('--version')) return { kind: 'version' };
  if (command === undefined) throw new UsageError('What shall be done? Name a command.');
  if (command === 'check') return { kind: 'check', file: parseCheck(rest) };
  if (command === 'run') return parseRun(rest);
  if (command === 'checkpoints') return parseCheckpoints(rest);
  throw new UsageError(`There is no command “${command}”.`);
}

function parseCheck(argv: readonly string[]): string {
  const { positionals } = parse(() => parseArgs({ args: [...argv], allowPositionals: true, options: {} }));
  return onlyFile(positionals);
}

function parseRun(argv: readonly string[]): RunCommand {
  const { values, positionals } = parse(() =>
    parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        cell: { type: 'string', multiple: true, default: [] },
        format: { type: 'string', default: 'table' },
        set: { type: 'string', multiple: true, default: [] },
        pace: { type: 'string', default: 'full' },
        restore: { type: 'string' },
        'state-dir': { type: 'string' },
        'no-check': { type: 'boolean', default: false },
      },
    }),
  );
  const { format } = values;
  if (format !== 'table' && format !== 'jsonl') throw new UsageError(`--format is table or jsonl, not “${format}”.`);
  const pace = parsePace(values.pace);
  if (pace === null)
    throw new UsageError(`--pace is full, a factor such as x10, a rate such as 10/s or a duration such as 30s, not “${values.pace}”.`);
  const overrides = new Map(values.set.map(parseSetting));
  return {
    kind: 'run',
    file: onlyFile(positionals),
    cells: values.cell,
    format,
    pace,
    check: !values['no-check'],
    restore: values.restore ?? takeOption(overrides, 'execution.state-recovery.path'),
    stateDir: values['state-dir'] ?? takeOption(overrides, 'execution.checkpointing.dir'),
    overrides: Object.fromEntries(overrides),
  };
}

/** An option of Flink that the command line has a flag for, under today's name or that of Flink 1: it is not the job's any more. */
function takeOption(overrides: Map<string, string>, name: string): string | null {
  const old = [...OLD_NAMES].filter(([, today]) => today === name).map(([before]) => before);
  let value: string | null = null;
  for (const each of [...old, name]) {
    value = overrides.get(each) ?? value;
    overrides.delete(each);
  }
  return value;
}

function parseCheckpoints(argv: readonly string[]): CheckpointsCommand {
  const { positionals, values } = parse(() =>
    parseArgs({ args: [...argv], allowPositionals: true, options: { json: { type: 'boolean', default: false } } }),
  );
  const [action, directory, checkpoint, extra] = positionals;
  if (action !== 'list' && action !== 'show' && action !== 'stats') {
    throw new UsageError(`checkpoints can list, show or stats${action === undefined ? '' : `; there is no “${action}” in this version`}.`);
  }
  if (directory === undefined) throw new UsageError('Which folder? For example .streambook.');
  if (action === 'show' && checkpoint === undefined) throw new UsageError('Which checkpoint? For example 1/12: run 1, checkpoint 12.');
  if (extra !== undefined || (action !== 'show' && checkpoint !== undefined)) throw new UsageError('One folder at a time.');
  if (values.json && action !== 'stats') throw new UsageError('--json is for checkpoints stats.');
  return { kind: 'checkpoints', action, directory, checkpoint: checkpoint ?? null, json: values.json };
}

function parse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    // parseArgs reports all mistakes as TypeErrors whose first sentence is made for users.
    if (error instanceof TypeError) throw new UsageError(`${error.message.split('. ')[0] ?? error.message}.`);
    throw error;
  }
}

function onlyFile(positionals: readonly string[]): string {
  const [file, extra] = positionals;
  if (file === undefined) throw new UsageError('Which notebook? Name a file.');
  if (extra !== undefined) throw new UsageError(`One notebook at a time: “${extra}” is one too many.`);
  return file;
}

function parseSetting(text: string): readonly [string, string] {
  const equals = text.indexOf('=');
  if (equals <= 0) throw new UsageError(`--set needs OPTION=VALUE, not “${text}”.`);
  return [text.slice(0, equals).trim(), text.slice(equals + 1).trim()];
}
