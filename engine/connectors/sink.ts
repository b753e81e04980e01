import { IllegalArgumentException } from '../api/errors.ts';
import { unsupported } from '../api/unsupported.ts';
import type { OperatorSpec } from '../runtime/operator.ts';

/** A sink that the engine brings: the end of a stream. */
export class Sink<in T> {
  declare protected readonly takes: (record: T) => void;
  /** What users see in the graph, behind "Sink: ". */
  readonly name: string;
  readonly operator: OperatorSpec;

  constructor(name: string, operator: OperatorSpec) {
    this.name = name;
    this.operator = operator;
  }
}

function isSink(value: unknown): value is Sink<never> {
  return value instanceof Sink;
}

/** What was passed to `sinkTo`. Throws UnsupportedOperationException for a sink of the user's own, IllegalArgumentException for anything else. */
export function checkedSink(sink: unknown): Sink<never> {
  if (isSink(sink)) return sink;
  if (typeof sink === 'object' && sink !== null && 'createWriter' in sink) throw unsupported('user-defined sinks');
  throw new IllegalArgumentException('sinkTo needs a sink.', "For example sinkTo(FileSink.ndjson('out')).");
}

/** Takes everything, keeps nothing. */
export function DiscardingSink(): Sink<unknown> {
  return new Sink('DiscardingSink', {
    kind: 'discardingSink',
    config: null,
    functions: [],
    create: ({ counters }) => ({
      collect() {
        counters.recordsIn++;
      },
      watermark() {},
      idle() {},
    }),
  });
}
