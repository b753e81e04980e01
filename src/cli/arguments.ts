import { parseArgs } from 'node:util';
import type { Pace } from '../../engine/runtime/pace.ts';
import { parsePace } from '../notebook/cell-info.ts';

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
}

export type Command =
  | RunCommand
  | { readonly kind: 'check'; readonly file: string }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' };

/** Arguments that make no sense; the message says which and why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `Usage: streambook run FILE [options]     run the cells of a notebook
       streambook check FILE             compile only; report every problem

Without --cell, run starts every cell that displays or writes something, in file order, one job after another.

Options of run
  --cell ID                only this cell: its id, its first declared name, or its number (may be repeated)
  --format table|jsonl     table (default): for reading; jsonl: one JSON object per result row on standard output,
                           printed lines go to standard error
  --set OPTION=VALUE       an option by Flink's name, such as parallelism.default=2; wins over the cells (may be repeated)
  --pace PACE              x10: event time × 10, 30s: everything in about 30 seconds, full (default): as fast as possible
  --no-check               run in spite of type errors

  --help, --version

Exit code: 0 finished, 1 a job failed, 2 bad usage or a compile error, 130 interrupted.`;

/** Commands and options of the design that later versions bring. */
const LATER_COMMANDS: readonly string[] = ['test', 'checkpoints'];
const LATER_OPTIONS: readonly string[] = ['--restore', '--state-dir'];

/** Reads the command line. Throws UsageError. */
export function parseArguments(argv: readonly string[]): Command {
  const [command, ...rest] = argv;
  if (argv.includes('--help') || argv.includes('-h') || command === 'help') return { kind: 'help' };
  if (argv.includes('--version')) return { kind: 'version' };
  if (command === undefined) throw new UsageError('What shall be done? Name a command.');
  if (LATER_COMMANDS.includes(command)) throw new UsageError(`The command “${command}” is not in this version.`);
  if (command === 'check') return { kind: 'check', file: parseCheck(rest) };
  if (command === 'run') return parseRun(rest);
  throw new UsageError(`There is no command “${command}”.`);
}

function parseCheck(argv: readonly string[]): string {
  const { positionals } = parse(() => parseArgs({ args: [...argv], allowPositionals: true, options: {} }));
  return onlyFile(positionals);
}

function parseRun(argv: readonly string[]): RunCommand {
  const later = argv.find((argument) => LATER_OPTIONS.some((option) => argument === option || argument.startsWith(`${option}=`)));
  if (later !== undefined) throw new UsageError(`The option ${later.split('=')[0] ?? later} is not in this version.`);
  const { values, positionals } = parse(() =>
    parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        cell: { type: 'string', multiple: true, default: [] },
        format: { type: 'string', default: 'table' },
        set: { type: 'string', multiple: true, default: [] },
        pace: { type: 'string', default: 'full' },
        'no-check': { type: 'boolean', default: false },
      },
    }),
  );
  const { format } = values;
  if (format !== 'table' && format !== 'jsonl') throw new UsageError(`--format is table or jsonl, not “${format}”.`);
  const pace = parsePace(values.pace);
  if (pace === null) throw new UsageError(`--pace is full, a factor such as x10 or a duration such as 30s, not “${values.pace}”.`);
  return {
    kind: 'run',
    file: onlyFile(positionals),
    cells: values.cell,
    format,
    overrides: Object.fromEntries(values.set.map(parseSetting)),
    pace,
    check: !values['no-check'],
  };
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
