import type { Fault, FaultPlan, LastFault } from '../../engine/testkit/simulation/disk-faults.ts';
import type { Operation } from '../../engine/testkit/simulation/simulated-disk.ts';
import { EIO, ENDING_FIRST, ENDING_SECOND, FAIR, PAIR_DISTANCE } from './cases.ts';
import { History } from './history.ts';
import { type End, playProcess } from './simulate.ts';
import { type Undisturbed, type Verdict, verdictOf } from './verdict.ts';
import type { World } from './worlds.ts';

/** A fault that has ended a process, and the machine after it. */
interface Struck {
  readonly at: number;
  readonly fault: LastFault;
  readonly history: History;
}

/** A second fault, and what became of the job. */
interface Second {
  readonly at: number;
  readonly fault: Fault;
  readonly verdict: Verdict;
}

/** Is told of each case once; false: no more of them. */
export type Report = (plan: FaultPlan, verdict: Verdict) => Promise<boolean>;

/** Where a first fault may be. */
export type IsFirst = (operation: Operation) => boolean;

/**
 * Plays all single faults and pairs of faults of a world without playing each case from its beginning. A process leaves at each of its operations what a crash there would leave,
 * so that one run of it serves all the faults that end it; and what follows is played once for all histories with the same key.
 */
export class Explorer {
  /** Processes that were played, some of them not to their end. */
  processes = 0;
  readonly #world: World;
  readonly #measure: Undisturbed;
  /** What becomes of a history in which nothing goes wrong any more, by its key. */
  readonly #rests = new Map<string, Verdict>();
  /** The same from where the checkpoints are open and the job has not begun. */
  readonly #jobs = new Map<string, Verdict>();
  /** Seconds that end a process, by the key of the history before it; `at` counts from the start of the process. */
  readonly #endings = new Map<string, readonly Second[]>();
  /** Seconds that are errors, in the same way: nothing that follows depends on what is durable. */
  readonly #errors = new Map<string, readonly Second[]>();
  /** Verdicts and keys of histories that several operations have left: one that only looks at the disk leaves what the one before it has. */
  readonly #verdicts = new WeakMap<History, Verdict>();
  readonly #keys = new WeakMap<History, { readonly whole: string; readonly visible: string }>();

  constructor(world: World, measure: Undisturbed) {
    this.#world = world;
    this.#measure = measure;
  }

  /** Every fault that `faultsOf` gives for an operation, alone. */
  async singles(isFirst: IsFirst, faultsOf: (operation: Operation) => readonly Fault[], report: Report): Promise<void> {
    const ending = await this.#struck(isFirst, (operation) => faultsOf(operation).filter(endsAfter));
    for (const operation of this.#measure.operations.filter(isFirst)) {
      const { number: at } = operation;
      for (const fault of faultsOf(operation)) {
        const history = endsAfter(fault) ? ending.shift()?.history : null;
        const verdict = history ? await this.#rest(history) : await this.#throughFaults(this.#begin([{ at, fault }]));
        if (!(await report([{ at, fault }], verdict))) return;
      }
    }
  }

  /** The pairs of stage `pairs`. */
  async pairs(isFirst: IsFirst, report: Report): Promise<void> {
    for (const { at, fault, history } of await this.#struck(isFirst, () => ENDING_FIRST)) {
      for (const second of [...(await this.#endingAfter(history)), ...(await this.#errorsAfter(history))]) {
        const then = { at: at + 1 + second.at, fault: second.fault };
        if (!(await report([{ at, fault }, then], second.verdict))) return;
      }
    }
    for (const { number: at } of this.#measure.operations.filter(isFirst)) {
      const first = { at, fault: EIO };
      for (const { verdict, ...second } of await this.#ending(this.#begin([first]), at + 1, at + 1 + PAIR_DISTANCE))
        if (!(await report([first, second], verdict))) return;
    }
  }

  /** What faults that end the first process leave, in the order of their operations. */
  async #struck(isFirst: IsFirst, faultsOf: (operation: Operation) => readonly LastFault[]): Promise<Struck[]> {
    const striking = new Striking();
    await this.#play(this.#begin([]), {
      onOperation: (now, operation) => striking.at(now, operation, isFirst(operation) ? faultsOf(operation) : []),
    });
    return striking.struck;
  }

  async #endingAfter(history: History): Promise<readonly Second[]> {
    const { whole: key } = this.#keysOf(history);
    const known = this.#endings.get(key);
    if (known !== undefined) return known;
    const start = history.disk.operations;
    const seconds = await this.#ending(history.fork(), start, start + PAIR_DISTANCE);
    const relative = seconds.map((second) => ({ ...second, at: second.at - start }));
    this.#endings.set(key, relative);
    return relative;
  }

  async #errorsAfter(history: History): Promise<readonly Second[]> {
    const { visible: key } = this.#keysOf(history);
    const known = this.#errors.get(key);
    if (known !== undefined) return known;
    const seconds: Second[] = [];
    for (let at = 0; at < PAIR_DISTANCE; at++) {
      const fork = history.fork();
      fork.disk.expect([{ at: history.disk.operations + at, fault: EIO }]);
      const verdict = await this.#throughFaults(fork);
      seconds.push({ at, fault: EIO, verdict });
    }
    this.#errors.set(key, seconds);
    return seconds;
  }

  /** Seconds that end a process, at operations from `from` to before `until`, numbered from the first operation of all. Uses the history up. */
  async #ending(history: History, from: number, until: number): Promise<readonly Second[]> {
    const striking = new Striking();
    const end = await this.#play(history, {
      onOperation(now, operation) {
        const { number: at } = operation;
        striking.at(now, operation, at >= from && at < until ? ENDING_SECOND : []);
      },
    });
    const seconds: Second[] = [];
    for (const { at, fault, history: left } of striking.struck) seconds.push({ at, fault, verdict: await this.#rest(left) });
    const { operations } = history.disk;
    if (operations >= until) return seconds;
    if (end === null) return [...seconds, ...(await this.#ending(history, from, until))];
    // Where no operation is left for the second fault it does not happen.
    const verdict = await verdictOf(history, end, this.#measure);
    for (let at = operations; at < until; at++) seconds.push(...ENDING_SECOND.map((fault) => ({ at, fault, verdict })));
    return seconds;
  }

  /** Goes on through all that is to go wrong. Uses the history up. */
  async #throughFaults(history: History): Promise<Verdict> {
    const end = await this.#play(history);
    if (end !== null) return await verdictOf(history, end, this.#measure);
    return history.disk.quiet ? await this.#rest(history) : await this.#throughFaults(history);
  }

  /** As `#playRest`, once for each history. */
  async #rest(history: History): Promise<Verdict> {
    const known = this.#verdicts.get(history);
    if (known !== undefined) return known;
    const verdict = await this.#playRest(history);
    this.#verdicts.set(history, verdict);
    return verdict;
  }

  #keysOf(history: History): { readonly whole: string; readonly visible: string } {
    const keys = this.#keys.get(history) ?? { whole: history.key({ power: true }), visible: history.key({ power: false }) };
    this.#keys.set(history, keys);
    return keys;
  }

  /** Goes on to the end, when nothing goes wrong any more. Uses the history up. */
  async #playRest(history: History): Promise<Verdict> {
    const { problem } = history.invariants;
    if (problem !== null) return { problem, refused: false, end: '' };
    const key = history.key({ power: false });
    const known = this.#rests.get(key);
    if (known !== undefined) return known;
    history.disk.expect([]);
    const verdict = await this.#opened(history);
    this.#rests.set(key, verdict);
    return verdict;
  }

  /** The same, shared from where a process has opened the checkpoints: it remembers no more of how it came there than the key says. */
  async #opened(history: History): Promise<Verdict> {
    const job: { key: string | null } = { key: null };
    let end: End | null = null;
    while (end === null) {
      end = await this.#play(history, {
        onOpened: (now, run, from) => {
          if (job.key !== null) return true;
          job.key = JSON.stringify([run, from, now.key({ power: false })]);
          return !this.#jobs.has(job.key);
        },
      });
      const known = job.key === null ? undefined : this.#jobs.get(job.key);
      if (known !== undefined) return known;
    }
    const verdict = await verdictOf(history, end, this.#measure);
    if (job.key !== null) this.#jobs.set(job.key, verdict);
    return verdict;
  }

  #play(...[history, listener]: Parameters<typeof playProcess>): ReturnType<typeof playProcess> {
    this.processes++;
    return playProcess(history, listener);
  }

  #begin(plan: FaultPlan): History {
    const history = History.begin(this.#world, FAIR, this.#measure.expected.committed);
    history.disk.expect(plan);
    return history;
  }
}

const LOOKING: ReadonlySet<Operation['verb']> = new Set(['read', 'size', 'list']);

/** Collects what faults that end a process leave, operation after operation. */
class Striking {
  readonly struck: Struck[] = [];
  /** What the faults of the last operation have left, and what else there was then. */
  #last: { readonly left: ReadonlyMap<LastFault, History>; readonly shown: string; readonly published: History['published'] } | null = null;

  /** An operation was done, and nobody has looked yet at what it did. */
  at(now: History, operation: Operation, faults: readonly LastFault[]): void {
    const { published } = now;
    const shown = now.viewer.key();
    const same = LOOKING.has(operation.verb) && this.#last?.shown === shown && this.#last.published === published;
    const known = same ? this.#last?.left : undefined;
    const left = new Map<LastFault, History>();
    for (const fault of faults) {
      const history = known?.get(fault) ?? now.struck(operation, fault);
      left.set(fault, history);
      this.struck.push({ at: operation.number, fault, history });
    }
    this.#last = { left, shown, published };
  }
}

/** Whether a fault leaves what its operation does, at the end of the process. */
function endsAfter(fault: Fault): fault is LastFault {
  return fault.kind === 'power' || fault.kind === 'flip' || (fault.kind === 'crash' && !fault.half);
}
