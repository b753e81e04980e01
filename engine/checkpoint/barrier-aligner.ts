/** What flows between the records of a checkpoint and those after it (Flink's CheckpointBarrier). */
export interface CheckpointBarrier {
  /** Number of the checkpoint; grows by one per trigger. */
  readonly checkpoint: number;
  /** Everything is captured, not only what has changed. */
  readonly full: boolean;
}

/** What an aligner remembers. */
export interface Alignment {
  /** Number of the checkpoint under way; 0 before the first. */
  readonly checkpoint: number;
  /** The channels that have delivered its barrier and wait for the others; empty when nothing is being aligned. */
  readonly arrived: readonly number[];
}

export const NOT_ALIGNING: Alignment = { checkpoint: 0, arrived: [] };

export type AlignmentEffect =
  /** Nothing of the channel may be processed before the alignment ends. */
  | { readonly kind: 'block'; readonly channel: number }
  | { readonly kind: 'unblock'; readonly channels: readonly number[] }
  /** The barrier has come on every channel: the subtask takes its snapshot and sends the barrier on, before anything is unblocked. */
  | { readonly kind: 'aligned' };

const NOTHING: readonly AlignmentEffect[] = [];

/**
 * Exactly-once alignment of a subtask's inputs, as Flink's SingleCheckpointBarrierHandler: a channel that has delivered the barrier is
 * blocked until all have. A newer barrier ends the alignment of an older checkpoint, which this subtask then does not take part in;
 * a barrier of a checkpoint that is over is ignored.
 */
export function align(
  state: Alignment,
  channels: number,
  channel: number,
  checkpoint: number,
): { readonly state: Alignment; readonly effects: readonly AlignmentEffect[] } {
  if (checkpoint < state.checkpoint || (checkpoint === state.checkpoint && !isOpen(state))) return { state, effects: NOTHING };
  const older = checkpoint > state.checkpoint;
  const waiting = older ? [] : state.arrived;
  if (waiting.includes(channel)) return { state, effects: NOTHING };
  const effects: AlignmentEffect[] = older && isOpen(state) ? [{ kind: 'unblock', channels: state.arrived }] : [];
  const arrived = [...waiting, channel];
  if (arrived.length < channels) {
    effects.push({ kind: 'block', channel });
    return { state: { checkpoint, arrived }, effects };
  }
  effects.push({ kind: 'aligned' });
  if (waiting.length > 0) effects.push({ kind: 'unblock', channels: waiting });
  return { state: { checkpoint, arrived: [] }, effects };
}

function isOpen(state: Alignment): boolean {
  return state.arrived.length > 0;
}
