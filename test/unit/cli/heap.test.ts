import assert from 'node:assert/strict';
import { HeapWatch } from '../../../src/cli/heap-watch.ts';
import { ended, folderWith, notebookOf, removeFolders, startWith } from './spawning.ts';

const MEGABYTE = 1024 * 1024;

/** A heap of 100 MB with so much in use, of which some is garbage. */
class TestHeap {
  readonly limit = 100 * MEGABYTE;
  live = 0;
  garbage = 0;
  collections = 0;
  used(): number {
    return (this.live + this.garbage) * MEGABYTE;
  }
  collectGarbage(): void {
    this.collections++;
    this.garbage = 0;
  }
}

describe('the watch over the heap of the command line', () => {
  it('fails a job that uses three fifths of it, not one that leaves garbage', () => {
    const heap = new TestHeap();
    const watch = new HeapWatch(heap);
    heap.live = 59;
    heap.garbage = 40;
    watch.check();
    heap.live = 61;
    heap.garbage = 9;
    assert.throws(() => watch.check(), {
      name: 'OutOfMemoryError',
      message: 'The job used more than its 60 MB of memory.',
      hint: /or give Node more than 100 MB: NODE_OPTIONS=--max-old-space-size=/,
    });
  });

  it('does not collect garbage at every look where nearly as much as allowed is in use', () => {
    const heap = new TestHeap();
    const watch = new HeapWatch(heap);
    heap.live = 59;
    for (let look = 0; look < 12; look++) {
      watch.check();
      heap.garbage++;
    }
    assert.equal(heap.collections, 1);
  });
});

describe('streambook run of a cell that fills the heap past its state', function () {
  this.timeout(180_000);
  after(removeFolders);

  it('says so, without a restart, where V8 would abort', async () => {
    const cell = `id=growing
env.configure({ 'restart-strategy.type': 'fixed-delay', 'restart-strategy.fixed-delay.delay': '1 ms' });
const kept: number[][] = [];
const growing = env.fromSequence(1, 1e9).map((x) => { kept.push(new Array(100).fill(x + 0.5)); return x; }).filter((x) => x < 0);
growing`;
    const folder = folderWith({ 'n.stream.md': notebookOf(cell) });
    const { code, stderr } = await ended(startWith(['--max-old-space-size=256'], folder, 'run', 'n.stream.md'));
    assert.match(
      stderr,
      /^error: OutOfMemoryError: The job used more than its \d+ MB of memory\.\n {2}Keep less: .* NODE_OPTIONS=--max-old-space-size=8192\. .*\n$/,
    );
    assert.equal(code, 1);
  });
});
