import * as l10n from '@vscode/l10n';
import type { DisplayOptions } from '../../engine/graph/display-options.ts';
import { axisOf } from './chart-axis.ts';
import { type ChartRow, type FieldSource, NOTHING } from './chart-fields.ts';
import { type ChosenField, chosenFields, type MissingField } from './chosen-fields.ts';
import {
  type ChartShape,
  chartOfNumber,
  inferChart,
  isTimed,
  isWindowed,
  keyLabel,
  noChart,
  numericField,
  seriesOf,
} from './infer-chart.ts';
import type { Notice, Plot } from './types.ts';

export interface ChosenChart {
  readonly shape: ChartShape;
  /** What could not be done as it was asked for. */
  readonly notes: readonly Notice[];
  /** Fields that were asked for and are not there: they may come later. */
  readonly missing: readonly MissingField[];
}

type Wishes = Pick<DisplayOptions, 'mark' | 'x' | 'y' | 'color'>;

/** The chart that fits the results, with what the options of the display say in its place. What cannot be had is left to the results. */
export function chooseChart(sample: readonly ChartRow[], wishes: Wishes): ChosenChart {
  const { mark, x, y, color } = wishes;
  if (sample.length === 0 || (mark === null && x === null && y === null && color === null)) {
    return { shape: inferChart(sample), notes: [], missing: [] };
  }
  const fields = chosenFields(sample, wishes);
  const wanted: Wanted = { mark, x: fields.x, y: fields.y, colour: fields.color };
  if (mark === null && fields.x === null && fields.y === null && fields.color === null) {
    return { shape: inferChart(sample), notes: fields.notes, missing: fields.missing };
  }
  const chart = mark === 'number' ? newestNumber(sample, wanted) : (lyingBars(sample, wanted) ?? plotted(sample, wanted));
  return { ...chart, notes: [...fields.notes, ...chart.notes], missing: fields.missing };
}

/** What was asked for and can be had. */
interface Wanted {
  readonly mark: DisplayOptions['mark'];
  readonly x: ChosenField | null;
  readonly y: ChosenField | null;
  readonly colour: ChosenField | null;
}

type Chart = Pick<ChosenChart, 'shape' | 'notes'>;

function newestNumber(sample: readonly ChartRow[], { x, y, colour }: Wanted): Chart {
  const number = y ?? numberBeside(sample, []);
  if (number === null) {
    return { shape: inferChart(sample), notes: [] };
  }
  const shape: ChartShape = {
    ...noChart(null),
    kind: 'single-number',
    fold: 'newest',
    y: number.label,
    number: number.source,
  };
  const unused = [...(x === null ? [] : ['x']), ...(colour === null ? [] : ['color'])].join(', ');
  const notes =
    unused === ''
      ? []
      : [
          note(
            l10n.t('Not used: {0}', unused),
            l10n.t("A chart with mark: 'number' shows the newest number alone. Only y has a place in it."),
          ),
        ];
  return { shape, notes };
}

/** Bars that lie, one per label: where x is the number. Null when these options mean something else. */
function lyingBars(sample: readonly ChartRow[], { mark, x, y, colour }: Wanted): Chart | null {
  if (x === null || (mark !== null && mark !== 'bar') || axisOf(sample, x.source) !== 'number') {
    return null;
  }
  const other = y ?? numberBeside(sample, [x.label]);
  const label = y === null && other === null ? (colour ?? labelsBeside(sample, x.label)) : y;
  if (label === null || (y !== null && y.numeric)) {
    return null;
  }
  const shape: ChartShape = {
    ...noChart(null),
    kind: 'category-bars',
    fold: 'labels',
    x: x.label,
    y: label.label,
    colour: label.label,
    number: x.source,
    series: label.source,
  };
  const notes =
    colour === null || colour === label
      ? []
      : [
          note(
            l10n.t('Not used: {0}', 'color'),
            l10n.t('Bars that lie have one colour. Give x the texts and y the numbers to colour them.'),
          ),
        ];
  return { shape, notes };
}

function plotted(sample: readonly ChartRow[], { mark, x, y, colour }: Wanted): Chart {
  const number =
    y ??
    numberBeside(
      sample,
      [x, colour].flatMap((field) => (field?.source.from === 'field' ? [field.label] : [])),
    );
  if (number === null) {
    const shape = inferChart(sample);
    const text = l10n.t('Beside {0} the results have no number to draw. The chart is the one that fits them.', x?.label ?? '');
    return { shape, notes: shape.kind === 'none' || x === null ? [] : [note(l10n.t('Not used: {0}', 'x'), text)] };
  }
  const fitting = chartOfNumber(sample, number.source, number.label);
  const place = x === null ? placeOf(sample, fitting, mark !== null && mark !== 'bar') : chosenPlace(sample, x);
  if (place === null) {
    return { shape: colour === null && mark === null ? fitting : besides({ ...fitting, ...coloured(colour) }, mark), notes: [] };
  }
  const own = fitting.series;
  const isPlace = same(own, place.position) || (x !== null && fitting.colour === x.label);
  const inferred = isPlace ? { series: NOTHING, colour: null } : { series: own, colour: fitting.colour };
  const series = colour === null ? inferred : coloured(colour);
  return { shape: shapeOf(number, place, series, mark), notes: [] };
}

interface Place {
  readonly axis: Plot['axis'];
  readonly position: FieldSource;
  readonly label: string;
  readonly windows: boolean;
}

/** Where results stand that have no x of their own; null: one beside the other. */
function placeOf(sample: readonly ChartRow[], fitting: ChartShape, overTime: boolean): Place | null {
  const time = l10n.t('event time');
  if (isWindowed(sample)) {
    return { axis: 'event-time', position: NOTHING, label: time, windows: true };
  }
  if (fitting.fold === 'times' || (overTime && isTimed(sample))) {
    return { axis: 'event-time', position: { from: '$timestamp' }, label: time, windows: false };
  }
  return fitting.fold === 'labels' ? { axis: 'category', position: fitting.series, label: fitting.colour ?? '', windows: false } : null;
}

function chosenPlace(sample: readonly ChartRow[], { source, label }: ChosenField): Place {
  const windows = source.from === '$window.start' || source.from === '$window.end';
  return { axis: axisOf(sample, source), position: source, label, windows };
}

const MARKS = { 'event-time': 'line', time: 'line', number: 'point', category: 'bar' } as const;

function shapeOf(number: Numbered, place: Place, series: Pick<ChartShape, 'series' | 'colour'>, wish: Wanted['mark']): ChartShape {
  const { axis, position, windows } = place;
  const mark = wish === null || wish === 'number' ? (windows ? 'bar' : MARKS[axis]) : wish;
  const named = {
    ...noChart(null),
    x: windows && position.from === 'nothing' && mark !== 'bar' ? l10n.t('window end') : place.label,
    y: number.label,
    number: number.source,
    position,
    ...series,
    sums: series.series.from !== '$key',
  } as const;
  const plot = { mark, axis } as const;
  if (windows) {
    const kind = mark === 'bar' ? 'window-bars' : mark === 'line' ? 'lines' : 'plot';
    return { ...named, kind, fold: 'windows', plot: kind === 'plot' ? plot : null, joinsOverlap: wish === null };
  }
  const overTime = axis === 'event-time' || axis === 'time';
  const fold = overTime && mark !== 'point' ? 'times' : 'places';
  return plot.axis === 'event-time' && mark === 'line' ? { ...named, kind: 'lines', fold } : { ...named, kind: 'plot', fold, plot };
}

/** Results that stand nowhere: as a plot one beside the other, in the order in which they came. */
function besides(shape: ChartShape, wish: Wanted['mark']): ChartShape {
  const mark = wish === null || wish === 'number' ? 'line' : wish;
  return { ...shape, kind: 'plot', plot: { mark, axis: 'number' }, fold: 'places', x: l10n.t('results'), position: NOTHING };
}

function coloured(field: ChosenField | null): Pick<ChartShape, 'series' | 'colour'> {
  return field === null ? { series: NOTHING, colour: null } : { series: field.source, colour: field.label };
}

type Numbered = Pick<ChosenField, 'source' | 'label'>;

function numberBeside(sample: readonly ChartRow[], but: readonly string[]): Numbered | null {
  const name = numericField(sample, but);
  return name === null ? null : { source: { from: 'field', name }, label: name };
}

function labelsBeside(sample: readonly ChartRow[], drawn: string): Numbered | null {
  const { source, label } = seriesOf(sample, drawn);
  return source.from === 'nothing' ? null : { source, label: label ?? keyLabel(sample) };
}

function same(a: FieldSource, b: FieldSource): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function note(title: string, text: string): Notice {
  return { title, text, tone: 'warn', rerun: false };
}
