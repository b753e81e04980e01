import { StateDescriptor } from '../api/state-descriptors.ts';
import type { UserFunction } from '../api/user-function.ts';
import type { TypeDescription } from '../state/state-type.ts';

/**
 * What is known of the types of states before anybody asks for them: those of descriptors that functions have as fields, by the name of the state. Null: the
 * state has no type. What is in private fields, or made in `open`, is only known when it is asked for.
 */
export function declaredTypes(functions: readonly UserFunction[]): ReadonlyMap<string, TypeDescription | null> {
  const descriptors = functions.flatMap(({ target }) =>
    Object.values(target).filter((field): field is StateDescriptor<unknown> => field instanceof StateDescriptor),
  );
  return new Map(descriptors.map((descriptor) => [descriptor.getName(), StateDescriptor.typeOf(descriptor)?.description ?? null]));
}
