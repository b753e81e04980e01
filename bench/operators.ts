/**
 * Every operator beside the loop that one would write by hand for the same job. Rounds are interleaved and each run has a process of its own; the
 * ratio of records per second is what counts, and both have to come to the same results.
 */
import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import type { StreamExecutionEnvironment } from '../engine/api/environment.ts';
import { createExecutor } from '../engine/runtime/executor.ts';
import type { JobProgram } from '../engine/runtime/job.ts';
import { median } from './checkpoint/rounds.ts';
import { type OperatorCase, Sum } from './operators/case.ts';
import { KEYED, MANY_KEYS } from './operators/keyed.ts';
import { MORE_WINDOWS } from './operators/more-windows.ts';
import { SESSIONS } from './operators/sessions.ts';
import { STATELESS } from './operators/stateless.ts';
import { TWO_INPUTS } from './operators/two-inputs.ts';
import { WINDOWS } from './operators/windows.ts';
import { generate } from './tight-loop.mjs';

const CASES: readonly OperatorCase[] = [...STATELESS, ...KEYED, ...WINDOWS, ...SESSIONS, ...MORE_WINDOWS, ...TWO_INPUTS, ...MANY_KEYS];
const DEFAULT_KEYS = 10_000;
const RECORDS_PER_STEP = 4_096;
const VARIANTS = ['loop', 'engine'] as const;

interface Measured {
  readonly seconds: number;
  /** Of the processor, seconds: what a busy machine does not change much. */
  readonly cpu: number;
  readonly results: number;
  readonly total: number;
  /** Most memory that the job's state took, bytes; 0 for a loop. */
  readonly stateBytes: number;
}

function runJob({ pipeline }: OperatorCase, data: ReturnType<typeof generate>, sum: Sum): number {
  const program: JobProgram<StreamExecutionEnvironment> = {
    name: 'bench',
    evaluate: (env) => pipeline(env, data, sum),
    locate: () => null,
  };
  const overrides = { 'streambook.state.max-size': '3 gb', 'streambook.state.max-window-size': '3 gb' };
  const started = createExecutor(program, { settings: {}, overrides, startTime: 0, journal: true });
  if (!started.ok) throw new Error(started.failure.message);
  const { executor } = started;
  let stateBytes = 0;
  for (let steps = 0; executor.step(RECORDS_PER_STEP) === 'progress'; steps++) {
    if (steps % 16 === 0) stateBytes = Math.max(stateBytes, executor.stateMemory().bytes);
  }
  if (executor.failure !== null) throw new Error(executor.failure.stack ?? executor.failure.message);
  executor.close();
  return stateBytes;
}

/** In a process of its own: the faster of two runs, as one line of JSON. */
function measureAlone(name: string, variant: string): Measured {
  const found = CASES.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no case is called "${name}"`);
  const data = generate(found.records, found.keys ?? DEFAULT_KEYS);
  let best: Measured | null = null;
  for (let repetition = 0; repetition < 2; repetition++) {
    const sum = new Sum();
    const begin = performance.now();
    const cpuBefore = process.cpuUsage();
    const stateBytes = variant === 'engine' ? runJob(found, data, sum) : (found.loop(data, sum), 0);
    const seconds = (performance.now() - begin) / 1_000;
    const { user, system } = process.cpuUsage(cpuBefore);
    const cpu = (user + system) / 1e6;
    if (best === null || cpu < best.cpu) best = { seconds, cpu, results: sum.results, total: sum.total, stateBytes };
  }
  if (best === null) throw new Error('nothing was measured');
  return best;
}

async function measure(name: string, variant: string): Promise<Measured> {
  const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, process.argv[1] ?? '', 'alone', name, variant]);
  // SAFETY: what `measureAlone` gave, printed below.
  return JSON.parse(stdout) as Measured;
}

async function measureAll(only: string | undefined, rounds: number): Promise<boolean> {
  const cases = CASES.filter(({ name }) => only === undefined || name.includes(only));
  let same = true;
  console.log(`medians of ${rounds} interleaved rounds`);
  console.log(
    `${'operator'.padEnd(44)}${'loop'.padStart(9)}${'engine'.padStart(9)}${'ratio'.padStart(8)}${'by CPU'.padStart(8)}${'state'.padStart(14)}`,
  );
  for (const { name, records, keys = DEFAULT_KEYS } of cases) {
    const loops: Measured[] = [];
    const jobs: Measured[] = [];
    for (let round = 0; round < rounds; round++) {
      loops.push(await measure(name, VARIANTS[0]));
      jobs.push(await measure(name, VARIANTS[1]));
    }
    const [loop, job] = [loops[0], jobs[0]];
    const speed = (runs: readonly Measured[]): number => records / median(runs.map(({ seconds }) => seconds)) / 1e6;
    const ratioOf = (what: 'seconds' | 'cpu'): string =>
      median(jobs.map((run, round) => (loops[round]?.[what] ?? Number.NaN) / run[what])).toFixed(3);
    const perKey = (job?.stateBytes ?? 0) / Math.min(keys, records);
    const equal = loop?.results === job?.results && loop?.total === job?.total;
    same &&= equal;
    console.log(
      `${name.padEnd(44)}${speed(loops).toFixed(2).padStart(9)}${speed(jobs).toFixed(2).padStart(9)}${ratioOf('seconds').padStart(8)}${ratioOf('cpu').padStart(8)}` +
        (perKey === 0 ? '' : `${perKey.toFixed(0)} B/key`).padStart(14) +
        (equal ? '' : `   DIFFERENT: ${loop?.results}, ${loop?.total} and ${job?.results}, ${job?.total}`),
    );
  }
  console.log('M records/s; by CPU: the ratio of the time of all threads on the processor; state: the most memory it took at once');
  return same;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, only: { type: 'string' } },
});
if (positionals[0] === 'alone') console.log(JSON.stringify(measureAlone(positionals[1] ?? '', positionals[2] ?? '')));
else if (!(await measureAll(values.only, Number(values.rounds)))) process.exitCode = 1;
