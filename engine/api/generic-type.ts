import { GENERIC_TYPE } from '../state/state-type.ts';
import { BuiltInType, type TypeInformation } from './type-information.ts';

/** Records of which nothing is known: stored as whatever they are, as all state is. */
class GenericType extends BuiltInType<unknown> {
  readonly description = { name: GENERIC_TYPE };
  toStored(value: unknown): unknown {
    return value;
  }
  fromStored(stored: unknown): unknown {
    return stored;
  }
  initial(): unknown {
    return null;
  }
}

const GENERIC = new GenericType();

/** The type of what has no type information of its own (Flink's GenericTypeInfo). */
export function genericType<T>(): TypeInformation<T> {
  // SAFETY: it takes any value, and gives back what was stored.
  return GENERIC as unknown as TypeInformation<T>;
}
