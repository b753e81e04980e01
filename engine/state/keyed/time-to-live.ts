import { StateMigrationException } from '../../api/errors.ts';
import type { TtlSettings } from '../../api/state-ttl-config.ts';
import { Expiring } from '../expiring.ts';
import type { StateSpec } from './state-spec.ts';

/** The time to live of one state: says what has expired on the job's clock. */
export class TimeToLive {
  readonly settings: TtlSettings;
  readonly #clock: { readonly now: number };

  constructor(settings: TtlSettings, clock: { readonly now: number }) {
    this.settings = settings;
    this.#clock = clock;
  }

  /** Reading counts as an access. */
  get refreshesOnRead(): boolean {
    return this.settings.updateType === 'OnReadAndWrite';
  }

  /** What has expired is handed out as long as it is there. */
  get returnsExpired(): boolean {
    return this.settings.visibility === 'ReturnExpiredIfNotCleanedUp';
  }

  /** The value, accessed now. */
  wrap(value: unknown): Expiring {
    return new Expiring(value, this.#clock.now);
  }

  hasExpired({ lastAccess }: Expiring): boolean {
    return lastAccess + this.settings.ttl <= this.#clock.now;
  }

  /** What stays of an entry: itself, a shorter list, or undefined. */
  unexpired(kept: unknown): unknown {
    if (kept instanceof Expiring) return this.hasExpired(kept) ? undefined : kept;
    if (!Array.isArray(kept)) return kept;
    const elements: readonly unknown[] = kept;
    const left = elements.filter((element) => element instanceof Expiring && !this.hasExpired(element));
    if (left.length === elements.length) return kept;
    return left.length === 0 ? undefined : left;
  }
}

/** An entry of a state with a time to live. Throws StateMigrationException for one that was written without. */
export function expiring(kept: unknown, name: string): Expiring {
  if (kept instanceof Expiring) return kept;
  throw ttlMismatch(name, true);
}

/** Throws StateMigrationException for a state whose descriptor has a time to live and that was written without, and the reverse. `kept`: any entry of it. */
export function checkTtl({ name, kind, ttl }: StateSpec, kept: unknown): void {
  const wasExpiring = isExpiringEntry(kept, kind === 'list');
  if (wasExpiring !== null && wasExpiring !== (ttl !== null)) throw ttlMismatch(name, ttl !== null);
}

function ttlMismatch(name: string, isExpiring: boolean): StateMigrationException {
  const [saved, now] = isExpiring ? ['without', 'with'] : ['with', 'without'];
  return new StateMigrationException(
    `State "${name}" was written ${saved} a time to live, and cannot be read ${now} one.`,
    isExpiring
      ? 'Take enableTimeToLive away, or give the state another name: it then begins empty.'
      : 'Call enableTimeToLive on the descriptor as before, or give the state another name: it then begins empty.',
  );
}

/** Whether an entry was written with a time to live; null where it cannot tell. */
function isExpiringEntry(kept: unknown, isList: boolean): boolean | null {
  if (!isList) return kept instanceof Expiring;
  if (!Array.isArray(kept) || kept.length === 0) return null;
  return kept[0] instanceof Expiring;
}
