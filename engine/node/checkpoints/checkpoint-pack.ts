import { createHash } from 'node:crypto';
import { laySegment } from '../../checkpoint/segment-format.ts';
import type { CheckpointManifest, OperatorManifest, SegmentRef, StateManifest } from '../../checkpoint/manifest.ts';
import { identityOf, type JobSnapshot, type OperatorSnapshot } from '../../checkpoint/snapshot.ts';
import type { EncodedState } from '../../state/state-capture.ts';
import type { Pause } from '../time-slices.ts';
import { compressBlock } from './block-compression.ts';

/** The new bytes of a checkpoint as one blob, and the operators as its manifest lists them. */
export interface CheckpointPack {
  /** Null when nothing has changed. */
  readonly blob: { readonly name: string; readonly pieces: readonly Uint8Array[]; readonly length: number } | null;
  readonly operators: readonly OperatorManifest[];
  readonly stateBytes: number;
}

interface Placed {
  readonly segment: Omit<SegmentRef, 'blob'>;
  readonly before: readonly SegmentRef[];
}

/**
 * Puts all new segments into one blob. `previous`: the checkpoint that deltas refer to; null = everything is full. `pause` lets the job work between two blocks.
 * `compressed`: blocks are. Rejects for a delta of nothing.
 */
export async function packSnapshot(
  snapshot: JobSnapshot,
  previous: CheckpointManifest | null,
  pause: Pause,
  compressed = false,
): Promise<CheckpointPack> {
  const pieces: Uint8Array[] = [];
  const hash = createHash('sha256');
  let offset = 0;
  const place = async (state: EncodedState, before: readonly SegmentRef[]): Promise<Placed> => {
    const laying = laySegment(state.groups, compressed ? compressBlock : null);
    let next = laying.next();
    for (; next.done !== true; next = laying.next()) {
      pieces.push(next.value);
      hash.update(next.value);
      await pause();
    }
    const segment = { offset, ...next.value };
    offset += segment.length;
    return { segment, before };
  };
  const placed: { readonly operator: OperatorSnapshot; readonly states: readonly PlacedState[] }[] = [];
  for (const operator of snapshot.operators) placed.push({ operator, states: await placeStates(operator, previous, place) });
  const name = hash.digest('hex');
  const operators = placed.map(({ operator, states }) => operatorManifest(operator, states, name));
  const stateBytes = operators.reduce((sum, { keyed }) => sum + keyed.reduce((bytes, state) => bytes + state.bytes, 0), 0);
  return { blob: offset > 0 ? { name, pieces, length: offset } : null, operators, stateBytes };
}

interface PlacedState {
  readonly state: EncodedState;
  readonly subtask: number;
  readonly placed: Placed;
}

async function placeStates(
  operator: OperatorSnapshot,
  previous: CheckpointManifest | null,
  place: (state: EncodedState, before: readonly SegmentRef[]) => Promise<Placed>,
): Promise<readonly PlacedState[]> {
  const known = previous?.operators.find(({ id }) => id === operator.id);
  const placed: PlacedState[] = [];
  for (const { subtask, keyed } of operator.subtasks) {
    for (const state of keyed) {
      const before = known?.keyed.find(({ name }) => name === state.name)?.subtasks.find((other) => other.subtask === subtask)?.runs;
      if (state.mode === 'delta' && previous === null)
        throw new Error(`${operator.name}: a delta of ${state.name} without a checkpoint before it`);
      placed.push({ state, subtask, placed: await place(state, state.mode === 'delta' ? (before ?? []) : []) });
    }
  }
  return placed;
}

function operatorManifest(operator: OperatorSnapshot, states: readonly PlacedState[], blob: string): OperatorManifest {
  const { subtasks } = operator;
  const watermark = Math.min(...subtasks.map((subtask) => subtask.watermark));
  return {
    ...identityOf(operator),
    watermark: Number.isFinite(watermark) ? watermark : null,
    keyed: [...new Set(states.map(({ state }) => state.name))].map((state) =>
      stateManifest(
        states.filter((one) => one.state.name === state),
        blob,
      ),
    ),
    subtasks: subtasks.map((subtask) => ({
      subtask: subtask.subtask,
      watermark: String(subtask.watermark),
      operator: subtask.operator.map((state) => ({
        name: state.name,
        redistribution: state.redistribution,
        values: state.values.map((value) => Buffer.from(value).toString('base64')),
        ...(state.ofFunction === true ? { ofFunction: state.ofFunction } : {}),
        ...(state.type === undefined ? {} : { type: state.type }),
      })),
      positions: subtask.positions,
      committables: subtask.committables,
    })),
  };
}

function stateManifest(parts: readonly PlacedState[], blob: string): StateManifest {
  const [first] = parts;
  const type = parts.find(({ state }) => state.type !== undefined)?.state.type;
  const next = parts.reduce((least, { state }) => Math.min(least, state.next ?? Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY);
  return {
    name: first?.state.name ?? '',
    kind: first?.state.kind ?? 'value',
    entries: parts.reduce((sum, { state }) => sum + state.entries, 0),
    bytes: parts.reduce((sum, { state }) => sum + state.bytes, 0),
    ...(Number.isFinite(next) ? { next } : {}),
    ...(type === undefined ? {} : { type }),
    subtasks: parts.map(({ subtask, placed: { segment, before } }) => ({
      subtask,
      runs: segment.entries > 0 ? [...before, { blob, ...segment }] : before,
    })),
  };
}
