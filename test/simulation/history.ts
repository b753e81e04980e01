import { createHash } from 'node:crypto';
import type { CheckpointRef } from '../../engine/checkpoint/manifest.ts';
import type { LastFault } from '../../engine/testkit/simulation/disk-faults.ts';
import { Draws } from '../../engine/testkit/simulation/random.ts';
import { type Schedule, Scheduler } from '../../engine/testkit/simulation/scheduler.ts';
import { SimulatedClock } from '../../engine/testkit/simulation/simulated-clock.ts';
import { type Operation, SimulatedDisk } from '../../engine/testkit/simulation/simulated-disk.ts';
import { Invariants } from './invariants.ts';
import { STATE } from './machine.ts';
import { User } from './user.ts';
import { Viewer } from './viewer.ts';
import type { Wish } from './wishes.ts';
import type { Zombie } from './zombie.ts';
import type { World } from './worlds.ts';

/** ms since 1970 at which every simulated machine is switched on. */
const EPOCH = 1_700_000_000_000;
/** ms from one start of the machine to the next: longer than any process lives. */
const START_EVERY = 3_600_000;
/** ms from the start of the machine to that of the job: longer than it takes to open the checkpoints. */
const OPENED_AFTER = 60_000;
/** Makes seeds of few bits different in all of them. */
const SPREAD = 0x9e3779b1;

/** What a process lives on. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly clock: SimulatedClock;
}

/** A machine, and all that was seen of its job so far: what follows depends on nothing else, save the process that runs. */
export class History {
  readonly world: World;
  readonly schedule: Schedule;
  readonly disk: SimulatedDisk;
  readonly viewer: Viewer;
  readonly invariants: Invariants;
  /** The last checkpoint that the job said is complete. */
  published: CheckpointRef | null = null;
  /** The savepoints among them, and those that were pinned: but those that their user has given up. */
  readonly savepoints: CheckpointRef[] = [];
  /** What users do; with nothing of it many histories share their rest (Explorer). */
  readonly user: User;
  /** The last process that was believed dead: it may go on beside the next. */
  zombie: Zombie | null = null;
  /** Processes so far. */
  processes = 0;
  /** Processes in a row that ended badly though nothing went wrong. */
  since = 0;
  /** Actions of all processes. */
  actions = 0;

  private constructor(world: World, schedule: Schedule, disk: SimulatedDisk, viewer: Viewer, invariants: Invariants, user: User) {
    this.user = user;
    this.world = world;
    this.schedule = schedule;
    this.disk = disk;
    this.viewer = viewer;
    this.invariants = invariants;
  }

  /** `expected`: every row that is to be committed, as JSON. */
  static begin(world: World, schedule: Schedule, expected: readonly string[], wishes: readonly Wish[] = []): History {
    world.server?.begin();
    const disk = new SimulatedDisk([], new Draws(schedule.seed), STATE);
    // A disk makes the folder that it is for durable by itself: no one else can reach what is above.
    disk.tree.makeFolder(STATE);
    disk.tree.syncFolder('');
    const user = new User(wishes);
    return new History(world, schedule, disk, new Viewer(), new Invariants(expected, user.lines), user);
  }

  /** The same as it is now, without the process that runs. */
  fork(): History {
    const fork = new History(this.world, this.schedule, this.disk.fork(), this.viewer.fork(), this.invariants.fork(), new User([]));
    fork.published = this.published;
    fork.savepoints.push(...this.savepoints);
    fork.processes = this.processes;
    fork.since = this.since;
    fork.actions = this.actions;
    return fork;
  }

  /** As it would be had its process ended at an operation that was just done, and that nobody has looked at yet. */
  struck(operation: Operation, fault: LastFault): History {
    const fork = this.fork();
    fork.disk.strike(operation, fault);
    fork.invariants.onOperation(fork.disk, operation);
    fork.since = 0;
    return fork;
  }

  /**
   * The machine starts anew. Draws and clock depend on how often it has done so, and on nothing that was before: from the same disk a process does the same.
   */
  start(): Surroundings {
    const ordinal = this.processes++;
    const seed = this.schedule.seed + Math.imul(ordinal, SPREAD);
    this.disk.start(new Draws(seed ^ 0x5eed));
    const scheduler = new Scheduler({ seed, starved: this.schedule.starved });
    return { scheduler, clock: new SimulatedClock(scheduler, EPOCH + ordinal * START_EVERY) };
  }

  /** The job begins in a process that goes on after another: draws and clock do not depend on what it took to open the checkpoints either. */
  opened({ scheduler, clock }: Surroundings): void {
    if (this.processes === 1) return;
    scheduler.reseed(~this.schedule.seed + Math.imul(this.processes, SPREAD));
    clock.time = OPENED_AFTER;
  }

  /**
   * The same for histories between two processes that go on in the same way and come to the same verdict, if nothing goes wrong any more; with `power`
   * also when something does, the power included. How many operations there were is not in it.
   */
  key({ power }: { readonly power: boolean }): string {
    const { disk, viewer, invariants, published, savepoints, processes, since, schedule, world } = this;
    const flipped = disk.happened.some(({ fault }) => fault.kind === 'flip');
    const last = disk.happened.at(-1)?.fault.kind ?? null;
    return createHash('sha256')
      .update(JSON.stringify([world.name, schedule, processes, since, published, savepoints, flipped, last, [...disk.corrupted].sort()]))
      .update(viewer.key())
      .update(invariants.key())
      .update(power ? disk.tree.wholeKey() : disk.tree.visibleKey())
      .digest('base64');
  }
}
