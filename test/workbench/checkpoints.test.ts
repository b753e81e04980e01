import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { StreambookTestApi } from '../../src/notebook/test-api.ts';
import { expandTo, rows, showCheckpoints } from './checkpoints.ts';
import { bytes, cellWith, closeAll, execute, newNotebook, outputIn } from './notebooks.ts';
import { outside, seesPage, until } from './outside.ts';

const NAME = 'checkpoints.stream.md';
const CELL = `class Count extends KeyedProcessFunction<string, number, { key: string; count: number }> {
  private readonly count = new ValueStateDescriptor<number>('tally');
  override processElement(n: number, ctx: KeyedProcessFunction.Context<string>, out: Collector<{ key: string; count: number }>) {
    if (n === 600 && this.getRuntimeContext().getTaskInfo().getAttemptNumber() === 0) throw new TypeError('only once');
    const state = ctx.getState(this.count);
    const count = (state.value() ?? 0) + 1;
    state.update(count);
    out.collect({ key: ctx.getCurrentKey(), count });
  }
}
env.configure({ 'execution.checkpointing.interval': '100 ms', 'restart-strategy.fixed-delay.delay': '100 ms' });
const source = DataGeneratorSource({ generatorFunction: n => n, count: 900, rateLimiterStrategy: RateLimiterStrategy.perSecond(400) });
const counts = env.fromSource(source, WatermarkStrategy.noWatermarks(), 'numbers').keyBy(n => 'key ' + n % 3).process(new Count()).uid('counter');
counts`;

async function api(): Promise<StreambookTestApi> {
  const extension = vscode.extensions.getExtension('streambook.streambook');
  assert.ok(extension);
  return (await extension.activate()) as StreambookTestApi;
}

describe('checkpoints in the sidebar', function () {
  this.timeout(180_000);
  before(closeAll);

  it('shows a job that restarts from a checkpoint, down to its keys, and restores it as a fork with the same result', async function () {
    if (!(await seesPage())) this.skip();
    const notebook = await newNotebook(NAME, CELL);
    const before = bytes(NAME);
    const cell = cellWith(notebook, 'class Count');
    await execute(cell);
    const state = await outputIn(cell, 'finished');
    assert.equal(state.totalRows, 900);
    assert.match(state.notice?.title ?? '', /Restarted from checkpoint \d+/);
    const last = state.rows.slice(-3).map(({ value }) => value);
    assert.deepEqual(
      last,
      ['key 0', 'key 1', 'key 2'].map((key) => ({ key, count: 300 })),
    );

    await showCheckpoints();
    await outside('screenshot', { name: 'checkpoints-closed' });
    await expandTo(NAME, 'run 1', 'last');
    const shown = await rows();
    await outside('screenshot', { name: 'checkpoints-run' });
    assert.ok(shown.filter((row) => / B, \d/.test(row)).length > 1, shown.join('\n'));
    await expandTo('last', 'KeyedProcess', 'tally', 'key 1');
    assert.ok(
      (await rows()).some((row) => /key 1 ?300/.test(row)),
      (await rows()).join('\n'),
    );
    await outside('screenshot', { name: 'checkpoints-keys' });

    const streambook = await api();
    const { tree, commands } = streambook.checkpoints;
    const [job] = (await tree.children(null)).filter((node) => node.kind === 'job' && node.job.identity.notebook === NAME);
    const [run] = await tree.children(job ?? assert.fail('no job'));
    const found = (await tree.children(run ?? assert.fail('no run'))).filter((node) => node.kind === 'checkpoint');
    const [newest, earlier] = found;
    assert.ok(newest && earlier);

    await commands['streambook.checkpoints.compareWithPrevious'](newest);
    await until('the diff editor', () => vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff);
    await outside('screenshot', { name: 'checkpoints-compare' });
    await commands['streambook.checkpoints.inspect'](newest);
    await until(
      'the document',
      () => vscode.window.activeTextEditor?.document.getText() ?? '',
      (text) => text.includes('key 2: 300'),
    );
    await outside('screenshot', { name: 'checkpoints-inspect' });

    // In tests VS Code shows no modal question: what comes after its answer is called.
    const { run: from, checkpoint } = earlier.listed;
    streambook.runFrom(cell.document.uri.toString(), { run: from, checkpoint });
    const forked = await until(
      'the fork to finish',
      () => streambook.outputs(cell.document.uri.toString())[0],
      (output) => output?.status.phase === 'finished' && (output.notice?.title.startsWith('Restored') ?? false),
      60,
    );
    assert.equal(forked?.totalRows, 900);
    assert.deepEqual(
      forked.rows.slice(-3).map(({ value }) => value),
      last,
    );
    await showCheckpoints();
    await until('the fork in the tree', rows, (found) => found.some((row) => row.includes('forked from run 1')));
    await outside('screenshot', { name: 'checkpoints-fork' });
    assert.deepEqual(bytes(NAME), before, 'the notebook is unchanged on disk');
    assert.equal(notebook.isDirty, false);
  });
});
