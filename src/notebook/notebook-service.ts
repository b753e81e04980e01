import { type ProcessEntries, startJobProcess } from '../host/child-process.ts';
import { startJobWorker } from '../host/worker-thread.ts';
import type { LanguageClient } from '../language/client.ts';
import type { CommandId } from '../platform/command-ids.ts';
import type {
  CellView,
  Clock,
  Dialogs,
  Disposable,
  Executions,
  FileStore,
  Localizer,
  Log,
  Memory,
  Notebooks,
  NotebookView,
  Problems,
  RendererChannel,
  StatusItem,
  Trust,
  WritableSettings,
} from '../platform/ports.ts';
import { withName } from '../format/cell-info.ts';
import { CellRuns } from './running/cell-runs.ts';
import type { CheckpointPlaces } from './jobs/checkpoint-places.ts';
import { cellInfo, findCell, isRunnable, readCellMetadata, renewedNames } from './cells.ts';
import { Diagnosing } from './problems/diagnosing.ts';
import { JobHosts } from './running/job-hosts.ts';
import { OutputStore } from './outputs/output-store.ts';
import { PaceMemory, paceChoices, paceLabel } from './running/pace-choice.ts';
import { ProblemBoard } from './problems/problem-board.ts';
import { RecordedRuns } from './running/recorded-runs.ts';
import { serveRenderers } from './outputs/renderer-host.ts';
import { statusItems } from './running/status-items.ts';
import { WindowState } from './running/window-state.ts';

/** How often outputs of running jobs are kept, ms. */
const KEEP_EVERY_MS = 2000;
/** Status bars follow a running job at most so often, ms. */
const STATUS_EVERY_MS = 500;

export interface NotebookServicePorts {
  readonly notebooks: Notebooks;
  readonly executions: Executions & { prefer(notebook: string): void; onDidSelect(listener: (notebook: string) => void): Disposable };
  readonly language: LanguageClient;
  /** Paths of the bundles of jobs. */
  readonly jobEntries: ProcessEntries;
  readonly compileProblems: Problems;
  readonly runProblems: Problems;
  readonly channel: RendererChannel;
  readonly files: FileStore;
  readonly places: CheckpointPlaces;
  readonly memory: Memory;
  readonly settings: WritableSettings;
  readonly trust: Trust;
  readonly dialogs: Dialogs;
  readonly clock: Clock;
  readonly log: Log & { show(): void };
  readonly l10n: Localizer;
  /** Asks for the items of all status bars anew. */
  refreshStatus(): void;
  /** Jobs have begun, ended or got on. */
  onJobs(): void;
  /** A job has published a checkpoint, or failed to. */
  onCheckpoint(): void;
}

type ServiceCommandId = Extract<
  CommandId,
  `streambook.${'restartCell' | 'stopCell' | 'killJob' | 'setPace' | 'replayCell' | 'stopAll' | 'showLog'}`
>;

/** Everything that stream notebooks do: running, checking, status, outputs, and what is kept over a reload. */
export class NotebookService {
  readonly runs: CellRuns;
  readonly #ports: NotebookServicePorts;
  readonly #paces: PaceMemory;
  readonly #store: OutputStore;
  readonly #diagnosing: Diagnosing;
  readonly #board: ProblemBoard;
  readonly #disposables: Disposable[] = [];
  readonly #restored = new Set<string>();
  #statusTimer: Disposable | null = null;

  constructor(ports: NotebookServicePorts) {
    const { notebooks, executions, language, channel, dialogs, clock, log, l10n, memory, settings, trust } = ports;
    this.#ports = ports;
    this.#paces = new PaceMemory(memory, settings);
    this.#store = new OutputStore(ports.files, clock, log, l10n);
    const board = new ProblemBoard(ports.compileProblems, ports.runProblems, l10n);
    this.#board = board;
    const { jobEntries } = ports;
    const hosts = new JobHosts({
      start: (host, onText) => (host === 'process' ? startJobProcess(jobEntries, onText) : startJobWorker(jobEntries.worker, onText)),
      settings,
      memory,
      dialogs,
      clock,
      log,
      l10n,
    });
    this.runs = new CellRuns({
      notebooks,
      executions,
      compiler: language,
      problems: board,
      channel,
      keeper: this.#store,
      paces: this.#paces,
      places: ports.places,
      recordings: new RecordedRuns(l10n),
      windowState: new WindowState(),
      settings,
      trust,
      dialogs,
      clock,
      log,
      l10n,
      startWorker: (cell, listener, debug) => hosts.start(cell, listener, debug),
      onStatus: () => {
        this.#refreshStatusSoon();
        ports.onJobs();
      },
      onCheckpoint: () => ports.onCheckpoint(),
    });
    this.#diagnosing = new Diagnosing(
      notebooks,
      language,
      (cells, diagnostics) => board.showCompileProblems(cells, diagnostics),
      clock,
      log,
    );
    this.#disposables.push(
      serveRenderers(channel, this.runs, dialogs, log, l10n),
      notebooks.onDidOpen((notebook) => this.#open(notebook)),
      notebooks.onDidClose((notebook) => this.#close(notebook)),
      notebooks.onDidChange(({ notebook, cells, added, removed }) => {
        this.#diagnosing.touch(notebook);
        cells.forEach((cell) => board.clearFailure(cell));
        this.runs.forget(removed);
        board.forget(removed);
        this.#renewNames(notebook, added);
        this.#refreshStatusSoon();
      }),
      notebooks.onDidRename((oldUri, newUri) => {
        ports.places.rename(oldUri, newUri);
        void this.#store.rename(oldUri, newUri).catch((error: unknown) => log.warn(String(error)));
      }),
      executions.onDidSelect((notebook) => void this.#restore(notebook)),
      clock.every(KEEP_EVERY_MS, () => this.runs.keepRunning()),
    );
    for (const { uri } of notebooks.all()) {
      this.#open(uri);
    }
  }

  /** What the status bar of a cell shows. */
  statusItems(notebook: NotebookView, cell: CellView): readonly StatusItem[] {
    const { l10n } = this.#ports;
    if (cell.kind === 'code' && !cellInfo(cell).runnable) {
      return [{ text: l10n.t('Shown, never run'), tooltip: l10n.t('The cell is marked no-run.'), side: 'left', command: null }];
    }
    return isRunnable(cell) ? statusItems(l10n, this.runs.status(notebook, cell)) : [];
  }

  /** Our commands by id. `cell` is the one the command is meant for, `notebook` the one in the active editor. */
  readonly commands: Readonly<Record<ServiceCommandId, (cell: string | null, notebook: string | null) => void | Promise<void>>> = {
    'streambook.restartCell': (cell) => (cell === null ? undefined : this.runs.run([cell])),
    'streambook.stopCell': (cell) => (cell === null ? undefined : this.runs.stop(cell)),
    'streambook.killJob': (cell) => (cell === null ? undefined : this.runs.kill(cell)),
    'streambook.setPace': (cell) => (cell === null ? undefined : this.#choosePace(cell)),
    'streambook.replayCell': (cell) => (cell === null ? undefined : this.#replay(cell)),
    'streambook.stopAll': (_cell, notebook) => this.runs.stopAll(notebook),
    'streambook.showLog': () => this.#ports.log.show(),
  };

  /** Before the window closes: outputs are kept, jobs end. */
  async close(): Promise<void> {
    this.runs.keepRunning();
    await this.#store.flush();
    for (const disposable of this.#disposables) {
      disposable.dispose();
    }
    this.#statusTimer?.dispose();
    await Promise.all([this.runs.dispose(), this.#ports.language.dispose()]);
  }

  #open(notebook: string): void {
    this.#ports.executions.prefer(notebook);
    this.#diagnosing.touch(notebook);
  }

  #close(notebook: string): void {
    this.#diagnosing.forget(notebook);
    this.#restored.delete(notebook);
    // The document is gone already: cells that belong to no notebook any more were its.
    const gone = this.runs.cells().filter((cell) => this.#ports.notebooks.ofCell(cell) === null);
    this.runs.forget(gone);
    this.#board.forget(gone);
  }

  /** Puts the outputs of an earlier session back, once our kernel is the notebook's. */
  async #restore(uri: string): Promise<void> {
    const notebook = this.#ports.notebooks.get(uri);
    if (notebook === null || this.#restored.has(uri)) {
      return;
    }
    this.#restored.add(uri);
    try {
      for (const [cell, outputs] of await this.#store.restore(notebook)) {
        await this.runs.restore(cell, outputs);
      }
    } catch (error) {
      this.#ports.log.warn(`The outputs of ${uri} were not put back: ${String(error)}`);
    }
  }

  #renewNames(uri: string, added: readonly string[]): void {
    const notebook = this.#ports.notebooks.get(uri);
    if (notebook === null || added.length === 0) {
      return;
    }
    for (const [uri, name] of renewedNames(notebook, added)) {
      const cell = notebook.cells.find((candidate) => candidate.uri === uri);
      if (cell !== undefined) {
        const { info } = readCellMetadata(cell.metadata);
        void this.#ports.notebooks.setMetadata(uri, { ...cell.metadata, info: withName(info, name) });
      }
    }
  }

  /** A job that runs is stopped, and looked at where it was; one that is over is played from its beginning. */
  #replay(cell: string): void {
    const runner = this.runs.runner(cell);
    this.runs.replay(cell, runner?.isActive === true && !runner.isReplay ? 'end' : 'play');
  }

  async #choosePace(uri: string): Promise<void> {
    const { notebooks, dialogs, l10n } = this.#ports;
    const placed = findCell(notebooks, uri);
    if (placed === null) {
      return;
    }
    const { notebook, cell } = placed;
    const title = l10n.t(
      'Pace of cell {0}, now: {1}',
      cellInfo(cell).name ?? cell.index + 1,
      paceLabel(l10n, this.#paces.get(notebook, cell)),
    );
    const pace = await dialogs.pick(title, paceChoices(l10n, cellInfo(cell).pace));
    if (pace !== null) {
      this.#paces.set(notebook, cell, pace);
      this.runs.setPace(uri, pace);
      this.#refreshStatusSoon();
    }
  }

  #refreshStatusSoon(): void {
    this.#statusTimer ??= this.#ports.clock.after(STATUS_EVERY_MS, () => {
      this.#statusTimer = null;
      this.#ports.refreshStatus();
    });
  }
}
