import * as l10n from '@vscode/l10n';

/** What the page says, in the language that is set when it is asked for. */
export const STRINGS = {
  editor: (name: string): string => l10n.t('Vega-Lite specification of the chart of {0}', name),
  apply: (): string => l10n.t('Apply to Notebook'),
  reset: (): string => l10n.t('Reset to Inferred Chart'),
  resetHint: (): string => l10n.t('Takes the chart out of the notebook; the chart that fits the results is drawn again'),
  run: (): string => l10n.t('Run Cell'),
  preview: (): string => l10n.t('Preview'),
  problems: (count: number): string => (count === 1 ? l10n.t('1 problem:') : l10n.t('{0} problems:', count)),
  atLine: (line: number): string => l10n.t('line {0}', line),
  noProblem: (): string => l10n.t('No problems'),
  applied: (): string => l10n.t('In the notebook. Save it to keep it in the file.'),
  unapplied: (): string => l10n.t('Not in the notebook yet'),
  inferred: (): string => l10n.t('The inferred chart, as a specification'),
  live: (): string => l10n.t('live'),
  lastValid: (): string => l10n.t('drawn with the last valid text'),
  notRun: (): string => l10n.t('The cell has not run yet'),
  notRunText: (): string => l10n.t('Run it: the preview is drawn with its results, and the text starts with the chart that fits them.'),
  noRows: (): string => l10n.t('There are no results yet'),
  noRowsText: (phase: string): string => l10n.t('{0}. The preview is drawn as soon as there are some.', phase),
  gone: (): string => l10n.t('The cell is gone'),
  summary: (text: string): string => l10n.t('The inferred chart as text: {0}', text),
  data: (): string => l10n.t('Data'),
  rows: (count: string): string => l10n.t('rows: {0}', count),
  also: (others: string): string => l10n.t('Also {0}', others),
  bounded: (kept: string, all: string): string => l10n.t('the last {0} of {1}', kept, all),
  field: (): string => l10n.t('field'),
  type: (): string => l10n.t('type'),
  newest: (): string => l10n.t('newest value'),
  keys: (): string =>
    /mac/i.test(navigator.userAgent)
      ? l10n.t('⌘S applies. ⌃⇧M lets Tab leave the text.')
      : l10n.t('Ctrl+S applies. Ctrl+M lets Tab leave the text.'),
} as const;
