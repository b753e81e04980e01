/** Recording fakes of the ports. */
import type {
  CellView,
  Choice,
  Clock,
  Dialogs,
  Disposable,
  Execution,
  Executions,
  FileStore,
  Localizer,
  Log,
  Memory,
  NotebookChange,
  Notebooks,
  NotebookView,
  OutputContent,
} from '../../../src/platform/ports.ts';

export const l10n: Localizer = { t: (message, ...args) => message.replace(/\{(\d)\}/g, (_, index: string) => String(args[Number(index)])) };

export function cellView(text: string, change: Partial<CellView> = {}): CellView {
  return { uri: 'cell:1', index: 0, kind: 'code', languageId: 'streambook-ts', text, metadata: { info: 'ts' }, ...change };
}

/** A clock that moves when it is told to. */
export class FakeClock implements Clock {
  time = 0;
  #timers: { at: number; every: number | null; run: () => void }[] = [];

  now(): number {
    return this.time;
  }

  every(ms: number, run: () => void): Disposable {
    return this.#add({ at: this.time + ms, every: ms, run });
  }

  after(ms: number, run: () => void): Disposable {
    return this.#add({ at: this.time + ms, every: null, run });
  }

  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) {
        break;
      }
      this.time = next.at;
      if (next.every === null) {
        this.#timers = this.#timers.filter((timer) => timer !== next);
      } else {
        next.at += next.every;
      }
      next.run();
    }
    this.time = end;
  }

  #add(timer: { at: number; every: number | null; run: () => void }): Disposable {
    this.#timers.push(timer);
    return { dispose: () => (this.#timers = this.#timers.filter((other) => other !== timer)) };
  }
}

export class FakeLog implements Log {
  readonly lines: string[] = [];
  info(message: string): void {
    this.lines.push(message);
  }
  warn(message: string): void {
    this.lines.push(message);
  }
  error(message: string): void {
    this.lines.push(message);
  }
}

export class FakeNotebooks implements Notebooks {
  notebooks: NotebookView[];
  readonly edits: { cell: string; metadata: Readonly<Record<string, unknown>> }[] = [];
  constructor(...notebooks: NotebookView[]) {
    this.notebooks = notebooks;
  }
  all(): readonly NotebookView[] {
    return this.notebooks;
  }
  get(uri: string): NotebookView | null {
    return this.notebooks.find((notebook) => notebook.uri === uri) ?? null;
  }
  ofCell(cell: string): NotebookView | null {
    return this.notebooks.find(({ cells }) => cells.some(({ uri }) => uri === cell)) ?? null;
  }
  onDidOpen(_listener: (notebook: string) => void): Disposable {
    return { dispose: () => undefined };
  }
  onDidClose(_listener: (notebook: string) => void): Disposable {
    return { dispose: () => undefined };
  }
  onDidChange(_listener: (change: NotebookChange) => void): Disposable {
    return { dispose: () => undefined };
  }
  onDidRename(_listener: (oldUri: string, newUri: string) => void): Disposable {
    return { dispose: () => undefined };
  }
  async setMetadata(cell: string, metadata: Readonly<Record<string, unknown>>): Promise<void> {
    this.edits.push({ cell, metadata });
  }
}

/** Executions with VS Code's rules: one at a time per cell, nothing after the end. */
export class FakeExecutions implements Executions {
  readonly log: string[] = [];
  readonly cancels = new Map<string, () => void>();
  outputs: readonly OutputContent[] = [];
  readonly #open = new Set<string>();

  create(cell: string): Execution | null {
    if (this.#open.has(cell)) {
      return null;
    }
    this.#open.add(cell);
    let isOver = false;
    const check = (): void => {
      if (isOver) throw new Error('Cannot modify cell output after calling resolve');
    };
    return {
      start: (_time, order) => this.log.push(`start ${cell} [${order}]`),
      end: (success) => {
        check();
        isOver = true;
        this.#open.delete(cell);
        this.log.push(`end ${cell} ${success}`);
      },
      replaceOutputs: async (outputs) => {
        check();
        this.outputs = outputs;
        this.log.push(`outputs ${cell} ${outputs.map(({ id }) => id).join()}`);
      },
      onDidCancel: (listener) => this.cancels.set(cell, listener),
    };
  }
}

export class FakeDialogs implements Dialogs {
  readonly shown: string[] = [];
  answer: string | null = null;
  picked: string | null = null;
  async warn(message: string, ...buttons: string[]): Promise<string | null> {
    this.shown.push([message, ...buttons].join(' | '));
    return this.answer;
  }
  info(message: string): void {
    this.shown.push(message);
  }
  error(message: string): void {
    this.shown.push(message);
  }
  async pick<T>(_title: string, choices: readonly Choice<T>[]): Promise<T | null> {
    return choices.find(({ label }) => label === this.picked)?.value ?? null;
  }
  async saveFile(name: string, _filter: object, text: string): Promise<boolean> {
    this.shown.push(`${name}: ${text}`);
    return true;
  }
  async reveal(cell: string, line: number, column: number): Promise<void> {
    this.shown.push(`reveal ${cell} ${line}:${column}`);
  }
}

export class FakeMemory implements Memory {
  readonly values = new Map<string, unknown>();
  get(key: string): unknown {
    return this.values.get(key);
  }
  set(key: string, value: unknown): void {
    this.values.set(key, value);
  }
}

export class FakeFiles implements FileStore {
  readonly files = new Map<string, string>();
  async read(name: string): Promise<string | null> {
    return this.files.get(name) ?? null;
  }
  async write(name: string, text: string): Promise<void> {
    this.files.set(name, text);
  }
  async delete(name: string): Promise<void> {
    this.files.delete(name);
  }
  async list(): Promise<readonly string[]> {
    return [...this.files.keys()];
  }
}

/** Lets everything that is due without a clock happen. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
