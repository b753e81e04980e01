import type { UserFunction } from '../api/user-function.ts';
import { PartFileWriter, type RollingPolicy } from '../connectors/part-file-writer.ts';
import type { SinkFolder } from '../connectors/part-writes.ts';
import type { RecordEncoder } from '../formats/record-encoder.ts';
import type { OperatorContext, OperatorSpec } from '../runtime/operator.ts';
import { decodeValue, encodeValue } from '../state/stored-value.ts';
import { lifecycleOf } from './lifecycle.ts';

/** What a file sink does, checked. */
export interface FileSinkSettings {
  readonly sink: SinkFolder;
  readonly encoder: RecordEncoder;
  readonly rolling: RollingPolicy;
  readonly bucketAssigner: UserFunction | null;
}

const NEXT_PART = 'next part';

/** Subtask and parallelism when it was written, and the number of the next part. */
type NextPart = readonly [subtask: number, parallelism: number, nextPart: number];

/**
 * Writes records to part files, exactly once: parts are closed at the barrier of a checkpoint, which holds them as committables; the
 * shell renames them when it is complete. Nothing is committed at the end of the input: that is for the final checkpoint. After a restore the
 * shell has committed what the checkpoint holds, so that only new parts are left to this operator.
 */
export function fileSinkOperator(settings: FileSinkSettings): OperatorSpec {
  const { sink, encoder, rolling, bucketAssigner } = settings;
  const functions = bucketAssigner ? [bucketAssigner] : [];
  return {
    kind: 'fileSink',
    keepsState: true,
    config: { sink, format: encoder.description, rolling },
    functions,
    create(context) {
      const { counters, clock, subtask, parallelism, parts, run } = context;
      announce(context, sink);
      const writer = new PartFileWriter({ sink, encoder, rolling, run, subtask, parts });
      const bucketOf = bucketAssigner ? bucketsOf(bucketAssigner, context) : (): string => '';
      return {
        ...lifecycleOf(functions, context),
        collect(value, timestamp) {
          counters.recordsIn++;
          try {
            writer.write(value, bucketOf(value, timestamp), clock.now);
          } catch (error) {
            context.fail(error, value);
          }
        },
        watermark() {},
        idle() {},
        finish: () => writer.closeAll(),
        advanceTime: (now) => writer.advanceTime(now),
        nextWakeUp: () => writer.due,
        writeState: (bytes) => bytes.uint32(writer.nextPart),
        operatorState() {
          const next: NextPart = [subtask, parallelism, writer.nextPart];
          return [{ name: NEXT_PART, redistribution: 'union', values: [encodeValue(next)] }];
        },
        committables: (checkpoint) => writer.commitWith(checkpoint),
        checkpointComplete: (checkpoint) => writer.confirm(checkpoint),
        restore({ operator }) {
          const values = operator.find(({ name }) => name === NEXT_PART)?.values ?? [];
          // SAFETY: written above, by the same format version; its bytes were verified.
          const saved = values.map((value) => decodeValue(value) as NextPart);
          const own = saved.find((state) => state[0] === subtask && state[1] === parallelism);
          // With another parallelism a subtask may come after several others: above all of them no name was used.
          writer.nextPart = own?.[2] ?? saved.reduce((most, state) => Math.max(most, state[2]), 0);
        },
      };
    },
  };
}

function announce(context: OperatorContext, sink: SinkFolder): void {
  try {
    context.parts.announce(sink, context.subtask);
  } catch (error) {
    context.fail(error, undefined);
  }
}

/** The bucket of a record, as the user's function gives it. */
function bucketsOf(assigner: UserFunction, { counters, clock }: OperatorContext): (value: unknown, timestamp: number) => unknown {
  let current = Number.NaN;
  const bucketContext = {
    timestamp: (): number | null => (Number.isNaN(current) ? null : current),
    currentWatermark: () => counters.watermark,
    currentProcessingTime: () => clock.now,
  };
  return (value, timestamp) => {
    current = timestamp;
    return assigner.call(value, bucketContext);
  };
}
