import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { JobBundles } from '../host/real-jobs.ts';
import { SHAPES } from './shapes.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** `npm run memory` runs all of them; with all tests those run that are quick and stand for the others. */
const CHOSEN = process.env['MEMORY_SHAPES'] === 'all' ? SHAPES : SHAPES.filter(({ quick }) => quick === true);

describe('Cells that use more and more memory', () => {
  let bundles: JobBundles;
  const ends = new Map<string, string>();
  let exitCode: number | null = null;

  before('in one process, one after the other', async function () {
    this.timeout(30_000 + 60_000 * CHOSEN.length);
    bundles = await JobBundles.make();
    const host = fileURLToPath(new URL('host.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', host, bundles.file('worker'), ...CHOSEN.map(({ name }) => name)], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let written = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      written += text;
    });
    exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
    for (const line of written.split('\n').filter((text) => text.startsWith('{'))) {
      const { name, end }: { readonly name: string; readonly end: string } = JSON.parse(line);
      ends.set(name, end);
    }
  });

  after(() => bundles.folder.remove());

  for (const { name, says } of CHOSEN) {
    it(`fail their job and say what happened: ${name}`, () => {
      assert.match(ends.get(name) ?? 'the process has died', says);
    });
  }

  it('leave the process that runs them alive', () => assert.equal(exitCode, 0));
});
