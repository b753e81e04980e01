import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cellsOf, evaluate, programOf } from './compiling.ts';

/** Pieces of TypeScript that change length, lines or shape when types are stripped. `N` is replaced by a fresh number. */
const FILLERS: readonly string[] = [
  'interface I_N { readonly a: number; b?: string }',
  'type T_N<K extends string> = { [P in K]: readonly [P, number] };',
  'const v_N: Map<string, Array<number>> = new Map<string, Array<number>>();',
  'enum E_N { A = 1, B, C = "x" }',
  'class C_N<T> { constructor(private readonly value: T, public other?: number) {} get(): T { return this.value as T; } }',
  '// a comment — with “quotes”',
  '/* a comment\n   over\r\n   lines */',
  'const t_N = `text ${1 + (2 as number)}\n over lines ${"ü€😀"}`;',
  'const s_N = "line\u2028separator";',
  'function f_N(this: void, a: number, b = <number>a, ...rest: readonly number[]): asserts a is number { void b; void rest; }',
  'abstract class A_N { abstract x: number; static y = 1; declare z: string }',
  'label_N: for (const i of [1, 2] as const) { if (i! > 1) break label_N; }',
  'const o_N = { a: 1, b: { c: [1, 2, 3] satisfies number[] } };',
  'let u_N: unknown; u_N ??= (null as { b: number } | null)?.b!;',
  '',
  '   ',
];

/** Ways to get to the place that throws; `@` is where the location must point. */
const THROWERS: readonly string[] = [
  'throw @new Error("marked");',
  '{ const x: number = 1; if (x as unknown) { throw @new Error("marked"); } }',
  '((a: number): never => { throw @new Error("marked"); })(1);',
  '[1, 2].map((x: number): number => { if (x! > 1) throw @new Error("marked"); return x; });',
  'class Z { run<T>(value: T): T { throw @new Error("marked"); } }\nnew Z().run<string>("a");',
  'const deep = { a: { b(): void { /* here */ throw @new Error("marked"); } } }; (deep.a as { b(): void }).b();',
  'const nothing = null as unknown as { go(): void };\nnothing.@go();',
  'const o = null as unknown as { g(): void };\no.@g();',
  'const text: string = `${((): string => { throw @new Error("marked"); })()}`;',
  'function thrower(\n  a: number,\n  b?: string,\n): void {\n  throw @new Error(\n    "marked");\n}\nthrower(1);',
];

describe('positions in cells', () => {
  const cellText = fc.record({
    before: fc.array(fc.constantFrom(...FILLERS), { maxLength: 6 }),
    after: fc.array(fc.constantFrom(...FILLERS), { maxLength: 3 }),
    separators: fc.array(fc.constantFrom('\n', '\r\n', ' \n\n', '\r\n\r\n'), { minLength: 12, maxLength: 12 }),
  });

  it('locates what is thrown exactly, whatever stands around it and in whichever cell', () => {
    fc.assert(
      fc.property(
        fc.array(cellText, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(...THROWERS),
        fc.nat(),
        fc.boolean(),
        (shapes, thrower, pick, crlf) => {
          const throwing = pick % shapes.length;
          let number = 0;
          let expected = { line: 0, column: 0 };
          const texts = shapes.map(({ before, after, separators }, index) => {
            const own = index === throwing ? [crlf ? thrower.replaceAll('\n', '\r\n') : thrower] : [];
            const pieces = [`const cell_${index} = ${index === 0 ? '0' : `cell_${index - 1}`};`, ...before, ...own, ...after];
            const text = pieces.map((piece, i) => piece.replaceAll('_N', `_${number}`) + (++number, separators[i] ?? '\n')).join('');
            const mark = text.indexOf('@');
            if (mark < 0) return text;
            const lines = text.slice(0, mark).split(/\r\n|\n|\r/);
            expected = { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
            return text.replace('@', '');
          });
          const { error } = evaluate(programOf(cellsOf(...texts)));
          assert.deepEqual(error?.location, { cell: throwing, ...expected }, `in ${JSON.stringify(texts[throwing])}`);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('locates the call in a last expression that is handed over as the result', () => {
    const line = '  ({ a: (): void => { throw new RangeError("no"); } }).a()';
    const { error } = evaluate(programOf(cellsOf(`const x = 1;\n\n${line}`)));
    assert.deepEqual(error, { message: 'no', location: { cell: 0, line: 3, column: line.indexOf('new') + 1 } });
  });

  it('locates a syntax error that only V8 reports, by line', () => {
    const cells = cellsOf('const a = 1;', 'const b = a;\nconst b = 2;');
    assert.deepEqual(evaluate(programOf(cells)).error?.location, { cell: 1, line: 2, column: 1 });
  });

  it('skips frames of other code and of the glue between cells', () => {
    const cells = cellsOf('#job (1)\nboom();');
    const program = { ...programOf(cells), parameters: ['__cell', '__result', '__preview', 'boom'] };
    const boom = (): never => {
      throw new Error('from the engine');
    };
    assert.deepEqual(evaluate(program, { boom }).error?.location, { cell: 0, line: 1, column: 1 });
    const fromGlue = evaluate({ ...program, code: program.code.replace('__cell(0, true)', 'boom()') }, { boom });
    assert.equal(fromGlue.error?.location, null);
  });

  it('is not misled by a message that looks like a frame', () => {
    const cells = cellsOf('#job\nthrow new Error("x\\nstreambook:job:1:1");');
    assert.deepEqual(evaluate(programOf(cells)).error?.location, { cell: 0, line: 1, column: 7 });
  });
});
