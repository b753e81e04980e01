import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { explainFileError } from '../../../engine/node/explain-error.ts';
import { listFiles } from '../../../engine/node/list-files.ts';
import { TempFolder } from './temp-folder.ts';

describe('the files of a source', () => {
  let folder: TempFolder;
  beforeEach(() => {
    folder = new TempFolder();
  });
  afterEach(() => folder.remove());

  async function ids(...paths: string[]): Promise<string[]> {
    return (await listFiles(folder.path, paths)).map(({ id }) => id);
  }

  it('are a file, a folder with all below it, or what a pattern matches: each once, in the order of their names', async () => {
    for (const name of ['data/b.csv', 'data/a.csv', 'data/sub/c.csv', 'data/sub/d.txt', 'data/.hidden.csv', 'data/_SUCCESS', 'top.csv'])
      folder.write(name, 'x');
    assert.deepEqual(await ids('./data/b.csv'), ['data/b.csv']);
    assert.deepEqual(await ids('data'), ['data/a.csv', 'data/b.csv', 'data/sub/c.csv', 'data/sub/d.txt']);
    assert.deepEqual(await ids('data/'), await ids('data'));
    assert.deepEqual(await ids('data/*.csv'), ['data/a.csv', 'data/b.csv']);
    assert.deepEqual(await ids('**/*.csv'), ['data/a.csv', 'data/b.csv', 'data/sub/c.csv', 'top.csv']);
    assert.deepEqual(await ids('{top,data/a}.csv'), ['data/a.csv', 'top.csv']);
    assert.deepEqual(await ids('top.csv', 'data/*.csv', 'data/a.csv'), ['data/a.csv', 'data/b.csv', 'top.csv']);
    assert.deepEqual(await ids('data/sub/../a.csv'), ['data/a.csv']);
  });

  it('carry their size, and may be outside the folder or named absolutely', async () => {
    const file = folder.write('a.txt', 'four');
    mkdirSync(path.join(folder.path, 'notebooks'));
    const [relative] = await listFiles(path.join(folder.path, 'notebooks'), ['../a.txt']);
    assert.deepEqual([relative?.id, relative?.size, relative?.path], ['../a.txt', 4, file]);
    assert.deepEqual(await ids(file), [file.replaceAll('\\', '/')]);
  });

  it('may have names that look like patterns', async () => {
    folder.write('data/log[1].txt', 'x');
    assert.deepEqual(await ids('data/log[1].txt'), ['data/log[1].txt']);
  });

  it('that are missing are named, with what is there instead', async () => {
    folder.write('data/lines.ndjson', '1');
    await assert.rejects(ids('data/line.ndjson'), { message: 'data/line.ndjson does not exist. Is it data/lines.ndjson?' });
    await assert.rejects(ids('data/zzz'), { message: 'data/zzz does not exist. Paths are relative to the notebook.' });
    await assert.rejects(ids('dta/lines.ndjson'), {
      message: 'dta/lines.ndjson does not exist: there is no folder dta. Paths are relative to the notebook.',
    });
    await assert.rejects(ids('data/lines.ndjson/x'), {
      message: 'data/lines.ndjson/x does not exist. Paths are relative to the notebook.',
    });
    await assert.rejects(ids('data/*.csv'), { message: 'No file matches data/*.csv. Check the pattern and the folder data.' });
    await assert.rejects(ids('none/*.csv'), { message: 'none does not exist. Paths are relative to the notebook.' });
  });

  it('cannot be an empty folder, a loop of links or a link to nothing', async function () {
    if (process.platform === 'win32') this.skip();
    mkdirSync(path.join(folder.path, 'empty'));
    await assert.rejects(ids('empty'), { message: /^The folder empty has no files to read/ });
    folder.write('tree/a.txt', 'x');
    symlinkSync('..', path.join(folder.path, 'tree', 'up'));
    await assert.rejects(ids('.'), { message: /up is a link to a folder above it/ });
    assert.deepEqual(await ids('**/*.txt'), ['tree/a.txt']);
    symlinkSync('self', path.join(folder.path, 'self'));
    await assert.rejects(ids('self'), { message: /^self is a symbolic link that leads back to itself/ });
    folder.write('links/a.txt', 'x');
    symlinkSync('nowhere', path.join(folder.path, 'links', 'b.txt'));
    await assert.rejects(ids('links'), { message: /^links\/b\.txt is a link to a file that does not exist/ });
  });

  it('that must not be read say so', () => {
    const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    assert.equal(explainFileError(denied, 'data/x.csv'), 'data/x.csv cannot be read: permission denied. Allow your user to read it.');
  });
});
