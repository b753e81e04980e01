import assert from 'node:assert/strict';
import { createExecutor } from '../../../engine/runtime/executor.ts';
import { firstRunCommands } from '../../../src/notebook/first-run/commands.ts';
import { decodeNotebook } from '../../../src/notebook/notebook-codec.ts';
import { parseCellInfo } from '../../../src/format/cell-info.ts';
import { templates } from '../../../src/notebook/first-run/templates.ts';
import type { NotebookView } from '../../../src/platform/ports.ts';
import { NotebookCompiler } from '../../../src/program/compile.ts';
import { loadLibrary } from '../../../src/program/library.ts';
import { loadProgram } from '../../../src/program/load.ts';
import { cellView, FakeDialogs, l10n } from './fakes.ts';

function sourcesIn(text: string): { id: string; number: number; name: string | null; text: string }[] {
  const { cells } = decodeNotebook(new TextEncoder().encode(text), '');
  return cells.flatMap(({ kind, text: code, metadata }, index) =>
    kind === 'code' ? [{ id: `c${index}`, number: index + 1, name: parseCellInfo(String(metadata['info'])).name, text: code }] : [],
  );
}

describe('a template for a new notebook', () => {
  for (const { name, text } of templates(l10n)) {
    it(`compiles without a problem and shows results: ${name}`, () => {
      const sources = sourcesIn(text);
      const target = sources.at(-1)?.id ?? assert.fail('no cell');
      const compiler = new NotebookCompiler(loadLibrary());
      const compiled = compiler.compile(sources, target, { check: true });
      compiler.dispose();
      assert.deepEqual(compiled.diagnostics, []);
      assert.ok(compiled.ok);
      const created = createExecutor(loadProgram(compiled.program), { settings: {}, overrides: {}, startTime: 0, journal: false });
      assert.ok(created.ok);
      const { executor } = created;
      for (let now = 0; now <= 20_000; now += 100) {
        executor.deliver({ kind: 'processing-time', now });
        while (executor.step(100) === 'progress');
      }
      assert.equal(executor.failure, null);
      assert.ok(executor.takeRows(0, 100).total >= 5);
    });
  }
});

describe('the commands of the first minutes', () => {
  const notebook: NotebookView = {
    uri: 'untitled:1',
    folder: '/home',
    cells: [cellView('text', { kind: 'markdown', uri: 'm' }), cellView('1', { uri: 'c' })],
  };

  function setUp(active: NotebookView | null = null) {
    const opened: string[] = [];
    const done: string[] = [];
    const dialogs = new FakeDialogs();
    const commands = firstRunCommands({
      dialogs,
      l10n,
      openUntitled: async (text) => {
        opened.push(text.split('\n')[0] ?? '');
        return notebook;
      },
      activeNotebook: () => active,
      execute: async (_notebook, cell) => void done.push(`run ${cell.uri}`),
      reveal: async (cell) => void done.push(`reveal ${cell}`),
    });
    return { commands, opened, done, dialogs };
  }

  it('open the template that is named, or the one that is chosen', async () => {
    const { commands, opened, done } = setUp();
    await commands['streambook.newNotebook']('pipeline');
    assert.deepEqual([opened, done], [['# A pipeline'], []]);
  });

  it('show the live chart: of the notebook at hand, else of a new one', async () => {
    const fresh = setUp();
    await fresh.commands['streambook.showLiveChart'](undefined);
    assert.deepEqual([fresh.opened, fresh.done], [['# Page views'], ['reveal c', 'run c']]);
    const active = setUp(notebook);
    await active.commands['streambook.showLiveChart'](undefined);
    assert.deepEqual([active.opened, active.done], [[], ['reveal c', 'run c']]);
  });
});
