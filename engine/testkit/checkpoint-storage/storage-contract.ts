import assert from 'node:assert/strict';
import type { CheckpointStorage, CheckpointStorageAccess } from '../../api/checkpoint-storage.ts';

/** Opens what a storage holds, once more. */
export type OpenStorage = () => Promise<CheckpointStorageAccess>;

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

async function textOf(access: CheckpointStorageAccess, name: string): Promise<string | null> {
  const given = await access.read(name);
  return given === null || given === undefined ? null : Buffer.from(given).toString('utf8');
}

async function names(access: CheckpointStorageAccess, prefix: string): Promise<readonly string[]> {
  return [...(await access.list(prefix))].sort();
}

/** What a storage has to do with files, by name. Each check has a folder of its own. */
export const STORAGE_CONTRACT: Readonly<Record<string, (open: OpenStorage, folder: string, storage: CheckpointStorage) => Promise<void>>> =
  {
    async 'has a name'(_open, _folder, storage) {
      assert.equal(typeof storage.name, 'string');
      assert.notEqual(storage.name, '');
      await Promise.resolve();
    },

    async 'gives back the bytes that were written, all of them, under their name alone'(open, folder) {
      const access = await open();
      const all = Uint8Array.from({ length: 100_003 }, (_, at) => (at * 7) % 256);
      await access.write(`${folder}/blobs/all`, all);
      await access.write(`${folder}/blobs/none`, new Uint8Array(0));
      assert.deepEqual(Buffer.from((await access.read(`${folder}/blobs/all`)) ?? []), Buffer.from(all));
      assert.equal((await access.read(`${folder}/blobs/none`))?.length, 0, 'a file of no bytes is a file');
      assert.equal(await textOf(access, `${folder}/blobs/al`), null);
    },

    async 'replaces what is written again'(open, folder) {
      const access = await open();
      await access.write(`${folder}/file`, bytes('a long first text'));
      await access.write(`${folder}/file`, bytes('second'));
      assert.equal(await textOf(access, `${folder}/file`), 'second');
      assert.deepEqual(await names(access, `${folder}/`), [`${folder}/file`]);
    },

    async 'lets one alone create a file, also of those that come at once from several places'(open, folder) {
      const accesses = [await open(), await open(), await open()];
      const told = await Promise.all(accesses.map((access, at) => access.create(`${folder}/raced`, bytes(`of ${at}`))));
      assert.equal(told.filter((first) => first).length, 1);
      const winner = `of ${told.indexOf(true)}`;
      for (const access of accesses) assert.equal(await textOf(access, `${folder}/raced`), winner);
      const [one, other] = [await open(), await open()];
      assert.equal(await one.create(`${folder}/raced`, bytes('late')), false);
      await one.write(`${folder}/written`, bytes('x'));
      assert.equal(await other.create(`${folder}/written`, bytes('y')), false, 'a file that was written is there, too');
      await other.delete(`${folder}/raced`);
      assert.equal(await one.create(`${folder}/raced`, bytes('again')), true);
    },

    async 'lists the files that begin with a prefix, and nothing else'(open, folder) {
      const access = await open();
      const written = ['run-1/chk-1.json', 'run-1/chk-10.json', 'run-10/run.json', 'blobs/0f', 'job.json'].map(
        (name) => `${folder}/${name}`,
      );
      for (const name of written) await access.write(name, bytes(name));
      assert.deepEqual(await names(access, `${folder}/`), [...written].sort());
      assert.deepEqual(await names(access, `${folder}/run-1`), written.slice(0, 3).sort(), 'a prefix is no folder');
      assert.deepEqual(await names(access, `${folder}/run-1/`), written.slice(0, 2).sort());
      assert.deepEqual(await names(access, `${folder}/run-2`), []);
      assert.deepEqual(await names(access, `${folder}-none/`), []);
    },

    async 'lists more files than come in one page'(open, folder) {
      const access = await open();
      for (let number = 0; number < 1_050; number++) await access.write(`${folder}/blobs/${number}`, bytes('x'));
      assert.equal((await access.list(`${folder}/blobs/`)).length, 1_050);
    },

    async 'deletes a file, and nothing when there is none'(open, folder) {
      const access = await open();
      await access.write(`${folder}/run-1/a`, bytes('a'));
      await access.write(`${folder}/run-1/ab`, bytes('ab'));
      await access.delete(`${folder}/run-1/a`);
      await access.delete(`${folder}/run-1/a`);
      await access.delete(`${folder}/none/none`);
      assert.deepEqual(await names(access, `${folder}/`), [`${folder}/run-1/ab`]);
      assert.equal(await textOf(access, `${folder}/run-1/a`), null);
    },

    async 'keeps its own bytes'(open, folder) {
      const access = await open();
      const given = bytes('before');
      await access.write(`${folder}/file`, given);
      given.fill(0);
      assert.equal(await textOf(access, `${folder}/file`), 'before');
    },

    async 'is the same from wherever it is reached, at once, and when a run has ended'(open, folder) {
      const [one, other] = [await open(), await open()];
      await one.write(`${folder}/file`, bytes('one'));
      assert.equal(await textOf(other, `${folder}/file`), 'one');
      await other.write(`${folder}/file`, bytes('other'));
      assert.equal(await textOf(one, `${folder}/file`), 'other');
      assert.deepEqual(await names(one, `${folder}/`), [`${folder}/file`]);
      await one.dispose();
      assert.equal(await textOf(other, `${folder}/file`), 'other');
      assert.equal(await textOf(await open(), `${folder}/file`), 'other');
    },
  };
