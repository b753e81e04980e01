/**
 * `npm run sim [-- --stage singles/1 …]`: jobs over a disk that fails at every operation; see docs/fault-model.md. Exit code 1 when something does not hold.
 * `npm run sim:nightly`: every case there is, which takes about ten minutes on two cores.
 * `npm run sim -- --seeds 100000 [--first 20001]`: so many random cases, from that one on.
 * `npm run sim -- --replay "WORLD SEED SCHEDULE PLAN [WISHES]"`: one run.
 */
import { parseArgs } from 'node:util';
import { ensureDependencies } from './lib/setup.mjs';

await ensureDependencies();
const { bundleSimulation, formatReport, playInParts, runSimulation } = await import('./lib/simulation.mjs');

const { values } = parseArgs({
  options: {
    stage: { type: 'string', multiple: true },
    nightly: { type: 'boolean', default: false },
    seeds: { type: 'string' },
    first: { type: 'string', default: '1' },
    replay: { type: 'string' },
  },
});
const rest = values.nightly ? ['errors', 'requests', 'seeds'] : ['errors/10', 'requests/5', 'seeds/5'];
const stages =
  values.stage ?? (values.seeds === undefined ? ['singles', 'pairs', 'flips', 'lies', 'starved', 'outside', ...rest] : ['seeds']);
const seeds = values.seeds === undefined ? undefined : `${values.first}-${Number(values.first) + Number(values.seeds) - 1}`;
const bundle = await bundleSimulation();
if (values.replay === undefined) {
  const report = await playInParts(bundle, stages, seeds);
  console.log(formatReport(report));
  if (report.broken !== null || report.results.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
} else {
  const { replayed, broken } = await runSimulation(bundle, [`--replay=${values.replay}`]);
  const problem = broken ?? replayed[0] ?? null;
  console.log(problem ?? 'Everything holds.');
  if (problem !== null) process.exitCode = 1;
}
