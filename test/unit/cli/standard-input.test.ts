import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { ended, folderWith, notebookOf, removeFolders, start } from './spawning.ts';

const COUNT = `
const orders = env
  .fromSource(FileSource.csv('-', { columns: { item: 'string', n: 'number' } }), WatermarkStrategy.noWatermarks(), 'orders');
const sums = orders.keyBy('item').sum('n');
display(sums)`;

describe('streambook run with standard input', function () {
  afterEach(removeFolders);

  const notebook = (...cells: readonly string[]): string => join(folderWith({ 'n.stream.md': notebookOf(...cells) }), 'n.stream.md');

  it('reads it to its end, whatever the pieces, and writes JSON lines to a pipe', async () => {
    const file = notebook(COUNT);
    const child = start(dirname(file), 'run', file, '--format', 'jsonl');
    const done = ended(child);
    const bytes = Buffer.from('item,n\nbolt,2\nnägel,3\nbolt,4');
    // Between the two bytes of a letter.
    const middle = bytes.indexOf('ä') + 1;
    child.stdin.write(bytes.subarray(0, middle));
    child.stdin.end(bytes.subarray(middle));
    const { code, stdout, stderr } = await done;
    assert.equal(code, 0, stderr);
    const values = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { value: { item: string; n: number } }).value);
    assert.deepEqual(values, [
      { item: 'bolt', n: 2 },
      { item: 'nägel', n: 3 },
      { item: 'bolt', n: 6 },
    ]);
  });

  it('shows results while more is to come, and ends quietly when nobody reads them any more', async () => {
    const file = notebook(
      `\nconst lines = env.fromSource(FileSource.text('-'), WatermarkStrategy.noWatermarks(), 'lines');\nlines.print()`,
    );
    const child = start(dirname(file), 'run', file);
    const done = ended(child);
    child.stdin.on('error', () => undefined);
    child.stdin.write('one\n');
    child.stdout.once('data', () => {
      child.stdout.destroy();
      child.stdin.write('two\n');
    });
    const { code, stdout, stderr } = await done;
    assert.deepEqual([stdout, stderr, code], ['one\n', '', 0]);
  });
});
