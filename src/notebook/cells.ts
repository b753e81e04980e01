import type { CellView, Notebooks, NotebookView } from '../platform/ports.ts';
import type { CellSource } from '../program/types.ts';
import { type CellInfo, NEW_CELL_INFO, parseCellInfo } from '../format/cell-info.ts';
import type { CellOrigin } from '../format/notebook-format.ts';

export const NOTEBOOK_TYPE = 'streambook';
/** Language of cells: TypeScript's grammar, but not VS Code's own TypeScript service, which knows nothing of other cells. */
export const CELL_LANGUAGE = 'streambook-ts';

/** Metadata of a cell in the editor. */
export interface CellMetadata {
  readonly info: string;
  readonly origin: CellOrigin | null;
}

/** Reads a cell's metadata, whoever wrote it. */
export function readCellMetadata(metadata: Readonly<Record<string, unknown>>): CellMetadata {
  const info = metadata['info'];
  return { info: typeof info === 'string' ? info : '', origin: readOrigin(metadata['origin']) };
}

function readOrigin(value: unknown): CellOrigin | null {
  if (typeof value !== 'object' || value === null) {
    return null;
  }
  // SAFETY: any object may be asked for these fields; each is checked below.
  const { ordinal, raw, charts, after } = value as Partial<Record<keyof CellOrigin, unknown>>;
  const isOrigin = typeof ordinal === 'number' && typeof raw === 'string' && typeof charts === 'string' && typeof after === 'string';
  return isOrigin ? { ordinal, raw, charts, after } : null;
}

/** What the info string of a cell in the editor says. */
export function cellInfo(cell: CellView): CellInfo {
  return parseCellInfo(readCellMetadata(cell.metadata).info || NEW_CELL_INFO);
}

/** A cell as it is now, and the notebook it is in. */
export interface PlacedCell {
  readonly notebook: NotebookView;
  readonly cell: CellView;
}

/** The cell with that URI; null when it is gone. */
export function findCell(notebooks: Notebooks, uri: string): PlacedCell | null {
  const notebook = notebooks.ofCell(uri);
  const cell = notebook?.cells.find((candidate) => candidate.uri === uri);
  return notebook === null || cell === undefined ? null : { notebook, cell };
}

/** A cell that the controller runs. */
export function isRunnable(cell: CellView): boolean {
  return cell.kind === 'code' && cell.languageId === CELL_LANGUAGE && cellInfo(cell).runnable;
}

/** The cell as programs are made of it. */
export function sourceOf(cell: CellView): CellSource {
  return { id: cell.uri, number: cell.index + 1, name: cellInfo(cell).name, text: cell.text };
}

/** The cells that make up programs, in file order. */
export function programCells(notebook: NotebookView): CellSource[] {
  return notebook.cells.filter(isRunnable).map(sourceOf);
}

/** What users call a cell: its name, else its number. */
export function cellTitle(cell: CellView): string {
  return cellInfo(cell).name ?? String(cell.index + 1);
}

/** What finds a cell again when its notebook is opened anew, which gives cells other URIs: its name, else "#" and its position. */
export function cellKey(cell: CellView): string {
  return cellInfo(cell).name ?? `#${cell.index}`;
}

/**
 * New names for cells that came with a name another cell already has (a pasted copy), by cell URI. The cell that was there first keeps it.
 */
export function renewedNames(notebook: NotebookView, added: readonly string[]): ReadonlyMap<string, string> {
  const isNew = new Set(added);
  const taken = new Set(notebook.cells.filter((cell) => !isNew.has(cell.uri)).flatMap((cell) => cellInfo(cell).name ?? []));
  const renewed = new Map<string, string>();
  for (const cell of notebook.cells) {
    const { name } = cellInfo(cell);
    if (!isNew.has(cell.uri) || name === null) {
      continue;
    }
    let unique = name;
    for (let number = 2; taken.has(unique); number++) {
      unique = `${name.replace(/-\d+$/, '')}-${number}`;
    }
    taken.add(unique);
    if (unique !== name) {
      renewed.set(cell.uri, unique);
    }
  }
  return renewed;
}
