import type { OperatorState } from './snapshot.ts';
import { splitDistribute } from './split-distribute.ts';

/** What tells the states of an operator apart: those of its functions have names of their own. */
function identityOf({ name, ofFunction }: OperatorState): string {
  return `${ofFunction === true ? 'function' : 'operator'} ${name}`;
}

/**
 * What a subtask gets of the operator states that `before` wrote, one list per subtask in their order, where there are now to be `parallelism` of them
 * (Flink's RoundRobinOperatorStateRepartitioner).
 */
export function redistribute(
  before: readonly (readonly OperatorState[])[],
  subtask: number,
  parallelism: number,
): readonly OperatorState[] {
  const identities = new Set(before.flatMap((states) => states.map(identityOf)));
  return [...identities].flatMap((identity) => {
    const parts = before.map((states) => states.find((state) => identityOf(state) === identity));
    const [first] = parts.filter((part) => part !== undefined);
    if (first === undefined) return [];
    const lists = parts.map((part) => part?.values ?? []);
    switch (first.redistribution) {
      case 'subtask': {
        const own = parts[subtask];
        return own === undefined ? [] : [own];
      }
      case 'union':
        return [{ ...first, values: lists.flat() }];
      case 'split':
        return [{ ...first, values: splitDistribute(lists, parallelism)[subtask] ?? [] }];
      case 'broadcast':
        return [{ ...first, values: lists[subtask % lists.length] ?? [] }];
    }
  });
}
