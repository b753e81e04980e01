import type { KeySelection } from '../graph/stream-graph.ts';
import { IllegalArgumentException } from './errors.ts';
import type { KeySelector } from './function-types.ts';
import { userFunction } from './user-function.ts';

export type Field = string | number;

/** What may be given as a key: a function of the record, or a field of it. */
export type KeyChoice<T, K> = KeySelector<T, K> | ((value: T) => K) | Field;

/** Checks the name of a field or the position in a tuple. Throws IllegalArgumentException. */
export function checkField(field: unknown, where: string): Field {
  if (typeof field === 'string' || (typeof field === 'number' && Number.isInteger(field) && field >= 0)) return field;
  throw new IllegalArgumentException(`${where} needs the name of a field or a position in a tuple, not ${String(field)}.`);
}

/** A key selector, or one field or more. Throws IllegalArgumentException for anything else. */
export function selectionOf(keys: readonly unknown[], where = 'keyBy'): KeySelection {
  const [first] = keys;
  if (typeof first === 'function' || (typeof first === 'object' && first !== null)) {
    return { kind: 'function', selector: userFunction(first, 'getKey', where) };
  }
  if (keys.length === 0) throw new IllegalArgumentException(`${where} needs a key selector or at least one field.`);
  const fields = keys.map((field) => checkField(field, where));
  return fields.length === 1 ? { kind: 'field', field: fields[0] ?? '' } : { kind: 'fields', fields };
}
