import { type Case, casesOf, FAIR, formatCase, type Recorded, type Stage } from './cases.ts';
import { judge, type Undisturbed, undisturbed } from './verdict.ts';
import type { World } from './worlds.ts';

/** Which cases of a stage are played: every `every`-th, dealt out to `parts` processes of which this is number `part`. */
export interface Share {
  readonly every: number;
  readonly part: number;
  readonly parts: number;
}

export interface Failure {
  readonly stage: Stage;
  /** Number of the case among all of its stage. */
  readonly number: number;
  readonly replay: string;
  readonly problem: string;
}

export interface Result {
  readonly stage: Stage;
  readonly cases: number;
  readonly played: number;
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
export async function play(
  one: Case,
  measures: Measures,
  twice = false,
): Promise<{ readonly problem: string | null; readonly refused: boolean }> {
  try {
    const { problem, story } = await judge(one.world, one.schedule, one.plan, await measures.of(one.world));
    if (twice) {
      const again = await judge(one.world, one.schedule, one.plan, await measures.of(one.world));
      const same = again.story.scheduler.actions === story.scheduler.actions && again.story.disk.operations === story.disk.operations;
      if (!same) return { problem: 'played twice it has another history', refused: false };
    }
    return { problem, refused: story.end.kind === 'refused' };
  } catch (error) {
    return { problem: error instanceof Error ? (error.stack ?? error.message) : String(error), refused: false };
  }
}

/** Plays a stage; stops after `maxFailures`. */
export async function playStage(stage: Stage, share: Share, maxFailures: number, measures: Measures): Promise<Result> {
  const start = performance.now();
  const failures: Failure[] = [];
  let cases = 0;
  let played = 0;
  let refused = 0;
  for await (const one of casesOf(stage, measures.recorded)) {
    const number = cases++;
    if (number % share.every !== 0 || (number / share.every) % share.parts !== share.part) continue;
    played++;
    const verdict = await play(one, measures, played % TWICE_EVERY === 0);
    if (verdict.refused) refused++;
    if (verdict.problem === null) continue;
    failures.push({ stage, number, replay: formatCase(one), problem: verdict.problem });
    if (failures.length >= maxFailures) break;
  }
  return { stage, cases, played, refused, failures, seconds: (performance.now() - start) / 1000 };
}
