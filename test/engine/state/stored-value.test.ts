import assert from 'node:assert/strict';
import fc from 'fast-check';
import { StateDecodingError } from '../../../engine/state/byte-reader.ts';
import { compareBytes } from '../../../engine/state/byte-writer.ts';
import { decodeEntryKey, encodeEntryKey } from '../../../engine/state/entry-codec.ts';
import { compareKeys, encodeKey } from '../../../engine/state/key-codec.ts';
import { decodeValue, encodeValue } from '../../../engine/state/stored-value.ts';

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\ud800', '__proto__', '\0', 'constructor', 'é', 'жש', '€'),
);
const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(-0, Number.NaN, Infinity, -Infinity, 2 ** 31, -(2 ** 31), Number.MAX_SAFE_INTEGER),
);

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    number,
    fc.bigInt(),
    fc.boolean(),
    fc.constantFrom(null, undefined),
    fc.date({ noInvalidDate: false }),
    fc.uint8Array(),
    fc.float64Array(),
    fc.array(tie('value')),
    fc.array(fc.tuple(tie('value'), tie('value'))).map((entries) => new Map(entries)),
    fc.array(tie('value')).map((elements) => new Set(elements)),
    fc.dictionary(text, tie('value')).map((fields) => {
      const object = {};
      for (const [name, field] of Object.entries(fields))
        Object.defineProperty(object, name, { value: field, enumerable: true, writable: true, configurable: true });
      return object;
    }),
  ),
}));

const key = fc.oneof(
  text,
  number,
  fc.bigInt(),
  fc.boolean(),
  fc.array(fc.oneof(text, fc.integer()), { maxLength: 3 }),
  fc.record({ a: fc.integer(), b: text }),
);

describe('Values in checkpoints', () => {
  it('come back as they were: −0, NaN, bigints, dates, bytes, maps, sets, nested', () => {
    fc.assert(fc.property(value, (original) => assert.deepStrictEqual(decodeValue(encodeValue(original)), original)));
  });

  it('have the same bytes when they are equal', () => {
    fc.assert(fc.property(value, (original) => assert.deepEqual(encodeValue(structuredClone(original)), encodeValue(original))));
  });

  it('are refused with the place when they cannot be stored', () => {
    class Point {
      x = 1;
    }
    const ring: { next?: unknown } = {};
    ring.next = { back: ring };
    const deep = Array.from({ length: 100 }).reduce<unknown>((inner) => [inner], 0);
    assert.throws(
      () => encodeValue({ tags: [1, { at: new Point() }] }),
      /An instance of Point at tags\[1\]\.at cannot be stored.*plain object/,
    );
    class Names extends Map<string, string> {}
    class Tags extends Array<string> {}
    assert.throws(() => encodeValue({ names: new Names() }), /An instance of Names at names cannot be stored/);
    assert.throws(() => encodeValue(new Tags()), /An instance of Tags cannot be stored/);
    assert.throws(() => encodeValue(new Promise(() => undefined)), /An instance of Promise/);
    assert.throws(() => encodeValue(ring), /contains itself at next\.back/);
    assert.throws(() => encodeValue({ f: () => 1 }), /A function at f/);
    assert.throws(() => encodeValue(deep), /nested more than 64 deep/);
    const shared = { n: 1 };
    assert.deepEqual(decodeValue(encodeValue([shared, shared])), [{ n: 1 }, { n: 1 }]);
  });

  it('that are damaged give an error, and never more than there is', () => {
    fc.assert(
      fc.property(value, fc.nat(), fc.integer({ min: 0, max: 255 }), (original, at, byte) => {
        const bytes = encodeValue(original);
        const damaged = bytes.slice();
        damaged[at % bytes.length] = byte;
        for (const candidate of [damaged, bytes.subarray(0, at % bytes.length)]) {
          try {
            decodeValue(candidate);
          } catch (error) {
            assert.ok(error instanceof StateDecodingError, String(error));
          }
        }
      }),
    );
  });
});

describe('Keys of entries', () => {
  it('come back as they were, and are in the order of key group and key', () => {
    fc.assert(
      fc.property(fc.nat(127), key, key, fc.option(fc.tuple(fc.integer(), fc.integer()), { nil: undefined }), (group, a, b, namespace) => {
        const bytes = encodeEntryKey(group, a, namespace, b);
        const back = decodeEntryKey(bytes);
        assert.deepEqual([back.keyGroup, back.namespace], [group, namespace]);
        assert.equal(compareKeys(back.key, a), 0);
        assert.equal(compareKeys(back.userKey, b), 0);
        assert.equal(
          Math.sign(compareBytes(encodeEntryKey(1, a), encodeEntryKey(1, b))),
          Math.sign(compareBytes(encodeKey(a), encodeKey(b))),
        );
        assert.ok(compareBytes(encodeEntryKey(1, a), encodeEntryKey(2, b)) < 0);
      }),
    );
  });

  it('that are damaged give an error', () => {
    fc.assert(
      fc.property(key, key, fc.nat(), fc.integer({ min: 0, max: 255 }), (a, b, at, byte) => {
        const bytes = encodeEntryKey(1, a, [1, 2], b);
        const damaged = bytes.slice();
        damaged[at % bytes.length] = byte;
        for (const candidate of [damaged, bytes.subarray(0, at % bytes.length)]) {
          try {
            decodeEntryKey(candidate);
          } catch (error) {
            assert.ok(error instanceof StateDecodingError, String(error));
          }
        }
      }),
    );
  });
});
