import assert from 'node:assert/strict';
import { createExecutor } from '../../../engine/runtime/executor.ts';
import type { Executor } from '../../../engine/runtime/job.ts';
import { loadProgram } from '../../../src/program/load.ts';
import { cellsOf, programOf } from './compiling.ts';

const OPTIONS = { settings: {}, overrides: {}, startTime: 0, journal: false };

function execute(...texts: readonly string[]): ReturnType<typeof createExecutor> {
  return createExecutor(loadProgram(programOf(cellsOf(...texts))), OPTIONS);
}

/** Runs a job that needs nothing from outside to its end. */
function finish(executor: Executor): string {
  for (let steps = 0; steps < 10_000; steps++) {
    const kind = executor.step(1_000);
    if (kind !== 'progress') return kind;
  }
  return 'unfinished';
}

describe('loading programs', () => {
  it('runs cells on the engine and displays the last expression of the target', () => {
    const started = execute('const numbers = env.fromData([1, 2, 3]);\nnumbers', 'const doubled = numbers.map(n => n * 2);\ndoubled');
    assert.ok(started.ok);
    assert.equal(finish(started.executor), 'finished');
    assert.deepEqual(
      started.executor.displays.map(({ name, kind, location }) => [name, kind, location?.cell, location?.line]),
      [['doubled', 'display', 1, 2]],
    );
    assert.deepEqual(
      started.executor.takeRows(0, 10).rows.map(({ value }) => value),
      [2, 4, 6],
    );
  });

  it('shows a preview of the last stream of a cell without output', () => {
    const started = execute('const numbers = env.fromSequence(1, 100);\nconst limit = 5;');
    assert.ok(started.ok);
    assert.equal(finish(started.executor), 'finished');
    assert.deepEqual(
      started.executor.displays.map(({ name, kind }) => [name, kind]),
      [['numbers', 'preview']],
    );
    assert.equal(started.executor.takeRows(0, 1_000).rows.length, 20);
  });

  it('locates what is thrown while the pipeline is described', () => {
    const started = execute('const a = env.fromData([1]);', "\nconst t: number = 1;\nthrow new RangeError('no');");
    assert.ok(!started.ok);
    assert.equal(started.failure.errorName, 'RangeError');
    assert.deepEqual(started.failure.location, { cell: 0, line: 3, column: 7 });
  });

  it('locates what user functions throw, and the operator', () => {
    const started = execute(
      'const a = env.fromData([1, 2]);',
      'const b = a\n  .map((n: number): number => {\n    if (n > 1) throw new TypeError("two");\n    return n;\n  });\nb',
    );
    assert.ok(started.ok);
    assert.equal(finish(started.executor), 'failed');
    assert.equal(started.executor.failure?.message, 'two');
    assert.deepEqual(started.executor.failure.location, { cell: 1, line: 3, column: 22 });
  });

  it('evaluates afresh each time', () => {
    const program = loadProgram(programOf(cellsOf('let count = 0;\nconst a = env.fromData([1]).map(() => ++count);\na')));
    for (let attempt = 0; attempt < 2; attempt++) {
      const started = createExecutor(program, OPTIONS);
      assert.ok(started.ok);
      finish(started.executor);
      assert.deepEqual(
        started.executor.takeRows(0, 10).rows.map(({ value }) => value),
        [1],
      );
    }
  });

  it('explains a name of the API that is not there yet', () => {
    const program = loadProgram({ ...programOf(cellsOf('new NotYet({});')), parameters: ['__cell', '__result', '__preview', 'NotYet'] });
    const started = createExecutor(program, OPTIONS);
    assert.ok(!started.ok);
    assert.match(started.failure.message, /“NotYet” is part of the API but not in this version/);
    assert.deepEqual(started.failure.location, { cell: 0, line: 1, column: 1 });
  });

  it('reports code that V8 refuses, with its line', () => {
    const started = execute('const a = 1;\nconst a = 2;');
    assert.ok(!started.ok);
    assert.equal(started.failure.errorName, 'SyntaxError');
    assert.deepEqual(started.failure.location, { cell: 0, line: 2, column: 1 });
  });
});
