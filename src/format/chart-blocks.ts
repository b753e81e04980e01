/** `vega-lite display=NAME` blocks right below a cell: the charts of its displays that were customised. */
import { fenceValue, writeFence } from './fence-text.ts';
import { type Fence, scanMarkdown } from './markdown-blocks.ts';
import { isBlank, normalizeText, splitLines, type TextLine } from './text-lines.ts';

/** A chart as the file has it. */
export interface ChartBlock {
  /** Name of the display that it draws. */
  readonly display: string;
  /** What stands between the fences; line ends are "\n". */
  readonly text: string;
}

/** What is wrong with a block. It stays in the file as it is. */
export interface ChartFault {
  readonly display: string;
  readonly kind: 'not-json' | 'duplicate';
  /** What the parser says; empty for a duplicate. */
  readonly message: string;
}

const CHART_INFO = /^vega-lite\s(?:.*\s)?display=/;

/** True for the info string of a chart. */
export function isChartInfo(info: string): boolean {
  return CHART_INFO.test(info);
}

/** Blocks in the order of the file, also those that are not valid. */
export function readCharts(charts: string): readonly ChartBlock[] {
  const lines = splitLines(charts);
  return fencesOf(lines).map((fence) => ({ display: displayOf(fence.info), text: fenceValue(textOf(lines, fence)) }));
}

/** The text of a display's chart: of the first block with that name; null without one. */
export function chartOf(charts: string, display: string): string | null {
  return readCharts(charts).find((block) => block.display === display)?.text ?? null;
}

/**
 * The blocks with another text for a display's chart, all other bytes as they were. A new block comes last, after a blank line.
 * @param text null removes every block of that name
 */
export function withChart(charts: string, display: string, text: string | null, eol: string): string {
  const lines = splitLines(charts);
  const mine = fencesOf(lines).filter((fence) => displayOf(fence.info) === display);
  if (text === null) {
    return mine.toReversed().reduce((rest, fence) => withoutFence(rest, fence), charts);
  }
  const [first] = mine;
  if (first === undefined) {
    return `${charts}${eol}${eol}${writeFence(`vega-lite display=${escapeName(display)}`, text, [], eol)}`;
  }
  const old = textOf(lines, first);
  if (fenceValue(old) === normalizeText(text)) {
    return charts;
  }
  const own = splitLines(old);
  const at = lines[first.open]?.start ?? 0;
  const written = writeFence(first.info, text, own, own[0]?.eol || eol);
  return charts.slice(0, at) + written + charts.slice(at + old.length);
}

/** Blocks that cannot be drawn, and those that another block of the same name hides. */
export function chartFaults(charts: string): readonly ChartFault[] {
  const seen = new Set<string>();
  const faults: ChartFault[] = [];
  for (const { display, text } of readCharts(charts)) {
    if (seen.has(display)) {
      faults.push({ display, kind: 'duplicate', message: '' });
      continue;
    }
    seen.add(display);
    try {
      JSON.parse(text);
    } catch (error) {
      faults.push({ display, kind: 'not-json', message: error instanceof Error ? error.message : String(error) });
    }
  }
  return faults;
}

/** Charts in the text of a Markdown cell, which belong to no cell: their displays, and their lines from 1. */
export function strayCharts(markdown: string): readonly { readonly display: string; readonly line: number }[] {
  return fencesOf(splitLines(markdown)).map((fence) => ({ display: displayOf(fence.info), line: fence.open + 1 }));
}

/** Info strings are split at spaces; a backtick would not be one of a backtick fence. */
function escapeName(name: string): string {
  return name.replace(/[\s%`\p{Cc}]/gu, encodeURIComponent);
}

function displayOf(info: string): string {
  const word = info.split(/\s+/).find((candidate) => candidate.startsWith('display=')) ?? '';
  const name = word.slice('display='.length);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function fencesOf(lines: readonly TextLine[]): readonly Fence[] {
  return scanMarkdown(lines).fences.filter((fence) => isChartInfo(fence.info));
}

/** The block without the end of its last line. */
function textOf(lines: readonly TextLine[], fence: Fence): string {
  const last = fence.close ?? lines.length - 1;
  return lines
    .slice(fence.open, last + 1)
    .map((line, index) => (fence.open + index === last ? line.text : line.text + line.eol))
    .join('');
}

/** Takes out a block and the blank lines above it. */
function withoutFence(charts: string, fence: Fence): string {
  const lines = splitLines(charts);
  let from = fence.open;
  while (from > 0 && isBlank(lines[from - 1]?.text ?? '')) {
    from -= 1;
  }
  const last = lines[fence.close ?? lines.length - 1];
  const above = lines[from - 1];
  // From the end of the line above to the end of the block's last line, without their line ends: one of them stays.
  const start = above === undefined ? 0 : above.start + above.text.length;
  const end = last === undefined ? charts.length : last.start + last.text.length;
  return charts.slice(0, start) + charts.slice(end);
}
