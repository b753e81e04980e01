import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { cellsOf, compiler, summary } from './compiling.ts';

const LINES = `interface Line { time: number; text: string }
const lines = env.fromSource(
  FileSource.ndjson<Line>('lines.ndjson'),
  WatermarkStrategy.forBoundedOutOfOrderness(Duration.ofSeconds(2)).withTimestampAssigner(line => line.time),
  'lines',
);`;

const COUNTS = `const counts = lines
  .flatMap(line => line.text.match(/x/g) ?? [])
  .map(word => ({ word, count: 1 }))
  .keyBy(w => w.word)
  .window(TumblingEventTimeWindows.of(Duration.ofSeconds(5)))
  .sum('count');`;

/** Type errors of all cells, as "c1 TS2322 “underlined”". */
function errors(...texts: readonly string[]): string[] {
  const cells = cellsOf(...texts);
  return summary(cells, compiler.diagnose(cells));
}

describe('type errors of cells', () => {
  it('accepts a pipeline over several cells, inferring types through generics', () => {
    assert.deepEqual(
      errors(LINES, COUNTS, 'type Count = ElementOf<typeof counts>;\nconst c: Count = { word: "a", count: 1 };', 'counts'),
      [],
    );
  });

  it('checks later cells against what earlier cells infer', () => {
    assert.deepEqual(errors(LINES, COUNTS, "counts.map(c => c.wrod);\ncounts.keyBy('cuont')"), ['c3 TS2339 “wrod”', "c3 TS2769 “'cuont'”"]);
    assert.deepEqual(errors(LINES, COUNTS.replace('line.text', 'line.txet')), ['c2 TS2339 “txet”']);
  });

  it('is strict: implicit any, null and asynchronous functions are errors', () => {
    assert.deepEqual(errors('function f(x) { return x; }'), ['c1 TS7006 “x”']);
    assert.deepEqual(errors('const m = /a/.exec("a");', 'm.length'), ['c2 TS18047 “m”']);
    assert.equal(errors(LINES, 'lines.map(async line => line.text)').length, 1);
  });

  it('infers what an asynchronous function gives, and takes the usual ways of writing one', () => {
    const ask = `const asked = AsyncDataStream.unorderedWaitWithRetry(
  lines, async line => [{ text: line.text, size: (await (await fetch(line.text)).text()).length }], '5 s',
  AsyncRetryStrategies.fixedDelay(3, '1 s', { exceptionPredicate: error => error instanceof TypeError }), 20,
);
const size: ElementOf<typeof asked>['size'] = 1;`;
    const lookup = `class Lookup extends RichAsyncFunction<Line, string> {
  override asyncInvoke(line: Line, future: ResultFuture<string>) { setTimeout(() => future.complete([line.text]), 10); }
  override timeout(line: Line, future: ResultFuture<string>) { future.complete([]); }
}
const texts: DataStream<string> = AsyncDataStream.orderedWait(lines, new Lookup(), Duration.ofSeconds(1));
AsyncDataStream.orderedWaitWithRetry(lines, new Lookup(), 1000, AsyncRetryStrategies.exponentialBackoff(3, '1 s', '10 s', 2, RetryPredicates.EMPTY_RESULT_PREDICATE));`;
    assert.deepEqual(errors(LINES, ask, lookup), []);
    assert.equal(errors(LINES, 'AsyncDataStream.orderedWait(lines, async line => line.text, 1000)').length, 1);
    assert.equal(errors(LINES, 'AsyncDataStream.orderedWait(lines, line => [line.text], 1000)').length, 1);
  });

  it('gives cells the library of ES2023 and console, but neither browser nor Node', () => {
    assert.deepEqual(errors('console.log([1].toSorted(), new Map<string, bigint>(), Math.random(), Date.now()); "x".at(-1)'), []);
    assert.deepEqual(errors('document; process; require; window; Buffer'), [
      'c1 TS2584 “document”',
      'c1 TS2591 “process”',
      'c1 TS2591 “require”',
      'c1 TS2552 “window”',
      'c1 TS2591 “Buffer”',
    ]);
    assert.equal(compiler.diagnose(cellsOf('Buffer'))[0]?.message, "Cannot find name 'Buffer'.");
  });

  it('checks the fields that a display names', () => {
    const shown = (stream: string, options: string): readonly string[] => errors(`display(env.fromData(${stream}), ${options});`);
    assert.deepEqual(shown('[{ a: 1, b: "x" }]', "{ view: 'table', mark: 'bar', x: 'b', y: 'a', color: '$key', maxRows: 10 }"), []);
    assert.deepEqual(shown('[1]', "{ y: 'value', x: '$window.start' }"), []);
    assert.deepEqual(errors("declare const pairs: DataStream<[string, number]>;\ndisplay(pairs, { y: 'f1', color: '$timestamp' });"), []);
    for (const wrong of ["{ y: 'c' }", "{ mark: 'pie' }", "{ view: 'graph' }", "{ maxRows: '5' }", "{ colour: 'a' }"]) {
      assert.equal(shown('[{ a: 1, b: "x" }]', wrong).length, 1, wrong);
    }
  });

  it('finds nothing wrong with unused names and a bare last expression', () => {
    assert.deepEqual(errors('const unused = 1; type U = 2; function f(a: number) {}\n1 + 1'), []);
  });

  it('says things once where a cell already breaks a rule of notebooks', () => {
    assert.deepEqual(errors('import x from "y";\nawait 1;\nreturn;'), [
      'c1 streambook.import “import x from "y";”',
      'c1 streambook.await “await”',
      'c1 streambook.return “return”',
    ]);
    assert.deepEqual(errors('const a: string = 1;\nconst b = (;'), ['c1 TS1109 “;”']);
    assert.deepEqual(errors('let a = 1;', 'a = 2;'), ['c2 streambook.assigned-elsewhere “a”']);
    assert.deepEqual(errors('const a = 1;', 'const a = 2;\na'), ['c2 streambook.duplicate-name “a”']);
  });

  it('does not show the modules behind the cells', () => {
    const cells = cellsOf('interface A { x: number }\nconst a: A = { x: 1 };', '{ interface A { y: number }\nconst b: A = a; }');
    const [diagnostic] = compiler.diagnose(cells);
    assert.match(diagnostic?.message ?? '', /Property 'y' is missing in type/);
    assert.doesNotMatch(diagnostic?.message ?? '', /notebook-/);
  });

  it('blocks the run of a cell that needs a wrong cell, unless unchecked; other cells run', () => {
    const cells = cellsOf('const wrong: string = 1;', 'const right = 1;', 'wrong', 'right');
    const compile = (target: string, check: boolean): boolean => compiler.compile(cells, target, { check }).ok;
    assert.deepEqual([compile('c3', true), compile('c4', true), compile('c3', false)], [false, true, true]);
  });

  it('keeps up with edits, inserted, moved and deleted cells, as a new compiler would', () => {
    const texts = ['const a = 1;', 'const a = "x";', 'const b: number = a;', 'b.toFixed(); a', 'interface T { a: typeof a }', ''];
    const notebook = fc.array(fc.record({ id: fc.constantFrom('p', 'q', 'r', 's'), text: fc.constantFrom(...texts) }), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(notebook, { minLength: 2, maxLength: 4 }), (versions) => {
        for (const version of versions) {
          const ids = new Map(version.map(({ id, text }) => [id, text]));
          const cells = [...ids].map(([id, text], index) => ({ id, number: index + 1, name: null, text }));
          const renamed = cells.map((cell) => ({ ...cell, id: `${cell.id}, fresh` }));
          const plain = (list: ReturnType<typeof compiler.diagnose>): string[] =>
            list.map(({ code, range, message }) => JSON.stringify({ code, range, message }));
          const incremental = plain(compiler.diagnose(cells));
          assert.deepEqual(incremental, plain(compiler.diagnose(renamed)));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('knows every name the declarations give a value', () => {
    const text = readFileSync(new URL('../../../src/program/cells-api/api.d.ts', import.meta.url), 'utf8');
    const names = [...text.matchAll(/^declare (?:abstract class|class|const|function) (\w+)/gm)].map(([, name]) => name);
    assert.ok(names.length > 80);
    assert.deepEqual(errors(names.map((name) => `void ${name};`).join('\n')), []);
    assert.equal(
      errors(...names.map((name) => `function ${name}() {}`)).filter((line) => line.includes('reserved-name')).length,
      names.length,
    );
  });
});
