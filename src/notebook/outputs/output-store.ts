import type { OutputState } from '../../output/types.ts';
import type { CellView, Clock, Disposable, FileStore, Localizer, Log, NotebookView } from '../../platform/ports.ts';
import { readOutputState } from '../../renderer/protocol.ts';
import { cellInfo, cellKey } from '../cells.ts';
import type { OutputKeeper } from '../running/run-ports.ts';

/** Limits of what is kept: per output (its oldest rows give way), per notebook (its oldest cells), and how many notebooks. */
const MAX_OUTPUT_CHARACTERS = 1_000_000;
const MAX_CELLS = 100;
const MAX_NOTEBOOKS = 200;
/** Changes of a notebook are written together after this time, ms. */
const WRITE_DELAY_MS = 500;

/** The outputs of one cell. The cell is found again by its name, else by its text. */
interface StoredCell {
  readonly name: string | null;
  readonly text: string;
  readonly outputs: readonly OutputState[];
}

interface StoredNotebook {
  readonly version: 1;
  readonly notebook: string;
  readonly cells: readonly StoredCell[];
}

/** Keeps the last outputs of cells with the workspace, so that a reload of the window does not lose them. */
export class OutputStore implements OutputKeeper {
  readonly #files: FileStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #l10n: Localizer;
  readonly #notebooks = new Map<string, Promise<StoredNotebook>>();
  readonly #timers = new Map<string, Disposable>();
  #writing: Promise<void> = Promise.resolve();

  constructor(files: FileStore, clock: Clock, log: Log, l10n: Localizer) {
    this.#files = files;
    this.#clock = clock;
    this.#log = log;
    this.#l10n = l10n;
  }

  keep(notebook: NotebookView, cell: CellView, outputs: readonly OutputState[]): void {
    const kept = outputs.map((state) => withPlace(state, (uri) => keptPlace(notebook, uri)));
    const stored: StoredCell = { name: cellInfo(cell).name, text: cell.text, outputs: kept.flatMap((state) => bounded(state) ?? []) };
    const isSame = (other: StoredCell): boolean =>
      stored.name === null ? other.name === null && other.text === stored.text : other.name === stored.name;
    const before = this.#load(notebook.uri);
    this.#notebooks.set(
      notebook.uri,
      before.then((old) => ({ ...old, cells: [...old.cells.filter((other) => !isSame(other)), stored].slice(-MAX_CELLS) })),
    );
    this.#schedule(notebook.uri);
  }

  /** The outputs to show in the cells of a notebook that was opened, by cell URI; marked as of an earlier session. */
  async restore(notebook: NotebookView): Promise<ReadonlyMap<string, readonly OutputState[]>> {
    const { cells } = await this.#load(notebook.uri);
    const restored = new Map<string, readonly OutputState[]>();
    for (const cell of notebook.cells) {
      const { name } = cellInfo(cell);
      const stored = cells.find((other) => (name === null ? other.name === null && other.text === cell.text : other.name === name));
      if (cell.kind === 'code' && stored !== undefined && stored.outputs.length > 0) {
        restored.set(
          cell.uri,
          stored.outputs.map((state) =>
            this.#mark(
              withPlace(state, (place) => notebook.cells.find(({ uri }) => keptPlace(notebook, uri) === place)?.uri ?? null),
              cell,
              stored.text !== cell.text,
            ),
          ),
        );
      }
    }
    return restored;
  }

  /** A notebook or a folder above it was renamed. */
  async rename(oldUri: string, newUri: string): Promise<void> {
    for (const name of await this.#files.list()) {
      const stored = await this.#read(name);
      if (stored !== null && (stored.notebook === oldUri || stored.notebook.startsWith(`${oldUri}/`))) {
        const notebook = newUri + stored.notebook.slice(oldUri.length);
        this.#notebooks.delete(stored.notebook);
        this.#notebooks.set(notebook, Promise.resolve({ ...stored, notebook }));
        await this.#files.delete(name);
        await this.#write(notebook);
      }
    }
  }

  /** Writes what waits to be written. */
  async flush(): Promise<void> {
    const waiting = [...this.#timers.keys()];
    for (const notebook of waiting) {
      this.#timers.get(notebook)?.dispose();
      this.#timers.delete(notebook);
    }
    await Promise.all(waiting.map((notebook) => this.#write(notebook)));
    await this.#writing;
  }

  #mark(state: OutputState, cell: CellView, isChanged: boolean): OutputState {
    const l10n = this.#l10n;
    const wasOver = state.status.phase === 'finished' || state.status.phase === 'failed' || state.status.phase === 'stopped';
    const title = wasOver ? l10n.t('Result of an earlier session') : l10n.t('Stopped when the notebook was closed');
    const text = isChanged
      ? l10n.t('The cell was changed since. Run it to start the job again.')
      : l10n.t('Run the cell to start the job again.');
    // Ids hold the cell's URI, which is another one each time a notebook is opened.
    const id = `${cell.uri}${state.id.slice(state.id.lastIndexOf('/'))}`;
    const phase = wasOver ? state.status.phase : 'stopped';
    return { ...state, id, status: { ...state.status, phase }, notice: { title, text, tone: 'warn', rerun: true } };
  }

  #load(notebook: string): Promise<StoredNotebook> {
    let loading = this.#notebooks.get(notebook);
    if (loading === undefined) {
      const empty: StoredNotebook = { version: 1, notebook, cells: [] };
      loading = this.#read(fileName(notebook)).then((stored) => (stored?.notebook === notebook ? stored : empty));
      this.#notebooks.set(notebook, loading);
    }
    return loading;
  }

  async #read(name: string): Promise<StoredNotebook | null> {
    try {
      const text = await this.#files.read(name);
      return text === null ? null : parseStored(text);
    } catch (error) {
      this.#log.warn(`Stored outputs in ${name} are ignored: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  }

  #schedule(notebook: string): void {
    if (!this.#timers.has(notebook)) {
      this.#timers.set(
        notebook,
        this.#clock.after(WRITE_DELAY_MS, () => {
          this.#timers.delete(notebook);
          void this.#write(notebook);
        }),
      );
    }
  }

  /** One file after the other: two writes of one file must not cross. */
  #write(notebook: string): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      try {
        await this.#files.write(fileName(notebook), JSON.stringify(await this.#load(notebook)));
        for (const name of (await this.#files.list()).slice(MAX_NOTEBOOKS)) {
          await this.#files.delete(name);
        }
      } catch (error) {
        this.#log.warn(`The outputs of ${notebook} could not be kept: ${String(error)}`);
      }
    });
    return this.#writing;
  }
}

/** The state with the place of its error in the cell that `resolve` gives; without a place when that is null. */
function withPlace(state: OutputState, resolve: (cell: string) => string | null): OutputState {
  const { error } = state;
  if (error?.place == null) {
    return state;
  }
  const cell = resolve(error.place.cell);
  return { ...state, error: { ...error, place: cell === null ? null : { ...error.place, cell } } };
}

/** How a place names its cell while it is kept: by the cell's name, else its position. URIs are others each time a notebook is opened. */
function keptPlace(notebook: NotebookView, uri: string): string | null {
  const cell = notebook.cells.find((candidate) => candidate.uri === uri);
  return cell === undefined ? null : cellKey(cell);
}

function parseStored(text: string): StoredNotebook {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value) || value['version'] !== 1 || typeof value['notebook'] !== 'string' || !Array.isArray(value['cells'])) {
    throw new Error('not a file of stored outputs');
  }
  const cells = value['cells'].flatMap((cell: unknown): StoredCell[] => {
    if (!isRecord(cell) || typeof cell['text'] !== 'string' || !Array.isArray(cell['outputs'])) {
      return [];
    }
    const name = typeof cell['name'] === 'string' ? cell['name'] : null;
    return [{ name, text: cell['text'], outputs: cell['outputs'].flatMap((output: unknown) => readOutputState(output) ?? []) }];
  });
  return { version: 1, notebook: value['notebook'], cells };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** The state with as many of its newest rows and lines as fit; null when even none fits. */
function bounded(state: OutputState): OutputState | null {
  for (const share of [1, 0.25, 0.05, 0]) {
    const keep = <T>(items: readonly T[]): readonly T[] => (share === 0 ? [] : items.slice(-Math.ceil(items.length * share)));
    const smaller = share === 1 ? state : { ...state, rows: keep(state.rows), log: keep(state.log) };
    if (JSON.stringify(smaller).length <= MAX_OUTPUT_CHARACTERS) {
      return smaller;
    }
  }
  return null;
}

/** FNV-1a (64 bits) of the notebook's URI. */
function fileName(notebook: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(notebook)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return `${hash.toString(16).padStart(16, '0')}.json`;
}
