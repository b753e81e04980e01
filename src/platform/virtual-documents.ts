import * as vscode from 'vscode';
import type { DocumentAddress, VirtualDocuments } from './tree-ports.ts';

/** Read-only documents whose text is made when they are opened. */
export function registerDocuments(scheme: string, text: (key: string) => Promise<string>): VirtualDocuments {
  const registration = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: (uri) => text(uri.query),
  });
  const uriOf = ({ path, key }: DocumentAddress): vscode.Uri => vscode.Uri.from({ scheme, path, query: key });
  return {
    show: async (address) => {
      const document = await vscode.workspace.openTextDocument(uriOf(address));
      await vscode.window.showTextDocument(document, { preview: true });
    },
    diff: async (left, right, title) => {
      await vscode.commands.executeCommand('vscode.diff', uriOf(left), uriOf(right), title, { preview: true });
    },
    active: () => {
      const uri = vscode.window.activeTextEditor?.document.uri;
      return uri?.scheme === scheme ? uri.query : null;
    },
    dispose: () => void registration.dispose(),
  };
}
