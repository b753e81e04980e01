import type { CheckpointKind } from './manifest.ts';

/** Flink's options as the coordinator needs them; times in ms. */
export interface CheckpointSettings {
  /** null = no checkpoints but those asked for. */
  readonly interval: number | null;
  readonly minPause: number;
  readonly timeout: number;
  /** Failures in a row that are tolerated; one more fails the job. */
  readonly tolerableFailures: number;
  /** The job waits for a last checkpoint when its input has ended, so that sinks commit. */
  readonly afterTasksFinish: boolean;
}

/** A checkpoint that is wanted. */
export interface CheckpointRequest {
  readonly kind: CheckpointKind;
  readonly label: string | null;
  /** Who asked for it; null = nobody, it is periodic or the last one. */
  readonly ticket: number | null;
}

interface Pending extends CheckpointRequest {
  readonly checkpoint: number;
  readonly since: number;
  readonly final: boolean;
  readonly full: boolean;
}

/** All that is remembered of a job's checkpoints. */
export interface CoordinatorState {
  /** Number of the last one triggered; grows by one per trigger, failed ones and savepoints included. */
  readonly last: number;
  readonly pending: Pending | null;
  readonly requested: readonly CheckpointRequest[];
  /** When the next periodic one is due, ms. */
  readonly due: number;
  readonly failures: number;
  /** The next has to be full: nothing that a delta could refer to is known to be there. */
  readonly full: boolean;
  /** Deltas since the last full one. */
  readonly deltas: number;
  /** Bytes that the last full one wrote, and the deltas since. */
  readonly fullBytes: number;
  readonly deltaBytes: number;
  readonly ended: boolean;
  readonly finalDone: boolean;
}

export type CoordinatorEvent =
  | { readonly kind: 'tick'; readonly now: number }
  /** Somebody asks for one: taken at once, or when the one under way is over. */
  | { readonly kind: 'request'; readonly request: CheckpointRequest; readonly now: number }
  /** `bytes`: what it wrote. */
  | { readonly kind: 'published'; readonly checkpoint: number; readonly bytes: number; readonly now: number }
  | { readonly kind: 'failed'; readonly checkpoint: number; readonly reason: string; readonly now: number }
  /** Every source has ended and every record is through. */
  | { readonly kind: 'ended'; readonly now: number };

export type CoordinatorEffect =
  | {
      readonly kind: 'trigger';
      readonly checkpoint: number;
      readonly full: boolean;
      readonly final: boolean;
      readonly request: CheckpointRequest;
    }
  /** Published: sinks commit, subtasks are told. */
  | { readonly kind: 'complete'; readonly checkpoint: number }
  /** Given up: what it has encoded is dropped, and it is listed as failed. */
  | { readonly kind: 'abort'; readonly checkpoint: number; readonly reason: string }
  | { readonly kind: 'fail-job'; readonly reason: string };

/** Deltas after which a full one follows, so that a page of a state never has to look through many segments. */
const MAX_DELTAS = 7;
/** Deltas may have so many bytes even if a full one has fewer: it does not matter then. */
const SMALL = 1024 * 1024;

/** What there is has grown so long, or so large compared with the state itself, that writing all of it again is cheaper for everybody. */
function isOvergrown({ deltas, deltaBytes, fullBytes }: CoordinatorState): boolean {
  return deltas >= MAX_DELTAS || deltaBytes > Math.max(fullBytes, SMALL);
}

/** `last`: number of the checkpoint that the job was restored from in this run; 0 at its beginning. */
export function newCoordinator(settings: CheckpointSettings, now: number, last = 0): CoordinatorState {
  return {
    last,
    pending: null,
    requested: [],
    due: settings.interval === null ? Number.POSITIVE_INFINITY : now + settings.interval,
    failures: 0,
    full: true,
    deltas: 0,
    fullBytes: 0,
    deltaBytes: 0,
    ended: false,
    finalDone: false,
  };
}

interface Decision {
  readonly state: CoordinatorState;
  readonly effects: readonly CoordinatorEffect[];
}

/** Flink's CheckpointCoordinator as a pure function: one checkpoint at a time. Total: an event that does not fit changes nothing. */
export function coordinate(state: CoordinatorState, event: CoordinatorEvent, settings: CheckpointSettings): Decision {
  switch (event.kind) {
    case 'tick':
      return tick(state, event.now, settings);
    case 'request':
      return begin({ ...state, requested: [...state.requested, event.request] }, event.now, settings);
    case 'ended':
      return begin({ ...state, ended: true }, event.now, settings);
    case 'published':
      return state.pending?.checkpoint === event.checkpoint ? published(state, state.pending, event, settings) : { state, effects: [] };
    case 'failed':
      return state.pending?.checkpoint === event.checkpoint
        ? failed(state, state.pending, event.reason, event.now, settings)
        : { state, effects: [] };
  }
}

/** The job may end: its last checkpoint is there, or none is wanted. */
export function mayEnd(state: CoordinatorState, settings: CheckpointSettings): boolean {
  return state.pending === null && state.requested.length === 0 && (state.finalDone || !settings.afterTasksFinish);
}

function tick(state: CoordinatorState, now: number, settings: CheckpointSettings): Decision {
  const { pending } = state;
  if (pending !== null && now - pending.since > settings.timeout) {
    return failed(state, pending, `Checkpoint expired before completing: it took more than ${settings.timeout} ms.`, now, settings);
  }
  return begin(state, now, settings);
}

/** Triggers what is wanted, if nothing is under way. */
function begin(state: CoordinatorState, now: number, settings: CheckpointSettings): Decision {
  if (state.pending !== null) return { state, effects: [] };
  const [asked] = state.requested;
  const final = asked === undefined && state.ended && !state.finalDone && settings.afterTasksFinish;
  const periodic = asked === undefined && !state.ended && now >= state.due;
  if (asked === undefined && !final && !periodic) return { state, effects: [] };
  const request: CheckpointRequest = asked ?? { kind: 'checkpoint', label: null, ticket: null };
  const checkpoint = state.last + 1;
  const full = state.full || request.kind === 'savepoint' || isOvergrown(state);
  return {
    state: {
      ...state,
      last: checkpoint,
      pending: { ...request, checkpoint, since: now, final: final || state.ended, full },
      requested: state.requested.slice(1),
    },
    effects: [{ kind: 'trigger', checkpoint, full, final: final || state.ended, request }],
  };
}

/** The next periodic one: an interval after the last was triggered, but not before the pause after its completion is over. */
function dueAfter(pending: Pending, now: number, { interval, minPause }: CheckpointSettings): number {
  return interval === null ? Number.POSITIVE_INFINITY : Math.max(pending.since + interval, now + minPause);
}

function published(
  state: CoordinatorState,
  pending: Pending,
  { now, bytes }: Extract<CoordinatorEvent, { kind: 'published' }>,
  settings: CheckpointSettings,
): Decision {
  const next: CoordinatorState = {
    ...state,
    pending: null,
    due: dueAfter(pending, now, settings),
    failures: 0,
    full: false,
    deltas: pending.full ? 0 : state.deltas + 1,
    fullBytes: pending.full ? bytes : state.fullBytes,
    deltaBytes: pending.full ? 0 : state.deltaBytes + bytes,
    finalDone: state.finalDone || pending.final,
  };
  const { state: after, effects } = begin(next, now, settings);
  return { state: after, effects: [{ kind: 'complete', checkpoint: pending.checkpoint }, ...effects] };
}

function failed(state: CoordinatorState, pending: Pending, reason: string, now: number, settings: CheckpointSettings): Decision {
  const failures = state.failures + 1;
  const next: CoordinatorState = { ...state, pending: null, due: dueAfter(pending, now, settings), failures, full: true };
  const abort: CoordinatorEffect = { kind: 'abort', checkpoint: pending.checkpoint, reason };
  if (failures > settings.tolerableFailures) {
    const said = settings.tolerableFailures === 0 ? '' : ` (${failures} in a row)`;
    return {
      state: next,
      effects: [abort, { kind: 'fail-job', reason: `Exceeded checkpoint tolerable failure threshold${said}: ${reason}` }],
    };
  }
  const { state: after, effects } = begin(next, now, settings);
  return { state: after, effects: [abort, ...effects] };
}
