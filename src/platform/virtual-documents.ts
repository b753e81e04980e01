import * as vscode from 'vscode';
import type { VirtualDocuments } from './tree-ports.ts';

/** Read-only documents whose text is made when they are opened. */
export function registerDocuments(scheme: string, text: (path: string) => Promise<string>): VirtualDocuments {
  const registration = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: (uri) => text(uri.path),
  });
  const uriOf = (path: string): vscode.Uri => vscode.Uri.from({ scheme, path });
  return {
    show: async (path) => {
      const document = await vscode.workspace.openTextDocument(uriOf(path));
      await vscode.window.showTextDocument(document, { preview: true });
    },
    diff: async (left, right, title) => {
      await vscode.commands.executeCommand('vscode.diff', uriOf(left), uriOf(right), title, { preview: true });
    },
    dispose: () => void registration.dispose(),
  };
}
