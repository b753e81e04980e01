import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { StreambookTestApi } from '../../src/notebook/test-api.ts';
import type { OutputState, ReplayAction } from '../../src/output/types.ts';
import { closeAll, execute, newNotebook, outputIn, reveal } from './notebooks.ts';
import { outside, seesPage, until } from './outside.ts';

const CELL = `const clicks = env.fromData(
  { user: 'ada', n: 1, t: 0 }, { user: 'bob', n: 2, t: 1000 }, { user: 'ada', n: 3, t: 2000 },
  { user: 'cyn', n: 4, t: 5000 }, { user: 'ada', n: 5, t: 6000 }, { user: 'bob', n: 6, t: 11000 },
).assignTimestampsAndWatermarks(WatermarkStrategy.forMonotonousTimestamps().withTimestampAssigner(c => c.t))
const perUser = clicks.keyBy(c => c.user).sum('n').uid('per-user')
display(perUser, { name: 'running' })`;

describe('replaying a cell', () => {
  let cell: vscode.NotebookCell;
  let uri: string;
  let api: StreambookTestApi;

  const first = (): OutputState => api.outputs(uri)[0] ?? assert.fail('no output');
  const at = (): number | 'end' | null => {
    const { replay } = first();
    return replay == null ? null : replay.atEnd ? 'end' : replay.record;
  };
  const rest = async (record: number | 'end'): Promise<void> => {
    await until(
      `the replay to rest at ${record}`,
      () => [at(), first().replay?.state],
      ([position, state]) => position === record && state === 'paused',
    );
  };
  const act = async (action: ReplayAction, record: number | 'end'): Promise<void> => {
    api.control(uri, action);
    await rest(record);
  };
  const values = (): readonly unknown[] => first().rows.map(({ value }) => (value as { readonly n: number }).n);
  /** Words of the rows of the Checkpoints view below the replay, down to entries. */
  const state = async (): Promise<string[]> => {
    const { tree } = api.checkpoints;
    const words: string[] = [];
    for (const job of await tree.children(null)) {
      if (job.kind !== 'replay') continue;
      words.push(tree.row(job).description);
      for (const operator of await tree.children(job))
        for (const below of await tree.children(operator))
          for (const entry of await tree.children(below)) words.push(`${tree.row(entry).label} ${tree.row(entry).description}`);
    }
    return words;
  };

  before(async () => {
    await closeAll();
    const extension = vscode.extensions.getExtension<StreambookTestApi>('streambook.streambook');
    api = (await extension?.activate()) ?? assert.fail('no test API');
    const notebook = await newNotebook('replayed.stream.md', CELL);
    cell = notebook.getCells()[0] ?? assert.fail('no cell');
    uri = cell.document.uri.toString();
    reveal(cell);
    await execute(cell);
    await outputIn(cell, 'finished', 'failed');
  });

  it('shows the run where it ended, and steps back through it', async () => {
    assert.deepEqual(values(), [1, 2, 4, 4, 9, 8]);
    api.replay(uri, 'end');
    await rest('end');
    assert.deepEqual(values(), [1, 2, 4, 4, 9, 8]);
    await act({ kind: 'step-back' }, 6);
    await act({ kind: 'step-back' }, 5);
    assert.deepEqual(values(), [1, 2, 4, 4, 9]);
  });

  it('follows with the state in the Checkpoints view', async () => {
    await act({ kind: 'seek', to: 3 }, 3);
    const then = await until('the state at record 3', state, (words) => words[0]?.startsWith('at record 3') === true);
    assert.match(then.join('\n'), /ada.*4/);
    assert.doesNotMatch(then.join('\n'), /cyn/);
    await act({ kind: 'step' }, 4);
    const next = await until('the state at record 4', state, (words) => words[0]?.startsWith('at record 4') === true);
    assert.match(next.join('\n'), /cyn.*4/);
  });

  it('has its controls above the results', async function () {
    if (!(await seesPage())) this.skip();
    await until(
      'the bar',
      () => outside('query', { where: 'outputs', selector: '.replay' }),
      ({ length }) => length > 0,
    );
    await outside('screenshot', { name: 'replay-paused' });
    await outside('click', { where: 'outputs', selector: '.replay button[title="One record back"]' });
    await rest(3);
    await outside('click', { where: 'outputs', selector: '.replay button[title="To the next result"]' });
    await rest(4);
  });

  it('goes on to the end, and leaves without a trace', async () => {
    await act({ kind: 'play' }, 'end');
    assert.deepEqual(values(), [1, 2, 4, 4, 9, 8]);
    api.stop(uri);
    await until(
      'the end of the replay',
      () => api.phase(uri),
      (phase) => phase === 'finished',
    );
    assert.equal(first().replay ?? null, null);
    assert.deepEqual(values(), [1, 2, 4, 4, 9, 8]);
    await until('the state to go', state, ({ length }) => length === 0);
  });
});
