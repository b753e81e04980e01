import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { withLock } from './lock.mjs';

/** The folder for large things that are needed once per machine, where the system wants such things. */
export function userCacheFolder() {
  const home = os.homedir();
  switch (process.platform) {
    case 'darwin':
      return path.join(home, 'Library/Caches/streambook');
    case 'win32':
      return path.join(process.env.LOCALAPPDATA ?? path.join(home, 'AppData/Local'), 'streambook');
    default:
      return path.join(process.env.XDG_CACHE_HOME || path.join(home, '.cache'), 'streambook');
  }
}

/**
 * A folder of the user cache that is filled once. It appears whole or not at all: it is filled under another name and then renamed,
 * and two processes that want it wait for each other.
 * @param {string} name
 * @param {string} recipe what it is made of; a folder made of something else is replaced
 * @param {(folder: string) => Promise<void>} fill
 * @returns {Promise<string>} the folder
 */
export async function cachedFolder(name, recipe, fill) {
  const folder = path.join(userCacheFolder(), name);
  const marker = path.join(folder, 'ready');
  const isReady = () =>
    readFile(marker, 'utf8').then(
      (text) => text === recipe,
      () => false,
    );
  if (await isReady()) return folder;
  await withLock(
    `${folder}.lock`,
    async () => {
      if (await isReady()) return;
      const temporary = `${folder}.new`;
      await rm(temporary, { recursive: true, force: true });
      await mkdir(temporary, { recursive: true });
      try {
        await fill(temporary);
        await writeFile(path.join(temporary, 'ready'), recipe);
        await rm(folder, { recursive: true, force: true });
        await rename(temporary, folder);
      } finally {
        await rm(temporary, { recursive: true, force: true });
      }
    },
    (holder) => console.log(`Waiting for process ${holder}, which prepares ${folder} …`),
  );
  return folder;
}
