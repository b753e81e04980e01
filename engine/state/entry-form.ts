import { StateMigrationException } from '../api/errors.ts';
import { Expiring } from './expiring.ts';
import { storedDescription, type StateType, type TypeDescription, TypeMismatchError, typeText } from './state-type.ts';
import { MIGRATION_HINT } from './type-change.ts';

/** How the entries of a state with a type are stored. */
export interface EntryForm {
  /** What a checkpoint says of the type of each value. */
  readonly type: TypeDescription | undefined;
  /** Throws StateEncodingError. */
  toStored(kept: unknown): unknown;
  /** Throws StateMigrationException. */
  fromStored(stored: unknown): unknown;
}

/** Null where values describe themselves. `isList`: an entry is a list of values. `was`: the type that they were written with, where that is known. */
export function entryForm(name: string, type: StateType | null, isList: boolean, was: TypeDescription | null = null): EntryForm | null {
  if (type === null) return null;
  const each = (kept: unknown, convert: (value: unknown) => unknown): unknown => {
    const one = (element: unknown): unknown =>
      element instanceof Expiring ? new Expiring(convert(element.value), element.lastAccess) : convert(element);
    return isList && Array.isArray(kept) ? kept.map(one) : one(kept);
  };
  return {
    type: storedDescription(type.description),
    toStored: (kept) => each(kept, (value) => type.toStored(value, '')),
    fromStored: (stored) => {
      try {
        return each(stored, (value) => type.fromStored(value, ''));
      } catch (error) {
        if (!(error instanceof TypeMismatchError)) throw error;
        const written = was === null ? '' : ` was written as ${typeText(was)}, and`;
        throw new StateMigrationException(
          `State "${name}"${written} cannot be read as ${typeText(type.description)}: ${error.message}`,
          MIGRATION_HINT,
        );
      }
    },
  };
}
