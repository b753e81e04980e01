/** Plays cases of the fault simulation; started by scripts/lib/simulation.mjs, bundled. The last line of its output is JSON: a Report. */
import { parseArgs } from 'node:util';
import { parseCase, STAGES } from './cases.ts';
import { type Failure, Measures, play, playStage, type Result } from './campaign.ts';
import { WORLDS } from './worlds.ts';

/** What a process has to tell. */
interface Report {
  readonly results: readonly Result[];
  /** A world that does not even hold undisturbed. */
  readonly broken: string | null;
  /** Of replays, in order. */
  readonly replayed: readonly (string | null)[];
}

// Nobody looks at the places where operators were made, and finding them takes longer than anything else.
Error.stackTraceLimit = 0;

const { values } = parseArgs({
  options: {
    /** STAGE/EVERY, such as singles/7: every seventh case. */
    stage: { type: 'string', multiple: true, default: [] },
    /** FIRST-LAST: the random cases of stage `seeds`. */
    seeds: { type: 'string', default: '1-20000' },
    part: { type: 'string', default: '0/1' },
    'max-failures': { type: 'string', default: '20' },
    replay: { type: 'string', multiple: true, default: [] },
    /** Replays end at the first that does not hold. */
    first: { type: 'boolean', default: false },
  },
});

const measures = new Measures();
let report: Report = { results: [], broken: null, replayed: [] };
try {
  report = { ...report, replayed: await replay(values.replay), results: await stages(values.stage) };
} catch (error) {
  report = { ...report, broken: error instanceof Error ? error.message : String(error) };
}
console.log(JSON.stringify(report));

async function replay(texts: readonly string[]): Promise<readonly (string | null)[]> {
  const problems: (string | null)[] = [];
  for (const text of texts) {
    problems.push((await play(parseCase(text), measures)).problem);
    if (values.first && problems.at(-1) !== null) break;
  }
  return problems;
}

async function stages(texts: readonly string[]): Promise<readonly Result[]> {
  const [part = 0, parts = 1] = values.part.split('/').map(Number);
  const [first = 1, last = first] = values.seeds.split('-').map(Number);
  const seeds = { first, last };
  const results: Result[] = [];
  // What already shows without faults need not be looked for.
  if (texts.length > 0) for (const world of WORLDS) await measures.of(world);
  let failures: readonly Failure[] = [];
  for (const text of texts) {
    const [name, every = '1'] = text.split('/');
    const stage = STAGES.find((one) => one === name);
    if (stage === undefined) throw new Error(`There is no stage “${text}”; there are ${STAGES.join(', ')}.`);
    const left = Number(values['max-failures']) - failures.length;
    if (left <= 0) break;
    const result = await playStage(stage, { every: Number(every), part, parts }, left, measures, seeds);
    failures = [...failures, ...result.failures];
    results.push(result);
  }
  return results;
}
