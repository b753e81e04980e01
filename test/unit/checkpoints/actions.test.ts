import assert from 'node:assert/strict';
import { jobFolder } from '../../../engine/checkpoint/job-folder.ts';
import { CheckpointStore } from '../../../engine/node/checkpoints/checkpoint-store.ts';
import { FileDisk } from '../../../engine/node/checkpoints/file-disk.ts';
import { lockHolder } from '../../../engine/node/checkpoints/lock.ts';
import type { CatalogJob } from '../../../src/checkpoints/catalog.ts';
import { CheckpointActions } from '../../../src/checkpoints/checkpoint-actions.ts';
import { CheckpointPlaces } from '../../../src/notebook/jobs/checkpoint-places.ts';
import { DETAILS, sumsJob, takeSnapshot } from '../../engine/checkpoint/sums-job.ts';
import { TempFolder } from '../../engine/node/temp-folder.ts';

describe('Checkpoints of a job whose worker was killed', () => {
  const folder = new TempFolder();
  const places = new CheckpointPlaces(folder.path, { get: () => undefined, set: () => undefined });
  const place = places.of('file:///n.stream.md', 'sums') ?? assert.fail('no place');
  const job: CatalogJob = {
    directory: place.directory,
    folder: jobFolder(place.job),
    identity: place.job,
    notebook: place.job.notebook,
    isReplay: false,
  };
  const open = (session: string): Promise<CheckpointStore> => {
    const options = { holder: lockHolder(session, session, 0), now: () => 1, from: null };
    return CheckpointStore.open(new FileDisk(place.directory), place.job, options);
  };

  before(async () => {
    const store = await open(places.session);
    const executor = sumsJob(10, 3);
    for (const checkpoint of [1, 2]) await store.publish(takeSnapshot(executor, checkpoint, 10), DETAILS);
  });
  after(() => folder.remove());

  it('can be named and deleted in the window that killed it', async () => {
    const actions = new CheckpointActions(() => null, places.session);
    await actions.label(job, { run: 1, checkpoint: 2 }, 'kept');
    await actions.delete(job, { run: 1, checkpoint: 1 });
    await assert.rejects((await open(places.session)).load({ run: 1, checkpoint: 1 }), /is not there/);
  });

  it('can be used by others once the window has let them go', async () => {
    await assert.rejects(open('another window'), /in use/);
    await places.release(place);
    assert.equal((await (await open('another window')).load({ run: 1, checkpoint: 2 })).checkpoint, 2);
  });
});
