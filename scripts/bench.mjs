/**
 * `npm run bench -- checkpoint [--backend NAME,…] [--only PART,…] [--rounds N] [--json]`: the cost of checkpoints, and of going on from one.
 * `npm run bench -- replay`: moving in a recorded run.
 * `npm run bench -- engine [--records N] [--keys N] [--rounds N]`: the engine beside a hand-written loop, rxjs and DuckDB, on the same job.
 * `npm run bench -- operators [--only TEXT] [--rounds N]`: every operator beside its hand-written loop.
 * Rounds are interleaved and every run has a process of its own, so that a busy machine hurts all alike; read the ratios.
 * Ends with exit code 1 when a variant comes to other sums than the loop.
 */
import { parseArgs } from 'node:util';
import { run } from './lib/exec.mjs';
import { inRoot } from './lib/paths.mjs';
import { ensureDependencies } from './lib/setup.mjs';

const NODE_FLAGS = ['--max-old-space-size=4096'];

/** @param {readonly number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** The engine is measured as it is shipped: bundled, not through a TypeScript loader. @param {string} name */
async function bundle(name) {
  const { build } = await import('esbuild');
  const options = { bundle: true, platform: 'node', target: 'node20', minify: true, keepNames: true, logLevel: 'warning' };
  // A file of the bundle must not take itself for the one that was started.
  const define = { 'import.meta.filename': '""' };
  await build({ ...options, define, entryPoints: [inRoot(`bench/${name}.ts`)], outfile: inRoot(`out/bench/${name}.mjs`), format: 'esm' });
  // Of the state backends, beside it.
  const thread = { entryPoints: [inRoot('engine/node/state/state-thread.ts')], outfile: inRoot('out/bench/state-thread.cjs') };
  await build({ ...options, ...thread, format: 'cjs', packages: 'external' });
}

/** @param {string} name @param {number} records @param {number} keys */
async function measure(name, records, keys) {
  const args = [...NODE_FLAGS, inRoot('bench/run.mjs'), name, String(records), String(keys)];
  const { code, output } = await run(process.execPath, args, { capture: true });
  const line = output.trim().split('\n').at(-1) ?? '';
  if (code !== 0 || !line.startsWith('{')) throw new Error(`${name} failed with exit code ${code}:\n${output}`);
  return JSON.parse(line);
}

async function benchEngine({ records, keys, rounds }) {
  const { VARIANTS } = await import('../bench/variants.mjs');
  await bundle('engine');
  const names = Object.keys(VARIANTS);
  const runs = new Map(names.map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const name of names) runs.get(name).push(await measure(name, records, keys));
    const speeds = names.map((name) => `${name} ${(records / runs.get(name).at(-1).seconds / 1e6).toFixed(1)}`);
    console.log(`round ${round} of ${rounds}, M records/s: ${speeds.join(' · ')}`);
  }
  const reference = runs.get(names[0]);
  const ratio = (name, measure) => median(runs.get(name).map((result, round) => reference[round][measure] / result[measure]));
  console.log(`\n${records.toLocaleString('en')} records, ${keys.toLocaleString('en')} keys; medians of ${rounds} interleaved rounds`);
  console.log(
    `${'variant'.padEnd(18)}${'M records/s'.padStart(12)}${'ratio'.padStart(8)}${'by CPU time'.padStart(13)}   results, count, sum, check`,
  );
  let different = 0;
  const sums = ({ results, count, sum, check }) => `${results}, ${count}, ${sum}, ${check}`;
  for (const name of names) {
    const speed = median(runs.get(name).map(({ seconds }) => records / seconds / 1e6));
    const same = runs.get(name).every((result) => sums(result) === sums(reference[0]));
    if (!same) different++;
    const columns = [
      speed.toFixed(2).padStart(12),
      ratio(name, 'seconds').toFixed(3).padStart(8),
      ratio(name, 'cpu').toFixed(3).padStart(13),
    ];
    console.log(`${name.padEnd(18)}${columns.join('')}   ${same ? '' : 'DIFFERENT: '}${sums(runs.get(name)[0])}`);
  }
  return different === 0 ? 0 : 1;
}

/** One that measures and prints by itself. @param {string} name @param {readonly string[]} args */
async function benchAlone(name, args) {
  await bundle(name);
  const { code } = await run(process.execPath, [...NODE_FLAGS, inRoot(`out/bench/${name}.mjs`), ...args]);
  return code;
}

/** What benchmarks that measure by themselves take. @type {Readonly<Record<string, (values: any, rounds: number) => string[]>>} */
const ALONE = {
  checkpoint: ({ backend, only, json }, rounds) => [`--backend=${backend}`, ...named(only, rounds), ...(json ? ['--json'] : [])],
  operators: ({ only }, rounds) => named(only, rounds),
  replay: () => [],
};

/** @param {string | undefined} only @param {number} rounds */
const named = (only, rounds) => [`--rounds=${rounds}`, ...(only === undefined ? [] : [`--only=${only}`])];

await ensureDependencies();
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    records: { type: 'string', default: '10000000' },
    keys: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
    backend: { type: 'string', default: 'hashmap' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const options = { records: Number(values.records), keys: Number(values.keys), rounds: Number(values.rounds) };
const valid = Object.values(options).every((value) => Number.isInteger(value) && value > 0);
const [name] = positionals;
if (positionals.length !== 1 || (name !== 'engine' && !Object.hasOwn(ALONE, name)) || !valid) {
  console.error(
    [
      'Usage: npm run bench -- engine [--records N] [--keys N] [--rounds N]',
      '       npm run bench -- operators [--only TEXT] [--rounds N]',
      '       npm run bench -- checkpoint [--backend NAME,…] [--only PART,…] [--rounds N] [--json]',
      '       npm run bench -- replay',
    ].join('\n'),
  );
  process.exitCode = 2;
} else {
  process.exitCode = name === 'engine' ? await benchEngine(options) : await benchAlone(name, ALONE[name](values, options.rounds));
}
