import { StateTooLargeException } from '../api/errors.ts';
import { memoryText, toBytes } from '../api/memory-size.ts';
import { largestKeys } from '../state/largest-keys.ts';
import type { StateAccount, StateMemory } from '../state/state-memory.ts';
import { formatCut } from './format-value.ts';
import type { StateMemoryUse } from './job.ts';

const JOB_OPTION = 'streambook.state.max-size';
const WINDOW_OPTION = 'streambook.state.max-window-size';

const NAMED_OPERATORS = 3;
const NAMED_KEYS = 3;
const MAX_KEY_TEXT = 60;

/** What the effective configuration of a job says about the memory of its state. Throws IllegalArgumentException. */
export function stateLimits(configuration: Readonly<Record<string, string>>): Omit<StateMemoryUse, 'bytes'> {
  return { jobLimit: toBytes(configuration[JOB_OPTION] ?? ''), windowLimit: toBytes(configuration[WINDOW_OPTION] ?? '') };
}

interface OperatorMemory {
  readonly name: string;
  readonly id: number;
  readonly accounts: readonly StateAccount[];
  readonly bytes: number;
}

function byOperator(memory: StateMemory): readonly OperatorMemory[] {
  const found = new Map<string, StateAccount[]>();
  for (const account of memory.accounts) {
    const place = `${account.owner.id} ${account.owner.name}`;
    found.set(place, [...(found.get(place) ?? []), account]);
  }
  return [...found.values()]
    .flatMap((accounts): readonly OperatorMemory[] => {
      const bytes = accounts.reduce((sum, account) => sum + account.bytes, 0);
      const [first] = accounts;
      return first === undefined || bytes === 0 ? [] : [{ ...first.owner, accounts, bytes }];
    })
    .sort((a, b) => b.bytes - a.bytes || a.id - b.id);
}

function keyText(key: unknown): string {
  const text = formatCut(key, MAX_KEY_TEXT);
  return typeof key === 'string' ? `"${text}"` : text;
}

function describe({ name, accounts, bytes }: OperatorMemory): string {
  const { entries, keys } = largestKeys(accounts, NAMED_KEYS);
  if (entries === 0) return `${name}: ${memoryText(bytes)}`;
  const named = keys.map((key) => `${keyText(key.key)} ${memoryText(key.bytes)}`).join(', ');
  return `${name}: ${memoryText(bytes)} in ${entries} ${entries === 1 ? 'entry' : 'entries'}, largest keys ${named}`;
}

/** Why the job has to fail, and the id of the operator that holds most. */
export function stateTooLarge(
  memory: StateMemory,
  configuration: Readonly<Record<string, string>>,
): { readonly error: StateTooLargeException; readonly operator: number | null } {
  const { jobLimit, windowLimit } = stateLimits(configuration);
  const option = jobLimit <= windowLimit ? JOB_OPTION : WINDOW_OPTION;
  const operators = byOperator(memory);
  const named = operators.slice(0, NAMED_OPERATORS).map(describe).join('; ');
  const error = new StateTooLargeException(
    `The state of the job takes ${memoryText(memory.bytes)}, more than the ${memoryText(memory.limit)} of ${option}. ${named}.`,
    `Keep less: use windows, key by fewer values, keep sums instead of lists, or clear state with a timer; or set ${option} higher. Checkpoints so far are kept.`,
  );
  return { error, operator: operators[0]?.id ?? null };
}
