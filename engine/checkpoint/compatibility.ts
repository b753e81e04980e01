import { changeText, MIGRATION_HINT, refusal, type StateTypeChange, typeChange } from '../state/type-change.ts';
import type { TypeDescription } from '../state/state-type.ts';
import type { MatchReason, OperatorMatch, OperatorMatches, ProgramOperator, SavedOperator } from './operator-matching.ts';

/**
 * What becomes of an operator's state when a job is restored. kept: as it was. converted: taken over, but in other hands or dealt out anew. reset: the
 * operator begins without state. dropped: the state is left behind. refused: the job cannot be restored like this.
 */
export type StateFate = 'kept' | 'converted' | 'reset' | 'dropped' | 'refused';

/** The answer for one operator; plain data, for those who show it. */
export interface OperatorCompatibility {
  readonly fate: StateFate;
  /** In the checkpoint; null for an operator that is new. */
  readonly saved: OperatorName | null;
  /** In the program; null for one that is gone. */
  readonly operator: (OperatorName & { readonly vertex: number }) | null;
  readonly reason: string;
  /** What helps where it is refused; else null. */
  readonly hint: string | null;
  /** Its states whose types have changed, as far as that is known. */
  readonly types: readonly StateTypeChange[];
}

export interface OperatorName {
  /** How users address it: its uid, else its kind and ordinal. */
  readonly label: string;
  readonly name: string;
}

/** A program's operator as far as it decides whether it can take state over. */
export interface JudgedOperator extends ProgramOperator {
  readonly parallelism: number;
  /** Set in the program; null: taken from the checkpoint. */
  readonly maxParallelism: number | null;
  /** It would have state, so that its beginning without any is worth a word. */
  readonly keepsState: boolean;
  /** Of states that are known before they are asked for, by name. Null: it has none. */
  readonly types: ReadonlyMap<string, TypeDescription | null>;
}

export interface SavedState extends SavedOperator {
  readonly hasKeyedState: boolean;
  /** Of states that were written with one, by name. */
  readonly types: ReadonlyMap<string, TypeDescription>;
}

const FOUND_BY: Readonly<Record<MatchReason, string>> = {
  uid: 'It has the same uid.',
  program: 'The program is the same.',
  answer: 'You chose it.',
  code: 'Its code is the same.',
  states: 'It has states of the same names.',
  name: 'It has the same name.',
  order: 'It is at the same place among operators of its kind.',
};

/** Judges what `matchOperators` found. `where`: the checkpoint, in messages. Ambiguous states are not in it. */
export function compatibilityOf(
  { matches, leftBehind, gone, added }: OperatorMatches<SavedState, JudgedOperator>,
  where: string,
  ignoreUnclaimed: boolean,
): readonly OperatorCompatibility[] {
  return [
    ...matches.filter(({ saved }) => saved.hasState).map((match) => judgeMatch(match, where)),
    ...leftBehind.filter(({ hasState }) => hasState).map((saved) => dropped(saved, 'You chose to leave it behind.')),
    ...gone.filter(({ hasState }) => hasState).map((saved) => judgeGone(saved, where, ignoreUnclaimed)),
    ...added.filter(({ keepsState }) => keepsState).map(begins),
  ];
}

function judgeMatch({ saved, operator, by }: OperatorMatch<SavedState, JudgedOperator>, where: string): OperatorCompatibility {
  const both = { saved: named(saved), operator: { ...named(operator), vertex: operator.vertex }, hint: null, types: [] };
  if (saved.kind !== operator.kind) {
    return {
      ...both,
      fate: 'refused',
      reason: `${where} holds state of a ${saved.kind} (${saved.name}) where the program now has a ${operator.kind} (${operator.name}).`,
      hint: 'Start fresh, or give the operators uids of their own.',
    };
  }
  const { maxParallelism } = saved.identity;
  if (saved.hasKeyedState && operator.maxParallelism !== null && operator.maxParallelism !== maxParallelism) {
    return {
      ...both,
      fate: 'refused',
      reason: `The max parallelism of ${operator.name} is ${operator.maxParallelism}, but its state in ${where} was written with ${maxParallelism}.`,
      hint: `Key groups cannot change: set its max parallelism to ${maxParallelism}.`,
    };
  }
  const types = typeChanges(saved, operator);
  const refused = types.map(refusal).find((reason) => reason !== null);
  if (refused !== undefined)
    return { ...both, fate: 'refused', types, reason: `${refused} It is of ${operator.name}, in ${where}.`, hint: MIGRATION_HINT };
  return withTypes(judgeFound(saved, operator, by, both), types);
}

type Judged = Pick<OperatorCompatibility, 'saved' | 'operator' | 'hint' | 'types'>;

/** The operator is one that can take the state over. */
function judgeFound(saved: SavedState, operator: JudgedOperator, by: MatchReason, both: Judged): OperatorCompatibility {
  const unread = saved.states.filter((state) => !operator.mentions(state));
  const found = `${FOUND_BY[by]}${unread.length === 0 ? '' : ` Its code does not name ${unread.join(', ')} any more: kept, but not read.`}`;
  const { parallelism } = saved.identity;
  if (operator.parallelism !== parallelism) {
    return {
      ...both,
      fate: 'converted',
      reason: `${found} Its state is dealt out to ${subtasks(operator.parallelism)} instead of ${parallelism}.`,
    };
  }
  if (operator.label !== saved.label) return { ...both, fate: 'converted', reason: `${found} It was ${saved.label} before.` };
  return { ...both, fate: 'kept', reason: found };
}

function typeChanges(saved: SavedState, operator: JudgedOperator): readonly StateTypeChange[] {
  return [...saved.types].flatMap(([state, was]) => {
    const is = operator.types.get(state);
    const change = is === undefined ? null : typeChange(was, is);
    return change === null ? [] : [{ state, change }];
  });
}

function withTypes(answer: OperatorCompatibility, types: readonly StateTypeChange[]): OperatorCompatibility {
  const news = types.filter(({ state }) => answer.types.every((one) => one.state !== state));
  if (news.length === 0) return answer;
  return {
    ...answer,
    fate: 'converted',
    reason: [answer.reason, ...news.map(changeText)].join(' '),
    types: [...answer.types, ...news],
  };
}

/** The answers, with what has turned out about types since: by vertex. */
export function withTypeChanges(
  compatibility: readonly OperatorCompatibility[],
  changes: ReadonlyMap<number, readonly StateTypeChange[]>,
): readonly OperatorCompatibility[] {
  return compatibility.map((answer) => withTypes(answer, (answer.operator && changes.get(answer.operator.vertex)) ?? []));
}

function judgeGone(saved: SavedState, where: string, ignoreUnclaimed: boolean): OperatorCompatibility {
  if (ignoreUnclaimed)
    return dropped(saved, 'The program has no such operator any more, and execution.state-recovery.ignore-unclaimed-state is set.');
  return {
    fate: 'refused',
    saved: named(saved),
    operator: null,
    reason: `Cannot map the state of operator ${saved.name} in ${where} to the new program, because the operator is not available in the new program.`,
    hint: "Give operators a uid before they are changed; to leave this state behind, set 'execution.state-recovery.ignore-unclaimed-state' to true.",
    types: [],
  };
}

function dropped(saved: SavedState, reason: string): OperatorCompatibility {
  return { fate: 'dropped', saved: named(saved), operator: null, reason, hint: null, types: [] };
}

function begins(operator: JudgedOperator): OperatorCompatibility {
  const reason = 'It is new: the checkpoint has no state for it.';
  return { fate: 'reset', saved: null, operator: { ...named(operator), vertex: operator.vertex }, reason, hint: null, types: [] };
}

function named({ label, name }: OperatorName): OperatorName {
  return { label, name };
}

function subtasks(count: number): string {
  return count === 1 ? 'one subtask' : `${count} subtasks`;
}
