import { compareBytes } from '../state/byte-writer.ts';
import type { EncodedState, RestoredState } from '../state/state-capture.ts';
import { identityOf, type JobRestore, type JobSnapshot, type OperatorSnapshot, type RestoredOperator } from './snapshot.ts';

type Entry = readonly [key: Uint8Array, value: Uint8Array];

/** What a job is restored from that goes on where `snapshot` was taken, without a detour over a disk. Throws for a snapshot that is not full. */
export function restoreOfSnapshot(snapshot: JobSnapshot, run: number): JobRestore {
  const { checkpoint, records, processingTime, graphHash, ended, runtime, operators } = snapshot;
  return {
    run,
    checkpoint,
    records,
    processingTime,
    graphHash,
    ended,
    runtime,
    operators: operators.map(restoredOperator),
    committables: operators.flatMap(({ subtasks }) => subtasks.flatMap((subtask) => subtask.committables)),
  };
}

function restoredOperator(operator: OperatorSnapshot): RestoredOperator {
  const states = operator.subtasks.flatMap(({ keyed }) => keyed);
  const names = [...new Set(states.map(({ name }) => name))];
  return {
    ...identityOf(operator),
    subtasks: operator.subtasks,
    keyed: names.map((name): RestoredState => {
      const parts = states.filter((state) => state.name === name);
      const entries = parts.flatMap((state) => [...entriesOf(state)]).sort(([a], [b]) => compareBytes(a, b));
      const type = parts.find((state) => state.type !== undefined)?.type;
      return { name, kind: parts[0]?.kind ?? 'value', ...(type === undefined ? {} : { type }), entries };
    }),
  };
}

function* entriesOf({ name, mode, groups }: EncodedState): Iterable<Entry> {
  if (mode !== 'full') throw new Error(`The state ${name} is only what has changed: a job cannot be restored from that alone.`);
  for (const { keys, values } of groups) {
    for (const [at, key] of keys.entries()) {
      const value = values[at];
      if (value) yield [key, value];
    }
  }
}
