import { KeyContext } from '../key-context.ts';

/** What belongs to no key is kept as that of one; users see it where the largest keys of a state that is too large are listed. */
export const ONLY_KEY = 'operator state';

export function onlyKey(): KeyContext {
  const context = new KeyContext(1);
  context.set(ONLY_KEY);
  return context;
}
