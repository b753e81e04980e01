/** Plays cases of the fault simulation; started by scripts/sim.mjs, bundled. The last line of its output is the result as JSON. */
import { parseArgs } from 'node:util';
import { parseCase, STAGES } from './cases.ts';
import { Measures, play, playStage, type Result } from './campaign.ts';

// Nobody looks at the places where operators were made, and finding them takes longer than anything else.
Error.stackTraceLimit = 0;

const { values } = parseArgs({
  options: {
    stage: { type: 'string', multiple: true, default: [...STAGES] },
    every: { type: 'string', multiple: true, default: ['1'] },
    part: { type: 'string', default: '0/1' },
    'max-failures': { type: 'string', default: '20' },
    replay: { type: 'string', multiple: true, default: [] },
  },
});

const measures = new Measures();
if (values.replay.length > 0) await replay(values.replay);
else await stages();

async function replay(texts: readonly string[]): Promise<void> {
  const problems: (string | null)[] = [];
  for (const text of texts) problems.push((await play(parseCase(text), measures)).problem);
  console.log(JSON.stringify(problems));
}

async function stages(): Promise<void> {
  const [part = 0, parts = 1] = values.part.split('/').map(Number);
  const results: Result[] = [];
  for (const [at, name] of values.stage.entries()) {
    const stage = STAGES.find((one) => one === name);
    if (stage === undefined) throw new Error(`There is no stage “${name}”; there are ${STAGES.join(', ')}.`);
    const every = Number(values.every[at] ?? values.every[0] ?? 1);
    const result = await playStage(stage, { every, part, parts }, Number(values['max-failures']), measures);
    results.push(result);
  }
  console.log(JSON.stringify(results));
}
