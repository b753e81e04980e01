import * as vscode from 'vscode';
import type { FileStore } from './ports.ts';

/** Files in a folder of the extension's storage. */
export class VsCodeFileStore implements FileStore {
  readonly #folder: vscode.Uri;

  constructor(storage: vscode.Uri, name: string) {
    this.#folder = vscode.Uri.joinPath(storage, name);
  }

  async read(name: string): Promise<string | null> {
    try {
      return new TextDecoder().decode(await vscode.workspace.fs.readFile(this.#uri(name)));
    } catch (error) {
      if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') {
        return null;
      }
      throw error;
    }
  }

  async write(name: string, text: string): Promise<void> {
    const temporary = this.#uri(`${name}.part`);
    await vscode.workspace.fs.createDirectory(this.#folder);
    await vscode.workspace.fs.writeFile(temporary, new TextEncoder().encode(text));
    await vscode.workspace.fs.rename(temporary, this.#uri(name), { overwrite: true });
  }

  async delete(name: string): Promise<void> {
    await vscode.workspace.fs.delete(this.#uri(name));
  }

  async list(): Promise<readonly string[]> {
    try {
      const entries = await vscode.workspace.fs.readDirectory(this.#folder);
      const names = entries.map(([name]) => name).filter((name) => name.endsWith('.json'));
      const times = await Promise.all(names.map(async (name) => (await vscode.workspace.fs.stat(this.#uri(name))).mtime));
      return names
        .map((name, i) => ({ name, time: times[i] ?? 0 }))
        .sort((a, b) => b.time - a.time)
        .map(({ name }) => name);
    } catch {
      return [];
    }
  }

  #uri(name: string): vscode.Uri {
    return vscode.Uri.joinPath(this.#folder, name);
  }
}
