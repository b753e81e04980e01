import * as vscode from 'vscode';
import type { VsCodeNotebooks } from './notebooks.ts';
import type { Disposable, Execution, Executions, OutputContent } from './ports.ts';

export interface ControllerOptions {
  readonly id: string;
  readonly notebookType: string;
  readonly label: string;
  readonly language: string;
  /** The user runs these cells. */
  run(cells: readonly string[]): void;
}

/** The kernel of our notebooks. */
export class Controller implements Executions, Disposable {
  readonly #controller: vscode.NotebookController;
  readonly #notebooks: VsCodeNotebooks;

  constructor(options: ControllerOptions, notebooks: VsCodeNotebooks) {
    this.#notebooks = notebooks;
    const controller = vscode.notebooks.createNotebookController(options.id, options.notebookType, options.label);
    controller.supportedLanguages = [options.language];
    controller.supportsExecutionOrder = true;
    // No interruptHandler: with one, stopping one cell would ask to interrupt all jobs of the notebook.
    controller.executeHandler = (cells) => options.run(cells.map((cell) => cell.document.uri.toString()));
    this.#controller = controller;
  }

  /** Makes ours the kernel of a notebook without asking. */
  prefer(notebook: string): void {
    const document = vscode.workspace.notebookDocuments.find(({ uri }) => uri.toString() === notebook);
    if (document !== undefined) {
      this.#controller.updateNotebookAffinity(document, vscode.NotebookControllerAffinity.Preferred);
    }
  }

  /** Ours became the kernel of a notebook. */
  onDidSelect(listener: (notebook: string) => void): Disposable {
    return this.#controller.onDidChangeSelectedNotebooks(({ notebook, selected }) => selected && listener(notebook.uri.toString()));
  }

  create(uri: string): Execution | null {
    const cell = this.#notebooks.findCell(uri);
    if (cell === null) {
      return null;
    }
    try {
      return new CellExecution(this.#controller.createNotebookCellExecution(cell));
    } catch {
      return null;
    }
  }

  dispose(): void {
    this.#controller.dispose();
  }
}

class CellExecution implements Execution {
  readonly #execution: vscode.NotebookCellExecution;
  #state: 'new' | 'started' | 'ended' = 'new';

  constructor(execution: vscode.NotebookCellExecution) {
    this.#execution = execution;
  }

  start(time: number | null, order: number | null): void {
    this.#state = 'started';
    this.#execution.executionOrder = order ?? undefined;
    this.#execution.start(time ?? undefined);
  }

  end(success: boolean | null, time: number | null): void {
    if (this.#state === 'ended') {
      return;
    }
    // VS Code wants a start before an end.
    if (this.#state === 'new') {
      this.#execution.start();
    }
    this.#state = 'ended';
    this.#execution.end(success ?? undefined, time ?? undefined);
  }

  async replaceOutputs(outputs: readonly OutputContent[]): Promise<void> {
    if (this.#state === 'started') {
      await this.#execution.replaceOutput(outputs.map(toOutput));
    }
  }

  onDidCancel(listener: () => void): void {
    this.#execution.token.onCancellationRequested(listener);
  }
}

function toOutput({ id, items }: OutputContent): vscode.NotebookCellOutput {
  return new vscode.NotebookCellOutput(
    items.map(({ mime, text }) => vscode.NotebookCellOutputItem.text(text, mime)),
    { id },
  );
}
