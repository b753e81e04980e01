import assert from 'node:assert/strict';
import {
  ListStateDescriptor,
  MapStateDescriptor,
  type StateDescriptor,
  ValueStateDescriptor,
} from '../../../engine/api/state-descriptors.ts';
import { StateTtlConfig } from '../../../engine/api/state-ttl-config.ts';
import { KeyedStateBackend } from '../../../engine/state/keyed-backend.ts';
import type { EncodedState } from '../../../engine/state/state-capture.ts';
import { freeAccount } from '../../../engine/state/state-memory.ts';
import { MEMORY_STATE_BACKEND } from '../../../engine/testkit/memory-state-backend.ts';
import { openStore } from '../../../engine/testkit/state-backends/store-contract.ts';

const clock = { now: 0 };

function backend(isStored: boolean): KeyedStateBackend {
  const store = isStored ? { backend: openStore(MEMORY_STATE_BACKEND), cache: { entries: 2, bytes: 300 } } : null;
  const made = new KeyedStateBackend(128, store, freeAccount(), clock);
  made.context.set('k');
  return made;
}

function expiring<D extends StateDescriptor<unknown>>(descriptor: D, config = StateTtlConfig.newBuilder(10).build()): D {
  descriptor.enableTimeToLive(config);
  return descriptor;
}

function captured(from: KeyedStateBackend, full = true): readonly EncodedState[] {
  return from.capture(full).map((state) => {
    while (state.encode(7) > 0);
    return state.finish();
  });
}

function restored(isStored: boolean, states: readonly EncodedState[]): KeyedStateBackend {
  const to = backend(isStored);
  for (const { name, kind, groups } of states) {
    const entries = [...groups].flatMap(({ keys, values }) => keys.map((bytes, at) => [bytes, values[at] ?? new Uint8Array(0)] as const));
    to.restore({ name, kind, entries });
  }
  return to;
}

describe('Time to live', () => {
  beforeEach(() => {
    clock.now = 0;
  });

  it('takes only what makes sense', () => {
    assert.throws(() => StateTtlConfig.newBuilder(0), { name: 'IllegalArgumentException', message: 'TTL is expected to be positive.' });
    assert.throws(() => StateTtlConfig.newBuilder('1 h').cleanupIncrementally(0, true), {
      message: 'Number of incrementally cleaned up state entries should be positive.',
    });
    assert.throws(() => Reflect.apply(StateTtlConfig.newBuilder(1).setUpdateType, StateTtlConfig.newBuilder(1), ['Disabled']), {
      message: 'setUpdateType takes OnCreateAndWrite or OnReadAndWrite, not Disabled.',
    });
    assert.throws(() => Reflect.apply(new ValueStateDescriptor('x').enableTimeToLive, new ValueStateDescriptor('x'), [5]), {
      name: 'IllegalArgumentException',
    });
  });

  for (const isStored of [false, true]) {
    const where = isStored ? 'in a store' : 'on the heap';

    it(`lets accesses to one key clean up all that has expired, ${where}`, () => {
      const states = backend(isStored);
      const value = states.getState(expiring(new ValueStateDescriptor<number>('n')));
      for (let key = 0; key < 100; key++) {
        states.context.set(key);
        value.update(key);
      }
      clock.now = 10;
      states.context.set('k');
      for (let n = 0; n < 19; n++) value.value();
      assert.equal(captured(states)[0]?.entries, 5);
      value.value();
      assert.equal(captured(states)[0]?.entries, 0);
    });

    it(`shortens lists and maps when they are cleaned up, ${where}`, () => {
      const states = backend(isStored);
      const config = StateTtlConfig.newBuilder(10).cleanupIncrementally(1, true).build();
      const list = states.getListState(expiring(new ListStateDescriptor<number>('list'), config));
      const map = states.getMapState(expiring(new MapStateDescriptor<string, number>('map'), config));
      list.add(1);
      map.put('a', 1);
      clock.now = 5;
      list.add(2);
      map.put('b', 2);
      clock.now = 10;
      // Each record cleans up behind its key, whatever it does.
      states.context.set('other');
      states.context.set('other');
      const sizes = captured(states).map(({ name, entries, bytes }) => [name, entries, bytes < 40]);
      assert.deepEqual(sizes, [
        ['list', 1, true],
        ['map', 1, true],
      ]);
      states.context.set('k');
      assert.deepEqual([[...list.get()], [...map]], [[2], [['b', 2]]]);
    });

    it(`leaves expired entries out of full checkpoints where that is asked for, ${where}`, () => {
      const states = backend(isStored);
      const builder = StateTtlConfig.newBuilder(10).disableCleanupInBackground();
      const kept = states.getState(expiring(new ValueStateDescriptor<number>('kept'), builder.build()));
      const left = states.getState(expiring(new ValueStateDescriptor<number>('left'), builder.cleanupFullSnapshot().build()));
      for (const state of [kept, left]) state.update(1);
      clock.now = 10;
      assert.deepEqual(
        captured(states).map(({ name, entries }) => [name, entries]),
        [
          ['kept', 1],
          ['left', 0],
        ],
      );
    });

    it(`is not taken over by a descriptor without it, nor the reverse, ${where}`, () => {
      for (const kind of ['value', 'list', 'map'] as const) {
        const use = (states: KeyedStateBackend, isExpiring: boolean): void => {
          const of = <D extends StateDescriptor<unknown>>(descriptor: D): D => (isExpiring ? expiring(descriptor) : descriptor);
          if (kind === 'value') states.getState(of(new ValueStateDescriptor<number>('s'))).update(1);
          else if (kind === 'list') states.getListState(of(new ListStateDescriptor<number>('s'))).add(1);
          else states.getMapState(of(new MapStateDescriptor<string, number>('s'))).put('u', 1);
        };
        for (const wasExpiring of [false, true]) {
          const before = backend(isStored);
          use(before, wasExpiring);
          const states = captured(before);
          use(restored(isStored, states), wasExpiring);
          assert.throws(() => use(restored(isStored, states), !wasExpiring), {
            name: 'StateMigrationException',
            message: wasExpiring
              ? 'State "s" was written with a time to live, and cannot be read without one.'
              : 'State "s" was written without a time to live, and cannot be read with one.',
          });
        }
      }
    });

    it(`is read with the time that the descriptor has now, ${where}`, () => {
      const before = backend(isStored);
      before.getState(expiring(new ValueStateDescriptor<number>('n'))).update(1);
      const longer = StateTtlConfig.newBuilder(20).build();
      clock.now = 15;
      const after = restored(isStored, captured(before));
      assert.equal(after.getState(expiring(new ValueStateDescriptor<number>('n'), longer)).value(), 1);
    });

    it(`shows values as they are, ${where}`, () => {
      const states = backend(isStored);
      states.getState(expiring(new ValueStateDescriptor<number>('n'))).update(1);
      states.getListState(expiring(new ListStateDescriptor<number>('list'))).add(2);
      states.getMapState(expiring(new MapStateDescriptor<string, number>('map'))).put('u', 3);
      assert.deepEqual(
        states.views('k', 10).map(({ value }) => value),
        [1, [2], new Map([['u', 3]])],
      );
    });
  }
});
