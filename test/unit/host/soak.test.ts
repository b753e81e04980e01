import assert from 'node:assert/strict';
import { buildWhenChanged } from '../../dist.ts';
import { soak } from '../../soak/soak.ts';

describe('Jobs that are started and ended again and again', function () {
  this.timeout(300_000);

  it('leave no thread, handle, process or file behind, and no memory', async () => {
    buildWhenChanged('job-worker.mjs');
    const { checks } = await soak(20);
    assert.deepEqual(
      checks.filter(([, problem]) => problem !== null),
      [],
    );
  });
});
