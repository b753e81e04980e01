import assert from 'node:assert/strict';
import { OutputFold } from '../../../src/output/fold.ts';
import type { OutputState } from '../../../src/output/types.ts';
import { ChartEditors, type EditableCharts } from '../../../src/panels/chart-editor/chart-editors.ts';
import {
  readChartEditorState,
  readFromChartEditor,
  readToChartEditor,
  type ToChartEditor,
} from '../../../src/panels/chart-editor/protocol.ts';
import type { Panel, Panels } from '../../../src/platform/ports.ts';
import type { ToRenderer } from '../../../src/renderer/protocol.ts';
import { FakeDialogs, l10n } from '../notebook/fakes.ts';

class FakePanel implements Panel {
  readonly sent: ToChartEditor[] = [];
  title = '';
  revealed = 0;
  receive: (message: unknown) => void = () => undefined;
  close: () => void = () => undefined;
  post(message: unknown): void {
    const read = readToChartEditor(structuredClone(message));
    assert.ok(read !== null, 'the page understands what it is sent');
    this.sent.push(read);
  }
  onMessage(listener: (message: unknown) => void): { dispose(): void } {
    this.receive = listener;
    return { dispose: () => undefined };
  }
  onDidClose(listener: () => void): { dispose(): void } {
    this.close = listener;
    return { dispose: () => undefined };
  }
  setTitle(title: string): void {
    this.title = title;
  }
  reveal(): void {
    this.revealed += 1;
  }
  /** Types of what was sent since the last call. */
  take(): ToChartEditor[] {
    return this.sent.splice(0);
  }
}

function state(name: string, id: string, values: readonly number[] = [1]): OutputState {
  const fold = new OutputFold({ id, name, kind: 'display', window: null });
  fold.addRows(
    values.map((value, index) => ({ index, kind: '+I', timestamp: null, window: null, key: undefined, value, watermark: 0 })),
    values.length,
  );
  return fold.state();
}

class World {
  readonly panels: FakePanel[] = [];
  readonly dialogs = new FakeDialogs();
  readonly ran: string[] = [];
  outputs: OutputState[] = [];
  /** Cells by their key in the notebook. */
  cells = new Map([['word-count', 'cell:1']]);
  stored = new Map<string, string>();
  shown: (message: ToRenderer) => void = () => undefined;
  cellsChanged: () => void = () => undefined;
  restore: (panel: Panel, state: unknown) => void = () => undefined;
  #chartsChanged: (cell: string) => void = () => undefined;

  readonly charts: EditableCharts = {
    placeOf: (cell) => {
      const found = [...this.cells].find(([, uri]) => uri === cell);
      return found === undefined ? null : { notebook: 'file:///n.stream.md', cell: found[0] };
    },
    find: ({ cell }) => this.cells.get(cell) ?? null,
    isOpen: () => true,
    openNotebook: async () => undefined,
    titleOf: () => 'word-count',
    displaysOf: () => [...this.stored.keys()],
    textOf: (_cell, display) => this.stored.get(display) ?? null,
    store: async (cell, display, text) => {
      if (text === null) this.stored.delete(display);
      else this.stored.set(display, text);
      this.#chartsChanged(cell);
    },
    onDidChange: (listener) => {
      this.#chartsChanged = listener;
      return { dispose: () => undefined };
    },
    onDidChangeCells: (listener) => {
      this.cellsChanged = listener;
      return { dispose: () => undefined };
    },
  };

  readonly editors = new ChartEditors({
    panels: {
      open: (_kind, title) => {
        const panel = new FakePanel();
        panel.title = title;
        this.panels.push(panel);
        return panel;
      },
      onDidRestore: (_kind, listener) => {
        this.restore = listener;
        return { dispose: () => undefined };
      },
    } satisfies Panels,
    charts: this.charts,
    results: {
      outputs: () => this.outputs,
      run: (cell) => this.ran.push(cell),
      onShown: (listener) => {
        this.shown = listener;
        return { dispose: () => undefined };
      },
    },
    dialogs: this.dialogs,
    l10n,
  });

  async open(display?: string): Promise<FakePanel> {
    await this.editors.edit('cell:1', display);
    const panel = this.panels.at(-1);
    assert.ok(panel !== undefined);
    panel.receive({ version: 1, type: 'ready' });
    return panel;
  }
}

/** Lets what was started go on. */
const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

describe('chart editor: the host', () => {
  it('opens once per display, with the newest results, and follows them', async () => {
    const world = new World();
    world.outputs = [state('counts', 'cell:1/0'), state('late', 'cell:1/1')];
    const panel = await world.open('late');
    assert.equal(panel.title, 'Chart: late');
    const [opened] = panel.take();
    assert.ok(opened?.type === 'open' && opened.state?.name === 'late' && opened.stored === null);
    for (const output of world.outputs) {
      world.shown({ version: 1, type: 'state', state: output });
    }
    assert.deepEqual(
      panel.take().map((message) => message.type === 'state' && message.state.name),
      ['late'],
    );
    await world.editors.edit('cell:1', 'late');
    assert.deepEqual([world.panels.length, panel.revealed], [1, 1]);
    panel.close();
    await world.editors.edit('cell:1', 'late');
    assert.equal(world.panels.length, 2);
  });

  it('asks which display when a cell has several', async () => {
    const world = new World();
    world.outputs = [state('counts', 'cell:1/0'), state('late', 'cell:1/1')];
    await world.editors.edit('cell:1');
    assert.equal(world.panels.length, 0, 'the question was called off');
    world.outputs = [state('counts', 'cell:1/0')];
    await world.editors.edit('cell:1');
    assert.equal(world.panels[0]?.title, 'Chart: counts');
  });

  it('applies, resets, and says when the text is not in the notebook', async () => {
    const world = new World();
    world.outputs = [state('counts', 'cell:1/0')];
    const panel = await world.open('counts');
    panel.receive({ version: 1, type: 'edited', edited: true });
    assert.equal(panel.title, 'Chart: counts •');
    panel.take();
    panel.receive({ version: 1, type: 'apply', text: '{ "mark": "bar" }\n' });
    await settled();
    assert.equal(world.stored.get('counts'), '{ "mark": "bar" }');
    assert.deepEqual(panel.take(), [{ version: 1, type: 'stored', text: '{ "mark": "bar" }' }]);
    panel.receive({ version: 1, type: 'apply', text: '{' });
    await settled();
    assert.deepEqual(
      panel.take().map(({ type }) => type),
      ['failed'],
    );
    panel.receive({ version: 1, type: 'reset' });
    await settled();
    assert.equal(world.stored.size, 0);
    assert.deepEqual(panel.take(), [{ version: 1, type: 'stored', text: null }]);
  });

  it('waits for the first run to know what is displayed', async () => {
    const world = new World();
    const panel = await world.open();
    const [opened] = panel.take();
    assert.ok(opened?.type === 'open' && opened.place.display === null && opened.state === null);
    panel.receive({ version: 1, type: 'apply', text: '{}' });
    await settled();
    assert.match(JSON.stringify(panel.take()), /Run the cell once/);
    panel.receive({ version: 1, type: 'run' });
    assert.deepEqual(world.ran, ['cell:1']);
    world.outputs = [state('counts', 'cell:1/0')];
    for (const output of world.outputs) {
      world.shown({ version: 1, type: 'state', state: output });
    }
    const [again] = panel.take();
    assert.ok(again?.type === 'open' && again.place.display === 'counts');
  });

  it('says that its cell is gone, and never takes another for it', async () => {
    const world = new World();
    world.cells = new Map([['#0', 'cell:1']]);
    const panel = await world.open('counts');
    panel.take();
    world.cells = new Map([['#0', 'cell:2']]);
    world.cellsChanged();
    assert.deepEqual(
      panel.take().map(({ type }) => type),
      ['gone'],
    );
    panel.receive({ version: 1, type: 'apply', text: '{}' });
    await settled();
    assert.equal(world.stored.size, 0);
  });

  it('is found again after a reload of the window', async () => {
    const world = new World();
    world.outputs = [state('counts', 'cell:1/0')];
    const place = { notebook: 'file:///n.stream.md', cell: 'word-count', display: 'counts' };
    const panel = new FakePanel();
    world.restore(panel, { version: 1, place, draft: '{}' });
    panel.receive({ version: 1, type: 'ready' });
    const [opened] = panel.take();
    assert.ok(opened?.type === 'open');
    assert.deepEqual(opened.place, place);
    const lost = new FakePanel();
    world.restore(lost, { version: 0 });
    lost.receive({ version: 1, type: 'ready' });
    assert.deepEqual(
      lost.take().map(({ type }) => type),
      ['gone'],
    );
  });
});

describe('chart editor: messages', () => {
  it('of other senders and versions are ignored', () => {
    const wrong = [
      null,
      'x',
      [],
      {},
      { version: 2, type: 'ready' },
      { version: 1, type: 'apply' },
      { version: 1, type: 'apply', text: 'x'.repeat(500_001) },
    ];
    assert.deepEqual(
      wrong.map(readFromChartEditor),
      wrong.map(() => null),
    );
    const open = { version: 1, type: 'open', title: '', stored: null, state: null, place: { notebook: '', cell: '' } };
    const toPage = [null, {}, open, { version: 1, type: 'stored' }, { version: 1, type: 'gone' }, { version: 1, type: 'state', state: {} }];
    assert.deepEqual(
      toPage.map(readToChartEditor),
      toPage.map(() => null),
    );
    assert.equal(readChartEditorState({ version: 1, place: { notebook: '', cell: '', display: 1 }, draft: null }), null);
  });
});
