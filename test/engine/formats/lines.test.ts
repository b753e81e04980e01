import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RecordReadError } from '../../../engine/connectors/source.ts';
import { findCharset, type Charset } from '../../../engine/formats/charset.ts';
import { LineBlocks, LineTooLongError } from '../../../engine/formats/line-blocks.ts';
import { LineDecoder } from '../../../engine/formats/line-decoder.ts';
import { parseJsonLine } from '../../../engine/formats/ndjson.ts';
import { unshare } from '../../../engine/formats/unshare.ts';
import { readAll, utf8, values } from './read-all.ts';

function charset(name = 'utf-8'): Charset {
  return findCharset(name)!;
}

function textLines(file: Uint8Array, sizes?: readonly number[], name?: string): string[] {
  return values(readAll(new LineDecoder(unshare, charset(name), { split: 'f', offset: 0, skipped: null }), file, sizes));
}

function jsonLines(text: string, skipped: (() => void) | null = null): unknown[] {
  return values(readAll(new LineDecoder(parseJsonLine, charset(), { split: 'data/x.ndjson', offset: 0, skipped }), utf8(text)));
}

describe('text files', () => {
  it('end a line with LF or CRLF, and the last one with neither', () => {
    assert.deepEqual(textLines(utf8('a\nb\r\n\n\r\nlast')), ['a', 'b', '', '', 'last']);
    assert.deepEqual(textLines(utf8('a\nlast\n')), ['a', 'last']);
    assert.deepEqual(textLines(utf8('')), []);
  });

  it('do not show a byte order mark, but keep that character elsewhere', () => {
    assert.deepEqual(textLines(utf8('\ufeffa\n\ufeffb')), ['a', '\ufeffb']);
    assert.deepEqual(textLines(utf8('\ufeff')), []);
  });

  it('are the same lines in whatever pieces they come', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'é', '€', '🎈', ' ', '\r', '\ufeff'), maxLength: 12 });
    const end = fc.constantFrom('\n', '\r\n');
    const pieces = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(fc.tuple(line, end), { maxLength: 20 }), fc.boolean(), pieces, (lines, open, sizes) => {
        const text = `x\n${lines.map((parts) => parts.join('')).join('')}${open ? 'end' : ''}`;
        const expected = text.split('\n').map((each) => each.replace(/\r$/, ''));
        if (expected.at(-1) === '') expected.pop();
        assert.deepEqual(textLines(utf8(text), sizes), expected);
        assert.deepEqual(textLines(utf8(text)), expected);
      }),
      { numRuns: 200 },
    );
  });

  it('can be read on from behind any line, over several blocks and with wide characters', () => {
    const lines = Array.from({ length: 9_000 }, (_, index) => `${index % 500 === 0 ? 'Zürich 🎈' : 'plain'} ${index}`);
    const file = utf8(lines.join('\r\n'));
    const all = readAll(new LineDecoder(unshare, charset(), { split: 'f', offset: 0, skipped: null }), file, [50_000]);
    assert.deepEqual(values(all), lines);
    for (const index of [0, 1, 499, 500, 501, 4_000, 8_998, 8_999]) {
      const rest = readAll(new LineDecoder(unshare, charset(), { split: 'f', offset: all[index]!.offset, skipped: null }), file, [70_000]);
      assert.deepEqual(values(rest), lines.slice(index + 1));
    }
  });

  it('may have lines that are longer than a block and a read', () => {
    const lines = ['short', 'x'.repeat(300_000), 'ü'.repeat(100_000), 'short'];
    for (const size of [1_000, 65_536, 1_000_000]) assert.deepEqual(textLines(utf8(lines.join('\n')), [size]), lines);
  });

  it('fail when a line is longer than the limit, whatever the pieces', () => {
    for (const size of [1, 7, 1000]) {
      for (const [length, fits] of [
        [50, true],
        [51, false],
      ] as const) {
        for (const end of ['', '\n', '\nab\n']) {
          const blocks = new LineBlocks(charset(), 0, 50);
          const file = utf8(`ab\n${'x'.repeat(length)}${end}`);
          const read = (): number => {
            let lines = 0;
            for (let at = 0; at <= file.length; at += size) {
              blocks.append(file.subarray(at, at + size), at + size >= file.length);
              while (blocks.position < blocks.text.length || blocks.nextBlock()) {
                if (blocks.position < blocks.text.length) blocks.takeLine();
                lines++;
              }
            }
            return lines;
          };
          if (fits) assert.ok(read() > 0);
          else assert.throws(read, LineTooLongError);
        }
      }
    }
  });

  it('may be in other charsets', () => {
    const utf16 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'utf16le'));
    assert.deepEqual(textLines(utf16('\ufeffaਊb\n🎈Ā\r\n\u0a00c'), [3], 'UTF-16LE'), ['aਊb', '🎈Ā', '\u0a00c']);
    assert.deepEqual(textLines(Uint8Array.of(0xe4, 10, 0x80, 0xff), [1], 'latin1'), ['ä', '\u0080ÿ']);
    assert.equal(findCharset('ebcdic'), null);
  });

  it('say so when they are in another encoding than they are read in', () => {
    assert.throws(
      () => textLines(Uint8Array.of(0xff, 0xfe, 0x61, 0, 10, 0)),
      /^RecordReadError: f is encoded as UTF-16\. .*charset: 'utf-16le'/,
    );
    assert.throws(() => textLines(Uint8Array.of(0x1f, 0x8b, 8, 0)), /f is compressed with gzip/);
  });
});

describe('NDJSON files', () => {
  it('hold one value per line; empty lines hold none', () => {
    assert.deepEqual(jsonLines('{"a":1}\n\n  \r\n[2]\n"three"\n4'), [{ a: 1 }, [2], 'three', 4]);
  });

  it('keep fields of any name as data', () => {
    const [record] = jsonLines('{"__proto__":{"x":1},"constructor":2}');
    assert.deepEqual(Object.keys(record as object), ['__proto__', 'constructor']);
    assert.equal((record as { x?: number }).x, undefined);
  });

  it('fail at a line that is not JSON, naming file, line, byte and text', () => {
    assert.throws(
      () => jsonLines('{"a":1}\n\n{"a":oops}\n'),
      (error) => {
        assert.ok(error instanceof RecordReadError);
        assert.match(
          error.message,
          /^Line 3 of data\/x\.ndjson is not one JSON value \(.*\)\. Correct it, or skip such lines with \{ ignoreParseErrors: true \}\.$/,
        );
        assert.deepEqual([error.split, error.line, error.offset, error.text], ['data/x.ndjson', 3, 9, '{"a":oops}']);
        return true;
      },
    );
    assert.throws(() => jsonLines('null'), /is null, and a record cannot be null/);
  });

  it('count and skip such lines when told to', () => {
    let skipped = 0;
    assert.deepEqual(
      jsonLines('1\nx\nnull\n2', () => skipped++),
      [1, 2],
    );
    assert.equal(skipped, 2);
  });
});
