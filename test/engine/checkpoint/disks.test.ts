import assert from 'node:assert/strict';
import path from 'node:path';
import type { Disk } from '../../../engine/node/checkpoints/disk.ts';
import { FileDisk } from '../../../engine/node/checkpoints/file-disk.ts';
import { MemoryDisk } from '../../../engine/node/checkpoints/memory-disk.ts';
import { DISK_CONFORMANCE } from '../../../engine/testkit/disk-conformance.ts';
import { checkpointDisk, SimulatedProcess } from '../../../engine/testkit/simulation/disk-ports.ts';
import { Draws } from '../../../engine/testkit/simulation/random.ts';
import { Scheduler } from '../../../engine/testkit/simulation/scheduler.ts';
import { SimulatedDisk } from '../../../engine/testkit/simulation/simulated-disk.ts';
import { TempFolder } from '../node/temp-folder.ts';

/** A process of the simulation that is always let on at once. */
class EagerProcess extends SimulatedProcess {
  override ask: SimulatedProcess['ask'] = async (_kind, verb, at, deed) => this.disk.perform(verb, at, deed);
}

function simulated(): Disk {
  const disk = new SimulatedDisk([], new Draws(1), 'state');
  disk.tree.makeFolder('state');
  return checkpointDisk(new EagerProcess(disk, new Scheduler({ seed: 1, starved: null })), 'state');
}

describe('Disks of checkpoints', () => {
  let folder: TempFolder;
  beforeEach(() => {
    folder = new TempFolder();
  });
  afterEach(() => folder.remove());

  const disks: Readonly<Record<string, () => Disk>> = {
    'A folder of this computer': () => new FileDisk(folder.path),
    Memory: () => new MemoryDisk(),
    'The simulated disk': simulated,
  };
  for (const [name, make] of Object.entries(disks)) {
    describe(name, () => {
      for (const [what, check] of Object.entries(DISK_CONFORMANCE)) it(what, () => check(make()));
    });
  }

  it('A folder of this computer comes into being with the first folder in it, and its errors name the file', async () => {
    const disk = new FileDisk(path.join(folder.path, 'not', 'yet'));
    assert.deepEqual(await disk.list(''), []);
    assert.equal(await disk.makeFolder('jobs/one'), true);
    assert.deepEqual(await disk.list(''), ['jobs']);
    await assert.rejects(disk.read('jobs/none'), { message: `${path.join(folder.path, 'not', 'yet', 'jobs', 'none')} is not there.` });
  });
});
