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
}

export interface SavedState extends SavedOperator {
  readonly hasKeyedState: boolean;
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
  const both = { saved: named(saved), operator: { ...named(operator), vertex: operator.vertex }, hint: null };
  if (saved.kind !== operator.kind) {
    return {
      ...both,
      fate: 'refused',
      reason: `${where} holds state of a ${saved.kind} (${saved.name}) where the program now has a ${operator.kind} (${operator.name}).`,
      hint: 'Start fresh, or give the operators uids of their own.',
    };
  }
  const { maxParallelism, parallelism } = saved.identity;
  if (saved.hasKeyedState && operator.maxParallelism !== null && operator.maxParallelism !== maxParallelism) {
    return {
      ...both,
      fate: 'refused',
      reason: `The max parallelism of ${operator.name} is ${operator.maxParallelism}, but its state in ${where} was written with ${maxParallelism}.`,
      hint: `Key groups cannot change: set its max parallelism to ${maxParallelism}.`,
    };
  }
  const unread = saved.states.filter((state) => !operator.mentions(state));
  const found = `${FOUND_BY[by]}${unread.length === 0 ? '' : ` Its code does not name ${unread.join(', ')} any more: kept, but not read.`}`;
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

function judgeGone(saved: SavedState, where: string, ignoreUnclaimed: boolean): OperatorCompatibility {
  if (ignoreUnclaimed)
    return dropped(saved, 'The program has no such operator any more, and execution.state-recovery.ignore-unclaimed-state is set.');
  return {
    fate: 'refused',
    saved: named(saved),
    operator: null,
    reason: `Cannot map the state of operator ${saved.name} in ${where} to the new program, because the operator is not available in the new program.`,
    hint: "Give operators a uid before they are changed; to leave this state behind, set 'execution.state-recovery.ignore-unclaimed-state' to true.",
  };
}

function dropped(saved: SavedState, reason: string): OperatorCompatibility {
  return { fate: 'dropped', saved: named(saved), operator: null, reason, hint: null };
}

function begins(operator: JudgedOperator): OperatorCompatibility {
  const reason = 'It is new: the checkpoint has no state for it.';
  return { fate: 'reset', saved: null, operator: { ...named(operator), vertex: operator.vertex }, reason, hint: null };
}

function named({ label, name }: OperatorName): OperatorName {
  return { label, name };
}

function subtasks(count: number): string {
  return count === 1 ? 'one subtask' : `${count} subtasks`;
}
