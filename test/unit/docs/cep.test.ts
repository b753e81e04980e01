import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createExecutor } from '../../../engine/runtime/executor.ts';
import { drain } from '../../../engine/testkit/drain.ts';
import { loadProgram } from '../../../src/program/load.ts';
import { cellsOf, programOf } from '../program/compiling.ts';

describe('docs/cep.md', () => {
  it('has an example that gives what it says', () => {
    const page = readFileSync(new URL('../../../docs/cep.md', import.meta.url), 'utf8');
    const [, code = '', result] = /```ts id=attacks\n(.*?)\n```\n````\n\nIt shows `(.*?)`/s.exec(page) ?? [];
    const program = loadProgram(programOf(cellsOf(code), 'c1', true));
    const started = createExecutor(program, { settings: {}, overrides: {}, startTime: 0, journal: false });
    assert.ok(started.ok);
    drain(started.executor);
    assert.equal(started.executor.failure, null);
    const values = started.executor.takeRows(0, 10).rows.map(({ value }) => value);
    assert.deepEqual(values, [{ user: 'ann', tries: 3 }]);
    assert.equal(result, "{ user: 'ann', tries: 3 }");
  });
});
