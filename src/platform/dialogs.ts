import * as vscode from 'vscode';
import type { VsCodeNotebooks } from './notebooks.ts';
import type { Choice, Dialogs } from './ports.ts';

/** VS Code's messages, pickers and places. */
export class VsCodeDialogs implements Dialogs {
  readonly #notebooks: VsCodeNotebooks;

  constructor(notebooks: VsCodeNotebooks) {
    this.#notebooks = notebooks;
  }

  async warn(message: string, ...buttons: string[]): Promise<string | null> {
    return (await vscode.window.showWarningMessage(message, ...buttons)) ?? null;
  }

  info(message: string): void {
    void vscode.window.showInformationMessage(message);
  }

  error(message: string): void {
    void vscode.window.showErrorMessage(message);
  }

  async pick<T>(title: string, choices: readonly Choice<T>[]): Promise<T | null> {
    const items = choices.map(({ label, description, value }) => ({ label, value, ...(description === null ? {} : { description }) }));
    return (await vscode.window.showQuickPick(items, { title }))?.value ?? null;
  }

  async saveFile(name: string, filter: { readonly label: string; readonly extension: string }, text: string): Promise<boolean> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const uri = await vscode.window.showSaveDialog({
      filters: { [filter.label]: [filter.extension] },
      ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
    });
    if (uri === undefined) {
      return false;
    }
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    return true;
  }

  async reveal(uri: string, line: number, column: number): Promise<void> {
    const cell = this.#notebooks.findCell(uri);
    if (cell !== null) {
      const position = new vscode.Position(line - 1, column - 1);
      // showTextDocument wants an editor of its own for the cell's document; opening the address reveals the cell in the notebook.
      await vscode.commands.executeCommand('vscode.open', cell.document.uri, { selection: new vscode.Range(position, position) });
    }
  }
}
