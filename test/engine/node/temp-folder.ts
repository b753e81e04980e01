import { closeSync, fstatSync, mkdirSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { OpenFileByPath } from '../../../engine/node/file-feed.ts';

/** A folder of files that exists while a test runs. */
export class TempFolder {
  readonly path = mkdtempSync(path.join(tmpdir(), 'streambook-test-'));

  write(name: string, content: string | Uint8Array): string {
    const file = path.join(this.path, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Reads at once, so that no virtual time passes in a read. */
export const openAtOnce: OpenFileByPath = async (file) => {
  const handle = openSync(file, 'r');
  return {
    read: async (buffer, offset, length, position) => ({ bytesRead: readSync(handle, buffer, offset, length, position) }),
    stat: async () => fstatSync(handle),
    close: async () => closeSync(handle),
  };
};
