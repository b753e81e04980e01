import * as vscode from 'vscode';
import type { CheckpointDialogs } from './tree-ports.ts';

/** VS Code's questions about checkpoints. */
export const checkpointDialogs: CheckpointDialogs = {
  confirm: async (message, detail, button) => (await vscode.window.showWarningMessage(message, { modal: true, detail }, button)) === button,
  input: async (title, value) => (await vscode.window.showInputBox({ title, value })) ?? null,
  error: (message) => void vscode.window.showErrorMessage(message),
  info: (message) => void vscode.window.showInformationMessage(message),
  copy: async (text) => {
    await vscode.env.clipboard.writeText(text);
  },
  openNotebook: async (uri) => {
    const document = await vscode.workspace.openNotebookDocument(vscode.Uri.parse(uri));
    await vscode.window.showNotebookDocument(document);
  },
};
