/** Tabs that an output can open with. */
export const DISPLAY_VIEWS = ['chart', 'table', 'changelog'] as const;
/** What a chart is drawn with. */
export const DISPLAY_MARKS = ['bar', 'line', 'area', 'point', 'number'] as const;
/** What a record carries with it, by the names that charts take beside those of fields. */
export const DISPLAY_SIDE_FIELDS = ['$key', '$timestamp', '$window.start', '$window.end'] as const;

export type DisplayView = (typeof DISPLAY_VIEWS)[number];
export type DisplayMark = (typeof DISPLAY_MARKS)[number];

/** How a display is to be shown; null: as fits its results. Which fields its results have shows only when they come. */
export interface DisplayOptions {
  readonly view: DisplayView | null;
  readonly mark: DisplayMark | null;
  readonly x: string | null;
  readonly y: string | null;
  readonly color: string | null;
  /** Rows kept. */
  readonly maxRows: number | null;
}

/** Everything as fits the results. */
export const INFERRED_DISPLAY: DisplayOptions = { view: null, mark: null, x: null, y: null, color: null, maxRows: null };
