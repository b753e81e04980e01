import type { OperatorIdentity } from './snapshot.ts';

/** What decides which operator of a program takes over the state of which operator in a checkpoint. */
interface MatchedOperator {
  /** OperatorIdentity.id. */
  readonly id: string;
  /** How users address it: its uid, else its kind and its ordinal among those of its kind. */
  readonly label: string;
  readonly name: string;
  readonly kind: string;
  /** Of the cell that it is written in; null where that is not known. */
  readonly cell: string | null;
  /** Equal for two operators that do the same, whatever they are called; null where that is not known. */
  readonly signature: string | null;
  /** It has a uid, or a hash that stands for one. */
  readonly hasOwnId: boolean;
}

export interface SavedOperator extends MatchedOperator {
  readonly identity: OperatorIdentity;
  /** Names that user code gave to its states. */
  readonly states: readonly string[];
  readonly hasState: boolean;
}

export interface ProgramOperator extends MatchedOperator {
  readonly vertex: number;
  /** Its code names this state. */
  mentions(state: string): boolean;
}

/** What an operator was found by. */
export type MatchReason = 'uid' | 'program' | 'answer' | 'code' | 'states' | 'name' | 'order';

export interface OperatorMatch<S extends SavedOperator, P extends ProgramOperator> {
  readonly saved: S;
  readonly operator: P;
  readonly by: MatchReason;
}

/** State that several operators could take over, or that one of several states could be for. */
export interface AmbiguousState<S extends SavedOperator, P extends ProgramOperator> {
  readonly saved: S;
  readonly candidates: readonly P[];
}

export interface OperatorMatches<S extends SavedOperator, P extends ProgramOperator> {
  readonly matches: readonly OperatorMatch<S, P>[];
  /** Left behind because the user said so. */
  readonly leftBehind: readonly S[];
  /** Without an operator. */
  readonly gone: readonly S[];
  /** Without state. */
  readonly added: readonly P[];
  readonly ambiguous: readonly AmbiguousState<S, P>[];
}

type Relation = (saved: SavedOperator, operator: ProgramOperator) => boolean;

const sameKind: Relation = (saved, operator) => saved.kind === operator.kind;
const sameCell: Relation = (saved, operator) =>
  sameKind(saved, operator) && (saved.cell === null || operator.cell === null || saved.cell === operator.cell);
const sameCode: Relation = (saved, operator) => saved.signature !== null && saved.signature === operator.signature;
const sameStates: Relation = ({ states }, operator) => states.length > 0 && states.every((state) => operator.mentions(state));
const sameName: Relation = (saved, operator) => saved.name === operator.name;

/**
 * Finds the operators of a checkpoint again in a program: by uid; those without one by what their code says and then by their order, always among
 * operators of their kind and first in their cell. `answers`: what the user has said, by labels; null leaves a state behind. What is left on both
 * sides is ambiguous.
 */
export function matchOperators<S extends SavedOperator, P extends ProgramOperator>(
  saved: readonly S[],
  program: readonly P[],
  answers: ReadonlyMap<string, string | null>,
): OperatorMatches<S, P> {
  const matching = new Matching(saved, program);
  matching.pairEach((one, operator) => operator.hasOwnId && operator.id === one.id, 'uid');
  // A uid is a promise: an operator with another one, or without, is another operator.
  matching.close(({ hasOwnId }) => hasOwnId);
  matching.pairEach((one, operator) => answers.get(one.label) === operator.label, 'answer');
  const leftBehind = matching.close(({ label }) => answers.get(label) === null);
  for (const [relation, by] of [
    [sameCode, 'code'],
    [sameStates, 'states'],
    [sameName, 'name'],
  ] as const) {
    for (const group of [sameCell, sameKind]) matching.pairCertain((one, operator) => group(one, operator) && relation(one, operator), by);
  }
  for (const group of [sameCell, sameKind]) matching.pairInOrder(group);
  return matching.result(leftBehind);
}

/** The pairs found so far, and what is still open on both sides. */
class Matching<S extends SavedOperator, P extends ProgramOperator> {
  readonly #matches: OperatorMatch<S, P>[] = [];
  #saved: readonly S[];
  #program: readonly P[];
  readonly #gone: S[] = [];

  constructor(saved: readonly S[], program: readonly P[]) {
    this.#saved = saved;
    this.#program = program;
  }

  #pair(saved: S, operator: P, by: MatchReason): void {
    this.#matches.push({ saved, operator, by });
    this.#saved = this.#saved.filter((one) => one !== saved);
    this.#program = this.#program.filter((one) => one !== operator);
  }

  #pairAll(saved: readonly S[], operators: readonly P[], by: MatchReason): void {
    for (const [place, one] of saved.entries()) {
      const operator = operators[place];
      if (operator !== undefined) this.#pair(one, operator, by);
    }
  }

  /** Pairs all that are related. */
  pairEach(relation: Relation, by: MatchReason): void {
    for (const saved of this.#saved) {
      const operator = this.#program.find((one) => relation(saved, one));
      if (operator !== undefined) this.#pair(saved, operator, by);
    }
  }

  /** Pairs those that are related to nobody else; and as many that are related to just the same ones as there are of these, in order. */
  pairCertain(relation: Relation, by: MatchReason): void {
    for (const saved of this.#saved) {
      const operators = this.#program.filter((operator) => relation(saved, operator));
      const [first] = operators;
      if (first === undefined) continue;
      const rivals = this.#saved.filter((one) => relation(one, first));
      const isClosed = rivals.every((rival) =>
        this.#program.every((operator) => relation(rival, operator) === operators.includes(operator)),
      );
      const at = rivals.indexOf(saved);
      // The first of the rivals pairs all of them: those that follow are not open any more.
      if (isClosed && rivals.length === operators.length && at === 0) this.#pairAll(rivals, operators, by);
    }
  }

  /** Pairs what is left of a group in order, where both sides have equally many. */
  pairInOrder(group: Relation): void {
    for (const saved of this.#saved) {
      if (!this.#saved.includes(saved)) continue;
      const operators = this.#program.filter((operator) => group(saved, operator));
      const [first] = operators;
      if (first === undefined) continue;
      const rivals = this.#saved.filter((one) => group(one, first));
      if (rivals.length === operators.length) this.#pairAll(rivals, operators, 'order');
    }
  }

  /** Those for which no operator is looked for any more. */
  close(which: (saved: S) => boolean): readonly S[] {
    const closed = this.#saved.filter(which);
    this.#saved = this.#saved.filter((one) => !closed.includes(one));
    this.#gone.push(...closed);
    return closed;
  }

  result(leftBehind: readonly S[]): OperatorMatches<S, P> {
    const ambiguous = this.#saved.flatMap((saved) => {
      const candidates = this.#program.filter((operator) => sameKind(saved, operator));
      return saved.hasState && candidates.length > 0 ? [{ saved, candidates }] : [];
    });
    const open = this.#saved.filter((saved) => !ambiguous.some((one) => one.saved === saved));
    return {
      matches: this.#matches,
      leftBehind,
      gone: [...this.#gone.filter((saved) => !leftBehind.includes(saved)), ...open],
      added: this.#program,
      ambiguous,
    };
  }
}
