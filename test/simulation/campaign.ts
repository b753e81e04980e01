import type { Operation } from '../../engine/testkit/simulation/simulated-disk.ts';
import { type Case, casesOf, FAIR, formatCase, PAIRS_OF_OPERATION, type Recorded, type Seeds, singleFaults, type Stage } from './cases.ts';
import { Explorer, type Report } from './explorer.ts';
import { History } from './history.ts';
import { shrunk } from './seeds.ts';
import { judge, type Undisturbed, undisturbed, type Verdict } from './verdict.ts';
import { WORLDS, type World } from './worlds.ts';

/** Which cases of a stage are played: every `every`-th, dealt out to `parts` processes of which this is number `part`. */
export interface Share {
  readonly every: number;
  readonly part: number;
  readonly parts: number;
}

export interface Failure {
  readonly stage: Stage;
  readonly replay: string;
  readonly problem: string;
}

export interface Result {
  readonly stage: Stage;
  readonly cases: number;
  readonly played: number;
  /** Processes that were played for that, where cases share them; null = each case was played by itself. */
  readonly shared: number | null;
  readonly refused: number;
  readonly failures: readonly Failure[];
  readonly seconds: number;
}

/** What the worlds do undisturbed, worked out once per schedule. Throws when that is not as expected. */
export class Measures {
  readonly #known = new Map<string, Promise<Undisturbed>>();

  /** With the rows and the state of the fair schedule, which no schedule may change. */
  async of(world: World): Promise<Undisturbed> {
    return await this.#measure(world, FAIR);
  }

  readonly recorded: Recorded = async (world, schedule) => {
    const [fair, own] = [await this.of(world), await this.#measure(world, schedule)];
    if (own.digest !== fair.digest)
      throw new Error(`${world.name}: the state at the end depends on the schedule (${schedule.starved ?? 'fair'})`);
    return own;
  };

  #measure(world: World, schedule: Case['schedule']): Promise<Undisturbed> {
    const name = `${world.name} ${schedule.seed} ${schedule.starved ?? 'fair'}`;
    const measured = this.#known.get(name) ?? undisturbed(world, schedule);
    this.#known.set(name, measured);
    return measured;
  }
}

/** Every so many cases are played twice: the same case has the same history (P5). */
const TWICE_EVERY = 100;

/** Plays a case; gives what did not hold, or null. */
export async function play({ world, schedule, plan, wishes }: Case, measures: Measures, twice = false): Promise<Verdict> {
  try {
    const measure = await measures.of(world);
    const history = History.begin(world, schedule, measure.expected.committed, wishes);
    history.disk.expect(plan);
    const verdict = await judge(history, measure);
    if (twice) {
      const again = History.begin(world, schedule, measure.expected.committed, wishes);
      again.disk.expect(plan);
      await judge(again, measure);
      const same = again.actions === history.actions && again.disk.operations === history.disk.operations;
      if (!same) return { problem: 'played twice it has another history', refused: false, end: '' };
    }
    return verdict;
  } catch (error) {
    return { problem: error instanceof Error ? (error.stack ?? error.message) : String(error), refused: false, end: '' };
  }
}

/** Plays a stage; stops after `maxFailures`. */
export async function playStage(stage: Stage, share: Share, maxFailures: number, measures: Measures, seeds: Seeds): Promise<Result> {
  if ((stage === 'pairs' || stage === 'singles') && share.every <= SHARED_UP_TO)
    return await playShared(stage, share, maxFailures, measures);
  const start = performance.now();
  const failures: Failure[] = [];
  let cases = 0;
  let played = 0;
  let refused = 0;
  for await (const one of casesOf(stage, measures.recorded, seeds)) {
    const number = cases++;
    if (number % share.every !== 0 || (number / share.every) % share.parts !== share.part) continue;
    played++;
    const verdict = await play(one, measures, played % TWICE_EVERY === 0);
    if (verdict.refused) refused++;
    if (verdict.problem === null) continue;
    const least = stage === 'seeds' ? await shrunk(one, async (other) => (await play(other, measures)).problem !== null) : one;
    failures.push({ stage, replay: formatCase(least), problem: verdict.problem });
    if (failures.length >= maxFailures) break;
  }
  return { stage, cases, played, shared: null, refused, failures, seconds: (performance.now() - start) / 1000 };
}

/** Neighbours share the most: so many first operations of a world in a row are for the same process. */
const NEIGHBOURS = 19;
/** Of samples thinner than every so many cases the few that are left share too little. */
const SHARED_UP_TO = 10;
/** Every so many cases one is also played by itself, from its beginning, and has to come to the same. */
const ALONE_EVERY = { singles: 101, pairs: 1009 };

/** Plays the cases of a stage by their first operations, with all that cases share played once. */
async function playShared(
  stage: 'singles' | 'pairs',
  { every, part, parts }: Share,
  maxFailures: number,
  measures: Measures,
): Promise<Result> {
  const start = performance.now();
  const failures: Failure[] = [];
  let cases = 0;
  let played = 0;
  let shared = 0;
  const isFirst = ({ number }: Operation): boolean => {
    const block = Math.floor(number / NEIGHBOURS);
    return block % every === 0 && (block / every) % parts === part;
  };
  for (const world of WORLDS) {
    const measure = await measures.of(world);
    const { operations } = measure;
    const explorer = new Explorer(world, measure);
    const report: Report = async (plan, verdict) => {
      const one = { world, schedule: FAIR, plan, wishes: [] };
      const problem = ++played % ALONE_EVERY[stage] === 0 ? differing(verdict, await play(one, measures)) : verdict.problem;
      if (problem !== null) failures.push({ stage, replay: formatCase(one), problem });
      return failures.length < maxFailures;
    };
    if (stage === 'pairs') {
      cases += operations.length * PAIRS_OF_OPERATION;
      await explorer.pairs(isFirst, report);
    } else {
      cases += operations.reduce((sum, operation) => sum + singleFaults(operation).length, 0);
      await explorer.singles(isFirst, singleFaults, report);
    }
    shared += explorer.processes;
    if (failures.length >= maxFailures) break;
  }
  return { stage, cases, played, shared, refused: 0, failures, seconds: (performance.now() - start) / 1000 };
}

/** What did not hold, by both verdicts on the same case; they have to be the same. */
function differing(shared: Verdict, alone: Verdict): string | null {
  if (shared.problem === alone.problem && shared.end === alone.end) return alone.problem;
  return `played by itself it comes to another end: ${alone.problem ?? 'everything holds'}, not ${shared.problem ?? 'everything holds'}`;
}
