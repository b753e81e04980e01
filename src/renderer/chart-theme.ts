import type { Config } from 'vega-lite';

const read = (name: string): string => `var(--vscode-${name})`;

const FOREGROUND = read('foreground');
const MUTED = read('descriptionForeground');
const BACKGROUND = read('editor-background');
const LINES = 'var(--sb-chart-lines)';
const SERIES = [1, 2, 3, 4, 5, 6].map((slot) => `var(--sb-key-${slot})`);
const LABEL = { fontSize: 11, color: FOREGROUND };

/**
 * Vega-Lite's config from the theme's variables. The SVG renderer writes them as they are, so a change of theme needs no redraw.
 * In a style Vega-Lite reads only `color`; a `fill` or `stroke` there is overruled by its own defaults.
 */
export const CHART_CONFIG: Config = {
  aria: false,
  background: 'transparent',
  view: { stroke: null },
  range: { category: SERIES },
  mark: { color: 'var(--sb-key-1)', tooltip: null },
  line: { strokeWidth: 1.75, strokeJoin: 'round' },
  axis: {
    labelFontSize: 11,
    labelColor: MUTED,
    labelPadding: 4,
    title: null,
    gridColor: LINES,
    gridOpacity: 0.28,
    domainColor: LINES,
    tickColor: LINES,
    tickSize: 4,
    domain: false,
    ticks: false,
  },
  axisX: { grid: false, domain: true, ticks: true, labelFlush: false, labelOverlap: true, labelSeparation: 6 },
  axisY: { tickCount: 4, labelLimit: 48 },
  legend: { disable: true },
  style: {
    closed: { stroke: BACKGROUND, strokeWidth: 1 },
    open: { fillOpacity: 0.24, strokeWidth: 1, strokeDash: [3, 2] },
    pending: { color: FOREGROUND, fillOpacity: 0.05 },
    watermark: { color: FOREGROUND, strokeWidth: 1, strokeDash: [6, 3] },
    accepted: { shape: 'triangle-up', size: 44, filled: false, color: FOREGROUND, strokeWidth: 1.25, opacity: 1 },
    dropped: { shape: 'M-1,-1L1,1M-1,1L1,-1', size: 44, filled: false, color: 'var(--sb-dropped)', strokeWidth: 1.75, opacity: 1 },
    ring: { filled: false, color: FOREGROUND, strokeWidth: 2, opacity: 1 },
    label: LABEL,
    'label-quiet': { ...LABEL, color: MUTED },
    number: { fontSize: 32, color: FOREGROUND },
  },
};

/** The same for specifications of the user's: a legend is drawn where they ask for one by a colour or a shape. */
export const CUSTOM_CONFIG: Config = {
  ...CHART_CONFIG,
  legend: { labelColor: FOREGROUND, titleColor: MUTED, labelFontSize: 11, titleFontSize: 11, titleFontWeight: 'normal', labelLimit: 120 },
  title: { color: FOREGROUND, fontSize: 13, fontWeight: 600, anchor: 'start', subtitleColor: MUTED },
  header: { labelColor: FOREGROUND, titleColor: MUTED },
  text: { color: FOREGROUND },
  rule: { color: FOREGROUND },
  view: { stroke: null, continuousHeight: 208 },
};
