import type { TopLevelSpec } from 'vega-lite';
import type { Plot } from '../output/types.ts';
import { CHART_CONFIG } from './chart-theme.ts';

/** Height of the plot; the lane of late records and the axis come below it. */
export const PLOT_HEIGHT = 208;
/** Height of the lane of late records. */
export const LANE = 26;
const AXIS = 24;

/** Space around the plot, fixed so that nothing moves when labels change. */
export const PADDING = { left: 48, top: 4, right: 28, bottom: LANE + AXIS };

/** Rows of a chart of categories: as many as fit; and their height. */
export const CATEGORY_ROWS = 10;
export const CATEGORY_ROW = 22;

/** Slots of series, and how their lines and points look, in the order of the slots. */
export const SLOTS = { domain: [1, 2, 3, 4, 5, 6] };
export const DASHES = [
  [1, 0],
  [7, 2],
  [2, 2],
  [9, 2, 2, 2],
  [4, 3],
  [1, 0],
];
export const SHAPES = ['circle', 'square', 'diamond', 'triangle-up', 'cross', 'circle'];

/** Numbers of at most three digits: "18.4 M". */
const SHORT = (value: string): string =>
  `(abs(${value}) >= 1e9 ? format(${value} / 1e9, '.3~r') + ' G' : abs(${value}) >= 1e6 ? format(${value} / 1e6, '.3~r') + ' M' : ` +
  `abs(${value}) >= 1e3 ? format(${value} / 1e3, '.3~r') + ' k' : format(${value}, '.3~r'))`;

/** Areas lie one over the other. */
export const AREA_OPACITY = 0.2;

type Layer = Record<string, unknown>;

const X_DOMAIN = { nice: false, domainMin: { expr: 'x0' }, domainMax: { expr: 'x1' } };
const Y_SCALE = { zero: false, nice: false, domainMin: { expr: 'yMin' }, domainMax: { expr: 'yMax' } };
const TIME_AXIS = { labelExpr: 'utcFormat(datum.value, xFormat)', tickCount: { expr: 'xTicks' }, offset: LANE };
const Y_AXIS = { labelExpr: SHORT('datum.value') };

const time: Layer = { type: 'temporal', scale: { type: 'utc', ...X_DOMAIN }, axis: TIME_AXIS };
const number: Layer = { type: 'quantitative', scale: { zero: false, ...X_DOMAIN }, axis: { tickCount: { expr: 'xTicks' } } };
/** Categories stand at whole numbers. */
const category: Layer = {
  ...number,
  axis: {
    labelExpr: "labels[datum.value] || ''",
    tickCount: { expr: 'length(labels)' },
    tickMinStep: 1,
    labelLimit: { expr: 'xLabelLimit' },
  },
};
const X: Readonly<Record<Plot['axis'], Layer>> = { 'event-time': time, time, number, category };

type XOf = (field: string) => Layer;
const y = (field: string): Layer => ({ field, type: 'quantitative', stack: null, scale: Y_SCALE, axis: Y_AXIS });
const slot = { field: 'slot', type: 'nominal', scale: SLOTS };
const dimmed = { condition: { test: 'active > 0 && datum.slot !== active', value: 0.35 }, value: 1 };
const whole = { y: { value: 0 }, y2: { value: PLOT_HEIGHT + LANE } };

const clock = (x: XOf): readonly Layer[] => [
  { data: { name: 'clock' }, mark: { type: 'rect', style: 'pending' }, encoding: { x: x('watermark'), x2: { field: 'to' }, ...whole } },
];

const over = (x: XOf): readonly Layer[] => [
  { data: { name: 'clock' }, mark: { type: 'rule', style: 'watermark' }, encoding: { x: x('watermark'), ...whole } },
  {
    data: { name: 'clock' },
    mark: { type: 'text', style: 'label', baseline: 'top', align: { expr: 'labelAlign' }, dx: { expr: "labelAlign === 'right' ? -4 : 4" } },
    encoding: { x: x('watermark'), y: { value: 2 }, text: { field: 'label' } },
  },
  lateLayer(x, 'datum.counted', 'accepted'),
  lateLayer(x, '!datum.counted', 'dropped'),
];

/** What charts look like: marks over an x axis, or one of the two without. */
export type ChartLook = Plot | 'category-bars' | 'single-number';

/** Parameters of a chart over an x axis, with values until it is drawn. */
const PARAMETERS: Readonly<Record<string, number | string | readonly string[]>> = {
  x0: 0,
  x1: 1,
  yMin: 0,
  yMax: 1,
  active: 0,
  gap: 2,
  xTicks: 8,
  xFormat: '%H:%M:%S',
  xLabelLimit: 100,
  labelAlign: 'right',
  labels: [],
};

/** The Vega-Lite specification of a look. Its data is named and comes later; its scales follow the parameters. */
export function chartSpec(look: ChartLook): TopLevelSpec {
  const spec = {
    autosize: { type: 'none' },
    padding: look === 'category-bars' ? { left: 160, top: 4, right: 64, bottom: AXIS } : look === 'single-number' ? 0 : PADDING,
    height: look === 'category-bars' ? CATEGORY_ROWS * CATEGORY_ROW : look === 'single-number' ? 112 : PLOT_HEIGHT,
    width: 600,
    config: CHART_CONFIG,
    params: Object.entries(PARAMETERS).map(([name, value]) => ({ name, value })),
    layer: look === 'category-bars' ? categoryLayers() : look === 'single-number' ? numberLayers() : plotLayers(look),
  };
  // SAFETY: Vega-Lite's types cannot express layers that are put together from parts; the browser tests draw every kind
  return spec as unknown as TopLevelSpec;
}

function plotLayers({ mark, axis }: Plot): readonly Layer[] {
  const x: XOf = (field) => ({ field, ...X[axis] });
  const layers = markLayers(mark, x);
  const ring = mark === 'bar' ? barRing(x) : pointRing(x);
  return axis === 'event-time' ? [...clock(x), ...layers, ...over(x), ring] : [...layers, ring];
}

function markLayers(mark: Plot['mark'], x: XOf): readonly Layer[] {
  const open = pointLayer(x, 'datum.open', { filled: false, size: 24, strokeDash: [2, 1] });
  switch (mark) {
    case 'bar':
      return [barLayer(x, '!datum.open', 'closed', 'gap'), barLayer(x, 'datum.open', 'open', 'gap + 0.5')];
    case 'point':
      return [open, pointLayer(x, '!datum.open', { filled: true, size: 28 })];
    case 'line':
      return [lineLayer(x), open, pointLayer(x, 'datum.last', { filled: true, size: 28 })];
    case 'area':
      return [areaLayer(x), lineLayer(x), open, pointLayer(x, 'datum.last', { filled: true, size: 28 })];
  }
}

function barLayer(x: XOf, filter: string, style: string, gap: string): Layer {
  return {
    data: { name: 'marks' },
    transform: [{ filter }],
    mark: { type: 'rect', style, xOffset: { expr: gap }, x2Offset: { expr: `-(${gap})` } },
    encoding: {
      x: x('start'),
      x2: { field: 'end' },
      y: y('y0'),
      y2: { field: 'y1' },
      fill: slot,
      ...(style === 'open' ? { stroke: slot } : {}),
      opacity: dimmed,
    },
  };
}

function lineLayer(x: XOf): Layer {
  return {
    data: { name: 'marks' },
    transform: [{ filter: '!datum.open' }],
    mark: { type: 'line', clip: true },
    encoding: {
      x: x('end'),
      y: y('y1'),
      stroke: slot,
      strokeDash: { field: 'slot', type: 'nominal', scale: { ...SLOTS, range: DASHES } },
      opacity: { condition: { test: 'active > 0 && datum.slot !== active', value: 0.2 }, value: 1 },
    },
  };
}

function areaLayer(x: XOf): Layer {
  return {
    data: { name: 'marks' },
    transform: [{ filter: '!datum.open' }],
    mark: { type: 'area', clip: true, fillOpacity: AREA_OPACITY },
    encoding: {
      x: x('end'),
      y: y('y0'),
      y2: { field: 'y1' },
      fill: slot,
      opacity: { condition: { test: 'active > 0 && datum.slot !== active', value: 0.2 }, value: 1 },
    },
  };
}

function pointLayer(x: XOf, filter: string, mark: Layer): Layer {
  const filled = mark['filled'] === true;
  return {
    data: { name: 'marks' },
    transform: [{ filter }],
    mark: { type: 'point', opacity: 1, strokeWidth: 1, ...mark },
    encoding: {
      x: x('end'),
      y: y('y1'),
      [filled ? 'fill' : 'stroke']: slot,
      ...(filled ? { shape: { field: 'slot', type: 'nominal', scale: { ...SLOTS, range: SHAPES } } } : {}),
      opacity: dimmed,
    },
  };
}

function lateLayer(x: XOf, filter: string, style: string): Layer {
  return {
    data: { name: 'late' },
    transform: [{ filter }],
    mark: { type: 'point', style },
    encoding: { x: x('time'), y: { value: PLOT_HEIGHT + LANE / 2 } },
  };
}

function barRing(x: XOf): Layer {
  return {
    data: { name: 'focus' },
    mark: { type: 'rect', style: 'ring', xOffset: { expr: 'gap' }, x2Offset: { expr: '-gap' } },
    encoding: { x: x('start'), x2: { field: 'end' }, y: y('y0'), y2: { field: 'y1' } },
  };
}

function pointRing(x: XOf): Layer {
  return { data: { name: 'focus' }, mark: { type: 'point', style: 'ring', size: 80 }, encoding: { x: x('end'), y: y('y1') } };
}

function categoryLayers(): readonly Layer[] {
  const row = {
    field: 'label',
    type: 'nominal',
    sort: null,
    axis: { labelLimit: 150, domain: false, ticks: false, labelColor: 'var(--vscode-foreground)', labelFontSize: 12 },
  };
  const value = {
    field: 'value',
    type: 'quantitative',
    axis: { labelExpr: SHORT('datum.value'), grid: true, domain: false, ticks: false, tickCount: 4 },
  };
  return [
    { data: { name: 'marks' }, mark: { type: 'bar', height: 12, fillOpacity: 0.75 }, encoding: { y: row, x: value } },
    {
      data: { name: 'marks' },
      mark: { type: 'text', style: 'label', align: 'left', baseline: 'middle', dx: 6 },
      encoding: { y: row, x: value, text: { field: 'text' } },
    },
  ];
}

function numberLayers(): readonly Layer[] {
  const at = { field: 'end', type: 'quantitative', axis: null, scale: { nice: false, zero: false } };
  return [
    {
      data: { name: 'marks' },
      mark: { type: 'area', fillOpacity: 0.14, line: { strokeWidth: 1.5 } },
      encoding: {
        x: at,
        y: { field: 'value', type: 'quantitative', axis: null, stack: null, scale: { zero: false, range: [112, 60] } },
        y2: { value: 112 },
      },
    },
    {
      data: { name: 'current' },
      mark: { type: 'text', style: 'number', align: 'left', baseline: 'top', x: 0, y: 0 },
      encoding: { text: { field: 'text' } },
    },
    {
      data: { name: 'current' },
      mark: { type: 'text', style: 'label-quiet', align: 'left', baseline: 'top', x: 0, y: 40 },
      encoding: { text: { field: 'label' } },
    },
  ];
}
