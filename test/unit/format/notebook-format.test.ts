import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type FormatCell, NEW_FRAME, type NotebookFile, parseNotebook, serializeNotebook } from '../../../src/format/notebook-format.ts';

function summary(text: string): string[] {
  return parseNotebook(text).cells.map((cell) => `${cell.kind === 'code' ? `[${cell.info}]` : 'md'} ${cell.value}`);
}

function edited(text: string, change: (cells: FormatCell[]) => FormatCell[]): string {
  const file = parseNotebook(text);
  return serializeNotebook({ ...file, cells: change([...file.cells]) });
}

function withValue(index: number, value: string): (cells: FormatCell[]) => FormatCell[] {
  return (cells) => cells.map((cell, i) => (i === index ? { ...cell, value } : cell));
}

const NEW_CODE: FormatCell = { kind: 'code', value: 'a', info: 'ts', origin: null };
const NEW_TEXT: FormatCell = { kind: 'markdown', value: 'text', info: '', origin: null };

describe('*.stream.md: reading', () => {
  it('takes top-level ts fences as cells and the rest as Markdown', () => {
    assert.deepEqual(summary('# Title\n\nText\n\n```ts id=a\nlet a;\n```\n\nMore\n'), [
      'md # Title\n\nText',
      '[ts id=a] let a;',
      'md More',
    ]);
  });
  it('wants exactly "ts" as the first word', () => {
    assert.deepEqual(summary('```tsx\na\n```\n```typescript\na\n```\n```js\na\n```\n'), [
      'md ```tsx\na\n```\n```typescript\na\n```\n```js\na\n```',
    ]);
  });
  it('reads tilde fences, long fences and nested fences', () => {
    assert.deepEqual(summary('~~~ts\n```\n~~~\n````ts x\n```ts\n```\n````\n'), ['[ts] ```', '[ts x] ```ts\n```']);
    assert.deepEqual(summary('````md\n```ts\na\n```\n````\n'), ['md ````md\n```ts\na\n```\n````']);
  });
  it('leaves fences inside lists, quotes, indented code and HTML in the Markdown', () => {
    for (const text of [
      '- item\n  ```ts\n  a\n  ```',
      '1. item\n\n   ```ts\n   a\n   ```',
      '- a\n  - b\n    ```ts\n    a\n    ```',
      '> ```ts\n> a\n> ```',
      '    ```ts\n    a\n    ```',
      '<!--\n```ts\na\n```\n-->',
      '<details>\n```ts\na\n```\n\ntext',
      '<pre>\n\n```ts\na\n```\n</pre>',
    ]) {
      assert.deepEqual(summary(text), [`md ${text}`], text);
    }
  });
  it('finds the fence that ends a list, a quote or a paragraph', () => {
    assert.deepEqual(summary('- item\n```ts\na\n```'), ['md - item', '[ts] a']);
    assert.deepEqual(summary('> quote\n```ts\na\n```'), ['md > quote', '[ts] a']);
    assert.deepEqual(summary('text\n```ts\na\n```'), ['md text', '[ts] a']);
    assert.deepEqual(summary('<details>\n\n```ts\na\n```\n\n</details>'), ['md <details>', '[ts] a', 'md </details>']);
    assert.deepEqual(summary('- a\n\ntext\n\n  ```ts\n  a\n   b\n  ```'), ['md - a\n\ntext', '[ts] a\n b']);
  });
  it('keeps chart blocks with the cell above them', () => {
    const text = '```ts\na\n```\n\n```vega-lite display=a\n{}\n```\n\n```vega-lite display=b\n{}\n```\n\ntext\n';
    assert.deepEqual(summary(text), ['[ts] a', 'md text']);
    assert.equal(edited(text, withValue(0, 'b')), text.replace('\na\n', '\nb\n'));
    assert.deepEqual(summary('```vega-lite\n{}\n```\n'), ['md ```vega-lite\n{}\n```']);
  });
  it('reads an open fence up to the end', () => {
    assert.deepEqual(summary('```ts\na\n'), ['[ts] a']);
  });
});

describe('*.stream.md: writing', () => {
  const CASES = [
    '',
    '\n\n',
    'text',
    '\uFEFF# Title\r\n\r\n```ts\r\na\r\n```\r\n',
    '```ts\r\na\nb\r```\n',
    '```ts\n```',
    '```ts\n\n```\n\n\n',
    '\n\n~~~~ts id=a\nx\n~~~~~~  \n\ntext  \n\n',
    '  ```ts\n  a\n b\n  ```\n',
    '```ts\na',
  ];
  it('gives the same bytes for an untouched notebook', () => {
    for (const text of CASES) {
      assert.equal(serializeNotebook(parseNotebook(text)), text);
    }
  });
  it('changes only the cell that was edited, in its own style', () => {
    assert.equal(
      edited('\uFEFFA\r\n\r\n~~~ts\r\na\r\n~~~~\r\n\r\nB', withValue(1, 'x\ny')),
      '\uFEFFA\r\n\r\n~~~ts\r\nx\r\ny\r\n~~~~\r\n\r\nB',
    );
    assert.equal(edited('  ```ts\n  a\n  ```\n', withValue(0, 'x\n\ny')), '  ```ts\n  x\n\n  y\n  ```\n');
    assert.equal(edited('A\r\n```ts\na\n```\r\nB\r\n', withValue(0, 'X')), 'X\r\n```ts\na\n```\r\nB\r\n');
  });
  it("writes an edited Markdown cell with the file's line ends", () => {
    assert.equal(edited('A\r\n\r\n```ts\r\na\r\n```\r\n', withValue(0, 'X\n\nY')), 'X\r\n\r\nY\r\n\r\n```ts\r\na\r\n```\r\n');
  });
  it('does not take what the editor does to a text for an edit', () => {
    const text = '```ts\r\na\nb\r\n```\n';
    assert.equal(edited(text, withValue(0, 'a\r\nb')), text);
  });
  it('makes the fence longer when the content would close it', () => {
    assert.equal(edited('```ts\na\n```\n', withValue(0, '```')), '````ts\n```\n````\n');
    assert.equal(edited('~~~ts\na\n~~~\n', withValue(0, '~~~~')), '~~~~~ts\n~~~~\n~~~~~\n');
  });
  it('closes a fence or comment that an edit left open above other cells', () => {
    assert.equal(edited('A\n\n```ts\na\n```\n', withValue(0, '```js')), '```js\n```\n\n```ts\na\n```\n');
    assert.equal(edited('A\n\n```ts\na\n```\n', withValue(0, '<!--')), '<!--\n-->\n\n```ts\na\n```\n');
    assert.deepEqual(summary(edited('A\n```ts\na\n```\n', withValue(0, '<div>'))), ['md <div>', '[ts] a']);
  });
  it('writes new cells with a blank line around them', () => {
    const text = 'A\n\n```ts\nx\n```\n';
    assert.equal(
      edited(text, (cells) => [...cells, NEW_CODE]),
      'A\n\n```ts\nx\n```\n\n```ts\na\n```\n',
    );
    assert.equal(
      edited(text, (cells) => [NEW_TEXT, ...cells]),
      'text\n\nA\n\n```ts\nx\n```\n',
    );
    assert.equal(serializeNotebook({ cells: [NEW_TEXT, NEW_CODE], frame: NEW_FRAME }), 'text\n\n```ts\na\n```\n');
  });
  it('leaves sane Markdown after a move and a deletion', () => {
    const text = 'A\n\n```ts\nx\n```\n\nB';
    assert.equal(
      edited(text, (cells) => cells.toReversed()),
      'B\n\n```ts\nx\n```\n\nA\n',
    );
    assert.equal(
      edited(text, (cells) => cells.filter((cell) => cell.kind === 'markdown')),
      'A\n\nB',
    );
    assert.equal(
      edited(text, (cells) => cells.slice(0, 2)),
      'A\n\n```ts\nx\n```\n',
    );
    assert.equal(
      edited(text, () => []),
      '',
    );
  });
  it('converts between kinds', () => {
    assert.equal(
      edited('A\n\n```ts\nx\n```\n', (cells) => cells.map((c): FormatCell => ({ ...c, kind: 'code', info: 'ts' }))),
      '```ts\nA\n```\n\n```ts\nx\n```\n',
    );
    assert.equal(
      edited('A\n\n```ts\nx\n```\n', (cells) => cells.map((c): FormatCell => ({ ...c, kind: 'markdown', info: '' }))),
      'A\n\nx\n',
    );
  });
});

describe('*.stream.md: any document', () => {
  const eol = fc.constantFrom('\n', '\n', '\n', '\r\n', '\r');
  const line = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('', ' ', 'text', '# Title', 'a ` b', '---') },
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        '```ts',
        '```',
        '```ts id=a pace=30s',
        '~~~ts',
        '~~~',
        '````ts no-run',
        '````',
        '```js',
        '```vega-lite display=x',
      ),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        '- item',
        '  ```ts',
        '  ```',
        '> quote',
        '> ```ts',
        '1. one',
        '   text',
        '\t```ts',
        '<!--',
        '-->',
        '<div>',
        '</div>',
        '<b>',
      ),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  );
  const document = fc
    .record({ bom: fc.boolean(), lines: fc.array(fc.tuple(line, eol), { maxLength: 30 }), last: fc.option(line) })
    .map(({ bom, lines, last }) => (bom ? '\uFEFF' : '') + lines.map((parts) => parts.join('')).join('') + (last ?? ''));

  it('is written as it was read', () => {
    fc.assert(
      fc.property(document, (text) => serializeNotebook(parseNotebook(text)) === text),
      { numRuns: 2000 },
    );
  });

  it('keeps every other byte when one cell is edited', () => {
    fc.assert(
      fc.property(document, fc.nat(), fc.array(line, { maxLength: 4 }), (text, pick, newLines) => {
        const file = parseNotebook(text);
        const index = file.cells.length === 0 ? -1 : pick % file.cells.length;
        const cell = file.cells[index];
        fc.pre(cell?.origin != null);
        const value = newLines.join('\n');
        fc.pre(value.trim() !== '');
        const result = serializeNotebook({ ...file, cells: file.cells.map((c) => (c === cell ? { ...c, value } : c)) });
        const [before, after] = around(file, index);
        assert.ok(result.startsWith(before), 'bytes above the cell');
        assert.ok(result.endsWith(after), 'bytes below the cell');
        assert.ok(result.length >= before.length + after.length);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads an edited code cell back as it was edited', () => {
    fc.assert(
      fc.property(document, fc.nat(), fc.array(line, { maxLength: 4 }), (text, pick, newLines) => {
        const file = parseNotebook(text);
        const codes = file.cells.filter((c) => c.kind === 'code');
        const cell = codes[codes.length === 0 ? 0 : pick % codes.length];
        fc.pre(cell !== undefined);
        const value = newLines
          .join('\n')
          .replace(/\r\n?/g, '\n')
          .replace(/^\uFEFF/, '');
        const again = parseNotebook(serializeNotebook({ ...file, cells: file.cells.map((c) => (c === cell ? { ...c, value } : c)) }));
        assert.deepEqual(
          again.cells.map((c) => c.value),
          file.cells.map((c) => (c === cell ? value : c.value)),
        );
      }),
      { numRuns: 2000 },
    );
  });

  function around(file: NotebookFile, index: number): [string, string] {
    const text = serializeNotebook(file);
    const cell = file.cells[index];
    let start = file.frame.before.length;
    for (const other of file.cells.slice(0, index)) {
      start += (other.origin?.raw ?? '').length + (other.origin?.charts ?? '').length + (other.origin?.after ?? '').length;
    }
    return [text.slice(0, start), text.slice(start + (cell?.origin?.raw ?? '').length)];
  }
});
