import { IllegalArgumentException } from '../api/errors.ts';
import { userFunction } from '../api/user-function.ts';
import { userSinkOperator } from '../operators/user-sink.ts';
import type { OperatorSpec } from '../runtime/operator.ts';
import type { UserSink } from './user-sink.ts';

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

function isUserSink(value: unknown): value is UserSink<unknown> {
  return typeof value === 'object' && value !== null && 'createWriter' in value && typeof value.createWriter === 'function';
}

/** What was passed to `sinkTo`: one of ours, or one of the user's own. Throws IllegalArgumentException for anything else. */
export function checkedSink(sink: unknown): Sink<never> {
  if (isSink(sink)) return sink;
  if (isUserSink(sink)) {
    const { name } = sink.constructor;
    return new Sink(
      name === 'Object' || name === '' ? 'Writer' : name,
      userSinkOperator(sink, userFunction(sink, 'createWriter', 'sinkTo')),
    );
  }
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
