import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CellSource } from '../../../src/program/types.ts';
import { cellsOf, compiler, evaluate, programOf, summary } from './compiling.ts';

/** Problems of all cells, type errors left out. */
function problems(cells: readonly CellSource[]): string[] {
  const found = new Set<string>();
  for (const { id } of cells) for (const line of summary(cells, compiler.compile(cells, id, { check: false }).diagnostics)) found.add(line);
  return [...found];
}

function cellsRun(cells: readonly CellSource[], target: string): string[] {
  return programOf(cells, target).cells.map(({ id }) => id);
}

describe('cells as programs', () => {
  it('runs the cells a cell depends on by name, transitively and in file order, and no other', () => {
    const cells = cellsOf(
      'const a = 1;',
      'const b = a + 1;',
      'const other = a;',
      'interface T { x: number }',
      'const c: T = { x: b };',
      'c',
    );
    assert.deepEqual(cellsRun(cells, 'c6'), ['c1', 'c2', 'c4', 'c5', 'c6']);
    assert.deepEqual(cellsRun(cells, 'c3'), ['c1', 'c3']);
    const { results, cells: calls } = evaluate(programOf(cells));
    assert.deepEqual(results, [{ value: { x: 2 }, name: 'c' }]);
    assert.deepEqual(
      calls.map(({ target }) => target),
      [false, false, false, false, true],
    );
  });

  it('runs every cell above that contains only settings of env, and what those need', () => {
    const cells = cellsOf(
      'env.setParallelism(n);',
      'const n = 2;',
      'env.setParallelism(n);\nenv.getCheckpointConfig().setCheckpointTimeout(5); // and more',
      'env.fromData([1]).print();',
      'const m = 1; env.setParallelism(m);',
      'const target = 1;',
      'env.setParallelism(9);',
    );
    assert.deepEqual(cellsRun(cells.slice(1), 'c6'), ['c2', 'c3', 'c6']);
  });

  it('sees names through shadowing, types, patterns and shorthand properties', () => {
    const declaring = 'const used = 1, shadowed = 2; interface Used { a: number } interface Shadowed { a: number }';
    const uses = (text: string): boolean => cellsRun(cellsOf(declaring, text), 'c2').length === 2;
    for (const text of [
      'const x = { used };',
      'const { a = used } = {} as { a?: number };',
      'const x = `${used}`;',
      'type X = typeof used;',
      'let x: Array<Used>;',
      'class X { a(): Used { throw 1; } }',
      'function f(a = used) { return a; }',
      'const f = (v: unknown): v is Used => true;',
      'function f() { { const used = 2; } return used; }',
      'type M = { [K in keyof Used]: 1 };',
      'const x = { [used]: 1 };',
      'used;',
    ]) {
      assert.ok(uses(text), text);
    }
    for (const text of [
      'const x = [1].map(shadowed => shadowed);',
      'function f(shadowed: number) { return { shadowed }; }',
      'const x = { shadowed: 1 }.shadowed;',
      'const { shadowed: y } = { shadowed: 1 };',
      'class X { shadowed = 1; m() { return this.shadowed; } }',
      'try { throw 1; } catch (shadowed) { void shadowed; }',
      'for (const shadowed of [1]) void shadowed;',
      'const f = function shadowed(): unknown { return shadowed; };',
      'function f<Shadowed>(a: Shadowed): Shadowed { return a; }',
      'type M = { [Shadowed in "a"]: Shadowed };',
      'type F = (shadowed: number) => void;',
      'const f = (shadowed: unknown): shadowed is number => true;',
      'function f(shadowed: unknown): asserts shadowed {}',
      'type P = (shadowed: unknown) => shadowed is string;',
      'type T = [shadowed: number];',
      'shadowed: for (;;) break shadowed;',
      'function f() { var shadowed = 1; return shadowed; }',
    ]) {
      assert.ok(!uses(text), text);
    }
  });

  it('says where a name is declared a second time, and where first', () => {
    const cells = cellsOf('#lines\nconst counts = 1, x = 2;', 'function f() {}', 'const { a: counts } = { a: 1 };', 'counts', 'x');
    assert.deepEqual(problems(cells), ['c3 streambook.duplicate-name “counts”']);
    const [diagnostic] = compiler.compile(cells, 'c3', { check: false }).diagnostics;
    assert.match(diagnostic?.message ?? '', /already declared in cell 1 \(lines\)/);
    assert.deepEqual(diagnostic?.related?.range, { start: { line: 1, column: 7 }, end: { line: 1, column: 13 } });
    assert.ok(compiler.compile(cells, 'c5', { check: true }).ok, 'a cell that needs neither runs');
  });

  it('lets one cell declare an interface and a class, or overloads, of one name', () => {
    assert.deepEqual(problems(cellsOf('interface A { x: 1 }\nclass A {}\nfunction f(): void;\nfunction f(a?: number) {}')), []);
  });

  it('says that a cell has to move when it uses a name above its declaration', () => {
    const cells = cellsOf('counts', 'type X = Y;', '#late\nconst counts = 1; interface Y {}', 'const Key = 1; interface Key2 {}');
    assert.deepEqual(problems(cells), ['c1 streambook.used-above-declaration “counts”', 'c2 streambook.used-above-declaration “Y”']);
    assert.match(compiler.compile(cells, 'c1', { check: true }).diagnostics[0]?.message ?? '', /cell 3 \(late\).*move this cell below/);
    assert.equal(compiler.diagnose(cells).length, 2, 'without TypeScript’s “Cannot find name”');
  });

  it('refuses to change the names of other cells', () => {
    for (const [text, underlined] of [
      ['lines = [1];', 'lines'],
      ['lines++;', 'lines'],
      ['--lines;', 'lines'],
      ['lines ??= 1;', 'lines'],
      ['[lines] = [1];', 'lines'],
      ['({ lines } = { lines: 1 });', 'lines'],
      ['({ a: [lines = 3] } = { a: [] });', 'lines'],
      ['({ ...lines } = {});', 'lines'],
      ['[...lines] = [];', 'lines'],
      ['for (lines of []) ;', 'lines'],
      ['const f = () => { (lines as number) = 1; };', 'lines'],
    ] as const) {
      const cells = cellsOf('let lines: any;', text);
      assert.deepEqual(problems(cells), [`c2 streambook.assigned-elsewhere “${underlined}”`], text);
    }
    for (const text of [
      'lines.x = 1;',
      'lines[0]++;',
      'const x = { a: lines };',
      'function f() { let lines = 1; lines = 2; }',
      '({ [lines]: globalThis.x } = {});',
    ]) {
      assert.deepEqual(problems(cellsOf('let lines: any;', text)), [], text);
    }
  });

  it('refuses what only modules and functions may do', () => {
    for (const [text, expected] of [
      ['import x from "y";', 'import “import x from "y";”'],
      ['import "y";', 'import “import "y";”'],
      ['const x = import("y");', 'import “import("y")”'],
      ['const u = import.meta;', 'import “import.meta”'],
      ['export const x = 1;', 'export “export”'],
      ['const x = 1; export { x };', 'export “export { x };”'],
      ['export default 1;', 'export “export default 1;”'],
      ['await 1;', 'await “await”'],
      ['for await (const x of []) ;', 'await “await”'],
      ['if (1) return 1;', 'return “return”'],
    ] as const) {
      assert.deepEqual(problems(cellsOf(text)), [`c1 streambook.${expected}`], text);
    }
    const allowed =
      'const f = async () => { await 1; return 1; };\nclass A { static { const g = () => { return 1; }; } }\nnamespace N { export const a = 1; }';
    assert.deepEqual(problems(cellsOf(allowed)), []);
  });

  it('reports syntax errors where they are', () => {
    assert.deepEqual(problems(cellsOf('const a = 1;', 'const b = (1 + ;\nconst c = 2;')), ['c2 TS1109 “;”']);
    assert.deepEqual(problems(cellsOf('const s = "open\nmore'))[0], 'c1 TS1002 “”');
  });

  it('keeps the names of the API for the API, types aside', () => {
    assert.deepEqual(problems(cellsOf('const env = 1;')), ['c1 streambook.reserved-name “env”']);
    assert.deepEqual(problems(cellsOf('class Duration {}\nfunction __cell() {}\nconst { Math } = { Math: 1 };')), [
      'c1 streambook.reserved-name “Duration”',
      'c1 streambook.reserved-name “__cell”',
      'c1 streambook.reserved-name “Math”',
    ]);
    assert.deepEqual(problems(cellsOf('interface Window { a: number }\nfunction f(env: number) { return env; }')), []);
  });

  it('names the job by id, else by the first declared name, else by the number of the cell', () => {
    assert.equal(programOf(cellsOf('#word-count\nconst x = 1;')).jobName, 'word-count');
    assert.equal(programOf(cellsOf('const [, first] = [1, 2], x = 1;')).jobName, 'first');
    assert.equal(programOf(cellsOf('const x = 1;', 'x')).jobName, 'cell-2');
  });

  it('hands over the last expression and all variables of the target only', () => {
    const { results, previews } = evaluate(
      programOf(cellsOf('const a = 1;\na', 'let b = a, { c } = { c: 3 };\nfunction d() {}\n(b as number)!')),
    );
    assert.deepEqual(results, [{ value: 1, name: 'b' }]);
    assert.deepEqual(previews, [
      { value: 1, name: 'b' },
      { value: 3, name: 'c' },
    ]);
    assert.deepEqual(evaluate(programOf(cellsOf('const e = 1;\n[e][0]'))).results, [{ value: 1, name: null }]);
    assert.deepEqual(evaluate(programOf(cellsOf('const e = 1;'))).results, []);
  });

  it('treats names such as __proto__ as names', () => {
    const cells = cellsOf('const __proto__ = 1, constructor = 2;', 'const o = { ["__proto__"]: __proto__, toString: constructor };\no');
    const [result] = evaluate(programOf(cells)).results;
    assert.deepEqual(Object.entries(result?.value ?? {}), [
      ['__proto__', 1],
      ['toString', 2],
    ]);
  });

  it('has the same hash for the same behaviour', () => {
    const hash = (text: string): string => programOf(cellsOf(text)).hash;
    assert.equal(hash('const a: number = 1; // one'), hash('/* two */ const a = 1;'));
    assert.notEqual(hash('const a = 1;'), hash('const a = 2;'));
  });

  it('runs exactly the transitive closure for any graph of names', () => {
    const graph = fc.array(fc.array(fc.nat(100), { maxLength: 3 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(graph, (shape) => {
        const needs = shape.map((wanted, index) => [...new Set(wanted.filter(() => index > 0).map((n) => n % Math.max(index, 1)))]);
        const cells = cellsOf(...needs.map((list, index) => `const v${index} = [${list.map((n) => `v${n}`).join(', ')}];`));
        const closure = new Set<number>();
        const add = (index: number): void => {
          closure.add(index);
          for (const next of needs[index] ?? []) add(next);
        };
        add(needs.length - 1);
        const expected = [...closure].sort((a, b) => a - b).map((index) => `c${index + 1}`);
        assert.deepEqual(
          programOf(cells).cells.map(({ id }) => id),
          expected,
        );
      }),
      { numRuns: 60 },
    );
  });
});
