import type { TtlSettings } from '../../api/state-ttl-config.ts';
import type { StateType } from '../state-type.ts';
import type { StateFold } from './appending-state.ts';

/** What a descriptor says of a keyed state. */
export type StateSpec = {
  readonly name: string;
  /** Of each value; null: values describe themselves. */
  readonly type: StateType | null;
  /** Null: entries do not expire. */
  readonly ttl: TtlSettings | null;
} & ({ readonly kind: 'value' | 'list' | 'map' } | { readonly kind: 'reducing' | 'aggregating'; readonly fold: StateFold });
