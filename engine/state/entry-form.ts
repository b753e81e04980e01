import { StateMigrationException } from '../api/errors.ts';
import { Expiring } from './expiring.ts';
import type { StateType } from './state-type.ts';
import { TypeMismatchError } from './state-type.ts';

/** How the entries of a state with a type are stored. */
export interface EntryForm {
  /** Throws StateEncodingError. */
  toStored(kept: unknown): unknown;
  /** Throws StateMigrationException. */
  fromStored(stored: unknown): unknown;
}

/** Null where values describe themselves. `isList`: an entry is a list of values. */
export function entryForm(name: string, type: StateType | null, isList: boolean): EntryForm | null {
  if (type === null) return null;
  const each = (kept: unknown, convert: (value: unknown) => unknown): unknown => {
    const one = (element: unknown): unknown =>
      element instanceof Expiring ? new Expiring(convert(element.value), element.lastAccess) : convert(element);
    return isList && Array.isArray(kept) ? kept.map(one) : one(kept);
  };
  return {
    toStored: (kept) => each(kept, (value) => type.toStored(value, '')),
    fromStored: (stored) => {
      try {
        return each(stored, (value) => type.fromStored(value, ''));
      } catch (error) {
        if (!(error instanceof TypeMismatchError)) throw error;
        throw new StateMigrationException(
          `State "${name}" cannot be read as ${type.description}: ${error.message}`,
          'Set the type back to what it was, give the state another name (it then begins empty), or read the old version in the deserialize of a TypeSerializer.',
        );
      }
    },
  };
}
