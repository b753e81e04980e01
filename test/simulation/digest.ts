import { createHash, type Hash } from 'node:crypto';
import type { JobRestore } from '../../engine/checkpoint/snapshot.ts';
import { SINK_STATE } from '../../engine/connectors/user-sink.ts';
import { decodeValue } from '../../engine/state/stored-value.ts';

/**
 * Of a file sink how many files it has written, of one of the user's own what it is to commit: that depends on when checkpoints were, which is not part of
 * what a job computes.
 */
const OF_SINKS: ReadonlySet<string> = new Set(['next part', SINK_STATE]);
/** Times of the job's clock, which depend on when what was done. */
const CLOCK: ReadonlySet<string> = new Set(['lastActivity', 'nextEmit']);

/**
 * One number for everything that a checkpoint restores: keyed state and timers, operator state, watermarks, positions of sources, and what belongs to no
 * operator, such as whose turn it is, where routers go on, and counters.
 */
export function digest(restore: JobRestore): string {
  const runtime = JSON.stringify(decodeValue(restore.runtime), (name, value: unknown) => {
    if (CLOCK.has(name)) return undefined;
    return typeof value === 'number' ? String(value) : value;
  });
  return hashOf(restore, (name) => !OF_SINKS.has(name), [runtime]);
}

/** The same of all that there is, also what depends on when checkpoints were: turns, counters, rows that were shown, numbers of files. */
export function wholeDigest(restore: JobRestore): string {
  return hashOf(restore, () => true, [restore.processingTime, Buffer.from(restore.runtime).toString('hex')]);
}

/** The same of keyed state and timers alone, which are the same with every parallelism. */
export function keyedDigest({ operators, ended }: JobRestore): string {
  const hash = createHash('sha256').update(String(ended));
  for (const { id, kind, keyed } of operators) addKeyed(hash, [id, kind], keyed);
  return hash.digest('hex');
}

function addKeyed(hash: Hash, of: unknown, keyed: JobRestore['operators'][number]['keyed']): void {
  hash.update(JSON.stringify(of));
  // The order of states is that in which functions asked for them, also after a restore.
  for (const { name, kind, entries } of [...keyed].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    hash.update(JSON.stringify([name, kind]));
    for (const [key, value] of entries) hash.update(JSON.stringify([Buffer.from(key).toString('hex'), Buffer.from(value).toString('hex')]));
  }
}

function hashOf(restore: JobRestore, counts: (operatorState: string) => boolean, more: readonly unknown[]): string {
  const hash = createHash('sha256');
  const add = (value: unknown): void => {
    hash.update(JSON.stringify(value));
  };
  add([restore.records, restore.ended, ...more]);
  for (const { id, kind, parallelism, subtasks, keyed } of restore.operators) {
    add([id, kind, parallelism]);
    for (const { subtask, watermark, positions, operator } of subtasks) {
      add([subtask, String(watermark), positions]);
      for (const { name, values } of operator) if (counts(name)) add([name, values.map((value) => Buffer.from(value).toString('hex'))]);
    }
    addKeyed(hash, null, keyed);
  }
  return hash.digest('hex');
}
