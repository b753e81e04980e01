/** The Checkpoints view as a user drives it: rows on screen, clicks, keys. */
import * as vscode from 'vscode';
import { outside, type Seen, until } from './outside.ts';

/** Rows of the sidebar on screen, as text. */
export async function rows(): Promise<readonly string[]> {
  const seen: readonly Seen[] = await outside('query', { where: 'page', selector: '.part.sidebar .monaco-list-row' });
  return seen.map(({ text }) => text.replaceAll(/\s+/g, ' ').trim());
}

/** Shows the view. */
export async function showCheckpoints(): Promise<void> {
  await vscode.commands.executeCommand('streambook.checkpoints.focus');
  await vscode.commands.executeCommand('streambook.checkpoints.refresh');
}

/** Opens rows until one with the last text is there. */
export async function expandTo(...texts: readonly string[]): Promise<void> {
  for (const [at, text] of texts.entries()) {
    await until(`a row ${text}`, rows, (found) => found.some((row) => row.includes(text)));
    const next = texts[at + 1];
    if (next === undefined) return;
    await until(`a row ${next} below ${text}`, async () => {
      if ((await rows()).some((row) => row.includes(next))) return true;
      // While the view is refreshed a click may come to nothing.
      await outside('click', { where: 'page', selector: '.part.sidebar .monaco-list-row[aria-expanded=false]', text });
      return false;
    });
  }
}
