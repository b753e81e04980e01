import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RecordReadError } from '../../../engine/connectors/source.ts';
import { UTF_8 } from '../../../engine/formats/charset.ts';
import { CsvDecoder } from '../../../engine/formats/csv-decoder.ts';
import { csvSettings, type Columns, type CsvOptions } from '../../../engine/formats/csv-options.ts';
import { Format } from '../../../engine/formats/format.ts';
import { readAll, utf8, values, type Read } from './read-all.ts';

type Options = CsvOptions & { readonly columns?: Columns };

function decoder(options: Options = {}, offset = 0, skipped: (() => void) | null = null): CsvDecoder {
  return new CsvDecoder(csvSettings(options), UTF_8, { split: 'data/x.csv', offset, skipped });
}

function read(text: string, options: Options = {}, sizes?: readonly number[]): Record<string, unknown>[] {
  return values(readAll(decoder(options), utf8(text), sizes));
}

function failure(text: string, options: Options = {}): RecordReadError {
  try {
    read(text, options);
  } catch (error) {
    assert.ok(error instanceof RecordReadError);
    return error;
  }
  throw new assert.AssertionError({ message: 'nothing was thrown' });
}

describe('CSV files', () => {
  it('have a header; values that look like JSON numbers and booleans become those', () => {
    assert.deepEqual(read('name,n,flag\nAnn,1.5,true\r\n"Bo, jr.",-2e3,false\nC,007,yes\n'), [
      { name: 'Ann', n: 1.5, flag: true },
      { name: 'Bo, jr.', n: -2000, flag: false },
      { name: 'C', n: '007', flag: 'yes' },
    ]);
  });

  it('may quote fields with delimiters, line ends and doubled quotes (RFC 4180)', () => {
    assert.deepEqual(read('a,b\n"x\r\ny","say ""hi"""\n"",""""\n'), [
      { a: 'x\r\ny', b: 'say "hi"' },
      { a: '', b: '"' },
    ]);
    assert.deepEqual(read("a;b\n'x;y';it''s\n", { fieldDelimiter: ';', quoteCharacter: "'" }), [{ a: 'x;y', b: "it''s" }]);
  });

  it('skip empty lines, and comments when allowed', () => {
    assert.deepEqual(read('# made by hand\na,b\n\n1,2\n#3,4\n\r\n5,6', { allowComments: true }), [
      { a: 1, b: 2 },
      { a: 5, b: 6 },
    ]);
    assert.deepEqual(read('#a\n#1\n'), [{ '#a': '#1' }]);
  });

  it('give typed columns by name, in any order, and leave others out', () => {
    const columns = { time: 'timestamp', id: 'bigint', amount: 'number', ok: 'boolean', extra: 'json', note: 'string' } as const;
    const text = 'note,amount,time,ignored,ok,id,extra\n5, +1.25e2 ,2024-02-29 12:00:00.1239,x,TRUE,12345678901234567890,"{""a"":[1]}"\n';
    assert.deepEqual(read(text, { columns }), [
      { time: Date.UTC(2024, 1, 29, 12, 0, 0, 123), id: 12345678901234567890n, amount: 125, ok: true, extra: { a: [1] }, note: '5' },
    ]);
    assert.deepEqual(Object.keys(read(text, { columns })[0]!), Object.keys(columns));
  });

  it('without a header take the columns in their order', () => {
    assert.deepEqual(read('1,x\n2,y\n', { header: false, columns: { n: 'number', s: 'string' } }), [
      { n: 1, s: 'x' },
      { n: 2, s: 'y' },
    ]);
  });

  it('read numbers exactly as JavaScript does', () => {
    const written = fc.oneof(
      fc.double({ noNaN: true }).map(String),
      fc.integer().map(String),
      fc.tuple(fc.integer({ min: -99_999_999, max: 99_999_999 }), fc.nat(999_999)).map(([whole, part]) => `${whole}.${part}`),
    );
    fc.assert(
      fc.property(written, (text) => {
        assert.ok(Object.is(read(`n\n${text}\n`, { columns: { n: 'number' } })[0]!.n, Number(text)), text);
      }),
      { numRuns: 500 },
    );
    assert.equal(read('n\n-0\n', { columns: { n: 'number' } })[0]!.n, -0);
    for (const text of ['0x10', '1_000', '1,5', '- 1', '.', 'e5', '--1', '1.2.3', 'one']) {
      assert.throws(() => read(`n\n"${text}"\n`, { columns: { n: 'number' } }), /is not a number/, text);
    }
  });

  it('read timestamps as milliseconds, ISO-8601 or SQL text, without a zone as UTC', () => {
    const time = (text: string): unknown => read(`t\n${text}\n`, { columns: { t: 'timestamp' } })[0]!.t;
    assert.equal(time('1700000000000'), 1_700_000_000_000);
    assert.equal(time('-5'), -5);
    assert.equal(time('2024-05-01'), Date.UTC(2024, 4, 1));
    assert.equal(time('2024-05-01T12:30+02:00'), Date.UTC(2024, 4, 1, 10, 30));
    assert.equal(time('2024-05-01 12:30:15.5Z'), Date.UTC(2024, 4, 1, 12, 30, 15, 500));
    for (const text of ['2023-02-29', '2024-13-01', '2024-05-01 24:00', '1.5', 'today', '01.05.2024']) {
      assert.throws(() => time(text), /is not a timestamp/, text);
    }
  });

  it('read the null literal as null in every column', () => {
    const columns = { s: 'string', n: 'number' } as const;
    assert.deepEqual(read('s,n\nNA,NA\nx,1\n', { columns, nullLiteral: 'NA' }), [
      { s: null, n: null },
      { s: 'x', n: 1 },
    ]);
    assert.deepEqual(read('s,n\n,\n', { columns, nullLiteral: '' }), [{ s: null, n: null }]);
  });

  it('keep columns of any name as data', () => {
    const [record] = read('__proto__,constructor,<img onerror=x>\n{},2,3\n');
    assert.deepEqual(Object.entries(record!), [
      ['__proto__', '{}'],
      ['constructor', 2],
      ['<img onerror=x>', 3],
    ]);
    assert.equal(JSON.stringify(record), '{"__proto__":"{}","constructor":2,"<img onerror=x>":3}');
    assert.deepEqual(Object.keys(structuredClone(record!)), Object.keys(record!));
    assert.equal(Object.getPrototypeOf(record), Object.prototype);
  });

  it('give the same records and offsets in whatever pieces they come, and go on from behind any record', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '1', ',', '"', '\n', '\r\n', 'ü', '🎈'), maxLength: 6 });
    const row = fc.tuple(field, field, fc.boolean()).filter(([a, b, quoted]) => quoted || !/[",\r\n]/.test(a + b));
    const written = (text: string, quoted: boolean): string => (quoted ? `"${text.replaceAll('"', '""')}"` : text);
    const pieces = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
    const columns = { a: 'string', b: 'string' } as const;
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), fc.boolean(), fc.boolean(), pieces, fc.nat(11), (rows, bom, open, sizes, resume) => {
        const body = rows.map(([a, b, quoted]) => `${written(a, quoted)},${written(b, quoted)}`).join('\n');
        const file = utf8(`${bom ? '\ufeff' : ''}a,"b"\r\n${body}${open ? '' : '\n'}`);
        const whole = readAll(decoder({ columns }), file);
        assert.deepEqual(
          values(whole),
          rows.map(([a, b]) => ({ a, b })),
        );
        assert.deepEqual(readAll(decoder({ columns }), file, sizes), whole);
        const from: Read<unknown> | undefined = whole[resume];
        if (from === undefined) return;
        assert.deepEqual(readAll(decoder({ columns }, from.offset), file, sizes), whole.slice(resume + 1));
      }),
      { numRuns: 300 },
    );
  });

  it('may have quoted fields longer than a block', () => {
    const long = 'line of text\n'.repeat(40_000);
    assert.deepEqual(read(`a,b\n1,"${long}"\n2,x\n`, {}, [65_536]), [
      { a: 1, b: long },
      { a: 2, b: 'x' },
    ]);
  });

  it('fail at a record with too few or too many fields', () => {
    const error = failure('time,card,amount\n1,a,5\n2,b\n');
    assert.equal(
      error.message,
      'Line 3 of data/x.csv has 2 fields, but the header has 3 (time, card, amount). Does a field with a delimiter lack its quotes?',
    );
    assert.deepEqual([error.line, error.offset, error.text], [3, 23, '2,b']);
    assert.match(failure('a,b\n1;2\n').message, /has 1 field, .* another fieldDelimiter/);
    assert.match(failure('1,2,3', { header: false, columns: { a: 'number' } }).message, /^Line 1 .* but the option columns has 1 \(a\)/);
  });

  it('fail at a value of another type, naming column and value', () => {
    const columns = { time: 'number', ok: 'boolean' } as const;
    const error = failure('ok,time\ntrue,"1\n"\ntrue,soon\n', { columns });
    assert.equal(error.message, `Line 4 of data/x.csv has "soon" in column 'time', which is not a number.`);
    assert.equal(error.line, 4);
    assert.match(
      failure('ok,time\ntrue,\n', { columns }).message,
      /has "" in column 'time', which is not a number\. Write nullLiteral: ''/,
    );
  });

  it('fail at a header without a column that was asked for, or with one twice', () => {
    assert.equal(
      failure('Time,card\n1,2\n', { columns: { time: 'number' } }).message,
      "Line 1 of data/x.csv has no column 'time'. The columns are Time, card. Is it 'Time'?",
    );
    assert.match(failure('a,b,a\n1,2,3\n').message, /names two columns 'a'/);
    assert.match(failure('a,b,a\n1,2,3\n', { columns: { a: 'number' } }).message, /names two columns 'a'/);
    assert.deepEqual(read('a,b,a\n1,2,3\n', { columns: { b: 'number' } }), [{ b: 2 }]);
  });

  it('fail at quotes that are not closed, or closed in the middle of a field', () => {
    assert.equal(failure('a,b\n1,2\n3,"x\ny\n').message, 'Line 3 of data/x.csv has an opening quote that is never closed.');
    assert.match(failure('a,b\n1,"x"y\n').message, /^Line 2 .* text behind the closing quote of field 2/);
  });

  it('count and skip records that cannot be read when told to, in whatever pieces', () => {
    const text = 'a,b\n1,2\n3\n"4"x,5\n6,7\n8,"9\n';
    for (const size of [1, 3, 100]) {
      let skipped = 0;
      const found = readAll(
        decoder({ columns: { a: 'number', b: 'number' } }, 0, () => skipped++),
        utf8(text),
        [size],
      );
      assert.deepEqual(values(found), [
        { a: 1, b: 2 },
        { a: 6, b: 7 },
      ]);
      assert.equal(skipped, 3);
    }
    assert.throws(
      () =>
        readAll(
          decoder({ columns: { z: 'number' } }, 0, () => undefined),
          utf8(text),
        ),
      /no column 'z'/,
    );
  });

  it('refuse options that make no sense', () => {
    assert.throws(() => csvSettings({ header: false }), /without a header needs the option columns/);
    assert.throws(() => csvSettings({ fieldDelimiter: '||' }), /fieldDelimiter of a CSV file is one character, not "\|\|"/);
    assert.throws(() => csvSettings({ fieldDelimiter: '"' }), /must differ/);
    assert.throws(() => csvSettings({ columns: { a: 'date' as 'string' } }), /'a' has the type 'date'/);
  });
});

describe('Format', () => {
  it('turns values into bytes and back', () => {
    const csv = Format.csv({ columns: { id: 'bigint', name: 'string', at: 'timestamp', more: 'json' } });
    const value = { id: 5n, name: 'say "hi", Bo\n', at: 1_700_000_000_000, more: 'x' };
    assert.deepEqual(csv.deserialize(csv.serialize(value)), value);
    assert.throws(() => csv.deserialize(utf8('1,2')), /has 2 fields/);
    const json = Format.json<{ a: number }>();
    assert.deepEqual(json.deserialize(json.serialize({ a: 1 })), { a: 1 });
    assert.throws(() => json.deserialize(utf8('{')));
    assert.equal(Format.json({ ignoreParseErrors: true }).deserialize(utf8('{')), null);
    assert.equal(Format.text().deserialize(Format.text().serialize('Zürich')), 'Zürich');
    assert.deepEqual(Format.raw().serialize(Uint8Array.of(1)), Uint8Array.of(1));
  });
});
