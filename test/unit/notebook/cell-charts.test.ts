import assert from 'node:assert/strict';
import { CellCharts } from '../../../src/notebook/charts/cell-charts.ts';
import { decodeNotebook, encodeNotebook } from '../../../src/notebook/notebook-codec.ts';
import { errorState } from '../../../src/output/error-state.ts';
import { plainError } from '../../../src/notebook/outputs/output-states.ts';
import type { NotebookChange, NotebookView, Problem } from '../../../src/platform/ports.ts';
import { FakeLog, FakeNotebooks, l10n } from './fakes.ts';

/** Notebooks whose metadata changes when it is set, as VS Code's do. */
class EditableNotebooks extends FakeNotebooks {
  isReadOnly = false;
  change: (change: NotebookChange) => void = () => undefined;

  override onDidChange(listener: (change: NotebookChange) => void): { dispose(): void } {
    this.change = listener;
    return { dispose: () => undefined };
  }

  override async setMetadata(uri: string, metadata: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.isReadOnly) return;
    this.notebooks = this.notebooks.map((notebook) => ({
      ...notebook,
      cells: notebook.cells.map((cell) => (cell.uri === uri ? { ...cell, metadata } : cell)),
    }));
    this.change({ notebook: 'n', cells: [uri], added: [], removed: [] });
  }
}

function notebookOf(text: string): NotebookView {
  const { cells } = decodeNotebook(new TextEncoder().encode(text), '');
  return { uri: 'n', folder: null, cells: cells.map((cell, index) => ({ ...cell, index, uri: `cell:${index}` })) };
}

function start(text: string): {
  charts: CellCharts;
  notebooks: EditableNotebooks;
  posted: unknown[];
  problems: Map<string, readonly Problem[]>;
  file(): string;
} {
  const notebooks = new EditableNotebooks(notebookOf(text));
  const { metadata } = decodeNotebook(new TextEncoder().encode(text), '');
  const posted: unknown[] = [];
  const problems = new Map<string, readonly Problem[]>();
  const state = errorState('cell:0/0', 'counts', 'finished', plainError(''));
  const charts = new CellCharts({
    notebooks,
    outputs: {
      outputs: (cell) => (cell === 'cell:0' ? [state] : []),
      findOutput: (id) => (id === state.id ? { cell: 'cell:0', state } : null),
    },
    channel: {
      post: (message) => posted.push(message),
      onMessage: (listener) => {
        listener({ version: 1, type: 'ready', id: state.id }, 'editor');
        return { dispose: () => undefined };
      },
    },
    problems: { set: (cell, found) => problems.set(cell, found), clear: (cell) => problems.delete(cell) },
    log: new FakeLog(),
    l10n,
  });
  const file = (): string => new TextDecoder().decode(encodeNotebook({ cells: notebooks.notebooks[0]?.cells ?? [], metadata }));
  return { charts, notebooks, posted, problems, file };
}

describe('charts of cells', () => {
  const CELL = '```ts\ncounts\n```\n';
  const CHART = '\n```vega-lite display=counts\n{}\n```\n';

  it('are told to the renderers: on asking, and when they change', async () => {
    const { charts, posted } = start(CELL + CHART);
    assert.deepEqual(posted.splice(0)[0], { version: 1, type: 'chart', id: 'cell:0/0', text: '{}' });
    await charts.store('cell:0', 'counts', '[]');
    await charts.store('cell:0', 'counts', '[]');
    await charts.store('cell:0', 'counts', null);
    assert.deepEqual(
      posted.map((message) => (message as { text: unknown }).text),
      ['[]', null],
    );
  });

  it('are stored in the file, with its line ends', async () => {
    const { charts, file } = start(CELL);
    await charts.store('cell:0', 'counts', '{}');
    assert.equal(file(), CELL + CHART);
    assert.deepEqual(charts.displaysOf('cell:0'), ['counts']);
    await charts.store('cell:0', 'counts', null);
    assert.equal(file(), CELL);
    const crlf = start(CELL.replaceAll('\n', '\r\n'));
    await crlf.charts.store('cell:0', 'counts', '{}');
    assert.equal(crlf.file(), (CELL + CHART).replaceAll('\n', '\r\n'));
  });

  it('say why they cannot be stored', async () => {
    const { charts, notebooks } = start(CELL);
    notebooks.isReadOnly = true;
    await assert.rejects(charts.store('cell:0', 'counts', '{}'), /read-only/);
    await assert.rejects(charts.store('cell:9', 'counts', '{}'), /not there any more/);
  });

  it('that cannot be used are problems of the notebook, until they are mended', async () => {
    const { charts, problems } = start(`${CELL}\n\`\`\`vega-lite display=counts\n{\n\`\`\`\n${CHART}\nText\n${CHART}`);
    const messages = (cell: string): string =>
      (problems.get(cell) ?? []).map(({ message, range }) => `${range.start.line}: ${message}`).join('\n');
    assert.match(
      messages('cell:0'),
      /^1: The chart of counts below the cell is not used: it is not valid JSON.*\n1: The cell has two charts of counts/,
    );
    assert.match(messages('cell:1'), /^3: This chart of counts is not used: it must stand right below the cell/);
    await charts.store('cell:0', 'counts', null);
    assert.equal(messages('cell:0'), '');
  });
});
