import type { OperatorSpec } from '../runtime/operator.ts';
import { MIN_TIMESTAMP } from '../runtime/timestamps.ts';

/** Shows a stream as an output of the cell: a sink with a row position (rule 9). */
export function displaySink(name: string, kind: 'display' | 'preview'): OperatorSpec {
  return {
    kind: 'display',
    config: [name, kind],
    functions: [],
    create(context) {
      const { counters, ambient, display, subtask } = context;
      let watermark = MIN_TIMESTAMP;
      return {
        collect(value, timestamp) {
          counters.recordsIn++;
          display.add(value, timestamp, ambient, watermark, subtask);
        },
        watermark(time) {
          watermark = time;
        },
        idle() {},
        restore(state) {
          ({ watermark } = state);
        },
      };
    },
  };
}
