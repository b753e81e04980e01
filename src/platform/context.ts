import path from 'node:path';
import * as vscode from 'vscode';

/** Path of a file of the extension, for what reads it outside of VS Code's file system: worker threads. */
export function extensionFile(context: vscode.ExtensionContext, ...parts: string[]): string {
  return path.join(context.extensionUri.fsPath, ...parts);
}

/** Where to keep what belongs to the workspace; for an empty window, what belongs to the extension. */
export function storageFolder(context: vscode.ExtensionContext): vscode.Uri {
  return context.storageUri ?? context.globalStorageUri;
}

/** Where checkpoints of the workspace are kept; null when that is not on this machine. */
export function checkpointFolder(context: vscode.ExtensionContext): string | null {
  const storage = storageFolder(context);
  return storage.scheme === 'file' || storage.scheme === 'vscode-userdata' ? path.join(storage.fsPath, 'checkpoints') : null;
}

export function isTestMode(context: vscode.ExtensionContext): boolean {
  return context.extensionMode === vscode.ExtensionMode.Test;
}
