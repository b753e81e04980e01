import type { CheckpointStorage } from '../../../engine/api/checkpoint-storage.ts';
import { DiskStorage } from '../../../engine/node/checkpoints/disk-storage.ts';
import { FileDisk } from '../../../engine/node/checkpoints/file-disk.ts';
import { MemoryDisk } from '../../../engine/node/checkpoints/memory-disk.ts';
import { CHECKPOINT_STORAGE_CONFORMANCE } from '../../../engine/testkit/checkpoint-storage-conformance.ts';
import { TempFolder } from '../node/temp-folder.ts';

describe('Storages for checkpoints', () => {
  let folder: TempFolder;
  before(() => {
    folder = new TempFolder();
  });
  after(() => folder.remove());

  const storages: Readonly<Record<string, () => CheckpointStorage>> = {
    'A folder of this computer': () => new DiskStorage('filesystem', new FileDisk(folder.path)),
    Memory: () => new DiskStorage('memory', new MemoryDisk()),
  };
  for (const [name, make] of Object.entries(storages)) {
    describe(name, () => {
      for (const [what, check] of Object.entries(CHECKPOINT_STORAGE_CONFORMANCE)) it(what, () => check(make()));
    });
  }
});
