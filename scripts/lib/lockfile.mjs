import { readFile } from 'node:fs/promises';
import { inRoot } from './paths.mjs';

/**
 * `npm ci` refuses a lock file without the packages that only other platforms install. npm leaves them out silently where the
 * registry does not have them.
 * @returns {Promise<string[]>} the missing ones
 */
export async function missingFromLockfile() {
  const { packages } = JSON.parse(await readFile(inRoot('package-lock.json'), 'utf8'));
  const isLocked = (/** @type {string} */ folder, /** @type {string} */ name) => {
    for (let parent = folder; ; parent = parent.slice(0, Math.max(0, parent.lastIndexOf('/node_modules/')))) {
      if (packages[`${parent === '' ? '' : `${parent}/`}node_modules/${name}`] !== undefined) return true;
      if (parent === '') return false;
    }
  };
  return Object.entries(packages).flatMap(([folder, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !isLocked(folder, name)),
  );
}
