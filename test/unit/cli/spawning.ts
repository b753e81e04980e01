import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildWhenChanged, bundlePath } from '../../dist.ts';

const folders: string[] = [];

/** Writes files into a new folder and returns it. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'streambook-cli-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Removes what `folderWith` made. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A notebook of these cells: `id=NAME` first where there is one. */
export function notebookOf(...cells: readonly string[]): string {
  return `# A notebook\n\n${cells.map((cell) => `\`\`\`ts${cell.startsWith('\n') ? '' : ' '}${cell}\n\`\`\`\n`).join('\nText.\n\n')}`;
}

before(() => {
  buildWhenChanged('cli.mjs');
});

/** Starts the real command in `cwd`. */
export function start(cwd: string, ...args: readonly string[]): ChildProcessWithoutNullStreams {
  return startWith([], cwd, ...args);
}

/** The same with options of Node. */
export function startWith(nodeOptions: readonly string[], cwd: string, ...args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [...nodeOptions, bundlePath('cli.mjs'), ...args], { cwd });
}

export interface Ended {
  /** 130 also for a process that SIGINT ended, as in a shell. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Waits for the end of a process and collects what it wrote. */
export function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code: signal === 'SIGINT' ? 130 : code, stdout, stderr })));
}

/** Runs the command on a notebook file to its end. */
export function streambook(command: string, file: string, ...args: readonly string[]): Promise<Ended> {
  return ended(start(dirname(file), command, file, ...args));
}
