import { existsSync } from 'node:fs';
import { runPackage } from './exec.mjs';
import { inRoot } from './paths.mjs';

/** The parts of the project with settings of their own: Node's world and the browser's. */
const PROJECTS = ['.', 'src/renderer', 'src/panels/chart-editor/view', 'test/browser', 'test/user'];

/** @returns {Promise<{ ok: boolean, output: string }>} */
export async function typecheck() {
  const projects = PROJECTS.filter((folder) => existsSync(inRoot(folder, 'tsconfig.json')));
  const results = await Promise.all(
    projects.map((folder) => runPackage(['typescript', 'tsc'], ['-p', folder, '--pretty', 'false'], { capture: true })),
  );
  return { ok: results.every(({ code }) => code === 0), output: results.map(({ output }) => output).join('') };
}
