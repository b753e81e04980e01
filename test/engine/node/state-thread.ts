import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** The thread of state backends as JavaScript, which a worker can run: below the project, so that it finds the modules there. */
export async function bundleStateThread(): Promise<URL> {
  const root = path.join(import.meta.dirname, '../../..');
  const outfile = path.join(root, 'out/test/state-thread.cjs');
  const entryPoints = [path.join(root, 'engine/node/state/state-thread.ts')];
  await build({ entryPoints, outfile, bundle: true, packages: 'external', platform: 'node', format: 'cjs', target: 'node20' });
  return pathToFileURL(outfile);
}
