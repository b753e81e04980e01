import { type ChartEditing, startChartEditor } from '../../panels/chart-editor/start.ts';
import type { CommandId } from '../../platform/command-ids.ts';
import type { Dialogs, Disposable, Localizer, Log, Notebooks, Panels, Problems } from '../../platform/ports.ts';
import { readFromRenderer } from '../../renderer/protocol.ts';
import { CellCharts } from './cell-charts.ts';
import type { CellRuns } from '../running/cell-runs.ts';
import { cellKey, cellTitle, findCell } from '../cells.ts';
import type { ShownMessages } from '../outputs/shown-messages.ts';

export interface ChartEditingPorts {
  readonly notebooks: Notebooks;
  readonly runs: CellRuns;
  readonly channel: ShownMessages;
  readonly panels: Panels;
  readonly problems: Problems;
  readonly dialogs: Dialogs;
  readonly log: Log;
  readonly l10n: Localizer;
  openNotebook(uri: string): Promise<void>;
}

/** The charts that notebooks have of their own, and the editor for them. */
export interface NotebookCharts extends Disposable {
  readonly editing: ChartEditing;
  /** Our commands by id; the argument is the URI of a cell. */
  readonly commands: Readonly<Record<Extract<CommandId, 'streambook.editChart'>, (cell: string | null) => Promise<void> | void>>;
}

/** Starts both. */
export function startChartEditing(ports: ChartEditingPorts): NotebookCharts {
  const { notebooks, runs, channel, panels, dialogs, log, l10n } = ports;
  const charts = new CellCharts({ ...ports, outputs: runs });
  const editing = startChartEditor({
    panels,
    dialogs,
    l10n,
    results: {
      outputs: (cell) => runs.outputs(cell),
      run: (cell) => runs.run([cell]),
      onShown: (listener) => channel.onShown(listener),
    },
    charts: {
      placeOf: (uri) => {
        const placed = findCell(notebooks, uri);
        return placed === null ? null : { notebook: placed.notebook.uri, cell: cellKey(placed.cell) };
      },
      find: ({ notebook, cell }) => notebooks.get(notebook)?.cells.find((candidate) => cellKey(candidate) === cell)?.uri ?? null,
      isOpen: (notebook) => notebooks.get(notebook) !== null,
      openNotebook: (uri) => ports.openNotebook(uri),
      titleOf: (cell) => {
        const placed = findCell(notebooks, cell);
        return placed === null ? '' : cellTitle(placed.cell);
      },
      displaysOf: (cell) => charts.displaysOf(cell),
      textOf: (cell, display) => charts.textOf(cell, display),
      store: (cell, display, text) => charts.store(cell, display, text),
      onDidChange: (listener) => charts.onDidChange(listener),
      onDidChangeCells: (listener) => charts.onDidChangeCells(listener),
    },
  });
  const messages = channel.onMessage((received) => {
    const message = readFromRenderer(received);
    const output = message?.type === 'editChart' ? runs.findOutput(message.id) : null;
    if (output !== null) {
      editing.edit(output.cell, output.state.name).catch((error: unknown) => log.warn(`The chart editor was not opened: ${String(error)}`));
    }
  });
  return {
    editing,
    commands: { 'streambook.editChart': (cell) => (cell === null ? undefined : editing.edit(cell)) },
    dispose: () => {
      messages.dispose();
      editing.dispose();
      charts.dispose();
    },
  };
}
