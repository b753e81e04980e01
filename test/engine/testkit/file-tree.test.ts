import assert from 'node:assert/strict';
import { FileTree } from '../../../engine/testkit/simulation/file-tree.ts';
import { Draws } from '../../../engine/testkit/simulation/random.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

function tree(work: (tree: FileTree) => void = () => undefined): FileTree {
  const made = new FileTree();
  made.makeFolder('a/b');
  made.create('a/b/file', bytes('one'));
  work(made);
  return made;
}

function assertSame(one: FileTree, other: FileTree, same: { readonly visible: boolean; readonly whole: boolean }): void {
  assert.equal(one.visibleKey() === other.visibleKey(), same.visible, 'what programs see');
  assert.equal(one.wholeKey() === other.wholeKey(), same.whole, 'all there is');
}

describe('a simulated tree of files', () => {
  it('goes its own way after a fork, with the power on and off', () => {
    const one = tree((made) => made.syncFolder(''));
    const fork = one.fork();
    assertSame(one, fork, { visible: true, whole: true });
    fork.append('a/b/file', bytes(' two'));
    fork.rename('a/b/file', 'a/other');
    assert.equal(Buffer.from(one.read('a/b/file')).toString(), 'one');
    one.losePower({ names: 'all', bytes: 'all' }, new Draws(1));
    assert.equal(Buffer.from(one.read('a/b/file')).toString(), 'one');
    assert.equal(Buffer.from(fork.read('a/other')).toString(), 'one two');
    fork.losePower({ names: 'none', bytes: 'none' }, new Draws(1));
    assert.deepEqual(fork.list('a'), []);
  });

  it('keeps a file that has two names one file', () => {
    const one = tree((made) => {
      made.syncFolder('a/b');
      made.rename('a/b/file', 'a/b/renamed');
    });
    const fork = one.fork();
    fork.syncFile('a/b/renamed');
    for (const folder of ['', 'a']) fork.syncFolder(folder);
    fork.losePower({ names: 'none', bytes: 'none' }, new Draws(1));
    assert.equal(Buffer.from(fork.read('a/b/file')).toString(), 'one');
  });

  it('has keys that say what is seen and what would be left', () => {
    assertSame(tree(), tree(), { visible: true, whole: true });
    assertSame(
      tree(),
      tree((made) => made.append('a/b/file', bytes('!'))),
      { visible: false, whole: false },
    );
    assertSame(
      tree(),
      tree((made) => made.create('a/empty', bytes(''))),
      { visible: false, whole: false },
    );
    assertSame(
      tree(),
      tree((made) => made.makeFolder('a/c')),
      { visible: false, whole: false },
    );
    assertSame(
      tree(),
      tree((made) => made.syncFile('a/b/file')),
      { visible: true, whole: false },
    );
    assertSame(
      tree(),
      tree((made) => made.syncFolder('a/b')),
      { visible: true, whole: false },
    );
    const abandoned = tree((made) => {
      const file = made.file('a/b/file');
      if (file !== null) file.abandoned = true;
    });
    assertSame(tree(), abandoned, { visible: true, whole: false });
  });

  it('has a key for the order of changes that are not durable', () => {
    const made = (names: readonly string[]): FileTree =>
      tree((one) => {
        for (const name of names) one.create(`a/b/${name}`, bytes(''));
      });
    assertSame(made(['x', 'y']), made(['y', 'x']), { visible: true, whole: false });
  });
});
