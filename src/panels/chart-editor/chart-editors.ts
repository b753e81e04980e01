import { translations } from '../../l10n/translations.ts';
import type { OutputState } from '../../output/types.ts';
import type { Dialogs, Disposable, Localizer, Panel, PanelKind, Panels } from '../../platform/ports.ts';
import type { ToRenderer } from '../../renderer/protocol.ts';
import { chartEditorPage } from './page.ts';
import {
  CHART_EDITOR_VERSION,
  type ChartPlace,
  readChartEditorState,
  readFromChartEditor,
  type FromChartEditor,
  type ToChartEditor,
} from './protocol.ts';

/** The kind of panel that the chart editor is. */
export const CHART_EDITOR: PanelKind = {
  id: 'streambook.chartEditor',
  page: (address, source, nonce) =>
    chartEditorPage({
      source,
      script: address('chart-editor.js'),
      style: address('chart-editor.css'),
      worker: address('chart-editor-worker.js'),
      nonce,
    }),
};

type CellPlace = Omit<ChartPlace, 'display'>;

/** Cells and their charts, as the notebooks have them. Cells are addressed by URI. */
export interface EditableCharts {
  /** Where a cell is now, which finds it again after a reload; null when it is gone. */
  placeOf(cell: string): CellPlace | null;
  /** The cell at a place of a notebook that is open; null when there is none. */
  find(place: CellPlace): string | null;
  isOpen(notebook: string): boolean;
  /** Opens a notebook, so that its cells can be found. Rejects when it cannot be opened. */
  openNotebook(uri: string): Promise<void>;
  /** What users call the cell. */
  titleOf(cell: string): string;
  /** The displays that the notebook has charts of, in order. */
  displaysOf(cell: string): readonly string[];
  textOf(cell: string, display: string): string | null;
  /** Null takes the chart away. Rejects with what to tell the user. */
  store(cell: string, display: string, text: string | null): Promise<void>;
  /** Calls with each cell whose charts change. */
  onDidChange(listener: (cell: string) => void): Disposable;
  /** Cells came or went. */
  onDidChangeCells(listener: () => void): Disposable;
}

/** Results of cells, as they are shown. */
export interface ChartedResults {
  outputs(cell: string): readonly OutputState[];
  run(cell: string): void;
  /** Calls with what all renderers are told. */
  onShown(listener: (message: ToRenderer) => void): Disposable;
}

export interface ChartEditorPorts {
  readonly panels: Panels;
  readonly charts: EditableCharts;
  readonly results: ChartedResults;
  readonly dialogs: Pick<Dialogs, 'pick'>;
  readonly l10n: Localizer;
}

/** The chart editors that are open: at most one per display. */
export class ChartEditors implements Disposable {
  readonly #ports: ChartEditorPorts;
  readonly #sessions = new Set<ChartSession>();
  readonly #disposables: readonly Disposable[];

  constructor(ports: ChartEditorPorts) {
    this.#ports = ports;
    const { panels, charts, results } = ports;
    const each = (act: (session: ChartSession) => void): void => this.#sessions.forEach(act);
    this.#disposables = [
      charts.onDidChange((cell) => each((session) => session.chartsChanged(cell))),
      charts.onDidChangeCells(() => each((session) => session.cellsChanged())),
      results.onShown((message) => each((session) => session.shown(message))),
      panels.onDidRestore(CHART_EDITOR, (panel, state) => {
        const place = readChartEditorState(state)?.place;
        if (place === undefined) {
          this.#add(panel, null, null);
        } else {
          this.#add(panel, place, place.display);
          void charts.openNotebook(place.notebook).then(
            () => each((session) => session.cellsChanged()),
            // The page says that the cell is not there.
            () => undefined,
          );
        }
      }),
    ];
  }

  /** Opens the editor for a display of a cell; without a name for the one that the user picks. */
  async edit(cell: string, display: string | null = null): Promise<void> {
    const { charts, panels, l10n } = this.#ports;
    const chosen = display ?? (await this.#chooseDisplay(cell));
    const place = charts.placeOf(cell);
    if (chosen === undefined || place === null) {
      return;
    }
    const open = [...this.#sessions].find((session) => session.isFor(cell, chosen));
    if (open === undefined) {
      this.#add(panels.open(CHART_EDITOR, l10n.t('Chart: {0}', chosen ?? charts.titleOf(cell))), place, chosen);
    } else {
      open.panel.reveal();
    }
  }

  dispose(): void {
    for (const disposable of this.#disposables) {
      disposable.dispose();
    }
  }

  /** Null while no display is known; undefined when the question was called off. */
  async #chooseDisplay(cell: string): Promise<string | null | undefined> {
    const { charts, results, dialogs, l10n } = this.#ports;
    const shown = results.outputs(cell).flatMap(({ kind, name }) => (kind === 'display' ? [name] : []));
    const names = [...new Set(shown.length > 0 ? shown : charts.displaysOf(cell))];
    if (names.length < 2) {
      return names[0] ?? null;
    }
    const choices = names.map((name) => ({ label: name, description: null, value: name }));
    return (await dialogs.pick(l10n.t('Edit the chart of'), choices)) ?? undefined;
  }

  #add(panel: Panel, place: CellPlace | null, display: string | null): void {
    const session = new ChartSession(panel, place, display, this.#ports);
    this.#sessions.add(session);
    panel.onDidClose(() => {
      this.#sessions.delete(session);
    });
  }
}

/** One open editor. */
class ChartSession {
  readonly panel: Panel;
  readonly #ports: ChartEditorPorts;
  #place: CellPlace | null;
  /** Address of the cell; null until it was found, and when its notebook was closed. */
  #address: string | null = null;
  #display: string | null;
  #stored: string | null = null;
  #wasGone = false;

  constructor(panel: Panel, place: CellPlace | null, display: string | null, ports: ChartEditorPorts) {
    this.panel = panel;
    this.#ports = ports;
    this.#place = place;
    this.#display = display;
    panel.onMessage((received) => {
      const message = readFromChartEditor(received);
      if (message !== null) {
        void this.#receive(message);
      }
    });
  }

  isFor(cell: string, display: string | null): boolean {
    return this.#cell() === cell && this.#display === display;
  }

  chartsChanged(cell: string): void {
    if (cell === this.#cell()) {
      const stored = this.#readStored();
      if (stored !== this.#stored) {
        this.#stored = stored;
        this.#post({ version: CHART_EDITOR_VERSION, type: 'stored', text: stored });
      }
    }
  }

  cellsChanged(): void {
    const isGone = this.#cell() === null;
    if (isGone !== this.#wasGone) {
      this.#open();
    }
  }

  /** Hands on what the renderers are told about this output. */
  shown(message: ToRenderer): void {
    const state = this.#state();
    if (state === null || message.type === 'chart') {
      return;
    }
    if (message.type === 'delta') {
      if (message.delta.id === state.id) {
        this.#post({ version: CHART_EDITOR_VERSION, type: 'delta', delta: message.delta });
      }
    } else if (message.state.id === state.id) {
      if (this.#display === null) {
        this.#display = state.name;
        this.#open();
      } else {
        this.#post({ version: CHART_EDITOR_VERSION, type: 'state', state: message.state });
      }
    }
  }

  /** The cell as it is addressed now; null when it is not there. */
  #cell(): string | null {
    const { charts } = this.#ports;
    if (this.#place === null) {
      return null;
    }
    const here = this.#address === null ? null : charts.placeOf(this.#address);
    if (here !== null) {
      this.#place = here;
      return this.#address;
    }
    if (this.#address !== null && charts.isOpen(this.#place.notebook) && this.#place.cell.startsWith('#')) {
      // Another cell has its number now.
      return null;
    }
    this.#address = charts.find(this.#place);
    return this.#address;
  }

  async #receive(message: FromChartEditor): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#open();
        return;
      case 'run':
        this.#run();
        return;
      case 'edited':
        this.panel.setTitle(this.#title() + (message.edited ? ' •' : ''));
        return;
      case 'apply':
        await this.#store(message.text);
        return;
      case 'reset':
        await this.#store(null);
    }
  }

  #run(): void {
    const cell = this.#cell();
    if (cell !== null) {
      this.#ports.results.run(cell);
    }
  }

  async #store(text: string | null): Promise<void> {
    const cell = this.#cell();
    const { l10n, charts } = this.#ports;
    try {
      if (text !== null) {
        JSON.parse(text);
      }
      if (cell === null || this.#display === null) {
        throw new Error(
          cell === null ? this.#goneText() : l10n.t('Run the cell once: the chart is stored under the name of what it shows.'),
        );
      }
      // Cells end where their last line ends.
      await charts.store(cell, this.#display, text === null ? null : text.trimEnd());
    } catch (error) {
      this.#post({ version: CHART_EDITOR_VERSION, type: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  }

  #open(): void {
    const cell = this.#cell();
    this.#wasGone = cell === null;
    if (cell === null || this.#place === null) {
      this.#post({ version: CHART_EDITOR_VERSION, type: 'gone', message: this.#goneText() });
      return;
    }
    const title = this.#title();
    this.#stored = this.#readStored();
    this.panel.setTitle(title);
    this.#post({
      version: CHART_EDITOR_VERSION,
      type: 'open',
      place: { ...this.#place, display: this.#display },
      title: this.#ports.charts.titleOf(cell),
      stored: this.#stored,
      state: this.#state(),
      strings: translations(),
    });
  }

  #title(): string {
    const cell = this.#cell();
    return this.#ports.l10n.t('Chart: {0}', this.#display ?? (cell === null ? '' : this.#ports.charts.titleOf(cell)));
  }

  #goneText(): string {
    return this.#ports.l10n.t('The cell of this chart is not there any more. Open its notebook, or undo the deletion.');
  }

  #readStored(): string | null {
    const cell = this.#cell();
    return cell === null || this.#display === null ? null : this.#ports.charts.textOf(cell, this.#display);
  }

  #state(): OutputState | null {
    const cell = this.#cell();
    const outputs = cell === null ? [] : this.#ports.results.outputs(cell);
    return outputs.find(({ kind, name }) => kind === 'display' && (this.#display === null || name === this.#display)) ?? null;
  }

  #post(message: ToChartEditor): void {
    this.panel.post(message);
  }
}
