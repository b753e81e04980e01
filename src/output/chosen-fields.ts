import * as l10n from '@vscode/l10n';
import { closest } from '../../engine/formats/closest.ts';
import { DISPLAY_SIDE_FIELDS, type DisplayOptions } from '../../engine/graph/display-options.ts';
import { axisOf } from './chart-axis.ts';
import { type ChartRow, type FieldSource, isAt, numberAt, sourceOf } from './chart-fields.ts';
import { allFields, keyLabel } from './infer-chart.ts';
import type { Notice } from './types.ts';

/** Fields that a note lists. */
const LISTED = 20;

/** A field that the options of a display name and the results have. */
export interface ChosenField {
  readonly source: FieldSource;
  /** For pickers. */
  readonly label: string;
  readonly numeric: boolean;
}

/** A field that they name and no result has, or not as a number. */
export interface MissingField {
  readonly source: FieldSource;
  readonly numeric: boolean;
}

export interface ChosenFields {
  readonly x: ChosenField | null;
  readonly y: ChosenField | null;
  readonly color: ChosenField | null;
  readonly notes: readonly Notice[];
  readonly missing: readonly MissingField[];
}

/** The fields that the options name, as far as the results have them. */
export function chosenFields(sample: readonly ChartRow[], wishes: Pick<DisplayOptions, 'mark' | 'x' | 'y' | 'color'>): ChosenFields {
  const notes: Notice[] = [];
  const missing: MissingField[] = [];
  const choose = (option: string, name: string | null, numeric: boolean): ChosenField | null => {
    if (name === null) return null;
    const source = sourceOf(name);
    const found = fieldIn(sample, source, name);
    if (found !== null && (found.numeric || !numeric)) return found;
    notes.push(found === null ? missingNote(sample, option, name) : textNote(sample, option, name));
    missing.push({ source, numeric });
    return null;
  };
  const x = choose('x', wishes.x, false);
  // Only where x is the number may y be texts: bars that lie.
  const lying = x !== null && axisOf(sample, x.source) === 'number' && (wishes.mark === null || wishes.mark === 'bar');
  const y = choose('y', wishes.y, !lying);
  const color = choose('color', wishes.color, false);
  return { x, y, color, notes, missing };
}

function fieldIn(sample: readonly ChartRow[], source: FieldSource, name: string): ChosenField | null {
  if (!sample.some((row) => isAt(source, row))) return null;
  return { source, label: labelOf(sample, source, name), numeric: sample.some((row) => numberAt(source, row) !== null) };
}

function labelOf(sample: readonly ChartRow[], source: FieldSource, name: string): string {
  switch (source.from) {
    case '$key':
      return keyLabel(sample);
    case '$timestamp':
      return l10n.t('event time');
    case '$window.start':
      return l10n.t('window start');
    case '$window.end':
      return l10n.t('window end');
    default:
      return name;
  }
}

function missingNote(sample: readonly ChartRow[], option: string, name: string): Notice {
  const there = [...allFields(sample), ...DISPLAY_SIDE_FIELDS.filter((side) => sample.some((row) => isAt(sourceOf(side), row)))];
  const meant = closest(name, there);
  const what = l10n.t("No result has '{0}'.", name);
  const list = l10n.t('There are: {0}.', listed(there));
  return {
    title: notDrawn(option, name),
    text: [what, ...(meant === null ? [] : [l10n.t("Did you mean '{0}'?", meant)]), list, fallback()].join(' '),
    tone: 'warn',
    rerun: false,
  };
}

function textNote(sample: readonly ChartRow[], option: string, name: string): Notice {
  const numbers = allFields(sample).filter((field) => fieldIn(sample, { from: 'field', name: field }, field)?.numeric === true);
  const meant = closest(name, numbers);
  const what = l10n.t("'{0}' holds no numbers in these results.", name);
  const list = numbers.length === 0 ? l10n.t('No field of them does.') : l10n.t('Numbers are in: {0}.', listed(numbers));
  return {
    title: notDrawn(option, name),
    text: [what, ...(meant === null ? [] : [l10n.t("Did you mean '{0}'?", meant)]), list, fallback()].join(' '),
    tone: 'warn',
    rerun: false,
  };
}

function notDrawn(option: string, name: string): string {
  return l10n.t("{0}: '{1}' is not drawn", option, name);
}

function fallback(): string {
  return l10n.t('The chart takes what fits the results instead.');
}

function listed(names: readonly string[]): string {
  return names.length > LISTED ? `${names.slice(0, LISTED).join(', ')}, …` : names.join(', ');
}
