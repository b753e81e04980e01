/**
 * `npm run sim:mutants [-- --only NAME --write]`: plants the bugs of test/mutants one after the other and looks whether the fault simulation catches
 * them. `--write` notes the run that caught each, which `npm test` plays first. Exit code 1 when one survives.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { inRoot } from './lib/paths.mjs';
import { ensureDependencies } from './lib/setup.mjs';

await ensureDependencies();
const { hunt, readMutants } = await import('./lib/simulation.mjs');

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, write: { type: 'boolean', default: false } } });
const mutants = (await readMutants()).filter(({ name }) => values.only?.includes(name) ?? true);
const waiting = [...mutants];
const lines = new Map();
let survived = 0;

async function work() {
  for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
    const caught = await hunt(mutant, { witness: !values.write });
    if (caught === null) survived++;
    else if (values.write && caught.replay !== null) {
      const file = inRoot('test/mutants', `${mutant.name}.json`);
      const parsed = { ...JSON.parse(await readFile(file, 'utf8')), witness: caught.replay };
      await writeFile(file, `${JSON.stringify(parsed, null, 2)}\n`);
    }
    const how =
      caught === null
        ? 'SURVIVED'
        : `${caught.stage.padEnd(11)} ${String(caught.run).padStart(6)} ${caught.seconds.toFixed(1).padStart(6)} s  ${caught.problem.slice(0, 90)}`;
    lines.set(mutant.name, `${mutant.name.padEnd(30)} ${how}`);
    console.log(lines.get(mutant.name));
  }
}
await Promise.all([work(), work()]);
console.log(`\n${'mutant'.padEnd(30)} ${'stage'.padEnd(11)} ${'run'.padStart(6)} ${'time'.padStart(8)}  what did not hold`);
for (const { name } of mutants) console.log(lines.get(name));
console.log(`${mutants.length - survived} of ${mutants.length} caught`);
if (survived > 0) process.exitCode = 1;
