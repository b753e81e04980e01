import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cellWith, closeAll, ended, newNotebook, openNotebook, outputIn, reveal } from './notebooks.ts';
import { outside, seesPage, until } from './outside.ts';

interface Message {
  readonly type: string;
  readonly event?: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

interface Frame {
  readonly id: number;
  readonly name: string;
  readonly line: number;
  readonly source?: { readonly path?: string };
}

/** Events of debug sessions, each taken once. */
class Events {
  readonly #come: Message[] = [];
  readonly #waiting: { readonly wanted: string; readonly resolve: (message: Message) => void }[] = [];

  add(message: Message): void {
    const at = this.#waiting.findIndex(({ wanted }) => wanted === message.event);
    if (at < 0) this.#come.push(message);
    else this.#waiting.splice(at, 1)[0]?.resolve(message);
  }

  next(wanted: string): Promise<Message> {
    const at = this.#come.findIndex(({ event }) => event === wanted);
    const [message] = at < 0 ? [] : this.#come.splice(at, 1);
    return message === undefined ? new Promise((resolve) => this.#waiting.push({ wanted, resolve })) : Promise.resolve(message);
  }
}

function session(): vscode.DebugSession {
  const active = vscode.debug.activeDebugSession;
  assert.ok(active !== undefined, 'a debug session is active');
  return active;
}

async function stack(): Promise<readonly Frame[]> {
  const { stackFrames } = (await session().customRequest('stackTrace', { threadId: 1 })) as { stackFrames: readonly Frame[] };
  return stackFrames;
}

async function scope(frameId: number, name: string): Promise<Readonly<Record<string, string>>> {
  const { scopes } = (await session().customRequest('scopes', { frameId })) as { scopes: { name: string; variablesReference: number }[] };
  const found = scopes.find((one) => one.name === name);
  assert.ok(found !== undefined, `scope ${name} among ${scopes.map((one) => one.name).join(', ')}`);
  const { variables } = (await session().customRequest('variables', { variablesReference: found.variablesReference })) as {
    variables: { name: string; value: string }[];
  };
  return Object.fromEntries(variables.map((variable) => [variable.name, variable.value]));
}

function stopAt(cell: vscode.NotebookCell, text: string, condition?: string): void {
  const line = cell.document
    .getText()
    .split('\n')
    .findIndex((one) => one.includes(text));
  const place = new vscode.Location(cell.document.uri, new vscode.Position(line, 0));
  vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(place, true, condition)]);
}

describe('the debugger', () => {
  const events = new Events();
  let tracking: vscode.Disposable;

  before(async () => {
    await closeAll();
    tracking = vscode.debug.registerDebugAdapterTrackerFactory('streambook', {
      createDebugAdapterTracker: () => ({ onDidSendMessage: (message: Message) => message.type === 'event' && events.add(message) }),
    });
  });
  afterEach(() => vscode.debug.removeBreakpoints(vscode.debug.breakpoints));
  after(async () => {
    tracking.dispose();
    await vscode.commands.executeCommand('workbench.view.explorer');
    await closeAll();
  });

  it('stops in a cell of the word count that was started with F5', async () => {
    const notebook = await openNotebook('word-count.stream.md');
    const cell = cellWith(notebook, "sum('count')");
    reveal(cell);
    stopAt(cell, '.map(');
    await vscode.commands.executeCommand('workbench.action.debug.start');
    const stopped = await events.next('stopped');
    assert.equal(stopped.body?.['reason'], 'breakpoint');
    const frames = await stack();
    const uri = cell.document.uri.toString();
    assert.deepEqual(
      frames.map(({ name, line, source }) => [name, line, source?.path === uri]),
      [
        ['function of Map', 3, true],
        ['Map', 3, true],
        ['Flat Map', 2, true],
        ['Source: lines', 3, false],
      ],
    );
    const { word } = await scope(1, 'Local');
    assert.ok(word !== undefined && /^'\w+'$/.test(word), word);
    const record = await scope(1, 'Record');
    assert.equal(record['value'], word);
    assert.equal(record['source'], 'lines');
    assert.equal(record['record number'], '1');
    assert.match(record['timestamp'] ?? '', /^1969-07-20 /);
    assert.deepEqual(await scope(1, 'Key'), { 'no key here': '' });
    await session().customRequest('continue', { threadId: 1 });
    await events.next('stopped');
    assert.notEqual((await scope(1, 'Local'))['word'], word);
    if (await seesPage()) {
      const seen = await until(
        'the status bar of the cell',
        () => outside('query', { where: 'page', selector: '.cell-statusbar-container' }),
        (items) => items.some(({ text }) => text.includes('Paused in debugger')),
      );
      assert.ok(seen.length > 0);
    }
    await vscode.debug.stopDebugging(session());
    await outputIn(cell, 'stopped');
    await until('the session to end', () => vscode.debug.activeDebugSession === undefined);
  });

  it('shows key and state, and lets a job run to its end', async () => {
    const notebook = await newNotebook(
      'debugged.stream.md',
      [
        "const words = env.fromData(['sea', 'sky', 'sea'])",
        "words.map(word => ({ word, count: 1 })).keyBy('word')",
        '  .reduce((before, now) => {',
        '    const count = before.count + now.count;',
        '    return { word: now.word, count };',
        '  })',
      ].join('\n'),
    );
    const [cell] = notebook.getCells();
    assert.ok(cell !== undefined);
    stopAt(cell, 'return', "now.word === 'sea'");
    await vscode.commands.executeCommand('streambook.debugCell', cell.document.uri.toString());
    await events.next('stopped');
    assert.equal((await scope(1, 'Local'))['count'], '2');
    assert.equal((await scope(1, 'Key'))['key'], "'sea'");
    assert.deepEqual(await scope(1, 'State'), { 'rolling result': "{word: 'sea', count: 1}" });
    await session().customRequest('continue', { threadId: 1 });
    assert.deepEqual(
      (await outputIn(cell, 'finished')).rows.map(({ value }) => value),
      [
        { word: 'sea', count: 1 },
        { word: 'sky', count: 1 },
        { word: 'sea', count: 2 },
      ],
    );
    await ended(cell, true);
    await until('the session to end', () => vscode.debug.activeDebugSession === undefined);
  });
});
