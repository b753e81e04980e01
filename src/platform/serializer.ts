import * as vscode from 'vscode';
import type { Disposable } from './ports.ts';

/** A cell as a serializer reads and writes it. */
export interface CellContent {
  readonly kind: 'code' | 'markdown';
  readonly languageId: string;
  readonly text: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface NotebookContent {
  readonly cells: readonly CellContent[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Registers how notebooks are read and written. Outputs are never part of the file. */
export function registerSerializer(
  type: string,
  codec: { decode(bytes: Uint8Array): NotebookContent; encode(notebook: NotebookContent): Uint8Array },
): Disposable {
  return vscode.workspace.registerNotebookSerializer(
    type,
    {
      deserializeNotebook: (bytes) => {
        const { cells, metadata } = codec.decode(bytes);
        const data = new vscode.NotebookData(cells.map(toCellData));
        data.metadata = { ...metadata };
        return data;
      },
      serializeNotebook: ({ cells, metadata }) =>
        codec.encode({
          cells: cells.map((cell) => ({
            kind: cell.kind === vscode.NotebookCellKind.Code ? 'code' : 'markdown',
            languageId: cell.languageId,
            text: cell.value,
            metadata: cell.metadata ?? {},
          })),
          metadata: metadata ?? {},
        }),
    },
    { transientOutputs: true, transientCellMetadata: {}, transientDocumentMetadata: {} },
  );
}

function toCellData({ kind, languageId, text, metadata }: CellContent): vscode.NotebookCellData {
  const cellKind = kind === 'code' ? vscode.NotebookCellKind.Code : vscode.NotebookCellKind.Markup;
  const data = new vscode.NotebookCellData(cellKind, text, languageId);
  data.metadata = { ...metadata };
  return data;
}
