import { cp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createVSIX, listFiles } from '@vscode/vsce';
import { build } from './build.mjs';
import { BUDGETS } from './bundles.mjs';
import { inRoot, OUT, ROOT } from './paths.mjs';

/** What a VSIX may hold: everything else is a mistake in .vscodeignore. */
const PACKAGED = /^(dist\/|media\/|syntaxes\/|l10n\/|package(\.nls(\.[\w-]+)?)?\.json$|(readme\.md|license|license\.txt|changelog\.md)$)/i;

/**
 * Packs the extension.
 * @param {{ fresh?: boolean }} [options] `fresh: false` packs what a production build left in dist/
 * @returns {Promise<{ file: string, problems: string[] }>} `problems`: budgets that are exceeded and files that do not belong in it
 */
export async function packageExtension({ fresh = true } = {}) {
  if (fresh) {
    await rm(inRoot('dist'), { recursive: true, force: true });
    await build({ production: true });
  }
  const { version } = JSON.parse(await readFile(inRoot('package.json'), 'utf8'));
  const file = path.join(OUT, `streambook-${version}.vsix`);
  const names = await listFiles({ cwd: ROOT, dependencies: false });
  const staged = await stage(names);
  await createVSIX({ cwd: staged, packagePath: file, dependencies: false, allowMissingRepository: true, rewriteRelativeLinks: false });
  const problems = [];
  for (const [name, budget] of Object.entries(BUDGETS)) {
    const { size } = await stat(name === 'vsix' ? file : inRoot(name));
    const line = `${name}: ${(size / 1000).toFixed(0)} kB of at most ${budget / 1000} kB`;
    console.log(line);
    if (size > budget) problems.push(`Too large: ${line}`);
  }
  for (const name of names) {
    if (!PACKAGED.test(name.replaceAll('\\', '/')) || name.endsWith('.map')) problems.push(`Does not belong into the VSIX: ${name}`);
  }
  return { file, problems };
}

/**
 * Lays out what is packed, with a README for those who have the extension and not its sources. VS Code shows the README at the extension's root only, and
 * follows no link to a file of the repository.
 * @param {string[]} names
 * @returns {Promise<string>} the folder
 */
async function stage(names) {
  const folder = path.join(OUT, 'vsix');
  await rm(folder, { recursive: true, force: true });
  for (const name of names) await cp(inRoot(name), path.join(folder, name));
  for (const [from, to] of [
    ['docs/extension-readme.md', 'README.md'],
    ['CHANGELOG.md', 'CHANGELOG.md'],
  ]) {
    const text = await readFile(inRoot(from), 'utf8');
    await writeFile(path.join(folder, to), text.replaceAll(/!?\[([^\]]*)\]\((?!https?:)[^)]*\)/g, '$1'));
  }
  return folder;
}
