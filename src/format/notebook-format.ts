/**
 * `*.stream.md`: ordinary Markdown whose top-level fences with the first word `ts` are cells. Reading and writing are exact:
 * each cell keeps the text it came from, and only a cell that was changed is written anew, in the file's own style.
 */
import { NEW_CELL_INFO, parseCellInfo } from './cell-info.ts';
import { isChartInfo } from './chart-blocks.ts';
import { fenceValue, writeFence } from './fence-text.ts';
import { type Fence, openingFence, scanMarkdown } from './markdown-blocks.ts';
import { dominantEol, isBlank, normalizeText, splitLines, type TextLine } from './text-lines.ts';

/** Where a cell came from. Opaque to everything but this module; plain data, so that the editor can carry it as metadata. */
export interface CellOrigin {
  /** Position among the cells when the file was read. */
  readonly ordinal: number;
  /** The exact text of the block, without the end of its last line. */
  readonly raw: string;
  /** `vega-lite display=…` blocks right below the cell, with the lines between; "" without. */
  readonly charts: string;
  /** What follows up to the next block: the end of the last line and blank lines. */
  readonly after: string;
}

export interface FormatCell {
  readonly kind: 'code' | 'markdown';
  /** The text as edited. Line ends are "\n" after reading; writing takes any. */
  readonly value: string;
  /** Info string of a code cell, such as "ts id=word-count"; "" for Markdown. */
  readonly info: string;
  /** Null for a cell that was made in the editor. */
  readonly origin: CellOrigin | null;
}

export interface NotebookFile {
  readonly cells: readonly FormatCell[];
  /** What is not in any cell. */
  readonly frame: NotebookFrame;
}

/** What a notebook file has besides cells; plain data. */
export interface NotebookFrame {
  /** Byte order mark and blank lines before the first block. */
  readonly before: string;
  /** Number of cells that were read. */
  readonly cells: number;
  /** Line end for what is written anew. */
  readonly eol: string;
}

/** Where a cell came from that was made in the editor, once it has something to remember. */
export const NO_ORIGIN: CellOrigin = { ordinal: -2, raw: '', charts: '', after: '' };

/** Frame of a notebook that was never read from a file. */
export const NEW_FRAME: NotebookFrame = { before: '', cells: 0, eol: '\n' };

/** A range of lines that becomes one cell; `end` is exclusive and without blank lines at the end. */
interface Block {
  readonly fence: Fence | null;
  readonly start: number;
  /** End of the cell itself. */
  readonly end: number;
  /** End including its charts. */
  readonly chartsEnd: number;
}

/** Reads a notebook. Never throws: every text is a notebook, if only one Markdown cell. */
export function parseNotebook(text: string): NotebookFile {
  const bom = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const lines = splitLines(text.slice(bom.length));
  const blocks = findBlocks(lines);
  const join = (from: number, to: number): string =>
    lines
      .slice(from, to)
      .map((line) => line.text + line.eol)
      .join('');
  const withoutLastEol = (from: number, to: number): string => {
    const joined = join(from, to);
    return joined.slice(0, joined.length - (lines[to - 1]?.eol.length ?? 0));
  };
  const cells = blocks.map((block, ordinal): FormatCell => {
    const next = blocks[ordinal + 1]?.start ?? lines.length;
    const raw = withoutLastEol(block.start, block.end);
    const hasCharts = block.chartsEnd > block.end;
    const charts = hasCharts ? (lines[block.end - 1]?.eol ?? '') + withoutLastEol(block.end, block.chartsEnd) : '';
    const after = (lines[block.chartsEnd - 1]?.eol ?? '') + join(block.chartsEnd, next);
    return {
      kind: block.fence === null ? 'markdown' : 'code',
      value: block.fence === null ? normalizeText(raw) : fenceValue(raw),
      info: block.fence?.info ?? '',
      origin: { ordinal, raw, charts, after },
    };
  });
  const first = blocks[0]?.start ?? lines.length;
  return { cells, frame: { before: bom + join(0, first), cells: cells.length, eol: dominantEol(lines) } };
}

/** Writes a notebook: unchanged cells byte for byte as they were read. */
export function serializeNotebook(file: NotebookFile): string {
  const { frame, cells } = file;
  const written = cells.filter((cell) => !isEmptied(cell));
  const texts = written.map((cell, i) => {
    const next = written[i + 1];
    const below = next === undefined ? ending(cell, frame) : separator(cell, next, frame.eol);
    return writeCell(cell, frame.eol, next === undefined ? null : below) + below;
  });
  return frame.before + texts.join('');
}

/** An emptied or new, empty Markdown cell: it would leave nothing but blank lines. */
function isEmptied(cell: FormatCell): boolean {
  const isEmpty = (text: string): boolean => /^[ \t\n]*$/.test(normalizeText(text));
  return cell.kind === 'markdown' && isEmpty(cell.value) && !(cell.origin !== null && isEmpty(cell.origin.raw));
}

/** What stands between two cells: what stood there when they were read as neighbours, else a blank line. */
function separator(previous: FormatCell, next: FormatCell, eol: string): string {
  const wereNeighbours = previous.origin !== null && next.origin?.ordinal === previous.origin.ordinal + 1 && previous.origin.after !== '';
  // Two Markdown cells can only be neighbours since an edit: their paragraphs must not run into each other.
  return wereNeighbours && (previous.kind === 'code' || next.kind === 'code') ? previous.origin.after : eol + eol;
}

function ending(last: FormatCell, frame: NotebookFrame): string {
  const { origin } = last;
  return origin !== null && origin.ordinal === frame.cells - 1 ? origin.after : frame.eol;
}

/** @param below what separates the cell from the next one; null for the last cell. */
function writeCell(cell: FormatCell, fileEol: string, below: string | null): string {
  const { origin } = cell;
  const isCode = cell.kind === 'code';
  // A cell that became Markdown keeps its charts, as blocks of the Markdown.
  const charts = origin?.charts ?? '';
  const block = origin === null ? null : openingFence(splitLines(origin.raw)[0]?.text ?? '');
  const wasCode = block !== null && parseCellInfo(block.info).isCell;
  const isUnchanged =
    origin !== null &&
    wasCode === isCode &&
    (!isCode || block?.info === cell.info) &&
    normalizeText(wasCode ? fenceValue(origin.raw) : origin.raw) === normalizeText(cell.value);
  const eol = origin === null || splitLines(origin.raw).length < 2 ? fileEol : dominantEol(splitLines(origin.raw));
  const raw = isUnchanged
    ? origin.raw
    : isCode
      ? writeFence(cell.info || NEW_CELL_INFO, cell.value, wasCode ? splitLines(origin?.raw ?? '') : [], eol)
      : normalizeText(cell.value).replaceAll('\n', eol);
  if (charts === '') {
    return raw + (below === null ? '' : closing(raw, below, eol));
  }
  // The end of a chart's fence must not be taken for the end of an open fence above it.
  return raw + closing(raw, isCode ? '' : charts, eol) + charts;
}

/** Closes what a block leaves open, so that it does not swallow the cells below. */
function closing(raw: string, follows: string, eol: string): string {
  const end = scanMarkdown(splitLines(raw + follows)).missingEnd;
  return end === null ? '' : eol + end;
}

function findBlocks(lines: readonly TextLine[]): Block[] {
  const { fences } = scanMarkdown(lines);
  const blocks: Block[] = [];
  let line = 0;
  const markdown = (end: number): void => {
    const start = firstLine(lines, line, end);
    if (start < end) {
      const trimmed = lastLine(lines, start, end);
      blocks.push({ fence: null, start, end: trimmed, chartsEnd: trimmed });
    }
  };
  for (let i = 0; i < fences.length; i++) {
    const fence = fences[i];
    if (fence === undefined || !parseCellInfo(fence.info).isCell) {
      continue;
    }
    markdown(fence.open);
    const end = fence.close === null ? lastLine(lines, fence.open, lines.length) : fence.close + 1;
    let chartsEnd = end;
    while (isChartBelow(lines, fences[i + 1], chartsEnd)) {
      i += 1;
      chartsEnd = (fences[i]?.close ?? lines.length - 1) + 1;
    }
    blocks.push({ fence, start: fence.open, end, chartsEnd });
    line = chartsEnd;
    if (fence.close === null) {
      line = lines.length;
    }
  }
  markdown(lines.length);
  return blocks;
}

function isChartBelow(lines: readonly TextLine[], fence: Fence | undefined, from: number): boolean {
  return fence?.close != null && isChartInfo(fence.info) && lines.slice(from, fence.open).every((line) => isBlank(line.text));
}

/** First line from `from` that is not blank; `end` if all are. */
function firstLine(lines: readonly TextLine[], from: number, end: number): number {
  let index = from;
  while (index < end && isBlank(lines[index]?.text ?? '')) {
    index += 1;
  }
  return index;
}

/** `end` moved up over blank lines, but not above `start + 1`. */
function lastLine(lines: readonly TextLine[], start: number, end: number): number {
  let index = end;
  while (index > start + 1 && isBlank(lines[index - 1]?.text ?? '')) {
    index -= 1;
  }
  return index;
}
