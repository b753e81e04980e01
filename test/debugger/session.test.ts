import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { cellsOf } from '../unit/program/compiling.ts';
import { begin, debugSession } from './debugging.ts';

const COUNTS = cellsOf(
  `#words
const words = env.fromData(['sea', 'sky', 'sea', 'sun'])
  .map(word => {
    const upper = word.toUpperCase();
    return { word, upper };
  });`,
  `#counts
class Count extends KeyedProcessFunction {
  processElement(value, ctx, out) {
    const seen = ctx.getState(new ValueStateDescriptor('seen'));
    const places = ctx.getMapState(new MapStateDescriptor('places'));
    const count = (seen.value() ?? 0) + 1;
    seen.update(count);
    places.put('p' + count, { count });
    out.collect({ word: value.word, count });
  }
}
words.keyBy('word').process(new Count())`,
);

describe('a debug session over a real worker', function () {
  for (const host of ['worker', 'process'] as const) {
    it(`stops at a breakpoint with locals, record, key and state, and goes on to the end, in the host "${host}"`, async () => {
      const dap = debugSession(COUNTS, {}, host);
      const [breakpoint] = await begin(dap, 'c2', { c2: [{ line: 8, condition: 'count === 2' }] });
      assert.equal(breakpoint?.verified, true, breakpoint?.message);
      const stopped = await dap.event('stopped');
      assert.equal(stopped.body?.['reason'], 'breakpoint');
      assert.deepEqual(stopped.body?.['hitBreakpointIds'], [breakpoint.id]);
      const frames = await dap.stack();
      assert.deepEqual(
        frames.map(({ name, line, source }) => [name, line, source?.path]),
        [
          ['processElement', 8, 'c2'],
          ['KeyedProcess', 11, 'c2'],
          ['Map', 2, 'c1'],
          ['Source: Collection Source', 1, 'c1'],
        ],
      );
      const local = await dap.scope(1, 'Local');
      assert.equal(local['value'], "{word: 'sea', upper: 'SEA'}");
      assert.equal(local['count'], '2');
      const { 'processing time': _now, ...record } = await dap.scope(1, 'Record');
      assert.deepEqual(record, {
        value: "{word: 'sea', upper: 'SEA'}",
        timestamp: 'none',
        watermark: 'none',
        operator: 'KeyedProcess',
        source: 'Collection Source',
        'record number': '3',
      });
      assert.deepEqual(await dap.scope(1, 'Key'), { key: "'sea'", 'key group': '42' });
      assert.deepEqual(await dap.scope(1, 'State'), { seen: '2', places: 'Map(2) {p1 => {count: 1}, p2 => {count: 2}}' });
      await dap.request('continue');
      assert.equal((await dap.job.ended).phase, 'finished');
      await dap.event('terminated');
    });
  }

  it('stops in the cells above and in their own statements once, and steps from one function to the next', async () => {
    const dap = debugSession(COUNTS);
    await begin(dap, 'c2', { c1: [{ line: 1 }, { line: 3 }] });
    await dap.event('stopped');
    const [statement] = await dap.stack();
    assert.deepEqual([statement?.name, statement?.line, (await dap.stack()).length], ['cell words', 1, 1]);
    await dap.request('continue');
    await dap.event('stopped');
    assert.deepEqual(
      (await dap.stack()).map(({ name, line }) => [name, line]),
      [
        ['function of Map', 3],
        ['Map', 2],
        ['Source: Collection Source', 1],
      ],
    );
    await dap.request('next');
    await dap.event('stopped');
    assert.equal((await dap.scope(1, 'Local'))['upper'], "'SEA'");
    // Over the end of the function, past the engine, into the next function of a cell.
    for (let steps = 0; steps < 3 && (await dap.stack())[0]?.name !== 'processElement'; steps++) {
      await dap.request('next');
      await dap.event('stopped');
    }
    assert.equal((await dap.stack())[0]?.name, 'processElement');
    await dap.request('setBreakpoints', { source: { path: 'c1' }, breakpoints: [] });
    await dap.request('continue');
    assert.equal((await dap.job.ended).phase, 'finished');
  });

  it('says why a breakpoint stops nowhere, and moves one to code', async () => {
    const cells = cellsOf('const other = 1;', 'const n = env.fromData([1, 2])\n\n  // nothing\n  .map(v => v + 1)\n  // the end');
    const dap = debugSession(cells);
    const wanted = [{ line: 2 }, { line: 5 }, { line: 4 }, { line: 4, condition: 'v ==' }, { line: 4, hitCondition: 'often' }];
    const bound = await begin(dap, 'c2', { c1: [{ line: 1 }], c2: wanted });
    const seen = bound.map(({ verified, line, message }) => (verified ? line : message));
    assert.deepEqual(seen, [
      'The job that is debugged does not use this cell.',
      4,
      'There is no code here or below that could be stopped at.',
      'Another breakpoint already stops there.',
      "SyntaxError: Unexpected token ')'",
      '“often” is no hit count. Write a number, or one after >=, >, <=, < or %.',
    ]);
    await dap.event('stopped');
    await dap.request('disconnect');
    assert.equal((await dap.job.ended).phase, 'stopped');
  });

  it('counts hits, logs without stopping, and takes breakpoints while the job is stopped', async () => {
    const cells = cellsOf('env.fromSequence(1, 50)\n  .map(v => {\n    const square = v * v;\n    return { v, square };\n  })');
    const dap = debugSession(cells);
    await begin(dap, 'c1', {
      c1: [
        { line: 3, hitCondition: '% 20' },
        { line: 4, condition: 'v > 18 && v < 21', logMessage: 'at {v}: {square}, {{ v }}' },
      ],
    });
    await dap.event('stopped');
    assert.equal((await dap.scope(1, 'Local'))['v'], '20');
    await dap.request('setBreakpoints', {
      source: { path: 'c1' },
      breakpoints: [
        { line: 4, condition: 'v === 30' },
        { line: 4, logMessage: 'x' },
      ],
    });
    await dap.request('continue');
    await dap.event('stopped');
    assert.equal((await dap.scope(1, 'Local'))['v'], '30');
    await dap.request('continue');
    await dap.job.ended;
    const logged = dap.events.filter(({ event }) => event === 'output').map(({ body }) => body?.['output']);
    assert.deepEqual(logged, ['at 19: 361, {"v":19}\n']);
  });

  it('evaluates in a frame, without effects where it must have none, and sets variables', async () => {
    const cells = cellsOf(
      'env.fromData([[1, 2, 3]])\n  .map(list => {\n    let big = Array.from({ length: 250 }, (_, i) => i);\n    const names = new Map([["a", list]]);\n    return list[0];\n  })',
    );
    const dap = debugSession(cells);
    await begin(dap, 'c1', { c1: [{ line: 5 }] });
    await dap.event('stopped');
    const evaluate = (expression: string, context: string): Promise<DebugProtocol.Response> =>
      dap.response('evaluate', { expression, context, frameId: 1 });
    const result = ({ body, message }: DebugProtocol.Response): unknown => (body as { result?: string } | undefined)?.result ?? message;
    assert.equal(result(await evaluate('list.map(n => n * 2)', 'hover')), '(3)[2, 4, 6]'.replace(')[', ') ['));
    assert.match(String(result(await evaluate('list.push(4)', 'hover'))), /EvalError: Possible side-effect/);
    assert.equal(result(await evaluate('list.push(4)', 'repl')), '4');
    assert.match(String(result(await evaluate('nothing.here', 'repl'))), /ReferenceError: nothing is not defined/);
    const operator = await dap.response('evaluate', { expression: '1', context: 'repl', frameId: 2 });
    assert.equal(operator.message, 'Choose a frame with code of a cell in the call stack.');
    const local = await dap.scopeVariables(1, 'Local');
    const big = local.find(({ name }) => name === 'big');
    assert.ok(big !== undefined);
    assert.equal(big.indexedVariables, 250);
    const page = await dap.variables(big.variablesReference, { filter: 'indexed', start: 200, count: 100 });
    assert.deepEqual([page.length, page[0]?.name, page.at(-1)?.value], [50, '200', '249']);
    const names = await dap.variables(local.find(({ name }) => name === 'names')?.variablesReference ?? 0);
    assert.deepEqual(
      names.map(({ name, value }) => [name, value]),
      [['a', '(4) [1, 2, 3, 4]']],
    );
    const { scopes } = await dap.request<DebugProtocol.ScopesResponse['body']>('scopes', { frameId: 1 });
    const reference = scopes.find(({ name }) => name === 'Local')?.variablesReference ?? 0;
    await dap.request('setVariable', { variablesReference: reference, name: 'list', value: '[7]' });
    await dap.request('continue');
    await dap.job.ended;
    assert.deepEqual(
      (await dap.job.rows()).map(({ value }) => value),
      [7],
    );
  });
});

describe('a paused job', function () {
  const endless = cellsOf('env.fromSequence(1, Number.MAX_SAFE_INTEGER).map(v => {\n  return v;\n})');

  it('goes on and stops when it is asked to stop, and tells of what has to wait', async () => {
    const dap = debugSession(endless);
    await begin(dap, 'c1', { c1: [{ line: 2 }] });
    await dap.event('stopped');
    const pace = dap.job.debugged?.setPace({ kind: 'full' });
    assert.equal((await dap.event('output')).body?.['output'], 'The new pace waits until the job goes on.\n');
    await dap.request('terminate');
    await pace;
    assert.equal((await dap.job.ended).phase, 'stopped');
    await dap.event('terminated');
  });

  for (const host of ['worker', 'process'] as const) {
    it(`can be killed, in the host "${host}"`, async () => {
      const dap = debugSession(endless, {}, host);
      await begin(dap, 'c1', { c1: [{ line: 2 }] });
      await dap.event('stopped');
      await dap.job.debugged?.kill();
    });
  }

  it('need not answer the watchdog, and is asked again when it goes on', async () => {
    const dap = debugSession(endless);
    await begin(dap, 'c1', { c1: [{ line: 2 }] });
    await dap.event('stopped');
    for (let ticks = 0; ticks < 50; ticks++) dap.job.tick();
    assert.equal(dap.job.silent, 0);
    await dap.request('disconnect');
    await dap.job.ended;
  });

  for (const host of ['worker', 'process'] as const) {
    it(`can be held up where it is, and let go without an end, in the host "${host}"`, async () => {
      const dap = debugSession(endless, {}, host);
      await begin(dap, 'c1', {});
      await dap.job.started;
      await dap.request('pause');
      await dap.event('stopped');
      assert.equal((await dap.stack())[0]?.name, 'function of Map');
      await dap.request('disconnect', { terminateDebuggee: false });
      // It runs on, so it answers.
      await dap.job.client?.setPace({ kind: 'full' });
      await dap.job.debugged?.stop();
      assert.equal((await dap.job.ended).phase, 'stopped');
    });
  }

  it('ends its session when its process is killed, and takes nothing along', async () => {
    const dap = debugSession(cellsOf('env.fromSequence(1, 9).map(v => {\n  const { pid } = process;\n  return v;\n})'), {}, 'process');
    await begin(dap, 'c1', { c1: [{ line: 3 }] });
    await dap.event('stopped');
    const { result } = await dap.request<{ result: string }>('evaluate', { expression: 'pid', frameId: 1 });
    process.kill(Number(result), 'SIGKILL');
    assert.equal((await dap.job.ended).phase, 'lost');
    await dap.event('terminated');
    await assert.rejects(dap.request('evaluate', { expression: 'pid', frameId: 1 }), /not paused/);
  });

  it('stands alone: another session goes on', async () => {
    const [held, free] = [debugSession(endless), debugSession(COUNTS)];
    await begin(held, 'c1', { c1: [{ line: 2 }] });
    await held.event('stopped');
    await begin(free, 'c2', { c2: [{ line: 8 }] });
    await free.event('stopped');
    await free.request('setBreakpoints', { source: { path: 'c2' }, breakpoints: [] });
    await free.request('continue');
    assert.equal((await free.job.ended).phase, 'finished');
    assert.equal((await held.stack()).length, 3);
    await held.request('disconnect');
    await held.job.ended;
  });
});

describe('a job that fails under the debugger', function () {
  it('stops where the error is thrown, and at its breakpoints again after the restart', async () => {
    const cells = cellsOf(
      "let tries = 0;\nenv.fromData([1, 2])\n  .map(v => {\n    const result = v;\n    if (v === 2) throw new Error('two');\n    return result;\n  })",
    );
    const dap = debugSession(cells, {
      'restart-strategy.type': 'fixed-delay',
      'restart-strategy.fixed-delay.attempts': '1',
      'restart-strategy.fixed-delay.delay': '1 ms',
    });
    await begin(dap, 'c1', { c1: [{ line: 4, condition: 'v === 1' }] }, ['all']);
    const lines: unknown[] = [];
    for (let stops = 0; stops < 4; stops++) {
      const { body } = await dap.event('stopped');
      lines.push([body?.['reason'], (await dap.stack())[0]?.line]);
      await dap.request('continue');
    }
    assert.deepEqual(lines, [
      ['breakpoint', 4],
      ['exception', 5],
      ['breakpoint', 4],
      ['exception', 5],
    ]);
    assert.equal((await dap.job.ended).phase, 'failed');
    await dap.event('terminated');
  });
});
