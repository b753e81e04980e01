import assert from 'node:assert/strict';
import { FORMER_METHODS, FORMER_NAMES } from '../../../engine/api/flink-1.ts';
import { createExecutor } from '../../../engine/runtime/executor.ts';
import type { JobFailure } from '../../../engine/runtime/job.ts';
import { loadProgram } from '../../../src/program/load.ts';
import { cellsOf, compiler, programOf, summary } from './compiling.ts';

const ORDERS =
  'interface Order { user: string; amount: number; time: number }\nconst orders = env.fromData<Order>({ user: "a", amount: 1, time: 1 });';

/** How each class is got at in a cell. */
const RECEIVERS: Readonly<Record<string, string>> = {
  StreamExecutionEnvironment: 'env',
  DataStream: 'orders.map(order => order)',
  KeyedStream: "orders.keyBy('user')",
  WindowedStream: "orders.keyBy('user').window(TumblingEventTimeWindows.of('5 s'))",
  AllWindowedStream: "orders.windowAll(TumblingEventTimeWindows.of('5 s'))",
};

const METHODS = Object.entries(FORMER_METHODS).flatMap(([className, methods]) =>
  Object.entries(methods).map(([method, successor]) => ({ method, successor, text: `${RECEIVERS[className]}.${method}()` })),
);

function runs(...texts: readonly string[]): JobFailure {
  const started = createExecutor(loadProgram(programOf(cellsOf(...texts))), { settings: {}, overrides: {}, startTime: 0, journal: false });
  assert.ok(!started.ok, texts.at(-1));
  return started.failure;
}

describe('names of Flink 1', () => {
  it('have an error that names the successor, with an example, where they stand', () => {
    const cells = cellsOf(
      ORDERS,
      METHODS.map(({ text }) => text).join('\n'),
      [...FORMER_NAMES.keys()].map((name) => `new ${name}();`).join('\n'),
    );
    const found = compiler.diagnose(cells);
    assert.deepEqual(summary(cells, found), [
      ...METHODS.map(({ method }) => `c2 streambook.flink-1 “${method}”`),
      ...[...FORMER_NAMES.keys()].map((name) => `c3 streambook.flink-1 “${name}”`),
    ]);
    const successors = [...METHODS.map(({ successor }) => successor), ...FORMER_NAMES.values()];
    for (const [at, { instead, example }] of successors.entries()) {
      assert.ok(found[at]?.message.endsWith(`Instead there is ${instead}, for example ${example}`), found[at]?.message);
    }
  });

  it('have the same error when the cell is run all the same', () => {
    for (const { text, successor } of METHODS) {
      const { errorName, message, hint, location } = runs(ORDERS, text);
      assert.deepEqual([errorName, hint], ['UnsupportedOperationException', `For example ${successor.example}`], message);
      assert.equal(location?.line, 1);
    }
    for (const use of [
      'new FlinkKafkaConsumer("t")',
      'Time.seconds(5)',
      'RestartStrategies.fixedDelayRestart(3, 1)',
      'class A extends RichSinkFunction {}',
    ]) {
      assert.match(runs(ORDERS, use).message, /^There is no \w+ here; instead there is /, use);
    }
    assert.equal(runs('env.addSource(1)').message, 'There is no addSource here; instead there is fromSource.');
  });

  it('are free for names of cells, and other unknown names keep the words of TypeScript', () => {
    const cells = cellsOf(
      'const Time = { seconds: (n: number) => n * 1000 };\nclass SourceFunction { split() {} }',
      'Time.seconds(5); new SourceFunction().split();',
    );
    assert.deepEqual(compiler.diagnose(cells), []);
    assert.ok(programOf(cells).code.includes('Time.seconds(5)'));
    const unknown = cellsOf('env.fromSorce(1); FlinkKafkaConsume; ({ a: 1 }).split');
    assert.deepEqual(summary(unknown, compiler.diagnose(unknown)), [
      'c1 TS2551 “fromSorce”',
      'c1 TS2304 “FlinkKafkaConsume”',
      'c1 TS2339 “split”',
    ]);
  });

  it('are succeeded by what is there', () => {
    const examples = [...METHODS.map(({ successor }) => successor), ...FORMER_NAMES.values()].map(({ example }) => example);
    const lines = `declare const lines: DataStream<string>; declare const bootstrapServers: string; declare const topics: string[]; declare const url: string;`;
    const texts = [...new Set(examples)].map((example) => `{ ${example.replace('{ … }', '{}')} }`);
    const cells = cellsOf(ORDERS, `${lines}\n${texts.join('\n')}`);
    assert.deepEqual(
      compiler.diagnose(cells).map(({ message, range }) => `${texts[range.start.line - 2]}: ${message}`),
      [],
    );
  });
});
