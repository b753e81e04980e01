import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { run } from './exec.mjs';
import { inRoot, OUT } from './paths.mjs';

/**
 * @typedef {object} Mutant a bug that is planted: it replaces `find`, which occurs exactly once in `file`
 * @property {string} name
 * @property {string} what
 * @property {string} file
 * @property {string} find
 * @property {string} replace
 * @property {string} [witness] a case of the simulation that caught it
 *
 * @typedef {{ stage: string, replay: string, problem: string }} Failure
 * @typedef {{ stage: string, cases: number, played: number, shared: number | null, refused: number, failures: readonly Failure[], seconds: number }} Result
 * @typedef {{ results: readonly Result[], broken: string | null, replayed: readonly (string | null)[] }} Report
 */

/** @returns {Promise<readonly Mutant[]>} */
export async function readMutants() {
  const folder = inRoot('test/mutants');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    files.map(async (file) => ({ name: path.basename(file, '.json'), ...JSON.parse(await readFile(path.join(folder, file), 'utf8')) })),
  );
}

/**
 * Bundles the simulation, with a bug or without. The bug is in the bundle only.
 * @param {Mutant | null} [mutant]
 * @param {string} [name] of the bundle
 * @returns {Promise<string>} the bundle
 */
export async function bundleSimulation(mutant = null, name = mutant?.name ?? 'right') {
  const outfile = path.join(OUT, 'simulation', `${name}.mjs`);
  const target = mutant === null ? null : inRoot(mutant.file);
  let applied = 0;
  const plant = {
    name: 'plant',
    /** @param {import('esbuild').PluginBuild} setup */
    setup(setup) {
      setup.onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
        if (mutant === null || file !== target) return undefined;
        const parts = (await readFile(file, 'utf8')).split(mutant.find);
        if (parts.length !== 2) throw new Error(`its text occurs ${parts.length - 1} times in ${mutant.file}, not once`);
        applied++;
        return { contents: parts.join(mutant.replace), loader: 'ts' };
      });
    },
  };
  await build({
    entryPoints: [inRoot('test/simulation/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
    plugins: [plant],
  }).catch((error) => {
    throw new Error(`The mutant ${mutant?.name} cannot be planted: ${error.message}`);
  });
  if (mutant !== null && applied !== 1)
    throw new Error(`The mutant ${mutant.name} was not planted: the simulation does not use ${mutant.file}.`);
  return outfile;
}

/**
 * @param {string} bundle
 * @param {readonly string[]} args
 * @returns {Promise<Report>}
 */
export async function runSimulation(bundle, args) {
  const { code, output } = await run(process.execPath, ['--max-semi-space-size=64', bundle, ...args], { capture: true });
  const line = output.trim().split('\n').at(-1) ?? '';
  // A mutant may take the whole process with it; the simulation itself never does.
  if (code !== 0 || !line.startsWith('{')) return { results: [], broken: `exit code ${code}: ${output.slice(-500)}`, replayed: [] };
  return JSON.parse(line);
}

/** Processes among which the simulation is divided. */
const PARTS = 2;

/**
 * Plays stages, divided among processes.
 * @param {string} bundle
 * @param {readonly string[]} stages
 * @param {string} [seeds] as the option of main.ts
 * @returns {Promise<Report>}
 */
export async function playInParts(bundle, stages, seeds = '1-20000') {
  const reports = await Promise.all(
    Array.from({ length: PARTS }, (_, part) =>
      runSimulation(bundle, [...stages.map((stage) => `--stage=${stage}`), `--seeds=${seeds}`, `--part=${part}/${PARTS}`]),
    ),
  );
  const results = stages.map((stage) => {
    const name = stage.split('/')[0];
    const both = reports.flatMap((report) => report.results.filter((result) => result.stage === name));
    const sum = (/** @type {'played' | 'refused'} */ field) => both.reduce((total, result) => total + result[field], 0);
    return {
      stage: name ?? '',
      cases: both[0]?.cases ?? 0,
      played: sum('played'),
      shared: both.some(({ shared }) => shared !== null) ? both.reduce((total, { shared }) => total + (shared ?? 0), 0) : null,
      refused: sum('refused'),
      failures: both.flatMap(({ failures }) => failures),
      seconds: Math.max(0, ...both.map(({ seconds }) => seconds)),
    };
  });
  return { results, broken: reports.find(({ broken }) => broken !== null)?.broken ?? null, replayed: [] };
}

/** @param {Report} report */
export function formatReport({ results, broken }) {
  const lines = broken === null ? [] : [`The simulation did not come to its end: ${broken}`];
  for (const { stage, cases, played, shared, refused, failures, seconds } of results) {
    const rest = refused > 0 ? `, ${refused} refused damaged files` : '';
    const by = shared === null ? '' : ` by ${shared} processes`;
    lines.push(`${stage.padEnd(8)} ${played} of ${cases} cases${by} in ${seconds.toFixed(1)} s${rest}, ${failures.length} failed`);
    for (const { replay, problem } of failures.slice(0, 5)) lines.push(`  ${problem}`, `    npm run sim -- --replay "${replay}"`);
  }
  return lines.join('\n');
}

/** Every stage in samples first: most bugs are caught long before all was played. */
const SAMPLES = ['singles/5', 'flips/11', 'lies/29', 'starved/41', 'pairs/301', 'errors/301', 'requests/61', 'outside/61', 'seeds/50'];
const HUNT = [...SAMPLES, 'singles', 'pairs', 'starved/7', 'flips/2', 'lies/3', 'errors/13', 'requests/5', 'outside/5', 'seeds/5'];

/** Operations by which a witness is moved, as a change of the engine moves them. */
const MOVES = [0, ...Array.from({ length: 8 }, (_, at) => [at + 1, -at - 1]).flat()];

/** @param {string} witness @returns {readonly string[]} the case, and the same a little earlier and later */
function witnessesAround(witness) {
  const moved = (/** @type {number} */ by) => witness.replace(/(?<!@)\b(\d+):/g, (_, at) => `${Math.max(0, Number(at) + by)}:`);
  return MOVES.map(moved);
}

/**
 * @typedef {{ stage: string, run: number, seconds: number, problem: string, replay: string | null }} Caught
 *
 * Looks for a case that catches a mutant.
 * @param {Mutant} mutant
 * @param {{ witness: boolean, stages?: readonly string[] }} options `witness`: the case that caught it before is tried first
 * @returns {Promise<Caught | null>} null = it survived
 */
export async function hunt(mutant, { witness, stages = HUNT }) {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const bundle = await bundleSimulation(mutant);
  if (witness && mutant.witness !== undefined) {
    const cases = witnessesAround(mutant.witness);
    const { replayed, broken } = await runSimulation(bundle, ['--first', ...cases.map((text) => `--replay=${text}`)]);
    const at = replayed.findIndex((problem) => problem !== null);
    const problem = broken ?? replayed[at] ?? null;
    if (problem !== null) return { stage: 'witness', run: Math.max(0, at) + 1, seconds: seconds(), problem, replay: cases[at] ?? null };
  }
  const { results, broken } = await runSimulation(bundle, [...stages.map((stage) => `--stage=${stage}`), '--max-failures=1']);
  if (broken !== null) return { stage: 'undisturbed', run: 1, seconds: seconds(), problem: broken, replay: null };
  const run = results.reduce((total, { played }) => total + played, 0);
  const failure = results.at(-1)?.failures[0];
  return failure === undefined ? null : { stage: failure.stage, run, seconds: seconds(), problem: failure.problem, replay: failure.replay };
}

/** What `npm test` plays: every single fault, and of the rest a sample that is always the same. */
const TEST_STAGES = ['singles', 'pairs/20', 'errors/97', 'flips/7', 'lies/13', 'starved/23', 'requests/61', 'outside/61', 'seeds/25'];

/**
 * A part of what `npm test` simulates: the right program holds, and every planted bug is caught.
 * @param {number} part 0 or 1
 * @returns {Promise<import('./stages.mjs').StageResult>}
 */
export async function simulationStage(part) {
  const report = await runSimulation(await bundleSimulation(null, `right-${part}`), [
    ...TEST_STAGES.map((stage) => `--stage=${stage}`),
    `--part=${part}/${PARTS}`,
  ]);
  let output = `${formatReport(report)}\n`;
  const failed = report.results.filter(({ failures }) => failures.length > 0).length;
  if (report.broken !== null) return { passed: 0, failed: 1, output };
  const mutants = (await readMutants()).filter((_, index) => index % PARTS === part);
  const survivors = [];
  for (const mutant of mutants) {
    if ((await hunt(mutant, { witness: true, stages: SAMPLES })) === null) survivors.push(mutant.name);
  }
  output += `${mutants.length - survivors.length} of ${mutants.length} planted bugs were caught\n`;
  for (const name of survivors) output += `  ${name} was not: npm run sim:mutants -- --only ${name} --write looks further\n`;
  return {
    passed: TEST_STAGES.length - failed + mutants.length - survivors.length,
    failed: failed + survivors.length,
    output,
  };
}
