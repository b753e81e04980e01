import assert from 'node:assert/strict';
import { join } from 'node:path';
import { ended, folderWith, notebookOf, removeFolders, start, streambook } from './spawning.ts';

describe('streambook check', function () {
  this.timeout(180_000);
  after(removeFolders);

  it('names file, cell, line and column of each problem, shows the code, and ends with 2', async () => {
    const text = notebookOf('id=one\nconst a: number = "x";', 'no-run\nnot code at all', 'id=two\n\tconst b = a;\n\tb.go();');
    const folder = folderWith({ 'n.stream.md': text });
    const { code, stdout, stderr } = await ended(start(folder, 'check', 'n.stream.md'));
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.equal(
      stderr,
      `error: Type 'string' is not assignable to type 'number'. [TS2322]
  at n.stream.md:4:7, cell 2 (one), line 1, column 7
  1 | const a: number = "x";
    |       ^
error: Property 'go' does not exist on type 'number'. [TS2339]
  at n.stream.md:17:4, cell 6 (two), line 2, column 4
  2 | \tb.go();
    | \t  ^^
2 problems in n.stream.md
`,
    );
  });

  it('says that all is well', async () => {
    const file = join(folderWith({ 'n.stream.md': notebookOf('\nconst a = 1;', '\na') }), 'n.stream.md');
    assert.deepEqual(await streambook('check', file), { code: 0, stdout: `${file}: no problems in 2 cells\n`, stderr: '' });
  });

  it('refuses bad usage with 2 and says what is wrong', async () => {
    const folder = folderWith({ 'n.stream.md': '# no cells\n', 'bad.stream.md': notebookOf('id=one\nconst a = 1;') });
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /Name a command/],
      [['fly'], /no command “fly”/],
      [['check'], /Name a file/],
      [['check', 'a', 'b'], /one too many/],
      [['check', 'missing.stream.md'], /There is no file missing\.stream\.md/],
      [['check', '.'], /is a folder/],
      [['run', 'n.stream.md', '--fast'], /Unknown option '--fast'/],
      [['checkpoints', 'drop', 'x'], /can list, show or stats; there is no “drop”/],
      [['checkpoints', 'show', 'x'], /Which checkpoint\?/],
      [['checkpoints', 'list', 'nowhere'], /There are no checkpoints in nowhere/],
      [['run', 'n.stream.md', '--format', 'xml'], /table or jsonl, not “xml”/],
      [['run', 'n.stream.md', '--pace', 'slow'], /--pace is .* not “slow”/],
      [['run', 'n.stream.md', '--set', 'parallelism'], /OPTION=VALUE/],
    ];
    const results = await Promise.all(cases.map(([args]) => ended(start(folder, ...args))));
    results.forEach(({ code, stdout, stderr }, index) => {
      const [args, message] = cases[index] ?? [[], /never/];
      assert.equal(code, 2, args.join(' '));
      assert.equal(stdout, '');
      assert.match(stderr, message);
      assert.match(stderr, /--help/);
    });
  });

  it('helps', async () => {
    const folder = folderWith({});
    const [help, version] = await Promise.all([ended(start(folder, 'run', '--help')), ended(start(folder, '--version'))]);
    assert.equal(help.code, 0);
    assert.match(help.stdout, /^Usage: streambook run FILE/);
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
  });
});
