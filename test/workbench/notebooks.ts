/** Notebooks as the tests use them: by commands with a document and a range, never by focus. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { OutputState, RunPhase } from '../../src/output/types.ts';
import { OUTPUT_MIME } from '../../src/renderer/protocol.ts';
import { outside, until } from './outside.ts';

/** Where the samples and the tests' own notebooks are. */
export function workspaceFolder(): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) throw new Error('No folder is open.');
  return folder.uri.fsPath;
}

/** Opens a notebook of the workspace in an editor. */
export async function openNotebook(name: string, column = vscode.ViewColumn.One): Promise<vscode.NotebookDocument> {
  const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.file(path.join(workspaceFolder(), name)));
  await vscode.window.showNotebookDocument(notebook, { viewColumn: column, preview: false });
  return notebook;
}

/** Writes a notebook whose only `ts` cells are these, and opens it. */
export async function newNotebook(name: string, ...cells: readonly string[]): Promise<vscode.NotebookDocument> {
  const text = cells.map((cell) => `\`\`\`ts\n${cell}\n\`\`\`\n`).join('\n');
  await vscode.workspace.fs.writeFile(vscode.Uri.file(path.join(workspaceFolder(), name)), new TextEncoder().encode(text));
  return openNotebook(name);
}

/** Bytes of a file of the workspace. */
export function bytes(name: string): Buffer {
  return readFileSync(path.join(workspaceFolder(), name));
}

/** The first `ts` cell that contains a text. */
export function cellWith(notebook: vscode.NotebookDocument, text: string): vscode.NotebookCell {
  const cell = notebook.getCells().find((one) => one.kind === vscode.NotebookCellKind.Code && one.document.getText().includes(text));
  if (cell === undefined) throw new Error(`No cell of ${notebook.uri.path} contains ${text}.`);
  return cell;
}

const rangeOf = (cell: vscode.NotebookCell): object => ({
  document: cell.notebook.uri,
  ranges: [{ start: cell.index, end: cell.index + 1 }],
});

export async function execute(cell: vscode.NotebookCell): Promise<void> {
  await vscode.commands.executeCommand('notebook.cell.execute', rangeOf(cell));
}

export async function interrupt(cell: vscode.NotebookCell): Promise<void> {
  await vscode.commands.executeCommand('notebook.cell.cancelExecution', rangeOf(cell));
}

/** The states in the outputs of a cell, as they were last written. While a job runs the newest ones are only in the renderer. */
export function outputStates(cell: vscode.NotebookCell): OutputState[] {
  const items = cell.outputs.flatMap(({ items }) => items.filter(({ mime }) => mime === OUTPUT_MIME));
  return items.map(({ data }) => JSON.parse(new TextDecoder().decode(data)) as OutputState);
}

/** Waits until the first output of a cell is in one of these phases. */
export async function outputIn(cell: vscode.NotebookCell, ...phases: readonly RunPhase[]): Promise<OutputState> {
  const [state] = await until(
    `an output of cell ${cell.index} that is ${phases.join(' or ')}`,
    () => outputStates(cell),
    ([first]) => first !== undefined && phases.includes(first.status.phase),
    60,
  );
  if (state === undefined) throw new Error('unreachable');
  return state;
}

/** Waits until VS Code has marked the run of a cell as a success or not. */
export async function ended(cell: vscode.NotebookCell, success: boolean): Promise<void> {
  await until(
    'the end of the run',
    () => cell.executionSummary?.success,
    (found) => found === success,
  );
}

/** What the charts on screen look like, one text per chart: it changes when a chart moves. */
export async function charts(): Promise<string[]> {
  const seen = await outside('query', { where: 'outputs', selector: '.streambook .chart svg, .streambook .chart canvas' });
  return seen.filter(({ width, height }) => width > 0 && height > 0).map(({ html }) => html);
}

/** Brings a cell and its output on screen. */
export function reveal(cell: vscode.NotebookCell): void {
  const editor = vscode.window.visibleNotebookEditors.find(({ notebook }) => notebook === cell.notebook);
  editor?.revealRange(new vscode.NotebookRange(cell.index, cell.index + 1), vscode.NotebookEditorRevealType.AtTop);
}

export async function closeAll(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
