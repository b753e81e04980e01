import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFileSync, copyFileSync, readdirSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { ended, folderWith, notebookOf, removeFolders, start, streambook } from './spawning.ts';

const NUMBERS = 'id=numbers\nconst numbers = env.fromSequence(1, 3);';
const SQUARES = 'id=squares\nconst squares = numbers.map(n => ({ n, square: n * n }));\nsquares';

function notebook(...cells: readonly string[]): string {
  return join(folderWith({ 'n.stream.md': notebookOf(...cells) }), 'n.stream.md');
}

describe('streambook run', function () {
  this.timeout(180_000);
  after(removeFolders);

  it('prints the rows of all cells with an output, one job after another, as tables', async () => {
    const { code, stdout, stderr } = await streambook(
      'run',
      notebook(NUMBERS, SQUARES, 'id=sums\nconst sums = numbers.map(n => ({ sum: n + n }));\nsums'),
    );
    assert.deepEqual(
      stdout.split('\n').map((line) => line.trimEnd()),
      ['── squares', 'n  square', '─  ──────', '1       1', '2       4', '3       9', '── sums', 'sum', '───', '  2', '  4', '  6', ''],
    );
    assert.match(stderr, /^squares: finished, 3 records, 3 results, .*\nsums: finished/);
    assert.equal(code, 0);
  });

  it('prints JSON lines and nothing else on standard output', async () => {
    const print =
      'id=print\nconst big = numbers.map(n => ({ ["__proto__"]: BigInt(n) }));\nbig.print();\ndisplay(big, { name: "big ones" });';
    const { code, stdout, stderr } = await streambook('run', notebook(NUMBERS, SQUARES, print), '--format', 'jsonl', '--cell', 'print');
    assert.deepEqual(
      stdout
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
      ['1', '2', '3'].map((n) => ({ cell: 'print', display: 'big ones', kind: '+I', value: { ['__proto__']: { $bigint: n } } })),
    );
    assert.equal(stderr.trimEnd().split('\n').length, 3);
    assert.equal(code, 0);
  });

  it('keeps what cells log apart from JSON', async () => {
    const file = notebook(NUMBERS, "id=logging\nconst logging = numbers.filter(n => { console.log('seen', n); return n > 2; });\nlogging");
    const table = await streambook('run', file);
    const json = await streambook('run', file, '--format', 'jsonl');
    assert.match(table.stdout, /^seen 1\nseen 2\n/);
    assert.equal(json.code, 0, json.stderr);
    assert.equal(json.stdout, '{"cell":"logging","display":"logging","kind":"+I","value":3}\n');
    assert.match(json.stderr, /^seen 1\nseen 2\n/);
  });

  it('tells at the end what accumulators have come to', async () => {
    const counting = `id=counting
class Counting extends RichMapFunction<number, number> {
  readonly words = new IntCounter();
  override open() { this.getRuntimeContext().addAccumulator('words', this.words); }
  override map(n: number) { this.words.add(n); return n; }
}
const counted = numbers.map(new Counting());
counted`;
    const { code, stderr } = await streambook('run', notebook(NUMBERS, counting));
    assert.match(stderr, /^counting: accumulator words: 6\ncounting: finished/);
    assert.equal(code, 0, stderr);
  });

  it('runs the chosen cell, previews one without output, and knows which cells there are', async () => {
    const file = notebook(NUMBERS, SQUARES);
    const [preview, unknown] = await Promise.all([streambook('run', file, '--cell', 'numbers'), streambook('run', file, '--cell', 'nope')]);
    assert.match(preview.stdout, /^── numbers \(preview: the first records\)\nvalue\n/);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /no cell “nope”\. There are: cell 2 \(numbers\), cell 4 \(squares\)/);
  });

  it('does not run with type errors unless told to', async () => {
    const file = notebook(NUMBERS, 'id=wrong\nconst wrong = numbers.map(n => { const text: string = n; return text; });\nwrong');
    const [checked, unchecked] = await Promise.all([streambook('run', file), streambook('run', file, '--no-check')]);
    assert.equal(checked.code, 2);
    assert.equal(checked.stdout, '');
    assert.match(checked.stderr, /n\.stream\.md:10:40, cell 4 \(wrong\), line 1, column 40\n {2}1 \| const wrong/);
    assert.equal(unchecked.code, 0);
  });

  it('says where and at which record a job failed', async () => {
    const file = notebook(
      NUMBERS,
      'id=failing\nconst failing = numbers\n  .map(n => { if (n === 2) throw new RangeError("two"); return n; });\nfailing',
    );
    const { code, stderr } = await streambook('run', file);
    assert.equal(code, 1);
    assert.match(stderr, /^error: RangeError: two\n/);
    assert.match(stderr, /at record 2/);
    assert.match(stderr, /n\.stream\.md:11:34, cell 4 \(failing\), line 2, column 34\n {2}2 \| .*\n {4}\| {34}\^\n/);
  });

  it('ends quietly when nobody reads its output any more', async () => {
    const child = start(
      folderWith({ 'n.stream.md': notebookOf('id=many\nconst many = env.fromSequence(1, 5000000);\nmany') }),
      'run',
      'n.stream.md',
    );
    child.stdout.once('data', () => child.stdout.destroy());
    const { code, stderr } = await ended(child);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  });

  it('stops at Ctrl-C with 130, also inside a function or a cell that never returns', async function () {
    if (process.platform === 'win32') this.skip();
    const endless = 'id=endless\nconst endless = env.fromSequence(1, 1e15);\nendless';
    const inFunction = 'id=spin\nconst spin = numbers.map(n => { for (;;) void n; return n; });\nspin';
    const inCell = 'id=top\nfor (;;) void 0;\nnumbers;';
    for (const cell of [endless, inFunction, inCell]) {
      const folder = folderWith({ 'n.stream.md': notebookOf(NUMBERS, SQUARES, cell) });
      const child = start(folder, 'run', 'n.stream.md', '--no-check');
      const result = ended(child);
      await once(child.stderr, 'data');
      // The first cell has finished. A signal that arrives just before the second one begins to spin needs a successor.
      const timer = setInterval(() => child.kill('SIGINT'), 200);
      const { code } = await result;
      clearInterval(timer);
      assert.equal(code, 130, cell);
    }
  });
});

describe('streambook run with checkpoints', function () {
  this.timeout(180_000);
  after(removeFolders);

  const COUNTS = `id=counts
class Count extends KeyedProcessFunction<number, number, { key: number; count: number }> {
  private readonly count = new ValueStateDescriptor<number>('count');
  override processElement(n: number, ctx: KeyedProcessFunction.Context<number>, out: Collector<{ key: number; count: number }>) {
    if (n === FAIL_AT && (ALWAYS || this.getRuntimeContext().getTaskInfo().getAttemptNumber() === 0)) throw new TypeError('no ' + n);
    const state = ctx.getState(this.count);
    state.update((state.value() ?? 0) + 1);
    if (n > LAST - 4) out.collect({ key: ctx.getCurrentKey(), count: state.value()! });
  }
}
env.configure({ 'execution.checkpointing.interval': '20 ms', 'restart-strategy.fixed-delay.delay': '10 ms' });
const counts = env.fromSequence(1, LAST).keyBy(n => n % 4).process(new Count());
counts`;
  const cell = (failAt: number, always: boolean): string =>
    COUNTS.replaceAll('FAIL_AT', String(failAt)).replaceAll('ALWAYS', String(always)).replaceAll('LAST', '400000');
  const right = [1, 2, 3, 0].map((key) => ({ cell: 'counts', display: 'counts', kind: '+I', key, value: { key, count: 100_000 } }));
  const parsed = (stdout: string): unknown[] =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));

  it('restarts after an error that does not come back, and prints each row once', async () => {
    const { code, stdout, stderr } = await streambook('run', notebook(cell(300_000, false)), '--format', 'jsonl');
    assert.equal(code, 0, stderr);
    assert.match(stderr, /TypeError: no 300000[\s\S]*counts: restarted from /);
    assert.deepEqual(parsed(stdout), right);
  });

  it('fails at once with operator and record when the error comes back', async () => {
    const { code, stdout, stderr } = await streambook('run', notebook(cell(300_000, true)), '--format', 'jsonl');
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /in KeyedProcess, at record 300,000 of Sequence Source/);
    assert.match(stderr, /came back at the same record/);
  });

  it('goes on from a checkpoint as a run of its own, and lists both', async () => {
    const file = notebook(cell(-1, false));
    const first = await streambook('run', file, '--no-check', '--format', 'jsonl');
    assert.deepEqual(parsed(first.stdout), right);
    const folder = join(file, '..', '.streambook');
    const listed = await streambook('checkpoints', 'list', folder);
    const [, earliest] = /^ {4}(1\/\d+) /m.exec(listed.stdout) ?? [];
    assert.ok(earliest !== undefined, listed.stdout);
    const second = await streambook('run', file, '--no-check', '--format', 'jsonl', '--restore', earliest);
    assert.equal(second.code, 0, second.stderr);
    assert.deepEqual(parsed(second.stdout), right);
    assert.match((await streambook('checkpoints', 'list', folder)).stdout, /run 2, forked from run 1 · checkpoint \d+/);
    assert.match((await streambook('checkpoints', 'show', folder, earliest)).stdout, /count \(value\): 4 entries/);
    const statistics = await streambook('checkpoints', 'stats', folder);
    assert.match(
      statistics.stdout,
      /counts \(n\.stream\.md\), run 2\n\d+ triggered, \d+ completed, 0 failed\nRestored from run 1, checkpoint \d+\n/,
    );
    const [firstRun = ''] = (await streambook('checkpoints', 'stats', folder, '--json')).stdout.split('\n');
    assert.equal(JSON.parse(firstRun).history[0].status, 'COMPLETED');
    const other = join(file, '..', 'other.stream.md');
    copyFileSync(file, other);
    const manifest = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) => /chk-\d+\.json$/.test(name)) ?? '';
    const foreign = await streambook('run', other, '--no-check', '--restore', join(folder, manifest));
    assert.equal(foreign.code, 1);
    assert.match(foreign.stderr, /belongs to cell counts of n\.stream\.md, not to cell counts of other\.stream\.md/);
    const copied = join(folderWith({}), 'n.stream.md');
    copyFileSync(file, copied);
    const elsewhere = await streambook('run', copied, '--no-check', '--format', 'jsonl', '--restore', join(folder, manifest));
    assert.deepEqual(parsed(elsewhere.stdout), right, elsewhere.stderr);
    const namesake = await streambook('run', copied, '--no-check', '--state-dir', folder, '--restore', earliest);
    assert.equal(namesake.code, 2);
    assert.match(namesake.stderr, /those of another notebook, .*n\.stream\.md\. Give each of them a folder of its own/);
    rmSync(file);
    const moved = await streambook('run', copied, '--no-check', '--state-dir', folder, '--format', 'jsonl', '--restore', earliest);
    assert.deepEqual(parsed(moved.stdout), right, 'a notebook that was moved goes on');
    copyFileSync(copied, file);
    rmSync(copied);
    const missing = await streambook('run', file, '--no-check', '--restore', '1/9999');
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /has no checkpoint “1\/9999”\. There are: /);
  });

  it('refuses a damaged checkpoint by its name, and lets others have the folder', async () => {
    const file = notebook(cell(0, false));
    const folder = join(file, '..', '.streambook');
    const names = (): readonly string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' });
    assert.equal((await streambook('run', file, '--no-check', '--format', 'jsonl')).code, 0);
    const newest = names()
      .filter((name) => /chk-\d+\.json$/.test(name))
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .at(-1);
    assert.ok(newest);
    appendFileSync(join(folder, newest), 'x');
    const { code, stderr } = await streambook('run', file, '--no-check', '--restore', 'latest');
    assert.equal(code, 1);
    assert.ok(stderr.includes(newest.replaceAll(sep, '/').slice(-12)), stderr);
    assert.deepEqual(
      names().filter((name) => name.includes('lock-')),
      [],
    );
  });
});
