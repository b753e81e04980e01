import { DebugSession } from '../debug/session.ts';
import type { DebugAdapter, DebugConfiguration, DebugSupport } from '../platform/debugging.ts';
import type { CellView, Localizer, Log, Notebooks, NotebookView, Trust } from '../platform/ports.ts';
import type { CellRuns } from './running/cell-runs.ts';
import { cellInfo, cellTitle, findCell, isRunnable } from './cells.ts';

export const DEBUG_TYPE = 'streambook';

export interface DebuggingPorts {
  readonly notebooks: Notebooks;
  runs(): Pick<CellRuns, 'debug' | 'stop'>;
  /** The cell that is selected in the active editor. */
  activeCell(): string | null;
  /** Opens a notebook that a configuration names; gives its URI. */
  openNotebook(place: string, folder: string | null): Promise<string>;
  isUntitled(notebook: string): boolean;
  /** Shows the notebook and makes ours its kernel. */
  selectKernel(notebook: string): Promise<void>;
  start(type: string, name: string, configuration: DebugConfiguration): Promise<boolean>;
  /** The job of a cell stands still in the debugger, or goes on. */
  onPaused(cell: string): void;
  readonly trust: Trust;
  readonly dialogs: { error(message: string): void };
  readonly log: Log;
  readonly l10n: Localizer;
}

/** Debugging cells: what a configuration means, and a session for it. */
export class Debugging implements DebugSupport {
  readonly #ports: DebuggingPorts;

  constructor(ports: DebuggingPorts) {
    this.#ports = ports;
  }

  createAdapter(send: Parameters<DebugSupport['createAdapter']>[0]): DebugAdapter {
    const { notebooks, log } = this.#ports;
    const session = new DebugSession(
      {
        run: (cell, debug) => this.#ports.runs().debug(cell, debug),
        stop: (cell) => this.#ports.runs().stop(cell),
        title: (cell) => {
          const placed = findCell(notebooks, cell);
          return placed === null ? '' : cellTitle(placed.cell);
        },
        text: (cell) => findCell(notebooks, cell)?.cell.text ?? null,
        onPaused: (cell) => this.#ports.onPaused(cell),
        warn: (message) => log.warn(message),
      },
      send,
    );
    return {
      handle: (message) => {
        // SAFETY: VS Code sends messages of the debugging protocol.
        session.handle(message as Parameters<DebugSession['handle']>[0]).catch((error: unknown) => log.error(String(error)));
      },
      dispose: () => session.dispose(),
    };
  }

  /** Debugs a cell; for the command. */
  async debugCell(cell: string | null): Promise<void> {
    const placed = cell === null ? null : findCell(this.#ports.notebooks, cell);
    if (placed === null) return;
    const { notebook } = placed;
    await this.#ports.start(DEBUG_TYPE, this.#title(placed.cell), { notebook: notebook.uri, cell: placed.cell.uri });
  }

  async resolve(configuration: DebugConfiguration, folder: string | null): Promise<DebugConfiguration | null> {
    const { dialogs, l10n, trust } = this.#ports;
    try {
      if (!trust.isTrusted()) throw new Error(l10n.t('Streambook runs no cells in Restricted Mode. Trust the workspace to run them.'));
      const notebook = await this.#notebook(configuration['notebook'], folder);
      if (this.#ports.isUntitled(notebook.uri)) {
        throw new Error(l10n.t('Save the notebook before you debug it: an unsaved one would lose its breakpoints.'));
      }
      const cell = this.#cell(notebook, configuration['cell']);
      await this.#ports.selectKernel(notebook.uri);
      return { notebook: notebook.uri, cell: cell.uri, name: this.#title(cell) };
    } catch (error) {
      dialogs.error(error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  #title(cell: CellView): string {
    return this.#ports.l10n.t('Cell {0}', cellTitle(cell));
  }

  async #notebook(place: unknown, folder: string | null): Promise<NotebookView> {
    const { notebooks, l10n } = this.#ports;
    const active = this.#ports.activeCell();
    const given = typeof place === 'string' && place !== '' ? place : null;
    const notebook =
      given === null
        ? active === null
          ? null
          : notebooks.ofCell(active)
        : (notebooks.get(given) ?? notebooks.get(await this.#ports.openNotebook(given, folder)));
    if (notebook !== null) return notebook;
    throw new Error(
      given === null
        ? l10n.t('Open a Streambook notebook and select the cell to debug.')
        : l10n.t('“{0}” is no Streambook notebook.', given),
    );
  }

  /** By URI, by name, or by number; without any the one that is selected. */
  #cell(notebook: NotebookView, wanted: unknown): CellView {
    const { l10n } = this.#ports;
    const name = typeof wanted === 'string' || typeof wanted === 'number' ? String(wanted) : (this.#ports.activeCell() ?? '');
    const cell = notebook.cells.find((one) => one.uri === name || cellInfo(one).name === name || String(one.index + 1) === name);
    if (cell === undefined) throw new Error(l10n.t('The notebook has no cell “{0}”.', name));
    if (!isRunnable(cell)) throw new Error(l10n.t('Cell {0} is not run, so it cannot be debugged.', cellTitle(cell)));
    return cell;
  }
}
