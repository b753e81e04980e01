import {
  type Fault,
  type FaultPlan,
  formatPlan,
  type LastFault,
  parsePlan,
  POWER_VARIANTS,
} from '../../engine/testkit/simulation/disk-faults.ts';
import { ACTION_KINDS, type Schedule } from '../../engine/testkit/simulation/scheduler.ts';
import type { Operation } from '../../engine/testkit/simulation/simulated-disk.ts';
import { STATE } from './machine.ts';
import { caseOfSeed } from './seeds.ts';
import { BEGINNINGS, formatWishes, parseWishes, REQUESTS, type Wish } from './wishes.ts';
import { OUTSIDE_WORLDS, WORLDS, type World } from './worlds.ts';

/** One run of the simulation. */
export interface Case {
  readonly world: World;
  readonly schedule: Schedule;
  readonly plan: FaultPlan;
  /** What users do meanwhile. */
  readonly wishes: readonly Wish[];
}

export const STAGES = ['singles', 'flips', 'lies', 'pairs', 'errors', 'starved', 'requests', 'outside', 'seeds'] as const;
export type Stage = (typeof STAGES)[number];

/** The schedule of stages that are not about schedules. */
export const FAIR: Schedule = { seed: 1, starved: null };
/** Operations between the two faults of a pair, at most. */
export const PAIR_DISTANCE = 40;
/** Operations between two changes at rest that are tried. */
const FLIP_EVERY = 4;

const CRASH: LastFault = { kind: 'crash', half: false };
export const EIO: Fault = { kind: 'error', code: 'EIO', effect: 'none' };
const POWER: LastFault = { kind: 'power', variant: { names: 'none', bytes: 'none' } };
const POWER_WITH_NAMES: LastFault = { kind: 'power', variant: { names: 'all', bytes: 'none' } };
const POWER_WITH_ZEROS: Fault = { kind: 'power', variant: { names: 'all', bytes: 'zeros' } };

/** First and second faults of pairs that end the process; EIO is the other kind there is. */
export const ENDING_FIRST: readonly LastFault[] = [CRASH, POWER];
export const ENDING_SECOND: readonly LastFault[] = [CRASH, POWER, POWER_WITH_NAMES];

/** Pairs with the same first operation. */
export const PAIRS_OF_OPERATION = PAIR_DISTANCE * ((ENDING_FIRST.length + 1) * ENDING_SECOND.length + ENDING_FIRST.length);

/** What an undisturbed run of a world did under a schedule. */
export type Recorded = (world: World, schedule: Schedule) => Promise<{ readonly operations: readonly Operation[]; readonly files: number }>;

/** Which random cases there are. */
export interface Seeds {
  readonly first: number;
  readonly last: number;
}

/** All cases of a stage, always in the same order. */
export async function* casesOf(stage: Stage, recorded: Recorded, seeds: Seeds): AsyncIterableIterator<Case> {
  if (stage === 'seeds') {
    for (let seed = seeds.first; seed <= seeds.last; seed++) yield caseOfSeed(seed);
    return;
  }
  for (const world of stage === 'outside' ? OUTSIDE_WORLDS : WORLDS) {
    if (stage === 'starved') {
      for (const starved of ACTION_KINDS) {
        const schedule: Schedule = { seed: 1, starved };
        const { operations } = await recorded(world, schedule);
        for (const { number } of operations)
          for (const fault of [CRASH, POWER, EIO]) yield { world, schedule, plan: [{ at: number, fault }], wishes: [] };
      }
      continue;
    }
    const { operations, files } = await recorded(world, FAIR);
    if (stage === 'requests') {
      for (const { number } of operations) for (const wishes of wishesAfter(number)) yield { world, schedule: FAIR, plan: [], wishes };
      continue;
    }
    for (const plan of plansOf(stage, operations, files)) yield { world, schedule: FAIR, plan, wishes: [] };
  }
}

function* plansOf(
  stage: Exclude<Stage, 'starved' | 'requests' | 'seeds'>,
  operations: readonly Operation[],
  files: number,
): IterableIterator<FaultPlan> {
  for (const operation of operations) {
    const at = operation.number;
    switch (stage) {
      case 'singles':
      case 'outside':
        for (const fault of singleFaults(operation)) yield [{ at, fault }];
        break;
      case 'flips':
        if (at % FLIP_EVERY === 0) for (let file = 0; file < files; file++) yield [{ at, fault: { kind: 'flip', file } }];
        break;
      case 'lies':
        if (operation.verb !== 'syncFile' || !operation.path.startsWith(STATE)) break;
        for (let distance = 1; distance <= PAIR_DISTANCE; distance++) {
          for (const fault of [POWER_WITH_NAMES, POWER_WITH_ZEROS])
            yield [
              { at, fault: { kind: 'lie' } },
              { at: at + distance, fault },
            ];
        }
        break;
      case 'pairs':
        for (let distance = 1; distance <= PAIR_DISTANCE; distance++) {
          for (const fault of ENDING_SECOND) for (const first of [...ENDING_FIRST, EIO]) yield pair(at, first, distance, fault);
          for (const first of ENDING_FIRST) yield pair(at, first, distance, EIO);
        }
        break;
      case 'errors':
        for (let distance = 1; distance <= PAIR_DISTANCE; distance++) yield pair(at, EIO, distance, EIO);
    }
  }
}

function pair(at: number, first: Fault, distance: number, second: Fault): FaultPlan {
  return [
    { at, fault: first },
    { at: at + distance, fault: second },
  ];
}

/** Everything that can go wrong at one operation, so that it makes a difference to the operation before. */
export function singleFaults({ verb }: Operation): readonly Fault[] {
  const faults: Fault[] = [CRASH, EIO];
  if (verb === 'read' || verb === 'size' || verb === 'list') return faults;
  faults.push({ kind: 'error', code: 'EIO', effect: 'whole' });
  for (const variant of POWER_VARIANTS) faults.push({ kind: 'power', variant });
  if (verb === 'makeFolder') faults.push({ kind: 'error', code: 'ENOSPC', effect: 'none' });
  if (verb !== 'create' && verb !== 'append') return faults;
  faults.push({ kind: 'crash', half: true }, { kind: 'error', code: 'ENOSPC', effect: 'half' });
  return faults;
}

/** Every request right after an operation; and a stop there, after which a run begins in each other way. */
function* wishesAfter(after: number): IterableIterator<readonly Wish[]> {
  for (const request of REQUESTS) yield [{ after, request }];
  for (const beginning of BEGINNINGS) {
    const wish: Wish = { run: beginning === 'discard' ? 1 : 2, beginning };
    for (const request of ['stop', 'successor'] as const) yield [{ after, request }, wish];
  }
}

/** On one line, as `parseCase` reads it. */
export function formatCase({ world, schedule, plan, wishes }: Case): string {
  const text = `${world.name} ${schedule.seed} ${schedule.starved ?? 'fair'} ${formatPlan(plan)}`;
  return wishes.length > 0 ? `${text} ${formatWishes(wishes)}` : text;
}

/** Throws Error for a text that is no case. */
export function parseCase(text: string): Case {
  const [name, seed, schedule, plan = '', wishes] = text.trim().split(/\s+/);
  const world = [...WORLDS, ...OUTSIDE_WORLDS].find((one) => one.name === name);
  const starved = ACTION_KINDS.find((kind) => kind === schedule) ?? null;
  if (world === undefined || !/^\d+$/.test(seed ?? '') || (starved === null && schedule !== 'fair')) {
    throw new Error(`“${text}” is no case: it has a world, a seed, “fair” or what is starved, and a plan of faults, and perhaps wishes.`);
  }
  return {
    world,
    schedule: { seed: Number(seed), starved },
    plan: parsePlan(plan),
    wishes: wishes === undefined ? [] : parseWishes(wishes),
  };
}
