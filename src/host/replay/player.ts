import type { RunnerClock } from '../../../engine/node/runner-clock.ts';
import type { Timeline } from '../../../engine/observe/timeline.ts';
import { PaceClock, type PacePlan, planPace } from '../../../engine/runtime/pace-clock.ts';
import type { Pace } from '../../../engine/runtime/pace.ts';
import type { ReplayAction } from '../../output/types.ts';
import type { ReplayStart } from '../protocol.ts';

/** How long moving may keep the event loop, ms: requests are answered in between. */
const SLICE = 8;
/** Records between two looks at the clock. */
const RECORDS_AT_ONCE = 256;
/** Playing moves on so often, ms. */
const FRAME = 33;

/** What a player does: nothing, playing, going somewhere, or looking for the next result. */
type Goal =
  | { readonly kind: 'rest' }
  | { readonly kind: 'play'; readonly clock: PaceClock }
  | { readonly kind: 'go'; readonly to: number | 'end'; readonly then: 'rest' | 'play' }
  | { readonly kind: 'next-output'; readonly rows: number };

/** What a player uses of a timeline. */
type PlayedTimeline = Pick<Timeline, 'approach' | 'step' | 'position' | 'first' | 'last' | 'atEnd' | 'executor'>;

export interface PlayerOptions {
  readonly timeline: PlayedTimeline;
  readonly pace: Pace;
  readonly clock: RunnerClock;
  readonly start: ReplayStart;
  /** The position or the state has changed; between steps. `rests`: nothing will change by itself. */
  readonly onMoved: (rests: boolean) => void;
}

/** Plays a timeline, or goes where it is told: a little at a time, so that the thread answers meanwhile. */
export class ReplayPlayer {
  readonly #options: PlayerOptions;
  #pace: Pace;
  #goal: Goal;
  #stopped = false;
  #wake: (() => void) | null = null;

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#pace = options.pace;
    const { start } = options;
    this.#goal =
      start === 'play'
        ? this.#play()
        : start === 'end'
          ? { kind: 'go', to: 'end', then: 'rest' }
          : { kind: 'go', to: start.record, then: 'play' };
  }

  get state(): 'playing' | 'paused' | 'moving' {
    const { kind } = this.#goal;
    return kind === 'rest' ? 'paused' : kind === 'play' ? 'playing' : 'moving';
  }

  /** Plays until `stop`. Rejects with what the timeline throws. Call once. */
  async run(): Promise<void> {
    const { clock, onMoved } = this.#options;
    while (!this.#isStopped()) {
      const goal = this.#goal;
      const wait = this.#work(goal);
      onMoved(this.#goal.kind === 'rest');
      if (wait > 0 && this.#goal === goal) await this.#sleep(wait);
      else await clock.yield();
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  setPace(pace: Pace): void {
    this.#pace = pace;
    if (this.#goal.kind === 'play') this.#set(this.#play());
  }

  perform(action: ReplayAction): void {
    const { timeline } = this.#options;
    const isPlaying = this.#goal.kind === 'play' || (this.#goal.kind === 'go' && this.#goal.then === 'play');
    switch (action.kind) {
      case 'play':
        return this.#set(timeline.atEnd ? { kind: 'go', to: timeline.first, then: 'play' } : this.#play());
      case 'pause':
        return this.#set({ kind: 'rest' });
      case 'step':
        return this.#set({ kind: 'go', to: timeline.position >= timeline.last ? 'end' : timeline.position + 1, then: 'rest' });
      case 'step-back':
        return this.#set({ kind: 'go', to: timeline.atEnd ? timeline.last : timeline.position - 1, then: 'rest' });
      case 'next-output':
        return this.#set({ kind: 'next-output', rows: rowsOf(timeline) });
      case 'seek':
        return this.#set({ kind: 'go', to: action.to, then: isPlaying ? 'play' : 'rest' });
      case 'run-from':
        return this.#set({ kind: 'go', to: action.record, then: 'play' });
    }
  }

  #set(goal: Goal): void {
    this.#goal = goal;
    this.#wake?.();
  }

  /** A method, because the field changes while others run. */
  #isStopped(): boolean {
    return this.#stopped;
  }

  #play(): Goal {
    return { kind: 'play', clock: new PaceClock(this.#plan()) };
  }

  #plan(): PacePlan {
    const { first, last } = this.#options.timeline;
    // What was recorded is known to its end: its records are as good a measure of all of it as any.
    if (this.#pace.kind === 'duration') return { axis: 'records', rate: Math.max(1, last - first) / this.#pace.milliseconds };
    return planPace(this.#pace, null, false);
  }

  /** Does some of what there is to do; gives for how many ms there is nothing more. */
  #work(goal: Goal): number {
    switch (goal.kind) {
      case 'rest':
        return Number.POSITIVE_INFINITY;
      case 'go':
        if (this.#slice(() => !this.#options.timeline.approach(goal.to, RECORDS_AT_ONCE)))
          this.#goal = goal.then === 'play' ? this.#play() : { kind: 'rest' };
        return 0;
      case 'next-output':
        if (this.#slice(() => this.#toNextOutput(goal.rows))) this.#goal = { kind: 'rest' };
        return 0;
      case 'play':
        return this.#playOn(goal.clock);
    }
  }

  /** Calls `more` while it says so and there is time; true when it says no more. */
  #slice(more: () => boolean): boolean {
    const { clock } = this.#options;
    for (const end = clock.elapsed() + SLICE; clock.elapsed() < end; ) if (!more()) return true;
    return false;
  }

  #toNextOutput(rows: number): boolean {
    const { timeline } = this.#options;
    return timeline.step() && rowsOf(timeline) === rows;
  }

  #playOn(pace: PaceClock): number {
    const { timeline, clock } = this.#options;
    if (timeline.atEnd) {
      this.#goal = { kind: 'rest' };
      return 0;
    }
    if (pace.plan.axis === 'none') {
      this.#slice(() => !timeline.approach('end', RECORDS_AT_ONCE));
      return 0;
    }
    const now = clock.elapsed();
    const isByTime = pace.plan.axis === 'event-time';
    const here = isByTime ? timeline.executor.nextTimestamp() : timeline.position;
    if (!pace.started && here !== null) pace.start(here, now);
    const limit = pace.limit(now);
    const isDue = (): boolean => {
      const next = isByTime ? timeline.executor.nextTimestamp() : timeline.position + 1;
      // A record without a time, or whose bytes have not come yet, does not wait; nor does what comes after the last one.
      return next === null || next <= limit || timeline.position >= timeline.last;
    };
    this.#slice(() => isDue() && timeline.step());
    return FRAME;
  }

  async #sleep(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = Number.isFinite(milliseconds) ? this.#options.clock.wakeAfter(milliseconds, resolve) : (): void => undefined;
      this.#wake = (): void => {
        cancel();
        resolve();
      };
    });
    this.#wake = null;
  }
}

function rowsOf(timeline: PlayedTimeline): number {
  return timeline.executor.rowTotals().reduce((sum, rows) => sum + rows, 0);
}
