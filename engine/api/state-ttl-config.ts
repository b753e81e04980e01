import { type DurationLike, toMillis } from './duration.ts';
import { IllegalArgumentException } from './errors.ts';

export type UpdateType = 'OnCreateAndWrite' | 'OnReadAndWrite';
export type StateVisibility = 'NeverReturnExpired' | 'ReturnExpiredIfNotCleanedUp';

/** Entries that each access to a state looks at when nothing else is said, as on Flink's heap. */
const DEFAULT_CLEANUP_SIZE = 5;

/** When entries of a state expire, and what becomes of them then. */
export interface TtlSettings {
  /** ms of processing time since the last access. */
  readonly ttl: number;
  readonly updateType: UpdateType;
  readonly visibility: StateVisibility;
  /** Entries that are looked at with each access; 0 = expired ones go when they are read, and not before. */
  readonly cleanupSize: number;
  /** They are looked at with each record, too. */
  readonly cleansEveryRecord: boolean;
  /** Expired entries are not part of full checkpoints and savepoints. */
  readonly cleansSnapshots: boolean;
}

/** Time to live of state, in processing time. */
export class StateTtlConfig {
  static readonly UpdateType: { readonly [U in UpdateType]: U } = {
    OnCreateAndWrite: 'OnCreateAndWrite',
    OnReadAndWrite: 'OnReadAndWrite',
  };
  static readonly StateVisibility: { readonly [V in StateVisibility]: V } = {
    NeverReturnExpired: 'NeverReturnExpired',
    ReturnExpiredIfNotCleanedUp: 'ReturnExpiredIfNotCleanedUp',
  };
  readonly #settings: TtlSettings;

  constructor(settings: TtlSettings) {
    this.#settings = settings;
  }

  /** Throws IllegalArgumentException for a time that is not positive. */
  static newBuilder(ttl: DurationLike): StateTtlConfigBuilder {
    return new StateTtlConfigBuilder(toMillis(ttl));
  }

  /** For the engine. Throws IllegalArgumentException for anything else. */
  static settingsOf(config: unknown): TtlSettings {
    if (config instanceof StateTtlConfig) return config.#settings;
    throw new IllegalArgumentException('enableTimeToLive needs a StateTtlConfig.', "For example StateTtlConfig.newBuilder('1 h').build().");
  }
}

class StateTtlConfigBuilder {
  #settings: TtlSettings;

  constructor(ttl: number) {
    if (ttl <= 0) throw new IllegalArgumentException('TTL is expected to be positive.', "For example StateTtlConfig.newBuilder('1 h').");
    this.#settings = {
      ttl,
      updateType: 'OnCreateAndWrite',
      visibility: 'NeverReturnExpired',
      cleanupSize: DEFAULT_CLEANUP_SIZE,
      cleansEveryRecord: false,
      cleansSnapshots: false,
    };
  }

  setUpdateType(updateType: UpdateType): this {
    return this.#set({ updateType: oneOf(updateType, StateTtlConfig.UpdateType, 'setUpdateType') });
  }

  setStateVisibility(visibility: StateVisibility): this {
    return this.#set({ visibility: oneOf(visibility, StateTtlConfig.StateVisibility, 'setStateVisibility') });
  }

  updateTtlOnCreateAndWrite(): this {
    return this.#set({ updateType: 'OnCreateAndWrite' });
  }

  updateTtlOnReadAndWrite(): this {
    return this.#set({ updateType: 'OnReadAndWrite' });
  }

  returnExpiredIfNotCleanedUp(): this {
    return this.#set({ visibility: 'ReturnExpiredIfNotCleanedUp' });
  }

  neverReturnExpired(): this {
    return this.#set({ visibility: 'NeverReturnExpired' });
  }

  cleanupFullSnapshot(): this {
    return this.#set({ cleansSnapshots: true });
  }

  /** Throws IllegalArgumentException for a size that is not positive. */
  cleanupIncrementally(cleanupSize: number, runCleanupForEveryRecord: boolean): this {
    if (!Number.isSafeInteger(cleanupSize) || cleanupSize <= 0) {
      throw new IllegalArgumentException(
        'Number of incrementally cleaned up state entries should be positive.',
        'To turn it off call disableCleanupInBackground().',
      );
    }
    return this.#set({ cleanupSize, cleansEveryRecord: runCleanupForEveryRecord });
  }

  disableCleanupInBackground(): this {
    return this.#set({ cleanupSize: 0, cleansEveryRecord: false });
  }

  build(): StateTtlConfig {
    return new StateTtlConfig(this.#settings);
  }

  #set(change: Partial<TtlSettings>): this {
    this.#settings = { ...this.#settings, ...change };
    return this;
  }
}

function oneOf<T extends string>(value: T, known: Readonly<Record<T, T>>, where: string): T {
  if (Object.hasOwn(known, value)) return value;
  throw new IllegalArgumentException(`${where} takes ${Object.keys(known).join(' or ')}, not ${value}.`);
}
