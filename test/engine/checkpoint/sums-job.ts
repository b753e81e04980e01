import assert from 'node:assert/strict';
import type { PublishDetails } from '../../../engine/node/checkpoints/checkpoint-store.ts';
import type { JobSnapshot } from '../../../engine/checkpoint/snapshot.ts';
import type { Executor } from '../../../engine/runtime/job.ts';
import { start } from '../job.ts';

export const JOB = { notebook: 'n.stream.md', cell: 'sums' };
export const DETAILS: PublishDetails = {
  kind: 'checkpoint',
  label: null,
  final: false,
  triggered: 0,
  pause: 0,
  encoding: 0,
  elapsed: () => 0,
};

/** Sums of a sequence by key: `keys` keys in state, each of them met `rounds` times. */
export function sumsJob(keys: number, rounds: number): Executor {
  return start((env) => {
    const sums = env
      .fromSequence(1, keys * rounds)
      .map((n) => ({ k: `key ${n % keys}`, n }))
      .keyBy('k')
      .sum('n');
    env.addDisplay(sums, 'sums');
  });
}

/** A checkpoint of a job that goes on, after `records` more of them. */
export function takeSnapshot(executor: Executor, checkpoint: number, records: number, full = true): JobSnapshot {
  executor.step(records);
  executor.deliver({ kind: 'checkpoint', checkpoint, full });
  executor.step(1);
  return (executor.snapshot ?? assert.fail('no snapshot')).finish();
}
