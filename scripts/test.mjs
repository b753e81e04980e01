/**
 * `npm test [-- --only STAGE[,STAGE]]`: everything that has to hold, from a fresh clone on. Goes on after a failing stage;
 * the last line is "N passed, N failed".
 */
import { parseArgs } from 'node:util';
import { ensureDependencies } from './lib/setup.mjs';

await ensureDependencies();
const { run } = await import('./lib/exec.mjs');
const { check, runStages } = await import('./lib/stages.mjs');
const { runMocha } = await import('./lib/mocha.mjs');

/**
 * Work of a stage is loaded when the stage runs, so that a broken stage fails alone. In a step the long stages come first: the short
 * ones fill what is left of the last lane.
 */
const STEPS = [
  [
    check('build', async () => {
      const { build } = await import('./lib/build.mjs');
      return build({ production: true }).then(
        () => ({ ok: true }),
        (error) => ({ ok: false, output: `${error.message}\n` }),
      );
    }),
  ],
  [
    { name: 'simulation', run: async () => (await import('./lib/simulation.mjs')).simulationStage(0) },
    { name: 'simulation', run: async () => (await import('./lib/simulation.mjs')).simulationStage(1) },
    {
      name: 'browser',
      run: async () => {
        const { findChromium } = await import('./lib/chromium.mjs');
        return runMocha('browser', ['test/browser/**/*.test.ts'], { capture: true, env: { CHROMIUM: await findChromium() } });
      },
    },
    { name: 'engine', run: () => runMocha('engine', ['test/engine/**/*.test.ts'], { capture: true }) },
    { name: 'unit', run: () => runMocha('unit', ['test/unit/**/*.test.ts'], { capture: true }) },
    { name: 'debugger', run: async () => (await import('./lib/debugger-tests.mjs')).debuggerStage() },
    check('lint', async () => (await import('./lib/lint.mjs')).lint({ capture: true })),
    check('golden', async () => {
      const { code, output } = await run(process.execPath, ['scripts/golden.mjs', 'test/golden'], { capture: true });
      return { ok: code === 0, output };
    }),
  ],
  [
    check('package', async () => {
      const { packageExtension } = await import('./lib/package.mjs');
      const { problems } = await packageExtension({ fresh: false });
      return { ok: problems.length === 0, output: problems.map((problem) => `${problem}\n`).join('') };
    }),
  ],
  // Its windows are two at a time.
  [{ name: 'workbench', run: async () => (await import('./lib/workbench.mjs')).runWorkbenchTests() }],
];

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const names = STEPS.flat().map(({ name }) => name);
const only = values.only?.split(',') ?? names;
const unknown = only.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`No such stage: ${unknown.join(', ')}. There are ${[...new Set(names)].join(', ')}.`);
  process.exit(2);
}
const chosen = STEPS.map((stages) => stages.filter(({ name }) => only.includes(name)));
process.exitCode = (await runStages(chosen)) ? 0 : 1;
