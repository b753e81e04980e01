/**
 * What the extension needs of VS Code, in plain data: URIs are strings, documents are snapshots. The adapters beside this file are the only
 * code that imports values from 'vscode'; everything else takes these ports, and tests take recording fakes.
 */

import type { CommandId, ViewCommandId } from './command-ids.ts';

export interface Disposable {
  dispose(): unknown;
}

export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** `vscode.l10n`: arguments replace {0}, {1} … */
export interface Localizer {
  t(message: string, ...args: (string | number)[]): string;
}

export interface Clock {
  /** Wall clock, ms. */
  now(): number;
  every(ms: number, run: () => void): Disposable;
  after(ms: number, run: () => void): Disposable;
}

/** A cell as it is now. */
export interface CellView {
  /** URI of the cell's document: its identity while the notebook is open. */
  readonly uri: string;
  readonly index: number;
  readonly kind: 'code' | 'markdown';
  readonly languageId: string;
  readonly text: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A notebook as it is now. */
export interface NotebookView {
  readonly uri: string;
  /** Folder of the notebook on this machine; null when it has none (unsaved, or in a virtual file system). */
  readonly folder: string | null;
  readonly cells: readonly CellView[];
}

/** Notebooks of our type. */
export interface Notebooks {
  all(): readonly NotebookView[];
  get(uri: string): NotebookView | null;
  /** The notebook a cell belongs to. */
  ofCell(cell: string): NotebookView | null;
  onDidOpen(listener: (notebook: string) => void): Disposable;
  /** Its last editor was closed. */
  onDidClose(listener: (notebook: string) => void): Disposable;
  /** Texts of cells changed (`cells`), or cells came and went (`removed`, `added`). */
  onDidChange(listener: (change: NotebookChange) => void): Disposable;
  /** Files or folders were renamed. */
  onDidRename(listener: (oldUri: string, newUri: string) => void): Disposable;
  /** Replaces a cell's metadata: an edit that can be undone. */
  setMetadata(cell: string, metadata: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface NotebookChange {
  readonly notebook: string;
  readonly cells: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** One output of a cell: alternatives by mime type. */
export interface OutputContent {
  readonly id: string;
  readonly items: readonly { readonly mime: string; readonly text: string }[];
}

/** A cell that is being executed. After `end` nothing else may be called. */
export interface Execution {
  /** Wall-clock ms; null shows no time. */
  start(time: number | null, order: number | null): void;
  /** True, false, or null for neither (stopped). */
  end(success: boolean | null, time: number | null): void;
  /** Replaces all outputs; those with the same id stay where they are. */
  replaceOutputs(outputs: readonly OutputContent[]): Promise<void>;
  /** The user asked to stop. */
  onDidCancel(listener: () => void): void;
}

export interface Executions {
  /** Null when the cell is gone, is being executed already, or another kernel was chosen. */
  create(cell: string): Execution | null;
}

/** A problem at a place in a cell; lines and columns from 1. */
export interface Problem {
  readonly cell: string;
  readonly range: ProblemRange;
  readonly severity: 'error' | 'warning' | 'information';
  readonly message: string;
  readonly code: string | null;
  readonly related: { readonly cell: string; readonly range: ProblemRange; readonly message: string } | null;
}

export interface ProblemRange {
  readonly start: { readonly line: number; readonly column: number };
  readonly end: { readonly line: number; readonly column: number };
}

/** A set of problems that replaces itself per cell. */
export interface Problems {
  set(cell: string, problems: readonly Problem[]): void;
  clear(cell: string): void;
}

export interface StatusItem {
  readonly text: string;
  readonly tooltip: string | null;
  readonly side: 'left' | 'right';
  /** Command and its arguments; null for text only. */
  readonly command: { readonly id: CommandId | ViewCommandId; readonly args: readonly unknown[] } | null;
}

export interface Choice<T> {
  readonly label: string;
  readonly description: string | null;
  readonly value: T;
}

export interface Dialogs {
  /** Shows a warning with buttons; null when it was closed. */
  warn(message: string, ...buttons: string[]): Promise<string | null>;
  info(message: string): void;
  error(message: string): void;
  pick<T>(title: string, choices: readonly Choice<T>[]): Promise<T | null>;
  /** Asks for a file and writes it; false when it was called off. */
  saveFile(name: string, filter: { readonly label: string; readonly extension: string }, text: string): Promise<boolean>;
  /** Shows a place in a cell. */
  reveal(cell: string, line: number, column: number): Promise<void>;
}

/** Small values that are kept with the workspace. */
export interface Memory {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

/** A folder of our own for files of moderate size. Reading a file that is not there gives null. */
export interface FileStore {
  read(name: string): Promise<string | null>;
  /** Replaces the file as a whole or not at all. */
  write(name: string, text: string): Promise<void>;
  delete(name: string): Promise<void>;
  /** Newest first. */
  list(): Promise<readonly string[]>;
}

/** Messages to and from our renderer. */
export interface RendererChannel {
  /** To one editor (as handed to the listener), or to all notebook editors. */
  post(message: unknown, editor?: unknown): void;
  onMessage(listener: (message: unknown, editor: unknown) => void): Disposable;
}

export interface Settings {
  get(key: string): unknown;
}

export interface WritableSettings extends Settings {
  /** Where the workspace sets it there, else for the user. */
  set(key: string, value: unknown): Promise<void>;
}

export interface Trust {
  isTrusted(): boolean;
}

/** A web page of the extension in an editor. While it is hidden the page is not there, and messages to it are lost. */
export interface Panel {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): Disposable;
  onDidClose(listener: () => void): Disposable;
  setTitle(title: string): void;
  reveal(): void;
}

export interface PanelKind {
  readonly id: string;
  /** The page's HTML. `address` gives the address of a file in dist/, `source` stands for all of them in the page's policy. */
  page(address: (name: string) => string, source: string, nonce: string): string;
}

export interface Panels {
  open(kind: PanelKind, title: string): Panel;
  /** A panel was open when the window was closed or reloaded. `state` is what its page had set last. */
  onDidRestore(kind: PanelKind, listener: (panel: Panel, state: unknown) => void): Disposable;
}
