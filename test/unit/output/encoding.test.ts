import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DISPLAY_LIMITS, decodeJson, encodeJson } from '../../../src/output/encoding.ts';
import type { JsonValue } from '../../../src/output/types.ts';

/** Values that survive the round trip: everything but functions, class identity and cycles. */
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(null, undefined, true, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    fc.double(),
    fc.string({ unit: 'binary' }),
    fc.bigInt(),
    fc.date(),
    fc.uint8Array({ maxLength: 12 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '$bigint', '$object', '$', 'toString')), tie('value'), {
      maxKeys: 4,
    }),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => new Set(items)),
  ),
})).value;

describe('encoding', () => {
  it('gives back every value after a trip through JSON text', () => {
    fc.assert(
      fc.property(values, (value) => {
        // SAFETY: what JSON.parse returns is JSON
        const json = JSON.parse(JSON.stringify(encodeJson(value))) as JsonValue;
        assert.deepStrictEqual(plain(decodeJson(json)), plain(value));
      }),
      { numRuns: 400 },
    );
  });

  it('is stable across threads: structured clone keeps it', () => {
    fc.assert(
      fc.property(values, (value) => {
        const json = encodeJson(value);
        assert.equal(JSON.stringify(structuredClone(json)), JSON.stringify(json));
      }),
      { numRuns: 100 },
    );
  });

  it('documents its tags', () => {
    assert.deepEqual(encodeJson(12n), { $bigint: '12' });
    assert.deepEqual(encodeJson(-0), { $number: '-0' });
    assert.deepEqual(encodeJson(new Date(0)), { $date: '1970-01-01T00:00:00.000Z' });
    assert.deepEqual(encodeJson(new Date(Number.NaN)), { $date: null });
    assert.deepEqual(encodeJson(new Uint8Array([1, 2, 255])), { $bytes: 'AQL/' });
    assert.deepEqual(encodeJson(new Map([['a', 1]])), { $map: [['a', 1]] });
    assert.deepEqual(encodeJson(new Set([1])), { $set: [1] });
    assert.deepEqual(encodeJson({ a: undefined }), { a: { $undefined: true } });
    assert.deepEqual(encodeJson({ $bigint: '1' }), { $object: { $bigint: '1' } });
    assert.deepEqual(encodeJson(/a+/g), { $text: '/a+/g' });
  });

  it('takes __proto__ for a field and leaves prototypes alone', () => {
    const hostile: unknown = JSON.parse('{"__proto__": {"polluted": true}, "a": 1}');
    const json = encodeJson(hostile);
    assert.equal(JSON.stringify(json), '{"__proto__":{"polluted":true},"a":1}');
    const back = decodeJson(json);
    assert.equal(JSON.stringify(back), '{"__proto__":{"polluted":true},"a":1}');
    assert.equal(Reflect.get({}, 'polluted'), undefined);
  });

  it('marks cycles, encodes class instances by their fields, survives throwing getters', () => {
    class Basket {
      items = [1];
      readonly #secret = 2;
      get total(): number {
        return this.#secret;
      }
    }
    assert.deepEqual(encodeJson(new Basket()), { items: [1] });
    const loop: { self?: unknown; deep: { up?: unknown } } = { deep: {} };
    loop.self = loop;
    loop.deep.up = loop;
    assert.deepEqual(encodeJson(loop), { deep: { up: { $cycle: 2 } }, self: { $cycle: 1 } });
    const shared = { a: 1 };
    assert.deepEqual(encodeJson([shared, shared]), [{ a: 1 }, { a: 1 }]);
    const throwing = Object.defineProperty({}, 'x', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    assert.deepEqual(encodeJson(throwing), { x: { $text: 'throws no' } });
    assert.deepEqual(encodeJson(new RangeError('far')), { name: 'RangeError', message: 'far' });
  });

  it('cuts what is too deep, too wide or too long, and says how much is missing', () => {
    const limits = { depth: 2, entries: 2, text: 3, totalText: 100, values: 100 };
    assert.deepEqual(encodeJson('abcdef', limits), { $cut: ['abc', 3] });
    assert.deepEqual(encodeJson([1, 2, 3, 4], limits), { $cut: [[1, 2], 2] });
    assert.deepEqual(encodeJson({ a: 1, b: 2, c: 3 }, limits), { $cut: [{ a: 1, b: 2 }, 1] });
    assert.deepEqual(encodeJson([[[1]]], limits), [[{ $cut: [null, 1] }]]);
    assert.deepEqual(decodeJson(encodeJson('abcdef', limits)), 'abc');
  });

  it('bounds the size of any value for display', () => {
    const wide = Array.from({ length: 50 }, () => Array.from({ length: 50 }, () => 'x'.repeat(5_000)));
    assert.ok(JSON.stringify(encodeJson(wide, DISPLAY_LIMITS)).length < 10_000);
  });
});

/** Prototypes differ between parsed and generated objects; only the fields count. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (value instanceof Map) {
    return new Map(Array.from(value, ([key, item]) => [plain(key), plain(item)]));
  }
  if (value instanceof Set) {
    return new Set(Array.from(value, plain));
  }
  if (value instanceof Uint8Array) {
    return { bytes: Array.from(value) };
  }
  if (value === null || typeof value !== 'object' || value instanceof Date) {
    return value;
  }
  return Object.keys(value).map((name) => [name, plain(Reflect.get(value, name))]);
}
