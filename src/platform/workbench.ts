/** The small adapters: settings, trust, memory, log, commands, status bar, renderer messages. */
import * as vscode from 'vscode';
import type { VsCodeNotebooks } from './notebooks.ts';
import type {
  CellView,
  Clock,
  Disposable,
  Localizer,
  Memory,
  NotebookView,
  RendererChannel,
  StatusItem,
  Trust,
  WritableSettings,
} from './ports.ts';

export const localizer: Localizer = { t: (message, ...args) => vscode.l10n.t(message, ...args) };

/** What `localizer` translates with, for the workers and renderers; undefined in English. */
export const translations = vscode.l10n.bundle;

export const trust: Trust = { isTrusted: () => vscode.workspace.isTrusted };

/** The clock of this computer, as VS Code's own things are disposed of. */
export const editorClock: Clock = {
  now: Date.now,
  every: (ms, run) => {
    const timer = setInterval(run, ms);
    return { dispose: () => clearInterval(timer) };
  },
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return { dispose: () => clearTimeout(timer) };
  },
};

export function createLog(name: string): vscode.LogOutputChannel {
  return vscode.window.createOutputChannel(name, { log: true });
}

/** Settings below a section. */
export function settingsOf(section: string): WritableSettings {
  return {
    get: (key) => vscode.workspace.getConfiguration(section).get<unknown>(key),
    set: async (key, value) => {
      const configuration = vscode.workspace.getConfiguration(section);
      // Where the workspace has a value of its own, the user's would not be seen.
      const isOfWorkspace = configuration.inspect(key)?.workspaceValue !== undefined;
      await configuration.update(key, value, isOfWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global);
    },
  };
}

export function memoryOf(memento: vscode.Memento): Memory {
  return { get: (key) => memento.get<unknown>(key), set: (key, value) => void memento.update(key, value) };
}

/** Sets a key for `when` clauses. */
export function setContext(key: string, value: boolean): void {
  void vscode.commands.executeCommand('setContext', key, value);
}

/** Registers a command. What fails is told to the user instead of being lost. */
export function registerCommand(id: string, run: (argument: unknown) => unknown): Disposable {
  return vscode.commands.registerCommand(id, run);
}

/** The cell a command is meant for: its URI, the cell whose menu it was chosen from, or the cell that is selected. */
export function cellOfArgument(argument: unknown): string | null {
  if (typeof argument === 'string') {
    return argument;
  }
  if (typeof argument === 'object' && argument !== null && 'document' in argument) {
    const { document } = argument;
    if (typeof document === 'object' && document !== null && 'uri' in document && document.uri instanceof vscode.Uri) {
      return document.uri.toString();
    }
  }
  const editor = vscode.window.activeNotebookEditor;
  return editor?.notebook.getCells(editor.selection)[0]?.document.uri.toString() ?? null;
}

/** The notebook in the active editor. */
export function activeNotebook(): string | null {
  return vscode.window.activeNotebookEditor?.notebook.uri.toString() ?? null;
}

/** Runs a cell as the arrow beside it does. */
export async function executeCell(notebook: string, index: number): Promise<void> {
  const ranges = [{ start: index, end: index + 1 }];
  await vscode.commands.executeCommand('notebook.cell.execute', { document: vscode.Uri.parse(notebook), ranges });
}

/** Opens a notebook without showing it. Rejects when that cannot be done. */
export async function openNotebook(uri: string): Promise<void> {
  await vscode.workspace.openNotebookDocument(vscode.Uri.parse(uri, true));
}

/** Messages from and to the renderer with that id. */
export function rendererChannel(rendererId: string): RendererChannel {
  const messaging = vscode.notebooks.createRendererMessaging(rendererId);
  const isEditor = (editor: unknown): editor is vscode.NotebookEditor =>
    typeof editor === 'object' && editor !== null && 'notebook' in editor;
  return {
    post: (message, editor) => void messaging.postMessage(message, isEditor(editor) ? editor : undefined),
    onMessage: (listener) => messaging.onDidReceiveMessage(({ message, editor }) => listener(message, editor)),
  };
}

/** Shows items in the status bars of cells; `refresh` asks for them anew. */
export function registerStatusBar(
  notebookType: string,
  notebooks: VsCodeNotebooks,
  items: (notebook: NotebookView, cell: CellView) => readonly StatusItem[],
): Disposable & { refresh(): void } {
  const changed = new vscode.EventEmitter<void>();
  const registration = vscode.notebooks.registerNotebookCellStatusBarItemProvider(notebookType, {
    onDidChangeCellStatusBarItems: changed.event,
    provideCellStatusBarItems: (cell) => {
      const notebook = notebooks.get(cell.notebook.uri.toString());
      const view = notebook?.cells[cell.index];
      return notebook === null || view === undefined ? [] : items(notebook, view).map((item, index) => toStatusBarItem(item, index));
    },
  });
  return {
    refresh: () => changed.fire(),
    dispose: () => {
      registration.dispose();
      changed.dispose();
    },
  };
}

function toStatusBarItem(item: StatusItem, index: number): vscode.NotebookCellStatusBarItem {
  const { Left, Right } = vscode.NotebookCellStatusBarAlignment;
  const result = new vscode.NotebookCellStatusBarItem(item.text, item.side === 'left' ? Left : Right);
  result.priority = 100 - index;
  if (item.tooltip !== null) {
    result.tooltip = item.tooltip;
  }
  if (item.command !== null) {
    result.command = { title: item.tooltip ?? item.text, command: item.command.id, arguments: [...item.command.args] };
  }
  return result;
}
