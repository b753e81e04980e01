import type { UserFunction } from '../api/user-function.ts';
import { dealtOut, type SavedSink, SINK_STATE, type UserSink } from '../connectors/user-sink.ts';
import type { OperatorSpec } from '../runtime/operator.ts';
import { decodeValue } from '../state/stored-value.ts';

/**
 * Hands records, watermarks, barriers and the end to the writer of a user's sink, in order, without waiting for it. What the writer prepares for a
 * checkpoint is put into its snapshot by the shell, which waits (engine/node/user-sinks.ts).
 */
export function userSinkOperator(sink: UserSink<unknown>, fn: UserFunction): OperatorSpec {
  return {
    kind: 'sink',
    keepsState: true,
    config: null,
    functions: [fn],
    create(context) {
      const { counters, subtask, parallelism, runtime, sinks, vertex } = context;
      const lane = sinks.open(sink, { vertex, subtask, parallelism, task: runtime.getTaskInfo(), job: runtime.getJobInfo() });
      return {
        collect(value, timestamp) {
          counters.recordsIn++;
          lane.write(value, timestamp, counters.watermark);
        },
        watermark: (watermark) => lane.watermark(watermark),
        idle() {},
        finish: () => lane.finish(),
        committables(checkpoint) {
          lane.barrier(checkpoint);
          return [];
        },
        restore({ operator }) {
          const values = operator.find(({ name }) => name === SINK_STATE)?.values ?? [];
          // SAFETY: written by UserSinks of the same format version; its bytes were verified.
          const saved = values.map((value) => decodeValue(value) as SavedSink);
          const { states, committables } = dealtOut(saved, subtask, parallelism);
          lane.restore(states, committables);
        },
      };
    },
  };
}
