import { hintOf, StateTooLargeException, SuppressRestartsException } from '../api/errors.ts';
import { RecordReadError } from '../connectors/source.ts';
import type { StreamVertex } from '../graph/stream-graph.ts';
import { formatCut } from './format-value.ts';
import type { JobFailure, JobProgram } from './job.ts';
import { AmbiguousStateError } from './restore-plan.ts';

const MAX_RECORD_TEXT = 2_000;

/** Thrown through the data plane when a job fails at an operator. User code that catches it changes nothing: the executor remembers it. */
export class OperatorFailure extends Error {
  override readonly name = 'OperatorFailure';
  readonly vertex: StreamVertex;
  /** The record at the operator; undefined when there was none. */
  readonly record: unknown;
  constructor(vertex: StreamVertex, cause: unknown, record: unknown) {
    super('the job failed at an operator', { cause });
    this.vertex = vertex;
    this.record = record;
  }
}

/** Where in the source records the job was. */
export interface FailurePlace {
  readonly recordNumber: number | null;
  readonly source: string | null;
}

function classOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Error';
  return error.name !== 'Error' ? error.name : error.constructor.name || 'Error';
}

/** The failure as plain data, located: first by the stack of the error itself, else by where the operator was created. */
export function describeError(
  program: Pick<JobProgram<never>, 'locate'>,
  error: unknown,
  vertex: StreamVertex | null,
  record: unknown,
  place: FailurePlace,
): JobFailure {
  const stack = error instanceof Error ? (error.stack ?? null) : null;
  const thrown = stack === null ? null : program.locate(stack);
  return {
    errorName: classOf(error),
    message: error instanceof Error ? error.message : `${formatCut(error, MAX_RECORD_TEXT)} was thrown`,
    operator: vertex && { id: vertex.id, name: vertex.name, uid: vertex.uid },
    location: thrown ?? (vertex && program.locate(vertex.stack)),
    record: record === undefined ? null : formatCut(record, MAX_RECORD_TEXT),
    recordNumber: place.recordNumber,
    source: place.source,
    file: error instanceof RecordReadError ? { path: error.split, line: error.line, offset: error.offset } : null,
    hint: hintOf(error),
    stack,
    ...(error instanceof SuppressRestartsException || error instanceof StateTooLargeException ? { suppressesRestarts: true } : {}),
    ...(error instanceof AmbiguousStateError ? { questions: error.questions } : {}),
  };
}
