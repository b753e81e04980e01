import assert from 'node:assert/strict';
import { buildWhenChanged } from '../../dist.ts';
import { runKillTest } from '../../kills/kill-test.ts';

describe('streambook run, ended by kill -9', function () {
  this.timeout(300_000);

  it('goes on with --restore latest, writes what an undisturbed run writes, and leaves nothing else', async function () {
    if (process.platform === 'win32') this.skip();
    buildWhenChanged('cli.mjs');
    const { kills, failure } = await runKillTest({ kills: 5, seed: 1, onProgress: () => undefined });
    assert.equal(failure, null, failure === null ? '' : `${failure.problem}\n${failure.folder}`);
    assert.equal(kills, 5);
  });
});
