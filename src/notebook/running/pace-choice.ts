import type { Pace } from '../../../engine/runtime/pace.ts';
import type { CellView, Choice, Localizer, Memory, NotebookView, Settings } from '../../platform/ports.ts';
import { parsePace } from '../../format/cell-info.ts';
import { cellInfo } from '../cells.ts';

/** The paces a user can choose. A pace from the info string that is not among them is offered as well. */
export function paceChoices(l10n: Localizer, own: Pace | null): readonly Choice<Pace>[] {
  const paces: Pace[] = [
    { kind: 'full' },
    { kind: 'duration', milliseconds: 30_000 },
    { kind: 'speed', factor: 1 },
    { kind: 'speed', factor: 10 },
    { kind: 'speed', factor: 60 },
    { kind: 'records', perSecond: 1 },
    { kind: 'records', perSecond: 10 },
    { kind: 'records', perSecond: 100 },
  ];
  if (own !== null && !paces.some((pace) => samePace(pace, own))) {
    paces.push(own);
  }
  return paces.map((pace) => ({
    label: paceLabel(l10n, pace),
    description: own !== null && samePace(pace, own) ? l10n.t('in the notebook') : null,
    value: pace,
  }));
}

/** "As fast as possible", "About 30 s in all", "Event time ×10", "By record, 10 a second". */
export function paceLabel(l10n: Localizer, pace: Pace): string {
  switch (pace.kind) {
    case 'full':
      return l10n.t('As fast as possible');
    case 'speed':
      return l10n.t('Event time ×{0}', pace.factor);
    case 'records':
      return l10n.t('By record, {0} a second', pace.perSecond);
    case 'duration':
      return l10n.t('About {0} in all', durationLabel(pace.milliseconds));
  }
}

/** The same in a few characters, for the status bar of the cell. */
export function shortPaceLabel(l10n: Localizer, pace: Pace): string {
  switch (pace.kind) {
    case 'full':
      return l10n.t('Pace: full');
    case 'speed':
      return l10n.t('Pace: ×{0}', pace.factor);
    case 'records':
      return l10n.t('Pace: {0} records/s', pace.perSecond);
    case 'duration':
      return l10n.t('Pace: {0}', durationLabel(pace.milliseconds));
  }
}

function durationLabel(milliseconds: number): string {
  if (milliseconds < 1000) {
    return `${milliseconds} ms`;
  }
  return milliseconds % 60_000 === 0 ? `${milliseconds / 60_000} min` : `${milliseconds / 1000} s`;
}

function samePace(a: Pace, b: Pace): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The pace of each cell: what the user chose here before, else what the file says, else the setting. Never written to the file. */
export class PaceMemory {
  readonly #memory: Memory;
  readonly #settings: Settings;

  constructor(memory: Memory, settings: Settings) {
    this.#memory = memory;
    this.#settings = settings;
  }

  get(notebook: NotebookView, cell: CellView): Pace {
    const remembered = this.#memory.get(key(notebook, cell));
    const setting = this.#settings.get('defaultPace');
    return (
      (typeof remembered === 'string' ? parsePace(remembered) : null) ??
      cellInfo(cell).pace ??
      (typeof setting === 'string' ? parsePace(setting) : null) ?? { kind: 'full' }
    );
  }

  set(notebook: NotebookView, cell: CellView, pace: Pace): void {
    this.#memory.set(key(notebook, cell), writePace(pace));
  }
}

function key(notebook: NotebookView, cell: CellView): string {
  return `pace:${notebook.uri}#${cellInfo(cell).name ?? cell.index}`;
}

function writePace(pace: Pace): string {
  switch (pace.kind) {
    case 'full':
      return 'full';
    case 'speed':
      return `x${pace.factor}`;
    case 'records':
      return `${pace.perSecond}/s`;
    case 'duration':
      return `${pace.milliseconds}ms`;
  }
}
