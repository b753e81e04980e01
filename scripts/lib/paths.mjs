import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root: every script works from here, wherever it was called from. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Files made by builds and tests that are not part of the package. */
export const OUT = path.join(ROOT, 'out');

/** @param {string[]} parts */
export const inRoot = (...parts) => path.join(ROOT, ...parts);
