import type { TopLevelSpec } from 'vega-lite';
import type { ChartKind } from '../output/types.ts';
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

type Layer = Record<string, unknown>;

const X_SCALE = { type: 'utc', nice: false, domainMin: { expr: 'x0' }, domainMax: { expr: 'x1' } };
const Y_SCALE = { zero: false, nice: false, domainMin: { expr: 'yMin' }, domainMax: { expr: 'yMax' } };
const X_AXIS = { labelExpr: 'utcFormat(datum.value, xFormat)', tickCount: { expr: 'xTicks' }, offset: LANE };
const Y_AXIS = { labelExpr: SHORT('datum.value') };

const x = (field: string): Layer => ({ field, type: 'temporal', scale: X_SCALE, axis: X_AXIS });
const y = (field: string): Layer => ({ field, type: 'quantitative', stack: null, scale: Y_SCALE, axis: Y_AXIS });
const slot = { field: 'slot', type: 'nominal', scale: SLOTS };
const dimmed = { condition: { test: 'active > 0 && datum.slot !== active', value: 0.35 }, value: 1 };
const whole = { y: { value: 0 }, y2: { value: PLOT_HEIGHT + LANE } };

const CLOCK: readonly Layer[] = [
  { data: { name: 'clock' }, mark: { type: 'rect', style: 'pending' }, encoding: { x: x('watermark'), x2: { field: 'to' }, ...whole } },
];

const OVER: readonly Layer[] = [
  { data: { name: 'clock' }, mark: { type: 'rule', style: 'watermark' }, encoding: { x: x('watermark'), ...whole } },
  {
    data: { name: 'clock' },
    mark: { type: 'text', style: 'label', baseline: 'top', align: { expr: 'labelAlign' }, dx: { expr: "labelAlign === 'right' ? -4 : 4" } },
    encoding: { x: x('watermark'), y: { value: 2 }, text: { field: 'label' } },
  },
  lateLayer('datum.counted', 'accepted'),
  lateLayer('!datum.counted', 'dropped'),
];

/** The Vega-Lite specification of a kind of chart. Its data is named and comes later; its scales follow the parameters. */
export function chartSpec(kind: ChartKind): TopLevelSpec {
  const spec = {
    autosize: { type: 'none' },
    padding: kind === 'category-bars' ? { left: 160, top: 4, right: 64, bottom: AXIS } : kind === 'single-number' ? 0 : PADDING,
    height: kind === 'category-bars' ? CATEGORY_ROWS * CATEGORY_ROW : kind === 'single-number' ? 112 : PLOT_HEIGHT,
    width: 600,
    config: CHART_CONFIG,
    params: Object.entries({ x0: 0, x1: 1, yMin: 0, yMax: 1, active: 0, gap: 2, xTicks: 8, xFormat: '%H:%M:%S', labelAlign: 'right' }).map(
      ([name, value]) => ({ name, value }),
    ),
    layer: layersOf(kind),
  };
  // SAFETY: Vega-Lite's types cannot express layers that are put together from parts; the browser tests draw every kind
  return spec as unknown as TopLevelSpec;
}

function layersOf(kind: ChartKind): readonly Layer[] {
  switch (kind) {
    case 'window-bars':
      return [...CLOCK, barLayer('!datum.open', 'closed', 'gap'), barLayer('datum.open', 'open', 'gap + 0.5'), ...OVER, barRing()];
    case 'lines':
      return [
        ...CLOCK,
        lineLayer(),
        pointLayer('datum.open', { filled: false, size: 24, strokeDash: [2, 1] }),
        pointLayer('datum.last', { filled: true, size: 28 }),
        ...OVER,
        pointRing(),
      ];
    case 'category-bars':
      return categoryLayers();
    default:
      return numberLayers();
  }
}

function barLayer(filter: string, style: string, gap: string): Layer {
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

function lineLayer(): Layer {
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

function pointLayer(filter: string, mark: Layer): Layer {
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

function lateLayer(filter: string, style: string): Layer {
  return {
    data: { name: 'late' },
    transform: [{ filter }],
    mark: { type: 'point', style },
    encoding: { x: x('time'), y: { value: PLOT_HEIGHT + LANE / 2 } },
  };
}

function barRing(): Layer {
  return {
    data: { name: 'focus' },
    mark: { type: 'rect', style: 'ring', xOffset: { expr: 'gap' }, x2Offset: { expr: '-gap' } },
    encoding: { x: x('start'), x2: { field: 'end' }, y: y('y0'), y2: { field: 'y1' } },
  };
}

function pointRing(): Layer {
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
