import assert from 'node:assert/strict';
import { type Disk, DiskError, type DiskErrorCode } from '../node/checkpoints/disk.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const bytes = (content: string): Uint8Array[] => [Buffer.from(content)];

async function rejects(promise: Promise<unknown>, code: DiskErrorCode): Promise<void> {
  await assert.rejects(promise, (error: unknown) => error instanceof DiskError && error.code === code && error.message !== '');
}

/** What every disk of checkpoints has to do, by name: each wants a disk of its own, which is empty. Throws AssertionError. */
export const DISK_CONFORMANCE: Readonly<Record<string, (disk: Disk) => Promise<void>>> = {
  async 'gives back what was created, whole and in parts'(disk) {
    await disk.makeFolder('a/b');
    await disk.create('a/b/file', [...bytes('hello '), ...bytes(''), ...bytes('world')]);
    assert.equal(text(await disk.read('a/b/file')), 'hello world');
    assert.equal(text(await disk.readRange('a/b/file', 4, 3)), 'o w');
    assert.equal(text(await disk.readRange('a/b/file', 9, 10)), 'ld', 'no more than there is');
    assert.equal((await disk.readRange('a/b/file', 20, 10)).length, 0);
    assert.equal(await disk.size('a/b/file'), 11);
    await disk.create('a/empty', []);
    assert.equal(await disk.size('a/empty'), 0);
    assert.equal(await disk.size('a'), null, 'a folder is no file');
    assert.equal((await disk.read('a/empty')).length, 0);
  },

  async 'creates a file only once, and keeps what is there'(disk) {
    await disk.create('file', bytes('first'));
    await rejects(disk.create('file', bytes('second')), 'EEXIST');
    assert.equal(text(await disk.read('file')), 'first');
    const outcomes = await Promise.allSettled(['one', 'two', 'three'].map((content) => disk.create('raced', bytes(content))));
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
  },

  async 'says what is not there'(disk) {
    await rejects(disk.read('none'), 'ENOENT');
    await rejects(disk.readRange('none', 0, 1), 'ENOENT');
    await rejects(disk.syncFile('none'), 'ENOENT');
    await rejects(disk.rename('none', 'other'), 'ENOENT');
    await rejects(disk.create('none/file', bytes('x')), 'ENOENT');
    assert.equal(await disk.size('none'), null);
    assert.equal(await disk.size('none/file'), null);
    assert.deepEqual(await disk.list('none'), []);
    await disk.remove('none');
    await disk.remove('none/file');
  },

  async 'renames over what is there'(disk) {
    await disk.makeFolder('a');
    await disk.create('a/old', bytes('old'));
    await disk.create('a/new', bytes('new'));
    await disk.rename('a/new', 'a/old');
    assert.deepEqual(await disk.list('a'), ['old']);
    assert.equal(text(await disk.read('a/old')), 'new');
    await rejects(disk.read('a/new'), 'ENOENT');
    await disk.create('a/new', bytes('again'));
    assert.deepEqual(await disk.list('a'), ['new', 'old']);
  },

  async 'makes a folder with those above it, and tells who was first'(disk) {
    assert.equal(await disk.makeFolder('a/b/c'), true);
    assert.equal(await disk.makeFolder('a/b/c'), false);
    assert.equal(await disk.makeFolder('a/b'), false);
    assert.deepEqual(await disk.list('a'), ['b']);
    const made = await Promise.all([1, 2, 3].map(() => disk.makeFolder('a/raced')));
    assert.equal(made.filter((first) => first).length, 1);
  },

  async 'lists the names in a folder only, sorted'(disk) {
    await disk.makeFolder('jobs/one/blobs');
    await disk.makeFolder('jobs-too');
    await disk.create('jobs/one/b', bytes(''));
    await disk.create('jobs/one/a', bytes(''));
    assert.deepEqual(await disk.list('jobs/one'), ['a', 'b', 'blobs']);
    assert.deepEqual(await disk.list('jobs'), ['one']);
    assert.deepEqual(await disk.list(''), ['jobs', 'jobs-too']);
    assert.deepEqual(await disk.list('jobs/one/blobs'), []);
  },

  async 'removes a file, and a folder with all that is in it'(disk) {
    await disk.makeFolder('jobs/one/run-1');
    await disk.makeFolder('jobs/one/run-10');
    await disk.create('jobs/one/run-1/x', bytes('x'));
    await disk.create('jobs/one/run-10/x', bytes('x'));
    await disk.remove('jobs/one/run-10/x');
    await disk.remove('jobs/one/run-10/x');
    assert.deepEqual(await disk.list('jobs/one/run-10'), []);
    await disk.remove('jobs/one/run-1');
    assert.deepEqual(await disk.list('jobs/one'), ['run-10']);
    assert.equal(await disk.makeFolder('jobs/one/run-1'), true);
    assert.deepEqual(await disk.list('jobs/one/run-1'), []);
  },

  async 'syncs files and folders that are there'(disk) {
    await disk.makeFolder('a');
    await disk.create('a/file', bytes('x'));
    await disk.syncFile('a/file');
    await disk.syncFolder('a');
    await disk.syncFolder('');
    assert.equal(text(await disk.read('a/file')), 'x');
  },

  async 'does not keep the bytes it was given'(disk) {
    const given = Buffer.from('before');
    await disk.create('file', [given]);
    given.write('after!');
    assert.equal(text(await disk.read('file')), 'before');
  },
};
