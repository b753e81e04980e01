import type { CheckpointManifest, StateManifest } from './manifest.ts';
import type { Committable } from './snapshot.ts';
import { MAX_TYPE_DEPTH } from '../state/state-type.ts';
import { type Check, fields, finite, firstProblem, flag, list, matching, nullable, oneOf, optional, text, whole } from './shape.ts';

/** Segments that a checkpoint may be made of. */
export const MAX_SEGMENTS = 10_000;

const BASE64 = matching(/^[A-Za-z0-9+/]*={0,2}$/, 'base64');
const MAX_SUBTASKS = 32_768;

const SEGMENT = fields({
  blob: matching(/^[0-9a-f]{64}$/, 'name of a blob'),
  offset: whole(),
  length: whole(1),
  indexOffset: whole(),
  entries: whole(1),
});

const TYPE: Check = (value, at) => typeProblem(value, at, MAX_TYPE_DEPTH);

function typeProblem(value: unknown, at: string, depth: number): string | null {
  if (depth === 0) return `${at} is nested too deeply`;
  const part = fields({ field: optional(text()), type: (inside, place) => typeProblem(inside, place, depth - 1) });
  return fields({ name: text(), of: optional(list(part)), version: optional(whole()) })(value, at);
}

const STATE = fields({
  name: text(),
  kind: oneOf('value', 'list', 'map', 'reducing', 'aggregating', 'reduce', 'window', 'event-time timers', 'processing-time timers'),
  entries: whole(),
  bytes: whole(),
  next: optional(finite),
  type: optional(TYPE),
  subtasks: list(fields({ subtask: whole(0, MAX_SUBTASKS - 1), runs: list(SEGMENT) })),
});

const OPERATOR = fields({
  id: text(100),
  uid: nullable(text()),
  name: text(),
  kind: text(100),
  parallelism: whole(1, MAX_SUBTASKS),
  maxParallelism: whole(1, MAX_SUBTASKS),
  cell: optional(text()),
  signature: optional(text(100)),
  watermark: nullable(finite),
  keyed: list(STATE),
  subtasks: list(
    fields({
      subtask: whole(0, MAX_SUBTASKS - 1),
      watermark: matching(/^-?(?:Infinity|\d+(?:\.\d+)?(?:e[+-]\d+)?)$/, 'watermark'),
      operator: list(
        fields({
          name: text(),
          redistribution: oneOf('subtask', 'union', 'split', 'broadcast'),
          values: list(BASE64),
          ofFunction: optional(oneOf(true)),
          type: optional(TYPE),
        }),
      ),
      positions: list(
        fields({ subtask: whole(0, MAX_SUBTASKS - 1), split: text(), offset: whole(Number.MIN_SAFE_INTEGER), finished: flag }),
      ),
      committables: list(committable),
    }),
  ),
});

const MANIFEST = fields({
  format: whole(1),
  job: fields({ notebook: text(), cell: text() }),
  run: whole(1),
  checkpoint: whole(1),
  kind: oneOf('checkpoint', 'savepoint'),
  label: nullable(text()),
  final: flag,
  triggered: finite,
  completed: finite,
  pause: finite,
  encoding: finite,
  writing: finite,
  records: whole(),
  watermark: nullable(finite),
  processingTime: finite,
  graphHash: text(),
  ended: flag,
  runtime: BASE64,
  stateBytes: whole(),
  writtenBytes: whole(),
  operators: list(OPERATOR),
});

/**
 * Why a manifest cannot be trusted; null when it can. Its checksum tells accidents, not intent: one that somebody else made must not lead a sink to
 * files that are not its own, or make a state of parts that do not belong together.
 */
export function manifestProblem(manifest: CheckpointManifest): string | null {
  return MANIFEST(manifest, '') ?? whatBelongsTogether(manifest);
}

function whatBelongsTogether({ operators }: CheckpointManifest): string | null {
  const segments = operators.flatMap(({ keyed }) => keyed.flatMap((state) => state.subtasks.flatMap((subtask) => subtask.runs)));
  if (segments.length > MAX_SEGMENTS) return `it is made of ${segments.length} segments; the limit is ${MAX_SEGMENTS}`;
  return (
    firstProblem(segments, ({ indexOffset, length }) => (indexOffset < length ? null : 'the index of a segment is outside of it')) ??
    twice(operators, ({ id }) => id, 'operators') ??
    firstProblem(operators, ({ name, keyed, subtasks }) =>
      firstProblem(
        [
          twice(keyed, (state) => state.name, `${name}: states`),
          twice(subtasks, ({ subtask }) => subtask, `${name}: subtasks`),
          firstProblem(keyed, (state: StateManifest) =>
            twice(state.subtasks, ({ subtask }) => subtask, `${name}, ${state.name}: subtasks`),
          ),
        ],
        (problem) => problem,
      ),
    )
  );
}

function twice<T>(items: readonly T[], keyOf: (item: T) => unknown, what: string): string | null {
  return new Set(items.map(keyOf)).size === items.length ? null : `there are ${what} of the same name`;
}

const COMMITTABLE = fields({ directory: text(), pending: text(), final: text(), bytes: whole() });

/** A commit gives `.name.inprogress` its name in the same folder, below that of the sink, and never does anything else. */
function committable(value: unknown, at: string): string | null {
  const problem = COMMITTABLE(value, at);
  if (problem !== null) return problem;
  // SAFETY: the check above has seen to the fields.
  const { pending, final } = value as Committable;
  const names = final.split('/');
  const isBelow = names.every((name) => name !== '' && name !== '.' && name !== '..' && !/[\\\0]/.test(name));
  if (!isBelow) return `${at}.final leads out of the folder of its sink`;
  const expected = [...names.slice(0, -1), `.${names.at(-1) ?? ''}.inprogress`].join('/');
  return pending === expected ? null : `${at}.pending is not the unfinished file of ${at}.final`;
}
