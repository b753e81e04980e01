import assert from 'node:assert/strict';
import type { CheckpointManifest } from '../../../engine/checkpoint/manifest.ts';
import type { JobSnapshot } from '../../../engine/checkpoint/snapshot.ts';
import { PartWriteQueue } from '../../../engine/connectors/part-write-queue.ts';
import { gzipBytes } from '../../../engine/node/gzip-bytes.ts';
import { UserSinks } from '../../../engine/node/user-sinks.ts';
import { Checkpointer } from '../../../engine/node/checkpoints/checkpointer.ts';
import { CheckpointStore, type PublishDetails } from '../../../engine/node/checkpoints/checkpoint-store.ts';
import { lockHolder } from '../../../engine/node/checkpoints/lock.ts';
import { MemoryDisk } from '../../../engine/node/checkpoints/memory-disk.ts';
import { PartFiles } from '../../../engine/node/part-files.ts';
import { JOB, sumsJob } from '../checkpoint/sums-job.ts';
import { MemoryPartDisk } from './memory-part-disk.ts';
import { VirtualClock } from './virtual-clock.ts';

const TIMEOUT = 1_000;
/** So many that a checkpoint is encoded in many slices. */
const KEYS = 10_000;

/** A clock that moves by 2 ms whenever it is looked at, so that a slice of encoding is one batch of entries. */
class TickingClock extends VirtualClock {
  override elapsed(): number {
    return (this.time += 2);
  }
}

describe('A checkpoint that expires while it is being written', () => {
  it('does not stop its successor when it is published after all', async () => {
    const clock = new TickingClock();
    const store = await CheckpointStore.open(new MemoryDisk(), JOB, {
      holder: lockHolder('t', 'a', 0),
      now: () => 0,
      from: null,
    });
    let letGo: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (letGo = resolve));
    const handedOver: number[] = [];
    const executor = sumsJob(KEYS, 2);
    executor.step(KEYS);
    const failed: number[] = [];
    const published: number[] = [];
    const checkpointer = new Checkpointer({
      executor,
      store: {
        run: store.run,
        publish: async (snapshot: JobSnapshot, details: PublishDetails): Promise<CheckpointManifest> => {
          handedOver.push(snapshot.checkpoint);
          if (snapshot.checkpoint === 1) await slow;
          return await store.publish(snapshot, details);
        },
        retain: (count: number) => store.retain(count),
        recordFailure: (one) => store.recordFailure(one),
      },
      parts: new PartFiles(new MemoryPartDisk()),
      writes: new PartWriteQueue(gzipBytes),
      settings: { interval: null, minPause: 0, timeout: TIMEOUT, tolerableFailures: 10, afterTasksFinish: false },
      retained: 3,
      sinks: new UserSinks(() => Promise.resolve()),
      claims: false,
      compressed: false,
      clock,
      last: 0,
      events: { onPublished: ({ checkpoint }) => published.push(checkpoint), onFailed: ({ checkpoint }) => failed.push(checkpoint) },
    });
    const work = (): boolean => checkpointer.between((maxRecords) => executor.step(maxRecords));
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

    const first = assert.rejects(checkpointer.request('checkpoint', null), /expired before completing/);
    while (handedOver.length === 0) {
      work();
      await turn();
    }
    clock.time += TIMEOUT;
    work();
    await first;
    assert.deepEqual(failed, [1]);

    const second = checkpointer.request('checkpoint', null);
    assert.equal(work(), true, 'the second is being encoded');
    letGo();
    while (!published.includes(1)) await turn();
    for (let slice = 0; slice < KEYS / 100 && work(); slice++);
    assert.equal((await second).checkpoint, 2);
    assert.deepEqual(published, [1, 2]);
    await checkpointer.close();
  });
});
