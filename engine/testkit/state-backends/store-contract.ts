import assert from 'node:assert/strict';
import type { KeyedStateBackend, StateBackend } from '../../api/state-backend.ts';

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const plain = (value: Uint8Array | null | undefined): readonly number[] | null =>
  value === null || value === undefined ? null : [...value];
const all = (store: KeyedStateBackend, from = bytes(), to = bytes(0xff, 0xff, 0xff), limit = 1_000_000): readonly (readonly number[])[] =>
  [...store.scan(from, to, limit)].map(([key, value]) => [...key, -1, ...value]);

/** A store of a job that there is not. */
export function openStore(backend: StateBackend, subtask = 0): KeyedStateBackend {
  const keyGroupRange = { startKeyGroup: 0, endKeyGroup: 127 };
  return backend.createKeyedStateBackend({ jobName: 'conformance', run: 1, operatorName: 'Test', operator: 1, subtask, keyGroupRange });
}

/** What the store of every backend has to do, by name: each wants an empty one. Throws AssertionError. */
export const STORE_CONTRACT: Readonly<Record<string, (store: KeyedStateBackend, backend: StateBackend) => void>> = {
  'is empty at first'(store) {
    assert.equal(plain(store.get(bytes(1))), null);
    assert.deepEqual(all(store), []);
    store.delete(bytes(1));
  },

  'gives back what was put, and the last of it'(store) {
    store.put(bytes(1), bytes(10));
    store.put(bytes(2), bytes(20, 21));
    store.put(bytes(1), bytes(11));
    assert.deepEqual(plain(store.get(bytes(1))), [11]);
    assert.deepEqual(plain(store.get(bytes(2))), [20, 21]);
    assert.equal(plain(store.get(bytes(3))), null);
    assert.equal(plain(store.get(bytes(1, 0))), null, 'a longer key is another key');
  },

  'forgets what was deleted, and may get it again'(store) {
    store.put(bytes(1), bytes(10));
    store.delete(bytes(1));
    assert.equal(plain(store.get(bytes(1))), null);
    assert.deepEqual(all(store), []);
    store.put(bytes(1), bytes(12));
    assert.deepEqual(plain(store.get(bytes(1))), [12]);
  },

  'keeps an empty value, which is not the same as none'(store) {
    store.put(bytes(1), bytes());
    assert.deepEqual(plain(store.get(bytes(1))), []);
    assert.deepEqual(all(store), [[1, -1]]);
  },

  'scans in the order of unsigned bytes, a prefix first'(store) {
    const keys = [
      bytes(0),
      bytes(0, 0),
      bytes(0, 255),
      bytes(1),
      bytes(1, 0),
      bytes(10),
      bytes(127),
      bytes(128),
      bytes(200, 1),
      bytes(254, 255),
    ];
    for (const key of [...keys].reverse()) store.put(key, bytes(7));
    assert.deepEqual(
      all(store),
      keys.map((key) => [...key, -1, 7]),
    );
  },

  'scans from a key on, without the end, and at most so many'(store) {
    for (let n = 1; n < 10; n++) store.put(bytes(n, 5), bytes(n));
    const firsts = (from: Uint8Array, to: Uint8Array, limit = 100): unknown => all(store, from, to, limit).map(([first]) => first);
    assert.deepEqual(firsts(bytes(3, 5), bytes(6, 5)), [3, 4, 5]);
    assert.deepEqual(firsts(bytes(3), bytes(6)), [3, 4, 5]);
    assert.deepEqual(firsts(bytes(3, 5, 0), bytes(6, 5, 0)), [4, 5, 6]);
    assert.deepEqual(firsts(bytes(3), bytes(9), 2), [3, 4]);
    assert.deepEqual(firsts(bytes(3), bytes(9), 0), []);
    assert.deepEqual(firsts(bytes(6), bytes(6)), []);
    assert.deepEqual(firsts(bytes(7), bytes(3)), []);
    assert.deepEqual(firsts(bytes(200), bytes(201)), []);
  },

  'sees at once what was written, also in a scan'(store) {
    for (let n = 0; n < 2_000; n++) store.put(bytes(n >> 8, n & 255), bytes(n & 255));
    for (let n = 0; n < 2_000; n += 2) store.delete(bytes(n >> 8, n & 255));
    for (let n = 1; n < 2_000; n += 4) store.put(bytes(n >> 8, n & 255), bytes(1, 2));
    assert.equal(all(store).length, 1_000);
    assert.deepEqual(plain(store.get(bytes(7, 207 & 255))), plain(bytes(207)));
    assert.deepEqual(plain(store.get(bytes(0, 1))), [1, 2]);
    assert.deepEqual(all(store, bytes(0, 1), bytes(0, 6)), [
      [0, 1, -1, 1, 2],
      [0, 3, -1, 3],
      [0, 5, -1, 1, 2],
    ]);
  },

  'does not keep the bytes that it was given, nor give away its own'(store) {
    const [key, value] = [bytes(1, 2), bytes(3, 4)];
    store.put(key, value);
    const given = store.get(bytes(1, 2));
    assert.deepEqual(plain(given), [3, 4]);
    store.put(bytes(1, 2), bytes(9));
    assert.deepEqual(plain(given), [3, 4], 'what was read stays as it was');
  },

  'takes parts of larger arrays for what they are'(store) {
    const whole = bytes(9, 9, 1, 2, 3, 9, 9);
    store.put(whole.subarray(2, 4), whole.subarray(3, 5));
    assert.deepEqual(plain(store.get(bytes(1, 2))), [2, 3]);
    assert.deepEqual(all(store, whole.subarray(2, 3), whole.subarray(4, 5)), [[1, 2, -1, 2, 3]]);
  },

  'takes any bytes: zeros, 0xFF, text that is none'(store) {
    const keys = [
      bytes(0),
      bytes(0, 0, 0),
      bytes(0xc3),
      bytes(0xed, 0xa0, 0x80),
      bytes(0xf4, 0xff),
      bytes(...Array.from({ length: 254 }, (_, n) => n)),
    ];
    for (const key of keys) store.put(key, key);
    for (const key of keys) assert.deepEqual(plain(store.get(key)), [...key]);
    assert.equal(all(store).length, keys.length);
  },

  'takes a value of 1 MiB and a key of 64 KiB'(store) {
    const value = new Uint8Array(2 ** 20).map((_, at) => at % 251);
    const key = new Uint8Array(2 ** 16).fill(7);
    store.put(key, value);
    store.put(bytes(7), bytes(1));
    assert.ok(Buffer.from(store.get(key) ?? []).equals(value));
    const [first, second] = [...store.scan(bytes(7), bytes(8), 10)];
    assert.deepEqual(plain(first?.[1]), [1]);
    assert.ok(Buffer.from(second?.[1] ?? []).equals(value));
  },

  'shares nothing with another store of the same backend'(store, backend) {
    const other = openStore(backend, 1);
    store.put(bytes(1), bytes(10));
    other.put(bytes(1), bytes(20));
    other.put(bytes(2), bytes(20));
    assert.deepEqual(plain(store.get(bytes(1))), [10]);
    assert.equal(plain(store.get(bytes(2))), null);
    other.dispose();
    assert.deepEqual(all(store), [[1, -1, 10]]);
  },

  'refuses to be used after it was disposed of'(_, backend) {
    const other = openStore(backend, 1);
    other.put(bytes(1), bytes(1));
    other.dispose();
    assert.throws(() => other.get(bytes(1)), Error);
    assert.throws(() => {
      other.put(bytes(1), bytes(1));
      other.get(bytes(1));
    }, Error);
    assert.throws(() => [...other.scan(bytes(), bytes(9), 1)], Error);
  },

  'is empty again when it is opened again'(_, backend) {
    const first = openStore(backend, 1);
    first.put(bytes(1), bytes(1));
    first.dispose();
    const second = openStore(backend, 1);
    assert.deepEqual(all(second), []);
    second.dispose();
  },
};
