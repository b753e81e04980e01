import type { JobRestore, JobSnapshot, RestoredOperator } from '../checkpoint/snapshot.ts';
import type { Executor } from '../runtime/job.ts';
import { compareBytes } from '../state/byte-writer.ts';
import type { EncodedState, RestoredState } from '../state/state-capture.ts';
import { drain } from './drain.ts';

/** Lets a job that rests take a checkpoint and encodes all of it. Throws when the job has failed. */
export function takeSnapshot(executor: Executor, checkpoint: number, full: boolean): JobSnapshot {
  executor.deliver({ kind: 'checkpoint', checkpoint, full });
  drain(executor);
  const { snapshot } = executor;
  if (snapshot === null) throw new Error(`There is no snapshot: ${executor.failure?.message ?? 'the barriers did not pass'}`);
  return snapshot.finish();
}

/** Keeps what successive snapshots of one job hold, as a store on disk would, in memory: deltas are laid over what came before. */
export class SnapshotChain {
  /** Entries by operator, state and subtask, then by their key as text. */
  readonly #states = new Map<string, Map<string, readonly [Uint8Array, Uint8Array]>>();

  /** Takes the next snapshot over and gives what a job is restored from. Throws for a delta of something unknown. */
  add(snapshot: JobSnapshot): JobRestore {
    const committables = snapshot.operators.flatMap(({ subtasks }) => subtasks.flatMap((subtask) => subtask.committables));
    const operators = snapshot.operators.map((operator): RestoredOperator => {
      const names = [...new Set(operator.subtasks.flatMap(({ keyed }) => keyed.map(({ name }) => name)))];
      const keyed = names.map((name): RestoredState => {
        const parts = operator.subtasks.flatMap(({ subtask, keyed: states }) =>
          states
            .filter((state) => state.name === name)
            .map((state) => ({ state, entries: this.#apply(`${operator.id}/${name}/${subtask}`, state) })),
        );
        const entries = parts.flatMap((part) => part.entries).sort(([a], [b]) => compareBytes(a, b));
        const type = parts.find(({ state }) => state.type !== undefined)?.state.type;
        return { name, kind: parts[0]?.state.kind ?? 'value', ...(type === undefined ? {} : { type }), entries };
      });
      return { ...operator, keyed };
    });
    return { ...snapshot, run: 1, operators, committables };
  }

  #apply(place: string, { mode, groups, entries, name }: EncodedState): readonly (readonly [Uint8Array, Uint8Array])[] {
    const known = this.#states.get(place);
    if (mode === 'delta' && known === undefined) throw new Error(`${name} gave a delta, but nothing came before`);
    const all = mode === 'full' || known === undefined ? new Map<string, readonly [Uint8Array, Uint8Array]>() : known;
    this.#states.set(place, all);
    for (const { keys, values } of groups) {
      for (const [at, key] of keys.entries()) {
        const value = values[at] ?? null;
        const text = Buffer.from(key).toString('latin1');
        if (value === null) all.delete(text);
        else all.set(text, [key, value]);
      }
    }
    if (all.size !== entries) throw new Error(`${name} says it has ${entries} entries, but there are ${all.size}`);
    return [...all.values()];
  }
}
