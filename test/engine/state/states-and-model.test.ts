import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  AggregatingStateDescriptor,
  ListStateDescriptor,
  MapStateDescriptor,
  ReducingStateDescriptor,
  type StateDescriptor,
  ValueStateDescriptor,
} from '../../../engine/api/state-descriptors.ts';
import { StateTtlConfig, type TtlSettings } from '../../../engine/api/state-ttl-config.ts';
import { ByteWriter, compareBytes } from '../../../engine/state/byte-writer.ts';
import { keyGroupOf, keyGroupRange, subtaskOfKeyGroup } from '../../../engine/state/key-groups.ts';
import { KeyedStateBackend } from '../../../engine/state/keyed-backend.ts';
import type { RestoredState } from '../../../engine/state/state-capture.ts';
import { freeAccount } from '../../../engine/state/state-memory.ts';
import { MEMORY_STATE_BACKEND } from '../../../engine/testkit/memory-state-backend.ts';
import { openStore } from '../../../engine/testkit/state-backends/store-contract.ts';
import { Model } from './model.ts';

const MAX_PARALLELISM = 128;
const TTL = 10;
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

type Step =
  | { readonly at: 'key'; readonly key: string; readonly what: number; readonly n: number }
  | { readonly at: 'clock'; readonly by: number }
  | { readonly at: 'restore'; readonly parallelism: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({ at: fc.constant('key' as const), key: fc.constantFrom(...KEYS), what: fc.nat(14), n: fc.nat(9) }),
  },
  { weight: 3, arbitrary: fc.record({ at: fc.constant('clock' as const), by: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ at: fc.constant('restore' as const), parallelism: fc.integer({ min: 1, max: 3 }) }) },
);

function expiring<D extends StateDescriptor<unknown>>(descriptor: D, config: StateTtlConfig | null): D {
  if (config !== null) descriptor.enableTimeToLive(config);
  return descriptor;
}

/** A job with one keyed operator in some subtasks, on the heap or in stores. */
class Subtasks {
  readonly #isStored: boolean;
  readonly #config: StateTtlConfig | null;
  readonly #clock = { now: 0 };
  #backends: readonly KeyedStateBackend[];

  constructor(isStored: boolean, config: StateTtlConfig | null) {
    this.#isStored = isStored;
    this.#config = config;
    this.#backends = [this.#fresh()];
  }

  #fresh(): KeyedStateBackend {
    const store = this.#isStored ? { backend: openStore(MEMORY_STATE_BACKEND), cache: { entries: 2, bytes: 300 } } : null;
    return new KeyedStateBackend(MAX_PARALLELISM, store, freeAccount(), this.#clock);
  }

  set now(now: number) {
    this.#clock.now = now;
  }

  /** Takes a full checkpoint and goes on from it. */
  restore(parallelism: number): void {
    const states = new Map<string, RestoredState & { entries: (readonly [Uint8Array, Uint8Array])[] }>();
    for (const backend of this.#backends) {
      for (const capture of backend.capture(true)) {
        while (capture.encode(3) > 0);
        const { name, kind, groups } = capture.finish();
        const state = states.get(name) ?? { name, kind, entries: [] };
        states.set(name, state);
        for (const { keys, values } of groups)
          state.entries.push(...keys.map((key, at) => [key, values[at] ?? new Uint8Array(0)] as const));
      }
    }
    this.#backends = Array.from({ length: parallelism }, (_, subtask) => {
      const { start, end } = keyGroupRange(subtask, MAX_PARALLELISM, parallelism);
      const backend = this.#fresh();
      for (const { name, kind, entries } of states.values()) {
        const own = entries.filter(([key]) => {
          const keyGroup = ((key[0] ?? 0) << 8) | (key[1] ?? 0);
          return keyGroup >= start && keyGroup <= end;
        });
        backend.restore({ name, kind, entries: own.sort(([a], [b]) => compareBytes(a, b)) });
      }
      return backend;
    });
  }

  at(key: string): KeyedStateBackend {
    const backend = this.#backends[subtaskOfKeyGroup(keyGroupOf(key, MAX_PARALLELISM), MAX_PARALLELISM, this.#backends.length)];
    assert.ok(backend);
    backend.context.set(key);
    return backend;
  }

  /** Canonical bytes of everything. */
  digest(): string {
    const writer = new ByteWriter();
    for (const backend of this.#backends) backend.writeState(writer);
    return Buffer.from(writer.finish()).toString('hex');
  }

  /** Does one thing, and gives what it gives. */
  act({ key, what, n }: Step & { at: 'key' }): unknown {
    const backend = this.at(key);
    const value = () => backend.getState(expiring(new ValueStateDescriptor<number>('value'), this.#config));
    const sum = () => backend.getReducingState(expiring(new ReducingStateDescriptor<number>('sum', (a, b) => a + b), this.#config));
    const text = () => backend.getAggregatingState(expiring(concatenation(), this.#config));
    const list = () => backend.getListState(expiring(new ListStateDescriptor<number>('list'), this.#config));
    const map = () => backend.getMapState(expiring(new MapStateDescriptor<string, number>('map'), this.#config));
    const userKey = `u${n % 4}`;
    const acts: readonly (() => unknown)[] = [
      () => value().value(),
      () => value().update(n === 0 ? null : n),
      () => sum().get(),
      () => sum().add(n),
      () => text().get(),
      () => text().add(n),
      () => [...list().get()],
      () => list().add(n),
      () => list().addAll(Array.from({ length: n % 3 }, (_, at) => at)),
      () => list().update(Array.from({ length: n % 4 }, (_, at) => at)),
      () => map().get(userKey),
      () => map().put(userKey, n),
      () => map().remove(userKey),
      () => [...map()],
      () => {
        for (const state of [value(), sum(), text(), list(), map()]) state.clear();
      },
    ];
    return acts[what]?.();
  }
}

function concatenation(): AggregatingStateDescriptor<number, { text: string }, string> {
  return new AggregatingStateDescriptor<number, { text: string }, string>('text', {
    createAccumulator: () => ({ text: '' }),
    add: (n, kept) => ({ text: `${kept.text}${n}` }),
    getResult: ({ text }) => `<${text}>`,
  });
}

function expected(model: Model, { key, what, n }: Step & { at: 'key' }): unknown {
  const userKey = `u${n % 4}`;
  const acts: readonly (() => unknown)[] = [
    () => model.value(key),
    () => model.update(key, n === 0 ? null : n),
    () => model.reduced(key),
    () => model.reduce(key, n),
    () => model.aggregated(key),
    () => model.aggregate(key, n),
    () => model.list(key),
    () => model.add(key, [n]),
    () =>
      model.add(
        key,
        Array.from({ length: n % 3 }, (_, at) => at),
      ),
    () =>
      model.replace(
        key,
        Array.from({ length: n % 4 }, (_, at) => at),
      ),
    () => model.get(key, userKey),
    () => model.put(key, userKey, n),
    () => model.remove(key, userKey),
    () => model.entries(key),
    () => model.clear(key),
  ];
  return acts[what]?.();
}

function verify(config: StateTtlConfig | null, ttl: TtlSettings | null): void {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 150 }), (steps) => {
      const [heap, stored] = [new Subtasks(false, config), new Subtasks(true, config)];
      const model = new Model(ttl);
      for (const [at, one] of steps.entries()) {
        if (one.at === 'clock') {
          model.expiry.now += one.by;
          for (const job of [heap, stored]) job.now = model.expiry.now;
        } else if (one.at === 'restore') {
          for (const job of [heap, stored]) job.restore(one.parallelism);
        } else {
          const wanted = expected(model, one);
          assert.deepEqual(heap.act(one), wanted, `step ${at} on the heap`);
          assert.deepEqual(stored.act(one), wanted, `step ${at} in a store`);
        }
        assert.equal(stored.digest(), heap.digest(), `after step ${at}`);
      }
    }),
    { numRuns: 25 },
  );
}

describe('Keyed state beside a naive model, on the heap and in a store, restored at any time with any parallelism', () => {
  it('that stays', () => verify(null, null));

  const builder = () => StateTtlConfig.newBuilder(TTL);
  const configs: Readonly<Record<string, StateTtlConfig>> = {
    'is written': builder().build(),
    'is written, each access cleaning up one entry': builder().cleanupIncrementally(1, false).build(),
    'is read or written': builder().setUpdateType('OnReadAndWrite').build(),
    'is written, each record cleaning up': builder().cleanupIncrementally(2, true).build(),
    'is written, gone from full checkpoints': builder().disableCleanupInBackground().cleanupFullSnapshot().build(),
    'is written, and is handed out as long as it is there': builder()
      .setStateVisibility('ReturnExpiredIfNotCleanedUp')
      .disableCleanupInBackground()
      .build(),
    'is read or written, and is handed out as long as it is there': builder()
      .setUpdateType('OnReadAndWrite')
      .setStateVisibility('ReturnExpiredIfNotCleanedUp')
      .disableCleanupInBackground()
      .build(),
  };
  for (const [name, config] of Object.entries(configs)) {
    it(`that expires ${TTL} ms after it ${name}`, () => verify(config, StateTtlConfig.settingsOf(config)));
  }
});
