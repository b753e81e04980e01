import assert from 'node:assert/strict';
import fc from 'fast-check';
import { UTF_8 } from '../../../engine/formats/charset.ts';
import { CsvDecoder } from '../../../engine/formats/csv-decoder.ts';
import { csvEncoder, type CsvEncoderOptions } from '../../../engine/formats/csv-encoder.ts';
import { csvSettings, type Columns } from '../../../engine/formats/csv-options.ts';
import { ndjsonEncoder, textEncoder } from '../../../engine/formats/line-encoder.ts';
import { LineDecoder } from '../../../engine/formats/line-decoder.ts';
import { parseJsonLine } from '../../../engine/formats/ndjson.ts';
import type { RecordEncoder } from '../../../engine/formats/record-encoder.ts';
import { taggedJson } from '../../../engine/formats/tagged-json.ts';
import { decodeJson, encodeJson } from '../../../src/output/encoding.ts';
import type { JsonValue } from '../../../src/output/types.ts';
import { readAll, utf8, values } from './read-all.ts';

function fileOf(encoder: RecordEncoder, records: readonly unknown[]): string {
  const file = encoder.begin(records[0]);
  return file.header + records.map((record) => file.encode(record)).join('');
}

function csv(records: readonly unknown[], options: CsvEncoderOptions = {}): string {
  return fileOf(csvEncoder(options), records);
}

const CONTEXT = { split: 'x', offset: 0, skipped: null };

/** Strings that can be told apart as UTF-8, with what matters in CSV more often than chance has it. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('a', ',', ';', '"', "'", '\n', '\r', '#', ' ', '\uFEFF', '|', ']', '^', '-', '\\') }),
);

describe('CSV encoder', () => {
  it('writes a header and quotes what needs it', () => {
    assert.equal(
      csv([{ a: 'x,y', b: 'say "hi"' }, { a: '', b: null }, { a: 'two\nlines' }]),
      'a,b\n"x,y","say ""hi"""\n"",\n"two\nlines",\n',
    );
    assert.equal(csv([{ a: null }, { a: undefined }]), 'a\n""\n""\n', 'an empty line would be no record');
    assert.equal(csv([{ '\uFEFFa': 1 }]), '"\uFEFFa"\n1\n', 'else it would be taken for the mark of an encoding');
    assert.equal(csv([[1, 'x']], { header: false, columns: ['0', '1'] }), '1,x\n');
  });

  it('writes every value that has a text', () => {
    assert.equal(
      csv([{ n: -0, i: 12n, t: true, d: new Date(0), o: { a: [1] }, x: Number.NaN, m: new Map([[1, 2n]]) }]),
      'n,i,t,d,o,x,m\n-0,12,true,1970-01-01T00:00:00.000Z,"{""a"":[1]}",NaN,"{""$map"":[[1,{""$bigint"":""2""}]]}"\n',
    );
  });

  it('takes the fields that the columns name, and no others that it was not told of', () => {
    assert.equal(csv([{ a: 1, b: 2, c: 3 }, { c: 4 }], { columns: ['c', 'a'] }), 'c,a\n3,1\n4,\n');
    assert.throws(() => csv([{ a: 1 }, { a: 1, b: 2 }]), /has a field 'b' that the first record of the file does not have/);
    assert.throws(() => csv(['text']), /A CSV file takes records with fields, not text/);
    assert.throws(() => csv([{}]), /has no fields/);
    assert.throws(() => csv([{ a: 1 }], { columns: ['a', 'a'] }), /names 'a' twice/);
    assert.throws(() => csv([{ a: 1 }], { columns: [] }), /names no column/);
    assert.throws(() => csv([{ a: 1 }], { header: false }), /without a header needs the option columns/);
    assert.throws(() => csv([{ a: 1 }], { fieldDelimiter: '"' }), /must differ/);
  });

  it('is read again as it was written', () => {
    const columns = { s: 'string', n: 'number', i: 'bigint', b: 'boolean', j: 'json', t: 'timestamp' } as const satisfies Columns;
    const record = fc.record({
      s: text,
      n: fc.double(),
      i: fc.bigInt(),
      b: fc.boolean(),
      // Only objects and lists: CSV itself does not tell text in a column of JSON from JSON.
      j: fc.array(fc.jsonValue()),
      t: fc.integer({ min: -8e12, max: 8e12 }),
    });
    const formats = fc.record({
      fieldDelimiter: fc.constantFrom(',', ';', '\t', '|', ']', '^', '-', '\\'),
      quoteCharacter: fc.constantFrom('"', "'"),
      header: fc.boolean(),
      allowComments: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1 }),
        formats,
        fc.shuffledSubarray(Object.keys(columns), { minLength: 1 }),
        (records, format, names) => {
          const file = csv(records, { ...format, columns: names });
          const types: Columns = Object.fromEntries(Object.entries(columns).filter(([name]) => names.includes(name)));
          const ordered: Columns = Object.fromEntries(names.map((name) => [name, types[name] ?? 'string']));
          const settings = csvSettings({ ...format, columns: ordered });
          const read = values(readAll(new CsvDecoder(settings, UTF_8, CONTEXT), utf8(file)));
          const expected = records.map((given) => Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name))));
          assert.deepEqual(
            read.map((given) => ({ ...given })),
            expected.map((given) => withoutMinusZero(given)),
          );
        },
      ),
    );
  });

  it('tells null from text when there is a literal for it', () => {
    const columns = { s: 'string', n: 'number' } as const;
    const record = fc.record({ s: fc.option(text.filter((s) => s !== 'NULL')), n: fc.option(fc.integer()) });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1 }), (records) => {
        const file = csv(records, { nullLiteral: 'NULL' });
        const settings = csvSettings({ nullLiteral: 'NULL', columns });
        assert.deepEqual(
          values(readAll(new CsvDecoder(settings, UTF_8, CONTEXT), utf8(file))),
          records.map((given) => ({ ...given })),
        );
      }),
    );
  });
});

/** JSON has no −0: a json column gives 0. */
function withoutMinusZero(record: Record<string, unknown>): Record<string, unknown> {
  return 'j' in record ? { ...record, j: JSON.parse(JSON.stringify(record.j)) as unknown } : record;
}

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withNullPrototype: true,
  withSparseArray: true,
  key: fc.oneof(fc.string(), fc.constantFrom('$bigint', '$x', '__proto__', 'name')),
});

describe('JSON encoder', () => {
  it('writes the encoding of results', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const json: JsonValue = JSON.parse(taggedJson(value));
        assert.deepEqual(json, JSON.parse(JSON.stringify(encodeJson(value))));
        assert.deepEqual(encodeJson(decodeJson(json)), json);
      }),
      { numRuns: 500 },
    );
  });

  it('is JSON.stringify for JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const json: unknown = JSON.parse(JSON.stringify(value));
        fc.pre(!JSON.stringify(json).includes('"$'));
        assert.equal(taggedJson(json), JSON.stringify(json));
      }),
    );
  });

  it('refuses what cannot be read again', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = { cycle };
    assert.throws(() => taggedJson(cycle), /an object that contains itself/);
    const shared = { a: 1 };
    assert.equal(taggedJson([shared, shared]), '[{"a":1},{"a":1}]');
    assert.throws(() => taggedJson({ f: () => 1 }), /a function/);
    assert.throws(() => taggedJson([Symbol('s')]), /a symbol/);
    assert.throws(() => taggedJson(/x/), /a regular expression/);
    let deep: unknown = 1;
    for (let level = 0; level < 201; level++) deep = [deep];
    assert.throws(() => taggedJson(deep), /more than 200 levels/);
  });

  it('makes one line of each record', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), (records) => {
        const plain = records.map((record): unknown => ({ record: JSON.parse(JSON.stringify(record)) }));
        fc.pre(!JSON.stringify(plain).includes('"$'));
        const file = utf8(fileOf(ndjsonEncoder(), plain));
        assert.deepEqual(values(readAll(new LineDecoder(parseJsonLine, UTF_8, CONTEXT), file)), plain);
      }),
    );
  });
});

describe('Text encoder', () => {
  it('writes text and nothing else', () => {
    assert.equal(fileOf(textEncoder(), ['a', '', 'ü']), 'a\n\nü\n');
    assert.throws(() => fileOf(textEncoder(), [{ a: 1 }]), /A text file takes text, not {"a":1}/);
  });
});
