import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ByteWriter, compareBytes } from '../../../engine/state/byte-writer.ts';
import { ByteReader } from '../../../engine/state/byte-reader.ts';
import { compareKeys, encodeKey, readKey } from '../../../engine/state/key-codec.ts';
import { hashCode } from '../../../engine/state/key-groups.ts';
import { KeyIndex } from '../../../engine/state/key-index.ts';
import { rowsByKey } from '../../../engine/state/keyed-table.ts';
import { copyValue, writeValue } from '../../../engine/state/value-codec.ts';
import { TimeQueue } from '../../../engine/state/time-queue.ts';

const text = fc.string({ unit: 'binary', maxLength: 4 });
const primitive = fc.oneof(
  text,
  fc.integer(),
  fc.double(),
  fc.bigInt(),
  fc.boolean(),
  fc.constantFrom(0, -0, Number.NaN, 2 ** 31, -(2 ** 31)),
);
const { key } = fc.letrec<{ key: unknown }>((tie) => ({
  key: fc.oneof(
    { maxDepth: 2 },
    primitive,
    fc.date({ noInvalidDate: true }),
    fc.uint8Array({ maxLength: 3 }),
    fc.constantFrom(new Uint8Array([0]), new Uint8Array([0, 0]), new Uint8Array([0, 255]), new Uint8Array()),
    fc.array(tie('key'), { minLength: 1, maxLength: 3 }),
    fc.dictionary(text, tie('key'), { maxKeys: 3 }),
  ),
}));

function bytesOf(value: unknown): Uint8Array {
  const writer = new ByteWriter();
  writeValue(writer, value);
  return writer.finish();
}

/** Whether two keys are the same key, said in another way than by bytes. */
function sameKey(a: unknown, b: unknown): boolean {
  if (a instanceof Date || b instanceof Date) return a instanceof Date && b instanceof Date && a.getTime() === b.getTime();
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  }
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((part, i) => sameKey(part, b[i]));
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(b)) return new Set([a, b]).size === 1;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameKey(Reflect.get(a, name), Reflect.get(b, name)))
  );
}

describe('Keys', () => {
  it('are equal exactly when their bytes are, and ordered as their bytes', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        const order = compareBytes(encodeKey(a), encodeKey(b));
        assert.equal(order === 0, sameKey(a, b));
        assert.equal(Math.sign(compareKeys(a, b)), Math.sign(order));
      }),
      { numRuns: 1_000 },
    );
  });

  it('are read back from their bytes', () => {
    fc.assert(
      fc.property(key, (one) => {
        const reader = new ByteReader(encodeKey(one));
        assert.ok(sameKey(readKey(reader), one));
        assert.equal(reader.remaining, 0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('that are dates and bytes have the hash codes of Java, and their natural order', () => {
    assert.equal(hashCode(new Date(0)), 0);
    assert.equal(hashCode(new Date(1_700_000_000_123)), hashCode(1_700_000_000_123));
    assert.equal(hashCode(new Date(-1)), 0);
    // java.util.Arrays.hashCode(new byte[] {1, 2, 3}), {}, {-1}
    assert.deepEqual(
      [[1, 2, 3], [], [255]].map((bytes) => hashCode(Uint8Array.from(bytes))),
      [30_817, 1, 30],
    );
    const ordered = [
      new Date(-5),
      new Date(3),
      new Date(20),
      ...[[], [0], [0, 0], [0, 1], [1], [255]].map((bytes) => Uint8Array.from(bytes)),
    ];
    assert.deepEqual(ordered.toSorted(compareKeys), ordered);
    assert.throws(() => encodeKey([new Date(Number.NaN)]), /an invalid Date cannot be part of a key/);
    assert.equal(hashCode(new Date(Number.NaN)), 0);
  });

  it('of numbers and text are in their natural order', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
        assert.equal(Math.sign(compareBytes(encodeKey(a), encodeKey(b))), a < b ? -1 : a > b ? 1 : 0);
      }),
    );
    fc.assert(
      fc.property(text, text, (a, b) => {
        assert.equal(Math.sign(compareBytes(encodeKey(a), encodeKey(b))), a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  it('with fields in another order are the same key', () => {
    assert.deepEqual(encodeKey({ a: 1, b: 2 }), encodeKey({ b: 2, a: 1 }));
  });

  it('have rows as in a map of their bytes, and come out in canonical order', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 200 }), fc.nat(500), (keys, expected) => {
        const index = new KeyIndex(expected);
        const model = new Map<string, number>();
        for (const one of keys) {
          const identity = encodeKey(one).join(',');
          if (!model.has(identity)) model.set(identity, model.size);
          assert.equal(index.rowOf(one), model.get(identity));
        }
        assert.equal(index.size, model.size);
        const ordered = Array.from(rowsByKey(index), (row) => encodeKey(index.keys[row]));
        assert.deepEqual(ordered, ordered.toSorted(compareBytes));
      }),
    );
  });

  it('that are many integers keep their rows while the table grows', () => {
    const index = new KeyIndex();
    for (let i = 0; i < 10_000; i++) assert.equal(index.rowOf(Math.imul(i, 0x9e3779b1)), i);
    for (let i = 0; i < 10_000; i++) assert.equal(index.rowOf(Math.imul(i, 0x9e3779b1)), i);
    const sorted = Array.from(rowsByKey(index), (row) => Number(index.keys[row]));
    assert.deepEqual(
      sorted,
      sorted.toSorted((a, b) => a - b),
    );
  });
});

describe('Values in state', () => {
  const value = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, maxDepth: 3 });

  it('have equal bytes when they are copies, and copies share nothing', () => {
    fc.assert(
      fc.property(value, (one) => {
        const copy = copyValue(one);
        assert.deepEqual(bytesOf(copy), bytesOf(one));
        if (typeof one === 'object' && one !== null) assert.notEqual(copy, one);
      }),
      { numRuns: 300 },
    );
  });

  it('differ in bytes when they differ', () => {
    const values = [
      undefined,
      null,
      0,
      -0,
      Number.NaN,
      1,
      1n,
      '1',
      [1],
      [[1]],
      [1, undefined],
      { a: 1 },
      { b: 1 },
      JSON.parse('{"__proto__":1}') as unknown,
      {},
      new Map([['a', 1]]),
      new Set(['a']),
      new Date(1),
      new Uint8Array([1]),
      new Int8Array([1]),
      [],
      '',
      false,
      true,
    ];
    assert.equal(new Set(values.map((one) => bytesOf(one).join(','))).size, values.length);
  });

  it('may refer to themselves', () => {
    const ring: { self?: unknown; list: unknown[] } = { list: [] };
    ring.self = ring;
    ring.list.push(ring);
    const copy = copyValue(ring) as typeof ring;
    assert.equal(copy.self, copy);
    assert.equal(copy.list[0], copy);
    assert.deepEqual(bytesOf(copy), bytesOf(ring));
  });
});

describe('The queue of times', () => {
  it('gives the smallest time first', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant(null))), (steps) => {
        const queue = new TimeQueue();
        const model: number[] = [];
        for (const time of steps) {
          if (time !== null) {
            queue.push(time, time);
            model.push(time);
            model.sort((a, b) => a - b);
          } else if (model.length > 0) {
            assert.equal(queue.pop(), model.shift());
          }
          assert.equal(queue.next, model[0] ?? Number.POSITIVE_INFINITY);
        }
      }),
    );
  });
});
