import * as l10n from '@vscode/l10n';

/** What the output says, in the language that is set when it is asked for. Numbers and times come in as text already. */
export const STRINGS = {
  tabs: {
    chart: (): string => l10n.t('Chart'),
    table: (): string => l10n.t('Table'),
    log: (): string => l10n.t('Log'),
    config: (): string => l10n.t('Configuration'),
  },
  tabList: (name: string): string => l10n.t('Output of {0}', name),
  pause: (): string => l10n.t('Pause the view (the job goes on)'),
  paused: (): string => l10n.t('Paused'),
  follow: (): string => l10n.t('Follow'),
  editChart: (): string => l10n.t('Edit Chart'),
  exportRows: (): string => l10n.t('Export the rows that are kept'),
  exportCsv: (): string => l10n.t('As CSV'),
  exportJsonl: (): string => l10n.t('As JSON lines'),
  live: (): string => l10n.t('Live, at most 10 updates a second'),
  held: (time: string): string => (time === '' ? l10n.t('View paused.') : l10n.t('View paused at {0}.', time)),
  heldBack: (time: string, results: string): string =>
    time === '' ? l10n.t('View paused; {0} wait.', results) : l10n.t('View paused at {0}; {1} wait.', time, results),
  next: (range: string, left: string): string => l10n.t('Next: {0} fires in {1} of event time', range, left),
  nextByClock: (range: string): string => l10n.t('Next: {0} fires by the clock', range),
  showingAll: (results: string): string => l10n.t('Showing all {0}', results),
  showingLast: (rows: string, results: string): string => l10n.t('Showing the last {0} of {1}', rows, results),
  matching: (rows: string): string => l10n.t('{0} match.', rows),
  selected: (): string => l10n.t('1 row selected.'),
  missed: (results: string): string => l10n.t('{0} came faster than the chart takes them and are not in it.', results),
  kept: (): string => l10n.t('Results until then are kept.'),
  recordsIn: (records: string): string => l10n.t('in {0}', records),
  previewFoot: (rows: string): string => l10n.t('Preview: {0}', rows),
  runAgain: (): string => l10n.t('Run Again'),
  stop: (): string => l10n.t('Stop'),
  mark: {
    bar: (): string => l10n.t('Bars'),
    bars: (): string => l10n.t('Stacked bars'),
    line: (): string => l10n.t('Lines'),
    area: (): string => l10n.t('Areas'),
    point: (): string => l10n.t('Points'),
    number: (): string => l10n.t('Number'),
  },
  pick: {
    waiting: (): string => l10n.t('Waiting for the first window.'),
    chart: (): string => l10n.t('Chart:'),
    mark: (): string => l10n.t('Mark:'),
    x: (): string => l10n.t('X:'),
    y: (): string => l10n.t('Y:'),
    colour: (): string => l10n.t('Colour:'),
  },
  customised: (): string => l10n.t('from the notebook'),
  top: (name: string, count: number): string => l10n.t('{0}, top {1}', name, count),
  replay: {
    bar: (): string => l10n.t('Replay'),
    first: (): string => l10n.t('To the beginning'),
    last: (): string => l10n.t('To the end'),
    stepBack: (): string => l10n.t('One record back'),
    step: (): string => l10n.t('One record on'),
    nextOutput: (): string => l10n.t('To the next result'),
    play: (): string => l10n.t('Play'),
    pause: (): string => l10n.t('Pause the replay'),
    position: (): string => l10n.t('Position in the run, by record'),
    fromCheckpoint: (): string => l10n.t('Run from checkpoint…'),
    checkpoint: (checkpoint: string, record: string): string => l10n.t('{0}, at record {1}', checkpoint, record),
    record: (record: string, last: string): string => l10n.t('record {0} of {1}', record, last),
    end: (last: string): string => l10n.t('end, after {0} records', last),
    next: (time: string): string => l10n.t('next at {0}', time),
    full: (): string => l10n.t('what came later is not recorded'),
    foot: (): string => l10n.t('Replay of the recorded run'),
    leave: (): string => l10n.t('Leave Replay'),
    leaveTitle: (): string => l10n.t('Leave the replay and show the results of the run'),
  },
  chart: {
    role: (): string => l10n.t('chart'),
    custom: (name: string, summary: string): string =>
      l10n.t('A chart of {0} by its own specification. The inferred one is: {1}', name, summary),
    watermark: (time: string): string => l10n.t('watermark {0}', time),
  },
  legend: {
    lastFired: (): string => l10n.t('Last fired'),
    last: (): string => l10n.t('Last'),
    open: (): string => l10n.t('Open'),
    series: (): string => l10n.t('Series'),
    windowOpen: (): string => l10n.t('window still open'),
    watermark: (): string => l10n.t('watermark: left of it is final'),
    counted: (count: string): string => l10n.t('{0} late, still counted', count),
    dropped: (count: string): string => l10n.t('{0} late, dropped', count),
    more: (count: string): string => l10n.t('{0} more in the table', count),
    toggle: (label: string): string => l10n.t('Show or hide {0}', label),
  },
  card: {
    firedAt: (): string => l10n.t('fired at watermark'),
    open: (): string => l10n.t('open, not final'),
    state: (): string => l10n.t('window'),
  },
  table: {
    filter: (examples: string): string => l10n.t('Filter: text{0}', examples),
    filterLabel: (): string => l10n.t('Filter rows'),
    number: (): string => '#',
    window: (): string => l10n.t('window'),
    time: (): string => l10n.t('time'),
    change: (): string => l10n.t('change'),
    key: (): string => l10n.t('key'),
    firedAt: (): string => l10n.t('fired at'),
    watermark: (): string => l10n.t('watermark'),
    eventTime: (): string => l10n.t('event time'),
    processingTime: (): string => l10n.t('processing time'),
    open: (): string => l10n.t('open, not final'),
    records: (count: string): string => l10n.t('open, {0} in it so far', count),
    distinct: (count: string): string => l10n.t('{0} distinct', count),
    openRows: (count: string): string => l10n.t('{0} still open', count),
    spread: (min: string, max: string, mean: string): string => l10n.t('{0} … {1}, mean {2}', min, max, mean),
    sortBy: (name: string): string => l10n.t('Sort by {0}', name),
    nothing: (): string => l10n.t('No row matches the filter.'),
  },
  changes: {
    '+I': (): string => l10n.t('+I added'),
    '-U': (): string => l10n.t('−U before'),
    '+U': (): string => l10n.t('+U updated'),
    '-D': (): string => l10n.t('−D removed'),
  },
  notes: {
    compiling: (): string => l10n.t('Compiling the cell'),
    starting: (): string => l10n.t('Starting the job'),
    clock: (elapsed: string): string => l10n.t('{0} so far.', elapsed),
    waitingWindow: (): string => l10n.t('Waiting for the first window'),
    windowFires: (range: string, end: string, now: string): string =>
      now === ''
        ? l10n.t('Window {0} fires at watermark {1}; there is no watermark yet.', range, end)
        : l10n.t('Window {0} fires at watermark {1}; it is {2} now.', range, end, now),
    windowByClock: (range: string): string => l10n.t('Window {0} fires when the clock passes its end.', range),
    noWindow: (records: string): string => l10n.t('{0} came in; none is in a window yet.', records),
    waitingResult: (): string => l10n.t('Waiting for the first result'),
    noResultYet: (records: string): string => l10n.t('{0} came in so far.', records),
    empty: (): string => l10n.t('The job finished without results'),
    emptyText: (records: string): string => l10n.t('{0} came in; none of them became a result.', records),
    failed: (): string => l10n.t('The job failed'),
    failedText: (): string => l10n.t('It gave no reason.'),
    stoppedAt: (time: string): string => (time === '' ? l10n.t('Stopped') : l10n.t('Stopped at watermark {0}', time)),
    stoppedText: (open: number): string => stoppedText(open),
    stoppedPlain: (): string => l10n.t('The results below are those until then.'),
    stoppedEmpty: (): string => l10n.t('There were no results until then.'),
    unresponsive: (): string => l10n.t('The job does not answer'),
    unresponsiveText: (): string =>
      l10n.t('A function in the cell may never return. Stop ends this job only; the editor and other jobs go on.'),
    preview: (name: string): string => l10n.t('The first records of {0}', name),
    previewText: (): string =>
      l10n.t('The cell shows nothing by itself. End it with the name of a stream, or call display(), to see all of it.'),
    chartError: (): string => l10n.t('The chart in the notebook cannot be drawn'),
    chartErrorText: (message: string): string =>
      l10n.t('{0} Below is the chart that fits the results. Edit Chart changes or removes it.', message),
    unreadable: (): string => l10n.t('This output cannot be shown'),
    unreadableText: (): string => l10n.t('It was written by another version of Streambook. Run the cell again.'),
  },
  /** Templates: elements take the places. */
  error: {
    in: (): string => l10n.t('in {0}'),
    at: (): string => l10n.t('at record {0}'),
    atOf: (): string => l10n.t('at record {0} of {1}'),
    place: (cell: string, line: number, column: number): string => l10n.t('{0}, line {1}, column {2}', cell, line, column),
    line: (file: string, line: string): string => l10n.t('{0}, line {1}', file, line),
  },
  config: { option: (): string => l10n.t('Option'), value: (): string => l10n.t('Value') },
} as const;

function stoppedText(open: number): string {
  switch (open) {
    case 0:
      return l10n.t('The results below are final up to the watermark.');
    case 1:
      return l10n.t('The results below are final up to the watermark; 1 open window was not fired.');
    default:
      return l10n.t('The results below are final up to the watermark; {0} open windows were not fired.', open);
  }
}
