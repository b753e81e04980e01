/** The inferred chart as a specification that users can read and change. It draws the same picture. */
import { plotOf } from '../output/plot.ts';
import type { OutputState, Plot } from '../output/types.ts';
import { AREA_OPACITY, CATEGORY_ROW, DASHES, LANE, PADDING, PLOT_HEIGHT, SHAPES, SLOTS } from './chart-spec.ts';

const SCHEMA = 'https://vega.github.io/schema/vega-lite/v6.json';

/** Columns of a line of the text. */
const LINE = 90;

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** "18.4 k", and digits below a thousand. */
const SHORT = "replace(format(datum.value, abs(datum.value) < 1e3 ? '.3~r' : '.3~s'), regexp('([kMG])'), ' $1')";

const SLOT: Json = { field: 'slot', type: 'nominal', scale: SLOTS, legend: null };
const DASH: Json = { field: 'slot', type: 'nominal', scale: { ...SLOTS, range: DASHES }, legend: null };
const SHAPE: Json = { field: 'slot', type: 'nominal', scale: { ...SLOTS, range: SHAPES }, legend: null };

/** From the top of the plot through the lane of late records. */
const WHOLE = { y: { value: 0 }, y2: { value: PLOT_HEIGHT + LANE } } as const;

/** The text that an editor starts with. */
export function editableSpec(state: OutputState): string {
  return jsonText({ $schema: SCHEMA, ...specOf(state) });
}

/** JSON with one line for what fits into one. */
export function jsonText(value: Json, indent = ''): string {
  const flat = flatText(value);
  if (typeof value !== 'object' || value === null || (indent !== '' && indent.length + flat.length <= LINE)) {
    return flat;
  }
  const inner = `${indent}  `;
  const parts = isList(value)
    ? value.map((item) => inner + jsonText(item, inner))
    : Object.entries(value).map(([name, item]) => `${inner}${JSON.stringify(name)}: ${jsonText(item, inner)}`);
  const [open, close] = isList(value) ? ['[', ']'] : ['{', '}'];
  return parts.length === 0 ? open + close : `${open}\n${parts.join(',\n')}\n${indent}${close}`;
}

function flatText(value: Json): string {
  if (typeof value !== 'object' || value === null) {
    return JSON.stringify(value);
  }
  if (isList(value)) {
    return `[${value.map(flatText).join(', ')}]`;
  }
  const parts = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${flatText(item)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function specOf(state: OutputState): Readonly<Record<string, Json>> {
  const plot = plotOf(state.chart);
  if (plot !== null) {
    return plotSpec(plot);
  }
  switch (state.chart.kind) {
    case 'category-bars':
      return categoryBars();
    case 'single-number':
      return singleNumber();
    default:
      return countsOf(state);
  }
}

/** Marks over an x axis; of event time between what the clock draws below and above them. */
function plotSpec({ mark, axis }: Plot): Readonly<Record<string, Json>> {
  // The layer of the clock comes first and says what the axis is like.
  const x: XOf = axis === 'event-time' ? time : (field) => ({ field, ...axisOf(axis) });
  const layers = markLayers(mark, x);
  const names = { x0: 0, x1: 1, yMin: 0, yMax: 1, gap: 2, xTicks: 8, ...moreParameters(axis) };
  return {
    data: { name: 'marks' },
    width: 'container',
    height: PLOT_HEIGHT,
    autosize: { type: 'none' },
    padding: PADDING,
    params: Object.entries(names).map(([name, initial]): Json => ({ name, value: initial })),
    layer: axis === 'event-time' ? underClock(layers) : layers,
  };
}

type XOf = (field: string) => Readonly<Record<string, Json>>;

function moreParameters(axis: Plot['axis']): Readonly<Record<string, Json>> {
  switch (axis) {
    case 'event-time':
      return { xFormat: '%H:%M:%S', labelAlign: 'right' };
    case 'time':
      return { xFormat: '%H:%M:%S' };
    case 'number':
      return {};
    case 'category':
      return { xLabelLimit: 100, labels: [] };
  }
}

function axisOf(axis: Plot['axis']): Readonly<Record<string, Json>> {
  const domain = { nice: false, domainMin: { expr: 'x0' }, domainMax: { expr: 'x1' } };
  switch (axis) {
    case 'event-time':
    case 'time': {
      const labels = { labelExpr: 'utcFormat(datum.value, xFormat)', tickCount: { expr: 'xTicks' }, offset: LANE };
      return { type: 'temporal', scale: { type: 'utc', padding: 0, ...domain }, axis: labels };
    }
    case 'number':
      return {
        type: 'quantitative',
        scale: { zero: false, padding: 0, ...domain },
        axis: { tickCount: { expr: 'xTicks' } },
      };
    case 'category':
      return {
        type: 'quantitative',
        scale: { zero: false, padding: 0, ...domain },
        axis: {
          labelExpr: "labels[datum.value] || ''",
          tickCount: { expr: 'length(labels)' },
          tickMinStep: 1,
          labelLimit: { expr: 'xLabelLimit' },
        },
      };
  }
}

function markLayers(mark: Plot['mark'], x: XOf): readonly Json[] {
  const open = pointLayer(x, 'datum.open', { filled: false, size: 24, strokeDash: [2, 1] }, { stroke: SLOT });
  const filled = (which: string): Json => pointLayer(x, which, { filled: true, size: 28 }, { fill: SLOT, shape: SHAPE });
  switch (mark) {
    case 'bar':
      return [barLayer(x, '!datum.open', 'closed', 'gap', {}), barLayer(x, 'datum.open', 'open', 'gap + 0.5', { stroke: SLOT })];
    case 'point':
      return [open, filled('!datum.open')];
    case 'line':
      return [lineLayer(x), open, filled('datum.last')];
    case 'area':
      return [areaLayer(x), lineLayer(x), open, filled('datum.last')];
  }
}

/** Layers of marks between what the clock draws below and above them. */
function underClock(layers: readonly Json[]): readonly Json[] {
  const x = { field: 'watermark', ...axisOf('event-time') };
  return [
    { data: { name: 'clock' }, mark: { type: 'rect', style: 'pending' }, encoding: { x, x2: { field: 'to' }, ...WHOLE } },
    ...layers,
    { data: { name: 'clock' }, mark: { type: 'rule', style: 'watermark' }, encoding: { x: time('watermark'), ...WHOLE } },
    {
      data: { name: 'clock' },
      mark: {
        type: 'text',
        style: 'label',
        baseline: 'top',
        align: { expr: 'labelAlign' },
        dx: { expr: "labelAlign === 'right' ? -4 : 4" },
      },
      encoding: { x: time('watermark'), y: { value: 2 }, text: { field: 'label' } },
    },
    lateLayer('datum.counted', 'accepted'),
    lateLayer('!datum.counted', 'dropped'),
  ];
}

function lineLayer(x: XOf): Json {
  return {
    transform: [{ filter: '!datum.open' }],
    mark: { type: 'line', clip: true },
    encoding: { x: x('end'), y: value({ zero: false }), stroke: SLOT, strokeDash: DASH },
  };
}

function areaLayer(x: XOf): Json {
  return {
    transform: [{ filter: '!datum.open' }],
    mark: { type: 'area', clip: true, fillOpacity: AREA_OPACITY },
    encoding: { x: x('end'), y: { ...value({ zero: false }), stack: null }, y2: { datum: 0 }, fill: SLOT },
  };
}

function barLayer(x: XOf, filter: string, style: string, gap: string, more: Readonly<Record<string, Json>>): Json {
  return {
    transform: [{ filter }],
    mark: { type: 'bar', orient: 'vertical', style, xOffset: { expr: gap }, x2Offset: { expr: `-(${gap})` }, tooltip: { content: 'data' } },
    encoding: {
      x: x('start'),
      x2: { field: 'end' },
      y: value({}),
      fill: SLOT,
      ...more,
      order: { field: 'slot', sort: 'ascending' },
    },
  };
}

function pointLayer(x: XOf, filter: string, mark: Readonly<Record<string, Json>>, more: Readonly<Record<string, Json>>): Json {
  return {
    transform: [{ filter }],
    mark: { type: 'point', ...mark, opacity: 1, strokeWidth: 1, tooltip: { content: 'data' } },
    encoding: { x: x('end'), y: value({ zero: false }), ...more },
  };
}

function lateLayer(filter: string, style: string): Json {
  return {
    data: { name: 'late' },
    transform: [{ filter }],
    mark: { type: 'point', style },
    encoding: { x: time('time'), y: { value: PLOT_HEIGHT + LANE / 2 } },
  };
}

function time(field: string): Readonly<Record<string, Json>> {
  return { field, type: 'temporal' };
}

function value(scale: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> {
  return {
    field: 'value',
    type: 'quantitative',
    scale: { ...scale, nice: false, domainMin: { expr: 'yMin' }, domainMax: { expr: 'yMax' } },
    axis: { labelExpr: SHORT },
  };
}

function categoryBars(): Readonly<Record<string, Json>> {
  const y = {
    field: 'key',
    type: 'nominal',
    sort: null,
    axis: { labelLimit: 150, domain: false, ticks: false, labelColor: 'var(--vscode-foreground)', labelFontSize: 12 },
  };
  const x = { field: 'value', type: 'quantitative', axis: { labelExpr: SHORT, grid: true, domain: false, ticks: false, tickCount: 4 } };
  return {
    data: { name: 'marks' },
    width: 'container',
    height: { step: CATEGORY_ROW },
    autosize: { type: 'none' },
    padding: { left: 160, top: 4, right: 64, bottom: 24 },
    encoding: { y, x },
    layer: [
      { mark: { type: 'bar', height: 12, fillOpacity: 0.75 } },
      { mark: { type: 'text', style: 'label', align: 'left', baseline: 'middle', dx: 6 }, encoding: { text: { field: 'text' } } },
    ],
  };
}

function singleNumber(): Readonly<Record<string, Json>> {
  const x = { field: 'end', type: 'quantitative', axis: null, scale: { nice: false, zero: false } };
  const y = { field: 'value', type: 'quantitative', axis: null, stack: null, scale: { zero: false, range: [112, 60] } };
  const text = (field: string, style: string, top: number): Json => ({
    data: { name: 'current' },
    mark: { type: 'text', style, align: 'left', baseline: 'top', x: 0, y: top },
    encoding: { text: { field } },
  });
  return {
    width: 'container',
    height: 112,
    autosize: { type: 'none' },
    padding: 0,
    layer: [
      {
        data: { name: 'marks' },
        mark: { type: 'area', fillOpacity: 0.14, line: { strokeWidth: 1.5 } },
        encoding: { x, y, y2: { value: 112 } },
      },
      text('text', 'number', 0),
      text('label', 'label-quiet', 40),
    ],
  };
}

/** Where nothing is inferred: how often each value of the first column occurs. */
function countsOf(state: OutputState): Readonly<Record<string, Json>> {
  return {
    data: { name: 'results' },
    width: 'container',
    mark: 'bar',
    encoding: {
      y: { field: fieldPath(state.columns[0]?.name ?? 'value'), type: 'nominal', sort: '-x' },
      x: { aggregate: 'count', type: 'quantitative', axis: { title: 'results' } },
    },
  };
}

/** In a field's name Vega-Lite takes dots and brackets for a path. */
function fieldPath(name: string): string {
  return name.replace(/[.[\]\\'"]/g, '\\$&');
}
