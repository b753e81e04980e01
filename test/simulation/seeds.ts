import { type Fault, POWER_VARIANTS } from '../../engine/testkit/simulation/disk-faults.ts';
import { Draws } from '../../engine/testkit/simulation/random.ts';
import { ACTION_KINDS } from '../../engine/testkit/simulation/scheduler.ts';
import type { Case } from './cases.ts';
import { BEGINNINGS, REQUESTS, type Wish } from './wishes.ts';
import { WORLDS } from './worlds.ts';

/** Operations among which faults and requests are drawn: a little more than a job without faults has. */
const OPERATIONS = 700;
const MAX_FAULTS = 3;
const MAX_REQUESTS = 4;
const MAX_BEGINNINGS = 3;
/** One schedule in so many starves something. */
const STARVED_EVERY = 3;

const FAULTS: readonly Fault[] = [
  { kind: 'crash', half: false },
  { kind: 'crash', half: true },
  { kind: 'error', code: 'EIO', effect: 'none' },
  { kind: 'error', code: 'EIO', effect: 'whole' },
  { kind: 'error', code: 'ENOSPC', effect: 'half' },
  ...POWER_VARIANTS.map((variant): Fault => ({ kind: 'power', variant })),
];

/** A world, a schedule, faults and wishes, all drawn from a number. Each kind of fault, request and beginning is left out of half of the cases. */
export function caseOfSeed(seed: number): Case {
  const draws = new Draws(Math.imul(seed, 0x9e3779b1));
  const some = <T>(all: readonly T[]): readonly T[] => all.filter(() => draws.below(2) === 0);
  const one = <T>(all: readonly T[]): T | null => all[draws.below(Math.max(1, all.length))] ?? null;
  const world = one(WORLDS);
  if (world === null) throw new Error('There are no worlds.');
  const starved = draws.below(STARVED_EVERY) === 0 ? one(ACTION_KINDS) : null;
  const [faults, requests, beginnings] = [some(FAULTS), some(REQUESTS), some(BEGINNINGS)];
  const plan = Array.from({ length: draws.below(MAX_FAULTS + 1) }, () => ({ at: draws.below(OPERATIONS), fault: one(faults) }));
  const asked = Array.from({ length: draws.below(MAX_REQUESTS + 1) }, () => ({ after: draws.below(OPERATIONS), request: one(requests) }));
  const begun = Array.from({ length: draws.below(MAX_BEGINNINGS + 1) }, () => ({ run: 1 + draws.below(4), beginning: one(beginnings) }));
  return {
    world,
    schedule: { seed, starved },
    plan: plan.flatMap(({ at, fault }) => (fault === null ? [] : [{ at, fault }])).sort((a, b) => a.at - b.at),
    wishes: [
      ...asked.flatMap(({ after, request }): readonly Wish[] => (request === null ? [] : [{ after, request }])),
      ...begun.flatMap(({ run, beginning }): readonly Wish[] => (beginning === null ? [] : [{ run, beginning }])),
    ],
  };
}

/**
 * The same failure with less: as long as one can do without a fault, a wish or the schedule of the case, it does. `fails` plays a case.
 */
export async function shrunk(found: Case, fails: (one: Case) => Promise<boolean>): Promise<Case> {
  for (let one = found; ; ) {
    const smaller = smallerThan(one);
    let next: Case | null = null;
    for (const candidate of smaller) {
      if (!(await fails(candidate))) continue;
      next = candidate;
      break;
    }
    if (next === null) return one;
    one = next;
  }
}

function smallerThan({ world, schedule, plan, wishes }: Case): readonly Case[] {
  const without = <T>(all: readonly T[]): readonly (readonly T[])[] => all.map((_, at) => all.filter((_, other) => other !== at));
  const calmer = [
    ...(schedule.starved === null ? [] : [{ ...schedule, starved: null }]),
    ...(schedule.seed === 1 ? [] : [{ ...schedule, seed: 1 }]),
  ];
  return [
    ...without(plan).map((fewer) => ({ world, schedule, plan: fewer, wishes })),
    ...without(wishes).map((fewer) => ({ world, schedule, plan, wishes: fewer })),
    ...calmer.map((other) => ({ world, schedule: other, plan, wishes })),
  ];
}
