/** What VS Code starts in its extension host: runs the chosen suites under mocha and hands in the results. */
import path from 'node:path';
import { outside, seesPage } from './outside.ts';

export async function run(): Promise<void> {
  const { suites } = await outside('settings', {});
  // An ES module: this file is bundled as CommonJS, which is what VS Code loads.
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({ ui: 'bdd', timeout: 180_000, reporter: 'spec', color: false, forbidOnly: true });
  for (const suite of suites) mocha.addFile(path.join(__dirname, `${suite}.cjs`));
  mocha.rootHooks({
    async afterEach(this: Mocha.Context) {
      const test = this.currentTest;
      if (test?.state !== 'failed' || !(await seesPage())) return;
      await outside('screenshot', { name: `failed-${test.fullTitle().replaceAll(/\W+/g, '-')}` });
    },
  });
  const skipped: string[] = [];
  const failures: string[] = [];
  const stats = await new Promise<Mocha.Stats | undefined>((resolve) => {
    const runner = mocha.run(() => {
      resolve(runner.stats);
    });
    runner.on('pending', (test) => skipped.push(test.fullTitle()));
    runner.on('fail', (test, error: Error) => failures.push(`${test.fullTitle()}\n${error.stack ?? error.message}`));
  });
  await outside('results', { passed: stats?.passes ?? 0, failed: stats?.failures ?? 0, skipped, failures });
}
