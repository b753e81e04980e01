import type { CommandId } from './command-ids.ts';
import type { Disposable } from './ports.ts';

/** A row of a tree. `id` is its identity: selection and expansion survive a refresh by it. */
export interface TreeRow {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly tooltip: string | null;
  /** What a screen reader says; null: label and description. */
  readonly spoken: string | null;
  /** Name of a codicon. */
  readonly icon: string;
  readonly colour: 'error' | 'warning' | 'running' | null;
  readonly children: 'none' | 'collapsed' | 'expanded';
  /** For `when` clauses of menus. */
  readonly context: string;
  readonly command: { readonly id: CommandId; readonly title: string } | null;
}

/** What a tree shows. */
export interface TreeModel<N> {
  row(node: N): TreeRow;
  /** null: the roots. Rejects for what cannot be read. */
  children(node: N | null): Promise<readonly N[]>;
}

/** A tree in the sidebar. */
export interface TreeHandle<N> extends Disposable {
  /** The row that the keyboard is on, when it is in this tree. */
  focused(): Promise<N | null>;
  /** Asks for the rows below `node` anew; null: for all. */
  refresh(node: N | null): void;
}

/** Where a read-only document is found. */
export interface DocumentAddress {
  /** Starts with `/`; its last part is the title. */
  readonly path: string;
  /** Its identity: VS Code asks only once for the text of a key, as long as the document is open. */
  readonly key: string;
}

/** Texts that VS Code shows as read-only documents, by their keys. */
export interface VirtualDocuments extends Disposable {
  show(document: DocumentAddress): Promise<void>;
  /** Shows two of them in VS Code's diff editor. */
  diff(left: DocumentAddress, right: DocumentAddress, title: string): Promise<void>;
  /** Key of the one in the active editor. */
  active(): string | null;
}

/** Questions and answers about checkpoints. */
export interface CheckpointDialogs {
  /** A modal question; true when the button was chosen. */
  readonly confirm: (message: string, detail: string, button: string) => Promise<boolean>;
  /** null when it was called off. */
  readonly input: (title: string, value: string) => Promise<string | null>;
  error(message: string): void;
  info(message: string): void;
  copy(text: string): Promise<void>;
  /** Rejects when the notebook is not there. */
  readonly openNotebook: (uri: string) => Promise<void>;
}
