import { closest } from '../formats/closest.ts';
import { DISPLAY_MARKS, DISPLAY_VIEWS, type DisplayOptions } from '../graph/display-options.ts';
import { formatCut } from '../runtime/format-value.ts';
import { IllegalArgumentException } from './errors.ts';

const NAMES = ['name', 'view', 'mark', 'x', 'y', 'color', 'maxRows'] as const;

/** Longest part of a wrong value that a message shows. */
const SHOWN = 100;

/** Name and options of a display as a cell gives them. Throws IllegalArgumentException for an unknown option or a value of the wrong kind. */
export function readDisplayOptions(given: unknown): { readonly name: string | null; readonly options: DisplayOptions } {
  if (given === undefined) return readFields({});
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new IllegalArgumentException(
      `The options of display are an object, not ${formatCut(given, SHOWN)}.`,
      "For example display(stream, { name: 'counts' }).",
    );
  for (const name of Object.keys(given)) {
    if (!NAMES.some((known) => known === name))
      throw new IllegalArgumentException(`Unknown option '${name}' of display.`, oneOf(name, NAMES));
  }
  return readFields({ ...given });
}

function readFields(given: Readonly<Partial<Record<(typeof NAMES)[number], unknown>>>): ReturnType<typeof readDisplayOptions> {
  return {
    name: text('name', given.name),
    options: {
      view: choice('view', given.view, DISPLAY_VIEWS),
      mark: choice('mark', given.mark, DISPLAY_MARKS),
      x: field('x', given.x),
      y: field('y', given.y),
      color: field('color', given.color),
      maxRows: count('maxRows', given.maxRows),
    },
  };
}

function text(name: string, value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  throw wrong(name, 'a text', value);
}

function choice<T extends string>(name: string, value: unknown, choices: readonly T[]): T | null {
  if (value === undefined || value === null) return null;
  const chosen = choices.find((known) => known === value);
  if (chosen === undefined)
    throw wrong(name, choices.map((known) => `'${known}'`).join(', '), value, typeof value === 'string' ? oneOf(value, choices) : null);
  return chosen;
}

function field(name: string, value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' || value === '') throw wrong(name, "the name of a field such as 'count', or '$key'", value);
  return value;
}

function count(name: string, value: unknown): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw wrong(name, 'a whole number above 0', value);
}

function wrong(name: string, what: string, value: unknown, hint: string | null = null): IllegalArgumentException {
  return new IllegalArgumentException(`Option '${name}' of display needs ${what}, not ${formatCut(value, SHOWN)}.`, hint);
}

function oneOf(name: string, choices: readonly string[]): string {
  const meant = closest(name, choices);
  return meant === null ? `There are ${choices.join(', ')}.` : `Did you mean '${meant}'?`;
}
