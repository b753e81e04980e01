import type * as vscode from 'vscode';
import { type StreambookExtension, startExtension } from './notebook/start.ts';
import type { StreambookTestApi } from './notebook/test-api.ts';

let extension: StreambookExtension | null = null;

/** Starts the extension. Gives a test API in test mode only. */
export function activate(context: vscode.ExtensionContext): StreambookTestApi | undefined {
  extension = startExtension(context);
  return extension.testApi;
}

/** Keeps outputs and ends jobs before the window closes. */
export async function deactivate(): Promise<void> {
  await extension?.close();
  extension = null;
}
