import type { StreamVertex } from '../graph/stream-graph.ts';
import { UPPER_BOUND_MAX_PARALLELISM } from '../state/key-groups.ts';
import { IllegalArgumentException } from './errors.ts';

/** Throws IllegalArgumentException unless `parallelism` is a whole number > 0. */
export function checkParallelism(parallelism: number): number {
  if (!Number.isInteger(parallelism) || parallelism <= 0) {
    throw new IllegalArgumentException(`The parallelism of an operator must be a whole number of at least 1, not ${String(parallelism)}.`);
  }
  return parallelism;
}

/** Throws IllegalArgumentException unless it is in 1…32768. */
export function checkMaxParallelism(maxParallelism: number): number {
  if (!Number.isInteger(maxParallelism) || maxParallelism <= 0 || maxParallelism > UPPER_BOUND_MAX_PARALLELISM) {
    throw new IllegalArgumentException(
      `maxParallelism is out of bounds 0 < maxParallelism <= ${UPPER_BOUND_MAX_PARALLELISM}. Found: ${String(maxParallelism)}`,
    );
  }
  return maxParallelism;
}

function checkText(text: string, message: string): string {
  if (typeof text !== 'string' || text === '') throw new IllegalArgumentException(message);
  return text;
}

export function setUid(vertex: StreamVertex, uid: string): void {
  vertex.uid = checkText(uid, 'Empty string operator uid is not allowed');
}

export function setUidHash(vertex: StreamVertex, hash: string): void {
  if (!/^[0-9a-f]{32}$/i.test(hash)) {
    throw new IllegalArgumentException(`Node hash must be a 32 character String that describes a hex code. Found: ${hash}`);
  }
  vertex.uidHash = hash.toLowerCase();
}

export function setName(vertex: StreamVertex, name: string): void {
  const checked = checkText(name, 'Empty string operator name is not allowed');
  // Flink puts what a source is in front of what it is called.
  const whole = vertex.role.kind === 'source' ? `Source: ${checked}` : checked;
  if (vertex.description === vertex.name) vertex.description = whole;
  vertex.name = whole;
}

export function setSlotSharingGroup(vertex: StreamVertex, name: string): void {
  vertex.slotSharingGroup = checkText(name, 'Empty string slot sharing group is not allowed');
}
