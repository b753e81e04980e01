import { mkdir, readFile, rm, stat } from 'node:fs/promises';
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
  await mkdir(OUT, { recursive: true });
  // There is no repository address yet that the README's relative links could be completed with.
  const links = { allowMissingRepository: true, rewriteRelativeLinks: false };
  await createVSIX({ cwd: ROOT, packagePath: file, dependencies: false, ...links });
  const problems = [];
  for (const [name, budget] of Object.entries(BUDGETS)) {
    const { size } = await stat(name === 'vsix' ? file : inRoot(name));
    const line = `${name}: ${(size / 1000).toFixed(0)} kB of at most ${budget / 1000} kB`;
    console.log(line);
    if (size > budget) problems.push(`Too large: ${line}`);
  }
  for (const name of await listFiles({ cwd: ROOT, dependencies: false })) {
    if (!PACKAGED.test(name.replaceAll('\\', '/')) || name.endsWith('.map')) problems.push(`Does not belong into the VSIX: ${name}`);
  }
  return { file, problems };
}
