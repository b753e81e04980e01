import { NEW_CELL_INFO, parseCellInfo } from '../format/cell-info.ts';
import { CELL_LANGUAGE, readCellMetadata } from './cells.ts';
import { type FormatCell, NEW_FRAME, type NotebookFrame, parseNotebook, serializeNotebook } from '../format/notebook-format.ts';

/** A cell as the editor's serializer sees it. */
export interface SerializedCell {
  readonly kind: 'code' | 'markdown';
  readonly languageId: string;
  readonly text: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface SerializedNotebook {
  readonly cells: readonly SerializedCell[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The bytes of the file are not UTF-8: opening it would lose some of them. */
export class NotUtf8Error extends Error {
  override readonly name = 'NotUtf8Error';
}

/** Bytes to cells. Throws `NotUtf8Error`. */
export function decodeNotebook(bytes: Uint8Array, notUtf8: string): SerializedNotebook {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new NotUtf8Error(notUtf8);
  }
  const { cells, frame } = parseNotebook(text);
  return {
    cells: cells.map(({ kind, value, info, origin }) => ({
      kind,
      languageId: kind === 'code' ? CELL_LANGUAGE : 'markdown',
      text: value,
      metadata: { info, origin },
    })),
    metadata: { frame },
  };
}

/** Cells to bytes; cells that were not edited give the bytes they were read from. */
export function encodeNotebook(notebook: SerializedNotebook): Uint8Array {
  const cells = notebook.cells.map((cell): FormatCell => {
    const { info, origin } = readCellMetadata(cell.metadata);
    return { kind: cell.kind, value: cell.text, info: cell.kind === 'code' ? infoFor(cell.languageId, info) : '', origin };
  });
  return new TextEncoder().encode(serializeNotebook({ cells, frame: readFrame(notebook.metadata['frame']) }));
}

/** A cell that was given another language in the editor is a fence of that language. */
function infoFor(languageId: string, info: string): string {
  if (languageId !== CELL_LANGUAGE) {
    return languageId;
  }
  return parseCellInfo(info).isCell ? info : NEW_CELL_INFO;
}

function readFrame(value: unknown): NotebookFrame {
  if (typeof value !== 'object' || value === null) {
    return NEW_FRAME;
  }
  // SAFETY: any object may be asked for these fields; each is checked below.
  const { before, cells, eol } = value as Partial<Record<keyof NotebookFrame, unknown>>;
  const isFrame = typeof before === 'string' && typeof cells === 'number' && typeof eol === 'string';
  return isFrame ? { before, cells, eol } : NEW_FRAME;
}
