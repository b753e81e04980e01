import assert from 'node:assert/strict';
import { ListStateDescriptor, MapStateDescriptor, ValueStateDescriptor } from '../../../engine/api/state-descriptors.ts';
import { decodeEntryKey } from '../../../engine/state/entry-codec.ts';
import { KeyedStateBackend } from '../../../engine/state/keyed-backend.ts';
import type { EncodedState } from '../../../engine/state/state-capture.ts';
import { decodeValue } from '../../../engine/state/stored-value.ts';

function backendAt(key: unknown): KeyedStateBackend {
  const backend = new KeyedStateBackend(128);
  backend.context.set(key);
  return backend;
}

function capture(backend: KeyedStateBackend, full: boolean): readonly EncodedState[] {
  return backend.capture(full).map((state) => {
    while (state.encode(7) > 0);
    return state.finish();
  });
}

/** [key, user key, value] of every entry; null = gone. */
function entriesOf({ groups }: EncodedState): unknown[] {
  return [...groups].flatMap(({ keys, values }) =>
    keys.map((bytes, at) => {
      const { key, userKey } = decodeEntryKey(bytes);
      const value = values[at] ?? null;
      return [key, userKey, value === null ? null : decodeValue(value)];
    }),
  );
}

function restore(states: readonly EncodedState[]): KeyedStateBackend {
  const backend = new KeyedStateBackend(128);
  for (const { name, kind, groups } of states) {
    const entries = [...groups].flatMap(({ keys, values }) => keys.map((bytes, at) => [bytes, values[at] ?? new Uint8Array(0)] as const));
    backend.restore({ name, kind, entries });
  }
  return backend;
}

describe('Keyed state', () => {
  it('belongs to the current key, and there has to be one', () => {
    const backend = new KeyedStateBackend(128);
    const value = backend.getState(new ValueStateDescriptor<number>('n'));
    const list = backend.getListState(new ListStateDescriptor<number>('list'));
    const map = backend.getMapState(new MapStateDescriptor<string, number>('map'));
    for (const access of [
      () => value.value(),
      () => value.clear(),
      () => list.get(),
      () => list.add(1),
      () => map.get('a'),
      () => map.isEmpty(),
    ]) {
      assert.throws(access, /No key set\. This method should not be called outside of a keyed context/);
    }
    backend.context.set('a');
    value.update(1);
    backend.context.set('b');
    assert.equal(value.value(), null);
    backend.context.set('a');
    assert.equal(value.value(), 1);
    backend.context.clear();
    assert.throws(() => value.value(), /No key set/);
  });

  it('of one value is null until it is set, and cleared by null', () => {
    const state = backendAt('k').getState(new ValueStateDescriptor<number>('n'));
    assert.equal(state.value(), null);
    state.update(0);
    assert.equal(state.value(), 0);
    state.update(null);
    assert.equal(state.value(), null);
    state.update(2);
    state.clear();
    assert.equal(state.value(), null);
  });

  it('of a list keeps the order, refuses null, and is cleared by an empty list', () => {
    const state = backendAt('k').getListState(new ListStateDescriptor<unknown>('list'));
    assert.deepEqual([...state.get()], []);
    state.add(2);
    state.addAll([1, 2]);
    const before = state.get();
    state.add(3);
    assert.deepEqual([...before], [2, 1, 2], 'what was handed out does not grow');
    assert.deepEqual([...state.get()], [2, 1, 2, 3]);
    for (const refused of [() => state.add(null), () => state.addAll([1, null]), () => state.update([undefined])]) {
      assert.throws(refused, { name: 'NullPointerException' });
    }
    assert.deepEqual([...state.get()], [2, 1, 2, 3], 'a refused call changes nothing');
    const given = [7];
    state.update(given);
    given.push(8);
    assert.deepEqual([...state.get()], [7]);
    state.update([]);
    assert.deepEqual([...state.get()], []);
  });

  it('of a map comes in the order of its keys, whatever the order of insertion, and may hold null', () => {
    const state = backendAt('k').getMapState(new MapStateDescriptor<unknown, unknown>('map'));
    assert.ok(state.isEmpty());
    state.putAll([
      ['b', 1],
      [10, 2],
      [[1, 'x'], 3],
      ['a', null],
      [9, 4],
    ]);
    assert.deepEqual([...state.keys()], [9, 10, 'a', 'b', [1, 'x']]);
    assert.deepEqual([...state.values()], [4, 2, null, 1, 3]);
    assert.deepEqual([...state], [...state.entries()]);
    assert.ok(state.contains('a'));
    assert.equal(state.get('a'), null);
    assert.equal(state.get([1, 'x']), 3);
    state.remove('b');
    state.remove('never');
    assert.ok(!state.contains('b'));
    assert.deepEqual([...state.keys()], [9, 10, 'a', [1, 'x']]);
    assert.throws(() => state.put(null, 1), { name: 'NullPointerException' });
    assert.throws(() => state.put(() => 1, 1), /a function cannot be part of a key/);
    state.clear();
    assert.ok(state.isEmpty());
    assert.deepEqual([...state], []);
  });

  it('has one handle per name, and one kind per name', () => {
    const backend = backendAt('k');
    const state = backend.getState(new ValueStateDescriptor<number>('n'));
    assert.equal(backend.getState(new ValueStateDescriptor<number>('n')), state);
    assert.throws(() => backend.getMapState(new MapStateDescriptor('n')), {
      name: 'IllegalStateException',
      message: /State "n" is a value state of this operator, and cannot be used as a map state/,
    });
    assert.throws(() => backend.getState(new ValueStateDescriptor('event-time timers')), { name: 'IllegalArgumentException' });
    assert.throws(() => new ValueStateDescriptor(''), { name: 'IllegalArgumentException' });
    assert.throws(
      () => Reflect.apply(backend.getState.bind(backend), null, [new ListStateDescriptor('n')]),
      /For a value state there has to be a descriptor of the class ValueStateDescriptor/,
    );
  });
});

describe('Keyed state in checkpoints', () => {
  it('comes back, each kind', () => {
    const backend = backendAt('a');
    backend.getState(new ValueStateDescriptor<unknown>('value')).update({ n: 1 });
    backend.getListState(new ListStateDescriptor<number>('list')).addAll([3, 1]);
    backend.getMapState(new MapStateDescriptor<string, number>('map')).putAll([
      ['y', 2],
      ['x', 1],
    ]);
    const again = restore(capture(backend, true));
    again.context.set('a');
    assert.deepEqual(again.getState(new ValueStateDescriptor<unknown>('value')).value(), { n: 1 });
    assert.deepEqual([...again.getListState(new ListStateDescriptor<number>('list')).get()], [3, 1]);
    assert.deepEqual(
      [...again.getMapState(new MapStateDescriptor<string, number>('map'))],
      [
        ['x', 1],
        ['y', 2],
      ],
    );
    again.context.set('b');
    assert.deepEqual([...again.getMapState(new MapStateDescriptor<string, number>('map'))], []);
  });

  it('of a map is one entry per key of the map: a delta has those that changed, in place too', () => {
    const backend = backendAt('k');
    const state = backend.getMapState(new MapStateDescriptor<string, { n: number }>('map'));
    for (const key of ['a', 'b', 'c', 'd']) state.put(key, { n: 0 });
    capture(backend, true);
    const changed = state.get('b');
    assert.ok(changed);
    changed.n = 5;
    state.remove('c');
    state.contains('d');
    const [delta] = capture(backend, false);
    assert.ok(delta);
    assert.equal(delta.mode, 'delta');
    assert.deepEqual(entriesOf(delta), [
      ['k', 'b', { n: 5 }],
      ['k', 'c', null],
    ]);
    assert.equal(delta.entries, 3);
  });

  it('that no descriptor asks for is kept, is part of later ones, and is handed over when one does', () => {
    const first = backendAt('k');
    first.getState(new ValueStateDescriptor<number>('n')).update(7);
    const second = restore(capture(first, true));
    const kept = capture(second, true);
    assert.deepEqual(
      kept.map((state) => [state.name, state.kind, entriesOf(state)]),
      [['n', 'value', [['k', undefined, 7]]]],
    );
    assert.deepEqual(capture(second, false).map(entriesOf), [[]]);
    assert.throws(() => second.getListState(new ListStateDescriptor('n')), { name: 'IllegalStateException' });
    second.context.set('k');
    assert.equal(second.getState(new ValueStateDescriptor<number>('n')).value(), 7);
    assert.deepEqual(capture(second, false).map(entriesOf), [[]], 'who asks takes the entries over: nothing has changed');
    second.getState(new ValueStateDescriptor<number>('n')).update(8);
    assert.deepEqual(
      capture(second, false).map((state) => [state.mode, entriesOf(state)]),
      [['delta', [['k', undefined, 8]]]],
    );
  });

  it('does not hold what happens while a state changes hands', () => {
    const first = backendAt('k');
    first.getState(new ValueStateDescriptor<{ n: number }>('n')).update({ n: 1 });
    const second = restore(capture(first, true));
    const pending = second.capture(true);
    second.context.set('k');
    const value = second.getState(new ValueStateDescriptor<{ n: number }>('n')).value();
    assert.ok(value);
    value.n = 2;
    const [state] = pending;
    assert.ok(state);
    while (state.encode(1) > 0);
    assert.deepEqual(entriesOf(state.finish()), [['k', undefined, { n: 1 }]]);
  });
});
