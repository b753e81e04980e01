import assert from 'node:assert/strict';
import { analyseCell } from '../../../src/program/analysis.ts';
import { jobNameOf } from '../../../src/program/job-name.ts';

const nameOf = (text: string): string => jobNameOf({ name: null, number: 3, text });

describe('the name of a job', () => {
  it('is the id of its cell, else the first name that it declares, else its place', () => {
    assert.equal(jobNameOf({ name: 'counts', number: 3, text: 'const other = 1;' }), 'counts');
    assert.equal(nameOf('const words = 1;\nconst more = 2;'), 'words');
    assert.equal(nameOf('env.fromSequence(1, 3);'), 'cell-3');
    assert.equal(nameOf(''), 'cell-3');
  });

  const CELLS = [
    'interface Word { text: string }\nconst words = 1;',
    'interface Long<T> extends Array<T> {}',
    'type Pair<T> = [T, T];\nconst pair = 1;',
    'type = 1;\nlet type, rest;',
    'enum Colour { Red }\nconst red = 1;',
    'const enum Size { Small }',
    'declare const given: number;\nconst taken = given;',
    'async function load() {}\nconst x = 1;',
    'function* numbers() { const inner = 1; }',
    'function *stars() {}',
    'abstract class Base { const = 1; }\nclass Derived extends Base {}',
    'namespace Inner { const deep = 1; }',
    'const { a, b } = pair;',
    'const {\n  from: { deep = 2 },\n} = pair;',
    "let { 'a b': quoted, ...rest } = pair;",
    'const [, second] = pair;',
    'var [[first]] = pair, [other] = pair;',
    'const[tight] = pair;',
    'const { ...all } = pair;',
    '// const no = 1;\n/* const none = 2; */ const yes = 1;',
    "env.configure({ 'pipeline.name': 'const odd = 1' });\nconst even = 2;",
    'console.log(`\nconst inTemplate = 1;\n`);\nconst behind = 1;',
    "env.fromSource(FileSource.text('data/*.txt'), none, 'x');\nconst glob = '*/';",
    'if (true) {\n  const inner = 1;\n}\nconst outer = 2;',
    'numbers\n  .map((n) => { const square = n * n; return square; })\n  .print();\n  const indented = 1;',
    'display(numbers.map(function inner(n) { return n; }));\nclass After {}',
    'const größe = 1;',
    'const $dollar = 1;',
    'x.class; y.enum;\nconst z = 1;',
    'const\n  broken\n  = 1;',
    'const wörter = 1; //',
    'let stream: DataStream<number>;',
  ];

  for (const text of CELLS) {
    it(`is what the compiler finds first: ${text.split('\n')[0]}`, () => {
      assert.equal(nameOf(text), analyseCell(text).declared[0]?.name ?? 'cell-3');
    });
  }
});
