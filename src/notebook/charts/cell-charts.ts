import type { OutputState } from '../../output/types.ts';
import type { CellView, Disposable, Localizer, Log, Notebooks, NotebookView, Problems, RendererChannel } from '../../platform/ports.ts';
import { PROTOCOL_VERSION, readFromRenderer, type ToRenderer } from '../../renderer/protocol.ts';
import { findCell, readCellMetadata } from '../cells.ts';
import { chartFaults, chartOf, readCharts, strayCharts, withChart } from '../../format/chart-blocks.ts';
import { NO_ORIGIN } from '../../format/notebook-format.ts';
import { dominantEol, splitLines } from '../../format/text-lines.ts';

/** The outputs of cells as charts need them: `CellRuns`. */
export interface ChartedOutputs {
  outputs(cell: string): readonly OutputState[];
  findOutput(id: string): { readonly cell: string; readonly state: OutputState } | null;
}

export interface CellChartsPorts {
  readonly notebooks: Notebooks;
  readonly outputs: ChartedOutputs;
  readonly channel: RendererChannel;
  readonly problems: Problems;
  readonly log: Log;
  readonly l10n: Localizer;
}

/** The customised charts of all cells: shown by the renderers, changed in the notebook, with a problem where one cannot be used. */
export class CellCharts implements Disposable {
  readonly #ports: CellChartsPorts;
  readonly #disposables: readonly Disposable[];
  /** What was read from a cell last: only a change of it is handed on. */
  readonly #seen = new Map<string, string>();
  readonly #listeners = new Set<(cell: string) => void>();
  readonly #cellListeners = new Set<() => void>();

  constructor(ports: CellChartsPorts) {
    const { notebooks, channel } = ports;
    this.#ports = ports;
    this.#disposables = [
      channel.onMessage((received, editor) => {
        const message = readFromRenderer(received);
        const output = message?.type === 'ready' ? ports.outputs.findOutput(message.id) : null;
        if (output !== null) {
          channel.post(this.#messageFor(output.cell, output.state), editor);
        }
      }),
      notebooks.onDidOpen((uri) => {
        this.#look(uri);
        this.#tellCells();
      }),
      notebooks.onDidClose(() => {
        this.#forget([...this.#seen.keys()].filter((cell) => notebooks.ofCell(cell) === null));
        this.#tellCells();
      }),
      notebooks.onDidChange(({ notebook, added, removed }) => {
        this.#forget(removed);
        this.#look(notebook);
        if (added.length > 0 || removed.length > 0) {
          this.#tellCells();
        }
      }),
    ];
    for (const { uri } of notebooks.all()) {
      this.#look(uri);
    }
  }

  /** The chart of a display as the notebook has it; null without one. */
  textOf(cell: string, display: string): string | null {
    const placed = findCell(this.#ports.notebooks, cell);
    return placed === null ? null : chartOf(chartsOf(placed.cell), display);
  }

  /** The displays that the notebook has charts of, in the order of the file. */
  displaysOf(cell: string): readonly string[] {
    const placed = findCell(this.#ports.notebooks, cell);
    return placed === null ? [] : readCharts(chartsOf(placed.cell)).map(({ display }) => display);
  }

  /** Writes the chart of a display into the notebook, an edit that can be undone; null takes it away. Rejects when the cell is gone. */
  async store(cell: string, display: string, text: string | null): Promise<void> {
    const { notebooks, l10n } = this.#ports;
    const placed = findCell(notebooks, cell);
    if (placed === null) {
      throw new Error(l10n.t('The cell is not there any more. Open the notebook with the cell, and edit the chart from there.'));
    }
    const { notebook, cell: view } = placed;
    const origin = readCellMetadata(view.metadata).origin ?? NO_ORIGIN;
    const charts = withChart(origin.charts, display, text, eolOf(notebook, view));
    if (charts === origin.charts) {
      return;
    }
    await notebooks.setMetadata(cell, { ...view.metadata, origin: { ...origin, charts } });
    if (this.textOf(cell, display) !== chartOf(charts, display)) {
      throw new Error(l10n.t('The notebook could not be changed. It may be read-only.'));
    }
  }

  /** Calls `listener` with each cell whose charts change. */
  onDidChange(listener: (cell: string) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** Calls `listener` after cells came or went, or a notebook was opened or closed. */
  onDidChangeCells(listener: () => void): Disposable {
    this.#cellListeners.add(listener);
    return { dispose: () => this.#cellListeners.delete(listener) };
  }

  dispose(): void {
    for (const disposable of this.#disposables) {
      disposable.dispose();
    }
    this.#listeners.clear();
    this.#cellListeners.clear();
  }

  #look(uri: string): void {
    for (const cell of this.#ports.notebooks.get(uri)?.cells ?? []) {
      const found = cell.kind === 'code' ? chartsOf(cell) : cell.text;
      const before = this.#seen.get(cell.uri);
      if (found === before) {
        continue;
      }
      this.#seen.set(cell.uri, found);
      this.#report(cell);
      if (cell.kind === 'code' && (found !== '' || before !== undefined)) {
        for (const state of this.#ports.outputs.outputs(cell.uri)) {
          this.#ports.channel.post(this.#messageFor(cell.uri, state));
        }
        for (const listener of this.#listeners) {
          listener(cell.uri);
        }
      }
    }
  }

  #messageFor(cell: string, state: OutputState): ToRenderer {
    return { version: PROTOCOL_VERSION, type: 'chart', id: state.id, text: this.textOf(cell, state.name) };
  }

  #report(cell: CellView): void {
    const { problems, l10n } = this.#ports;
    const at = (line: number): { start: { line: number; column: number }; end: { line: number; column: number } } => ({
      start: { line, column: 1 },
      end: { line, column: 1000 },
    });
    const common = { cell: cell.uri, severity: 'warning', code: null, related: null } as const;
    if (cell.kind === 'markdown') {
      problems.set(
        cell.uri,
        strayCharts(cell.text).map(({ display, line }) => ({
          ...common,
          range: at(line),
          message: l10n.t('This chart of {0} is not used: it must stand right below the cell that shows {0}.', display),
        })),
      );
      return;
    }
    // The blocks are not part of the cell's text; its last line is next to them.
    const last = cell.text.split('\n').length;
    problems.set(
      cell.uri,
      chartFaults(chartsOf(cell)).map(({ display, kind, message }) => ({
        ...common,
        range: at(last),
        message:
          kind === 'duplicate'
            ? l10n.t('The cell has two charts of {0}. The first one is used; Edit Chart shows it.', display)
            : l10n.t(
                'The chart of {0} below the cell is not used: it is not valid JSON ({1}). Edit Chart changes or removes it.',
                display,
                message,
              ),
      })),
    );
  }

  #tellCells(): void {
    for (const listener of this.#cellListeners) {
      listener();
    }
  }

  #forget(cells: readonly string[]): void {
    for (const cell of cells) {
      this.#seen.delete(cell);
      this.#ports.problems.clear(cell);
    }
  }
}

function chartsOf(cell: CellView): string {
  return readCellMetadata(cell.metadata).origin?.charts ?? '';
}

/** Line end for a block below the cell: that of the cell, else the one most of the notebook's lines have. */
function eolOf(notebook: NotebookView, cell: CellView): string {
  const own = rawLines(cell);
  return dominantEol(own.length > 1 ? own : notebook.cells.flatMap(rawLines));
}

function rawLines(cell: CellView): ReturnType<typeof splitLines> {
  return splitLines(readCellMetadata(cell.metadata).origin?.raw ?? '');
}
