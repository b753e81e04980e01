import { IllegalArgumentException, IllegalStateException, StateMigrationException } from '../api/errors.ts';
import { compatibilityOf, type JudgedOperator, type OperatorCompatibility, type SavedState } from '../checkpoint/compatibility.ts';
import { type AmbiguousState, matchOperators, type OperatorMatches } from '../checkpoint/operator-matching.ts';
import type { JobRestore, RestoredOperator } from '../checkpoint/snapshot.ts';
import { operatorSignature } from '../graph/graph-hash.ts';
import { kindOf, operatorId, operatorIds, operatorLabels, vertexLabels } from '../graph/operator-id.ts';
import type { StreamGraph, StreamVertex } from '../graph/stream-graph.ts';
import { declaredTypes } from './declared-types.ts';
import { noticesCheckpoints } from './checkpointed-functions.ts';
import type { RestoreQuestion } from './job.ts';

export interface RestoreOptions {
  /** Watermarks and the time of timers are taken over (rule 6); false is Flink's way. */
  readonly watermarks: boolean;
  /** State of operators that the job does not have is left behind instead of refused. */
  readonly ignoreUnclaimed: boolean;
  /** Which operator takes which state over, where the user has said so: `streambook.state-recovery.match`. */
  readonly match: string;
}

/** Who takes over what from a checkpoint. */
export interface RestorePlan {
  /** Ids of operators in the checkpoint, by vertex. */
  readonly savedIds: ReadonlyMap<number, string>;
  /** Of vertices that take over keyed state and have no max parallelism of their own. */
  readonly maxParallelism: ReadonlyMap<number, number>;
  readonly compatibility: readonly OperatorCompatibility[];
}

/** It is for the user to say which operator takes a state over. */
export class AmbiguousStateError extends IllegalStateException {
  readonly questions: readonly RestoreQuestion[];

  constructor(questions: readonly RestoreQuestion[], where: string) {
    const [first] = questions;
    const candidates = first?.candidates.map(({ label }) => label) ?? [];
    super(
      `It is not clear which operator takes over the state of ${first?.saved.label ?? ''} in ${where}: ${candidates.join(' or ')} of the program now.`,
      `Say it with streambook.state-recovery.match, such as '${first?.saved.label ?? ''}=${candidates[0] ?? ''}' (nothing after the = leaves it behind), and give operators a uid before they are changed.`,
    );
    this.questions = questions;
  }
}

/**
 * Decides which operator of a program goes on with which state of a checkpoint. Throws IllegalStateException for state that no operator can take over,
 * AmbiguousStateError where several could, IllegalArgumentException for a `match` that names nobody.
 */
export function planRestore(
  restore: JobRestore,
  graph: StreamGraph,
  graphHash: string,
  cellName: (cell: number) => string | null,
  options: RestoreOptions,
): RestorePlan {
  const where = `checkpoint ${restore.checkpoint} of run ${restore.run}`;
  const saved = savedStates(restore.operators);
  const program = programOperators(graph, cellName);
  const matched =
    restore.graphHash === graphHash ? sameProgram(saved, program) : matchOperators(saved, program, answers(options.match, saved, program));
  if (matched.ambiguous.length > 0) throw new AmbiguousStateError(matched.ambiguous.map(questionOf), where);
  const compatibility = compatibilityOf(matched, where, options.ignoreUnclaimed);
  const refused = compatibility.find(({ fate }) => fate === 'refused');
  if (refused !== undefined) {
    throw new (refused.types.length > 0 ? StateMigrationException : IllegalStateException)(refused.reason, refused.hint);
  }
  return {
    savedIds: new Map(matched.matches.map((match) => [match.operator.vertex, match.saved.id])),
    maxParallelism: new Map(
      matched.matches
        .filter((match) => match.saved.hasKeyedState && match.operator.maxParallelism === null)
        .map((match) => [match.operator.vertex, match.saved.identity.maxParallelism]),
    ),
    compatibility,
  };
}

function sameProgram(saved: readonly SavedState[], program: readonly JudgedOperator[]): OperatorMatches<SavedState, JudgedOperator> {
  const matches = saved.flatMap((one) => {
    const operator = program.find(({ id }) => id === one.id);
    return operator === undefined ? [] : [{ saved: one, operator, by: 'program' as const }];
  });
  return { matches, leftBehind: [], gone: [], added: [], ambiguous: [] };
}

/** Operators whose keyed states are named by user code. */
const NAMED_BY_USERS: ReadonlySet<string> = new Set([
  'keyedProcess',
  'keyedCoMap',
  'keyedCoFlatMap',
  'keyedCoProcess',
  'keyedBroadcastProcess',
]);

function savedStates(operators: readonly RestoredOperator[]): readonly SavedState[] {
  const labels = operatorLabels(operators);
  return operators.map((operator, at) => {
    const { id, uid, name, kind, cell = null, signature = null, keyed, subtasks } = operator;
    const label = labels[at] ?? '';
    return {
      identity: operator,
      id,
      label,
      name,
      kind,
      cell,
      signature,
      hasOwnId: uid !== null || id !== operatorId(label),
      states: [
        ...(NAMED_BY_USERS.has(kind) ? keyed.filter((state) => !state.kind.endsWith('timers')).map((state) => state.name) : []),
        ...new Set(subtasks.flatMap(({ operator: states }) => states.flatMap((state) => (state.ofFunction === true ? state.name : [])))),
      ],
      hasState: keyed.length > 0 || subtasks.some((subtask) => subtask.operator.length > 0 || subtask.positions.length > 0),
      hasKeyedState: keyed.length > 0,
      types: new Map(
        [...keyed, ...subtasks.flatMap((subtask) => subtask.operator)].flatMap((state) =>
          state.type === undefined ? [] : [[state.name, state.type] as const],
        ),
      ),
    };
  });
}

function programOperators(graph: StreamGraph, cellName: (cell: number) => string | null): readonly JudgedOperator[] {
  const { vertices } = graph;
  const ids = operatorIds(graph);
  const labels = vertexLabels(vertices);
  return vertices.map((vertex, at) => ({
    vertex: vertex.id,
    id: ids.get(vertex.id) ?? '',
    label: labels[at] ?? '',
    name: vertex.name,
    kind: kindOf(vertex),
    cell: cellName(vertex.cell),
    signature: operatorSignature(vertex),
    hasOwnId: vertex.uid !== null || vertex.uidHash !== null,
    mentions: (state) => isNamed(vertex, state),
    parallelism: vertex.parallelism,
    maxParallelism: vertex.maxParallelism ?? graph.maxParallelism,
    types: vertex.role.kind === 'source' ? new Map() : declaredTypes(vertex.role.operator.functions),
    keepsState:
      vertex.role.kind === 'source' || vertex.role.operator.keepsState === true || noticesCheckpoints(vertex.role.operator.functions),
  }));
}

/** As a text literal in the code of one of its functions. */
function isNamed({ role }: StreamVertex, state: string): boolean {
  if (role.kind === 'source') return false;
  return role.operator.functions.some(({ source }) => ["'", '"', '`'].some((quote) => source.includes(`${quote}${state}${quote}`)));
}

/** "keyedProcess 1=keyedProcess 2, totals=": labels of saved operators and of those of the program, with nothing for what is left behind. */
function answers(match: string, saved: readonly SavedState[], program: readonly JudgedOperator[]): ReadonlyMap<string, string | null> {
  const pairs = match
    .split(',')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '');
  return new Map(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      const from = pair.slice(0, at).trim();
      const to = pair.slice(at + 1).trim();
      const isSaved = at > 0 && saved.some(({ label }) => label === from);
      if (!isSaved || (to !== '' && !program.some(({ label }) => label === to))) {
        const known = (isSaved ? program : saved).map(({ label }) => label).join(', ');
        throw new IllegalArgumentException(
          `streambook.state-recovery.match says '${pair}', but ${isSaved ? 'the program' : 'the checkpoint'} has no such operator.`,
          `It has ${known}.`,
        );
      }
      return [from, to === '' ? null : to];
    }),
  );
}

function questionOf({ saved, candidates }: AmbiguousState<SavedState, JudgedOperator>): RestoreQuestion {
  const { label, name, states } = saved;
  return {
    saved: { label, name, states },
    candidates: candidates.map((operator) => ({ label: operator.label, name: operator.name })),
  };
}
