import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chartFaults, chartOf, readCharts, strayCharts, withChart } from '../../../src/format/chart-blocks.ts';
import { type FormatCell, NO_ORIGIN, type NotebookFile, parseNotebook, serializeNotebook } from '../../../src/format/notebook-format.ts';

/** The file after the chart of a display of the `index`-th cell became `text`. */
function charted(source: string | NotebookFile, index: number, display: string, text: string | null, eol = '\n'): string {
  const file = typeof source === 'string' ? parseNotebook(source) : source;
  const cells = file.cells.map((cell, at): FormatCell => {
    const origin = cell.origin ?? NO_ORIGIN;
    return at === index ? { ...cell, origin: { ...origin, charts: withChart(origin.charts, display, text, eol) } } : cell;
  });
  return serializeNotebook({ ...file, cells });
}

function chartsIn(text: string, index: number): string {
  return parseNotebook(text).cells[index]?.origin?.charts ?? '';
}

describe('charts in the file', () => {
  const CELL = 'A\n\n```ts id=a\ncounts\n```\n\nB\n';

  it('are written below their cell, changed in place and taken away again', () => {
    const added = charted(CELL, 1, 'counts', '{}');
    assert.equal(added, 'A\n\n```ts id=a\ncounts\n```\n\n```vega-lite display=counts\n{}\n```\n\nB\n');
    const changed = charted(added, 1, 'counts', '{\n  "mark": "bar"\n}');
    assert.equal(changed, added.replace('{}', '{\n  "mark": "bar"\n}'));
    assert.equal(charted(changed, 1, 'counts', null), CELL);
  });

  it('keep the style of the block and the line ends of the file', () => {
    const text = '~~~ts\r\na\r\n~~~\r\n~~~~vega-lite wide display=a\r\n{}\r\n~~~~\r\nB';
    assert.equal(charted(text, 0, 'a', '[\n]', '\r\n'), text.replace('{}', '[\r\n]'));
  });

  it('stay where they are when another one is taken away', () => {
    const two = charted(charted(CELL, 1, 'a', '{"a":1}'), 1, 'b', '{"b":1}');
    assert.equal(charted(two, 1, 'a', null), charted(CELL, 1, 'b', '{"b":1}'));
    assert.equal(charted(two, 1, 'b', null), charted(CELL, 1, 'a', '{"a":1}'));
  });

  it('go with their cell when it is moved, deleted or becomes Markdown', () => {
    const file = parseNotebook(charted(CELL, 1, 'counts', '{}'));
    const cells = file.cells;
    assert.equal(
      serializeNotebook({ ...file, cells: cells.toReversed() }),
      'B\n\n```ts id=a\ncounts\n```\n\n```vega-lite display=counts\n{}\n```\n\nA\n',
    );
    assert.equal(serializeNotebook({ ...file, cells: cells.filter(({ kind }) => kind === 'markdown') }), 'A\n\nB\n');
    const asText = cells.map((cell): FormatCell => ({ ...cell, kind: 'markdown', info: '' }));
    assert.match(serializeNotebook({ ...file, cells: asText }), /counts\n\n```vega-lite display=counts\n\{\}\n```/);
  });

  it('can be given to a cell that was never in the file, and to one whose fence is open', () => {
    const cell: FormatCell = { kind: 'code', value: 'a', info: 'ts', origin: null };
    const file = { cells: [cell], frame: { before: '', cells: 0, eol: '\n' } };
    assert.equal(charted(file, 0, 'a', '{}'), '```ts\na\n```\n\n```vega-lite display=a\n{}\n```\n');
    const open = charted('```ts\na', 0, 'a', '{}');
    assert.equal(open, '```ts\na\n```\n\n```vega-lite display=a\n{}\n```');
    assert.equal(chartOf(chartsIn(open, 0), 'a'), '{}');
  });

  it('have names of any characters', () => {
    const text = charted(CELL, 1, 'late ones: 50 % `x`', '{}');
    assert.ok(text.includes('```vega-lite display=late%20ones:%2050%20%25%20%60x%60\n'));
    assert.equal(chartOf(chartsIn(text, 1), 'late ones: 50 % `x`'), '{}');
    assert.equal(chartOf(chartsIn('```ts\n```\n```vega-lite display=100%\n{}\n```\n', 0), '100%'), '{}');
  });

  it('that cannot be used stay in the file and are reported', () => {
    const text = '```ts\na\n```\n\n```vega-lite display=a\n{\n```\n\n```vega-lite display=a\n{}\n```\n';
    assert.equal(serializeNotebook(parseNotebook(text)), text);
    const charts = chartsIn(text, 0);
    assert.deepEqual(
      chartFaults(charts).map(({ display, kind }) => [display, kind]),
      [
        ['a', 'not-json'],
        ['a', 'duplicate'],
      ],
    );
    assert.equal(chartOf(charts, 'a'), '{', 'the first one counts');
    assert.equal(withChart(charts, 'a', null, '\n'), '');
  });

  it('below something else than a cell are part of the Markdown, and found there', () => {
    const { cells } = parseNotebook('```ts\na\n```\n\nText\n\n```vega-lite display=a\n{}\n```\n');
    assert.deepEqual(
      cells.map(({ kind }) => kind),
      ['code', 'markdown'],
    );
    assert.deepEqual(strayCharts(cells[1]?.value ?? ''), [{ display: 'a', line: 3 }]);
    assert.deepEqual(strayCharts('- ```vega-lite display=a\n  {}\n  ```\n\n```vega-lite\n{}\n```'), []);
  });
});

describe('charts in any document', () => {
  const eol = fc.constantFrom('\n', '\n', '\r\n', '\r');
  const line = fc.constantFrom(
    ...['', ' ', 'text', '```ts', '```', '~~~ts', '~~~', '````', '  ```ts', '  ```', '- item', '> quote', '<!--', '-->', '<div>'],
    ...[
      '```vega-lite display=x',
      '```vega-lite display=y',
      '~~~vega-lite display=x',
      '  ```vega-lite display=x',
      '{}',
      '{ "mark": "bar" }',
      '{',
    ],
  );
  const document = fc.array(fc.tuple(line, eol), { maxLength: 30 }).map((lines) => lines.map((parts) => parts.join('')).join(''));
  const json = fc.oneof(fc.json({ maxDepth: 2 }), fc.constantFrom('{}', '{\n  "mark": "bar"\n}', '```', ''));

  it('an edit of a chart changes only the bytes of its block, and is read back', () => {
    fc.assert(
      fc.property(document, fc.nat(), fc.constantFrom('x', 'y', 'new'), json, (text, pick, display, chart) => {
        const file = parseNotebook(text);
        const codes = file.cells.flatMap((cell, index) => (cell.kind === 'code' ? [index] : []));
        const index = codes[pick % Math.max(1, codes.length)];
        fc.pre(index !== undefined);
        const before = readCharts(file.cells[index]?.origin?.charts ?? '');
        const result = charted(file, index, display, chart);
        const again = parseNotebook(result);
        assert.deepEqual(
          again.cells.map(({ value }) => value),
          file.cells.map(({ value }) => value),
          'no cell changes',
        );
        assert.equal(chartOf(chartsIn(result, index), display), chart.replace(/\r\n?/g, '\n'));
        const others = (blocks: typeof before): typeof before => blocks.filter((block) => block.display !== display);
        assert.deepEqual(others(readCharts(chartsIn(result, index))), others(before));
        const charts = file.cells[index]?.origin?.charts ?? '';
        if (before.every((block) => block.display !== display)) {
          assert.equal(withChart(withChart(charts, display, chart, '\n'), display, null, '\n'), charts, 'taken away again');
        }
        const length = (cell: FormatCell | undefined): number => (cell?.origin?.raw ?? '').length + (cell?.origin?.charts ?? '').length;
        const above = file.cells
          .slice(0, index)
          .reduce((sum, cell) => sum + length(cell) + (cell.origin?.after ?? '').length, file.frame.before.length);
        assert.ok(result.startsWith(text.slice(0, above + (file.cells[index]?.origin?.raw ?? '').length)), 'bytes above');
        assert.ok(result.endsWith(text.slice(above + length(file.cells[index]))), 'bytes below');
      }),
      { numRuns: 1000 },
    );
  });

  it('taking away a chart that is not there gives the same bytes', () => {
    fc.assert(
      fc.property(document, (text) => charted(text, 0, 'none', null) === text),
      { numRuns: 300 },
    );
  });
});
