import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { StreambookTestApi } from '../../src/notebook/test-api.ts';
import { expandTo, rows, showCheckpoints } from './checkpoints.ts';
import { cellWith, openNotebook } from './notebooks.ts';
import { seesPage, until } from './outside.ts';

describe('checkpoints after the window was reloaded', function () {
  this.timeout(120_000);

  it('are still there, and one can be restored again', async function () {
    if (!(await seesPage())) this.skip();
    const notebook = await openNotebook('checkpoints.stream.md');
    const cell = cellWith(notebook, 'class Count').document.uri.toString();
    await showCheckpoints();
    await expandTo('checkpoints.stream.md', 'run 2');
    assert.ok((await rows()).some((row) => row.includes('forked from run 1')));
    const streambook = (await vscode.extensions.getExtension('streambook.streambook')?.activate()) as StreambookTestApi;
    const { tree } = streambook.checkpoints;
    const [job] = (await tree.children(null)).filter(
      (node) => node.kind === 'job' && node.job.identity.notebook === 'checkpoints.stream.md',
    );
    const [fork] = await tree.children(job ?? assert.fail('no job'));
    const oldest = (await tree.children(fork ?? assert.fail('no run'))).filter((node) => node.kind === 'checkpoint').at(-1);
    assert.ok(oldest?.kind === 'checkpoint');
    streambook.runFrom(cell, { run: oldest.listed.run, checkpoint: oldest.listed.checkpoint });
    const output = await until(
      'the restored run to finish',
      () => streambook.outputs(cell)[0],
      (found) => found?.status.phase === 'finished' && (found.notice?.title.startsWith('Restored') ?? false),
      60,
    );
    assert.equal(output?.totalRows, 900);
    await showCheckpoints();
    await until('run 3 in the tree', rows, (found) => found.some((row) => row.includes('run 3') && row.includes('forked from run 2')));
    assert.equal(notebook.isDirty, false);
  });
});
