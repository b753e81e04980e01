/** The life of a cell's runs as a pure function: events in, commands out. `CellRunner` carries the commands out and reports back. */

/** How a run ended. */
export type RunEnd = 'finished' | 'failed' | 'stopped';

/** Why a worker is ended by force. */
export type KillReason = 'asked' | 'silent' | 'removed';

/** A run under way. */
export interface ActiveRun {
  /** Number of the run: events of an earlier run are ignored. */
  readonly run: number;
  readonly stage: 'queued' | 'compiling' | 'starting' | 'running';
  readonly stopping: boolean;
  /** The worker does not answer. */
  readonly silent: boolean;
  /** Run again as soon as this one is over. */
  readonly again: boolean;
}

/** State of a cell: null when nothing runs. */
export type RunState = ActiveRun | null;

export type RunEvent =
  /** The user runs the cell; while it runs, that restarts it. `run` is a new number. */
  | { readonly type: 'run'; readonly run: number }
  /** The user stops the cell; the second time it is killed. */
  | { readonly type: 'interrupt' }
  /** The user kills the job. */
  | { readonly type: 'kill' }
  /** The cell was deleted or its notebook was closed. */
  | { readonly type: 'removed' }
  /** There is room for the run. */
  | { readonly type: 'admitted'; readonly run: number }
  | { readonly type: 'compiled'; readonly run: number; readonly ok: boolean }
  | { readonly type: 'started'; readonly run: number }
  | { readonly type: 'ended'; readonly run: number; readonly end: RunEnd }
  /** The worker is gone, with a reason to show. */
  | { readonly type: 'lost'; readonly run: number }
  | { readonly type: 'silent'; readonly run: number }
  | { readonly type: 'responsive'; readonly run: number };

export type RunCommand =
  /** Creates the execution and asks for room. */
  | { readonly type: 'enqueue'; readonly run: number }
  | { readonly type: 'compile'; readonly run: number }
  | { readonly type: 'start-worker'; readonly run: number }
  | { readonly type: 'request-stop'; readonly run: number }
  /** Ends the worker by force and shows why. */
  | { readonly type: 'kill-worker'; readonly run: number; readonly reason: KillReason }
  /** Asks the user whether to kill a job that does not respond. */
  | { readonly type: 'ask-kill'; readonly run: number }
  /** Writes the final outputs and ends the execution. */
  | { readonly type: 'finish'; readonly run: number; readonly end: RunEnd }
  /** Runs the cell anew. */
  | { readonly type: 'run-again' };

export interface RunStep {
  readonly state: RunState;
  readonly commands: readonly RunCommand[];
}

/** The next state and what has to be done, in order. Total: an event that does not fit changes nothing. */
export function step(state: RunState, event: RunEvent): RunStep {
  if (event.type === 'run') {
    return state === null ? begin(event.run) : restart(state);
  }
  if (state === null || ('run' in event && event.run !== state.run)) {
    return unchanged(state);
  }
  const { run } = state;
  switch (event.type) {
    case 'interrupt':
      return interrupt(state);
    case 'kill':
      return kill({ ...state, again: false }, 'asked');
    case 'removed':
      return kill({ ...state, again: false }, 'removed');
    case 'admitted':
      return state.stage === 'queued' ? to({ ...state, stage: 'compiling' }, { type: 'compile', run }) : unchanged(state);
    case 'compiled':
      if (state.stage !== 'compiling') {
        return unchanged(state);
      }
      return event.ok ? to({ ...state, stage: 'starting' }, { type: 'start-worker', run }) : finish(state, 'failed');
    case 'started':
      return state.stage === 'starting' ? to({ ...state, stage: 'running' }) : unchanged(state);
    case 'ended':
      return hasWorker(state) ? finish(state, event.end) : unchanged(state);
    case 'lost':
      return hasWorker(state) ? finish(state, 'failed') : unchanged(state);
    case 'silent':
      // Who already asked to stop has answered the question.
      return state.stopping ? kill(state, 'silent') : to({ ...state, silent: true }, { type: 'ask-kill', run });
    case 'responsive':
      return to({ ...state, silent: false });
  }
}

function begin(run: number): RunStep {
  return to({ run, stage: 'queued', stopping: false, silent: false, again: false }, { type: 'enqueue', run });
}

function restart(state: ActiveRun): RunStep {
  const again: ActiveRun = { ...state, again: true };
  return state.stopping ? to(again) : interrupt(again, true);
}

function interrupt(state: ActiveRun, again = false): RunStep {
  const next: ActiveRun = { ...state, again };
  if (!hasWorker(state)) {
    return finish(next, 'stopped');
  }
  if (state.stopping || state.silent) {
    return kill(next, state.silent ? 'silent' : 'asked');
  }
  return to({ ...next, stopping: true }, { type: 'request-stop', run: state.run });
}

function kill(state: ActiveRun, reason: KillReason): RunStep {
  if (!hasWorker(state)) {
    return finish(state, 'stopped');
  }
  const { state: next, commands } = finish(state, reason === 'removed' ? 'stopped' : 'failed');
  return { state: next, commands: [{ type: 'kill-worker', run: state.run, reason }, ...commands] };
}

function finish(state: ActiveRun, end: RunEnd): RunStep {
  const commands: RunCommand[] = [{ type: 'finish', run: state.run, end }];
  return { state: null, commands: state.again ? [...commands, { type: 'run-again' }] : commands };
}

function hasWorker(state: ActiveRun): boolean {
  return state.stage === 'starting' || state.stage === 'running';
}

function to(state: ActiveRun, ...commands: RunCommand[]): RunStep {
  return { state, commands };
}

function unchanged(state: RunState): RunStep {
  return { state, commands: [] };
}
