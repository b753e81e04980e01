import type { StateFold } from './appending-state.ts';

/** What a descriptor says of a keyed state. */
export type StateSpec = { readonly name: string } & (
  | { readonly kind: 'value' | 'list' | 'map' }
  | { readonly kind: 'reducing' | 'aggregating'; readonly fold: StateFold }
);
