import type { OperatorSpec } from '../runtime/operator.ts';
import { formatValue } from '../runtime/format-value.ts';

/** Writes `subtask> value` to the job's log, with `identifier:` in front if given; the subtask only when there are several. */
export function printSink(stream: 'stdout' | 'stderr', identifier: string): OperatorSpec {
  return {
    kind: 'print',
    config: [stream, identifier],
    functions: [],
    create(context) {
      const { counters } = context;
      const parts = [identifier, context.parallelism > 1 ? String(context.subtask + 1) : ''].filter((part) => part !== '');
      const prefix = parts.length > 0 ? `${parts.join(':')}> ` : '';
      return {
        collect(value) {
          counters.recordsIn++;
          context.print(stream, prefix + formatValue(value));
        },
        watermark() {},
        idle() {},
      };
    },
  };
}
