import { StateMigrationException } from '../api/errors.ts';
import { GENERIC_TYPE, type TypeDescription, typeText } from './state-type.ts';

/** How the type of a state differs from that which a checkpoint was written with. Places are paths of fields: "order.amount". */
export interface TypeChange {
  /** Fields that begin with the initial value of their type. */
  readonly added: readonly string[];
  /** Fields that are left behind. */
  readonly removed: readonly string[];
  /** What may still be read, as each value decides: another kind of number, optional or not any more, another version of a serializer. */
  readonly retyped: readonly TypeDifference[];
  /** What cannot be read, whatever is stored. */
  readonly refused: readonly TypeDifference[];
}

export interface TypeDifference {
  /** Empty: the whole value. */
  readonly place: string;
  readonly was: string;
  readonly is: string;
}

/** A state whose type has changed. */
export interface StateTypeChange {
  readonly state: string;
  readonly change: TypeChange;
}

const NUMBERS: ReadonlySet<string> = new Set(['INT', 'LONG', 'DOUBLE']);

interface Found {
  readonly added: string[];
  readonly removed: string[];
  readonly retyped: TypeDifference[];
  readonly refused: TypeDifference[];
}

/** Null where nothing has changed, or nothing is known: `was` is null for a state without a type, and for checkpoints from before types were kept. */
export function typeChange(was: TypeDescription | null, is: TypeDescription | null): TypeChange | null {
  if (was === null) return null;
  const found: Found = { added: [], removed: [], retyped: [], refused: [] };
  if (is !== null) compare(was, is, '', found);
  else if (isOwn(was)) found.refused.push({ place: '', was: typeText(was), is: 'a state without a type' });
  const { added, removed, retyped, refused } = found;
  return added.length + removed.length + retyped.length + refused.length > 0 ? found : null;
}

function compare(was: TypeDescription, is: TypeDescription, place: string, found: Found): void {
  const difference = (): TypeDifference => ({ place, was: withVersion(was), is: withVersion(is) });
  if (is.name === GENERIC_TYPE ? !isOwn(was) : was.name === GENERIC_TYPE && is.version === undefined) {
    if (was.name !== is.name) found.retyped.push(difference());
  } else if (was.version !== undefined && is.version !== undefined) {
    if (was.name !== is.name || was.version !== is.version) found.retyped.push(difference());
  } else if (was.version !== undefined || is.version !== undefined) {
    found.refused.push(difference());
  } else if (was.name === is.name) {
    compareParts(was, is, place, found);
  } else if (was.name === 'OPTIONAL' || is.name === 'OPTIONAL') {
    found.retyped.push(difference());
    compare(inner(was), inner(is), place, found);
  } else {
    (NUMBERS.has(was.name) && NUMBERS.has(is.name) ? found.retyped : found.refused).push(difference());
  }
}

function compareParts(was: TypeDescription, is: TypeDescription, place: string, found: Found): void {
  const [before, now] = [was.of ?? [], is.of ?? []];
  if (is.name !== 'POJO') {
    for (const [at, { type }] of now.entries()) {
      const part = before[at];
      if (part !== undefined) compare(part.type, type, is.name === 'OPTIONAL' ? place : within(place, STEPS[is.name]?.[at] ?? ''), found);
    }
    return;
  }
  for (const { field = '', type } of now) {
    const part = before.find((one) => one.field === field);
    if (part === undefined) found.added.push(within(place, field));
    else compare(part.type, type, within(place, field), found);
  }
  for (const { field = '' } of before) {
    if (!now.some((one) => one.field === field)) found.removed.push(within(place, field));
  }
}

/** How the parts of a type that has no fields are called. */
const STEPS: Readonly<Record<string, readonly string[]>> = { LIST: ['element'], MAP: ['key', 'value'] };

function within(place: string, step: string): string {
  return place === '' ? step : `${place}.${step}`;
}

function inner(type: TypeDescription): TypeDescription {
  return type.name === 'OPTIONAL' ? (type.of?.[0]?.type ?? type) : type;
}

function withVersion(type: TypeDescription): string {
  return type.version === undefined ? typeText(type) : `${typeText(type)} (version ${type.version})`;
}

function isOwn({ version, of = [] }: TypeDescription): boolean {
  return version !== undefined || of.some(({ type }) => isOwn(type));
}

/** A change in words; `state` in quotes in front. */
export function changeText({ state, change: { added, removed, retyped } }: StateTypeChange): string {
  const parts = [
    ...retyped.map(({ place, was, is }) => `${place === '' ? 'its value' : place} was ${was} and is ${is}`),
    ...(added.length === 0 ? [] : [`${added.join(', ')} ${added.length === 1 ? 'is' : 'are'} new`]),
    ...(removed.length === 0 ? [] : [`${removed.join(', ')} ${removed.length === 1 ? 'is' : 'are'} left behind`]),
  ];
  return `State "${state}": ${parts.join('; ')}.`;
}

export const MIGRATION_HINT =
  'Set the type back to what it was, give the state another name (it then begins empty), or read the old version in the deserialize of a TypeSerializer.';

/** Why a state cannot be taken over, whatever it holds; null when it may be. */
export function refusal({ state, change: { refused } }: StateTypeChange): string | null {
  const [first] = refused;
  if (first === undefined) return null;
  const { place, was, is } = first;
  return `State "${state}" was written with another type: ${place === '' ? 'it' : place} was ${was}, and is now ${is}.`;
}

/** The change of a state that is taken over, if there is one. Throws StateMigrationException for one that cannot be. */
export function checkedChange(state: string, was: TypeDescription | null, is: TypeDescription | null): StateTypeChange | null {
  const change = typeChange(was, is);
  if (change === null) return null;
  const reason = refusal({ state, change });
  if (reason !== null) throw new StateMigrationException(reason, MIGRATION_HINT);
  return { state, change };
}

/** Hears of states whose types have changed. */
export type TypeChangeListener = (change: StateTypeChange) => void;
