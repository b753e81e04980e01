import assert from 'node:assert/strict';
import { TumblingEventTimeWindows } from '../../../engine/api/assigners/tumbling-event-time.ts';
import { display } from '../../../engine/api/display.ts';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import { CELL_SCOPE_NAMES, createCellScope } from '../../../engine/cells.ts';
import { failureOf, rest, start, startFailure, valuesOf } from '../job.ts';

/** Calls what only untyped code can do. */
function untyped(target: unknown, method: string, ...args: readonly unknown[]): unknown {
  const call: unknown = Reflect.get(Object(target), method);
  if (typeof call !== 'function') throw new TypeError(`${method} is not a function`);
  return Reflect.apply(call, target, args);
}

describe('Failures of user code', () => {
  it('name the operator, the record, its number, the source and the place', () => {
    const failure = failureOf((env) =>
      display(
        env
          .fromData([{ n: 1 }, { n: 2 }, { n: 3 }])
          .name('numbers')
          .map((r) => {
            if (r.n === 2) throw new TypeError('no twos');
            return r;
          })
          .name('checked')
          .uid('check'),
      ),
    );
    assert.equal(failure.errorName, 'TypeError');
    assert.equal(failure.message, 'no twos');
    assert.deepEqual(failure.operator, { id: 2, name: 'checked', uid: 'check' });
    assert.equal(failure.record, '{"n":2}');
    assert.equal(failure.recordNumber, 2);
    assert.equal(failure.source, 'numbers');
    assert.notEqual(failure.location, null);
  });

  it('fail the job even when user code further up catches them', () => {
    const executor = start((env) =>
      display(
        env
          .fromData([1, 2])
          .flatMap<number>((n, out) => {
            try {
              out.collect(n);
            } catch {
              out.collect(-n);
            }
          })
          .map((n) => {
            if (n === 1) throw new RangeError('one');
            return n;
          }),
      ),
    );
    assert.equal(rest(executor), 'failed');
    assert.equal(executor.failure?.errorName, 'RangeError');
    assert.equal(executor.recordCount, 0);
  });

  it('are told about values that are not errors', () => {
    const failure = failureOf((env) =>
      display(
        env.fromData([1]).filter(() => {
          // oxlint-disable-next-line typescript/only-throw-error
          throw { code: 7 };
        }),
      ),
    );
    assert.equal(failure.message, '{"code":7} was thrown');
  });

  it('a long record is cut', () => {
    const failure = failureOf((env) =>
      display(
        env.fromData(['x'.repeat(5_000)]).map(() => {
          throw new Error('long');
        }),
      ),
    );
    assert.equal(failure.record?.length, 2_001);
  });

  it('in close() are not hidden, and do not keep other functions open', () => {
    const closed: string[] = [];
    const executor = start((env) =>
      display(
        env
          .fromData([1])
          .map({
            map: (n: number) => n,
            close: () => {
              throw new Error('close');
            },
          } as { map(n: number): number })
          .map({ map: (n: number) => n, close: () => closed.push('second') } as { map(n: number): number }),
      ),
    );
    rest(executor);
    executor.close();
    assert.deepEqual(closed, ['second']);
  });
});

describe('Wrong use', () => {
  const timed = WatermarkStrategy.noWatermarks<unknown>();

  it('a null or missing key is refused with the fields that there are', () => {
    const failure = failureOf((env) =>
      display(
        env
          .fromData([{ name: 'a', n: 1 }])
          .keyBy('nmae')
          .sum('n'),
      ),
    );
    assert.equal(failure.errorName, 'NullPointerException');
    assert.equal(failure.message, 'Assigned key must not be null!');
    assert.match(failure.hint ?? '', /It was undefined.*no field "nmae": its fields are name, n.*Filter such records out/);
  });

  it('an object that is not plain data cannot be a key', () => {
    const failure = failureOf((env) =>
      display(
        env
          .fromData([{ k: new Map(), n: 1 }])
          .keyBy('k')
          .sum('n'),
      ),
    );
    assert.match(failure.message, /This key cannot be used: an object of class Map/);
  });

  it('an event-time window needs timestamps', () => {
    const failure = failureOf((env) =>
      display(
        env
          .fromData([{ k: 1, n: 1 }])
          .keyBy('k')
          .window(TumblingEventTimeWindows.of(10))
          .sum('n'),
      ),
    );
    assert.equal(failure.errorName, 'RuntimeException');
    assert.match(failure.message, /Did you forget to call 'DataStream\.assignTimestampsAndWatermarks/);
  });

  it('a timestamp that is not a number is refused with a hint', () => {
    const failure = failureOf((env) => {
      const strategy = timed.withTimestampAssigner(() => JSON.parse('"2024-01-01"') as number);
      display(env.fromData([1]).assignTimestampsAndWatermarks(strategy));
    });
    assert.match(failure.message, /returned the text "2024-01-01", not a number of milliseconds/);
    assert.match(failure.hint ?? '', /Date\.parse/);
  });

  it('promises and forgotten returns are refused', () => {
    const promise = failureOf((env) => {
      display(untypedStream(untyped(env.fromData([1]), 'map', () => Promise.resolve(1))));
    });
    assert.match(promise.message, /map returned a Promise/);
    const nothing = failureOf((env) => {
      display(untypedStream(untyped(env.fromData([1]), 'map', () => undefined)));
    });
    assert.match(nothing.message, /map returned undefined/);
    const asynchronous = startFailure((env) => void untyped(env.fromData([1]), 'map', async (n: number) => Promise.resolve(n)));
    assert.match(asynchronous.message, /async function/);
  });

  it('sum of text, of a missing field and of mixed numbers', () => {
    const sum = (records: readonly object[]): string =>
      failureOf((env) => {
        display(
          untypedStream(
            untyped(
              env.fromData(records).keyBy(() => 0),
              'sum',
              'v',
            ),
          ),
        );
      }).message;
    assert.match(sum([{ v: 'x' }]), /cannot be summed because field "v" is a string/);
    assert.match(sum([{ w: 1 }]), /Unable to find field "v".*its fields are w/);
    assert.match(sum([{ v: 1 }, { v: 1n }]), /sometimes a number and sometimes a bigint/);
  });

  const DESCRIBED: readonly (readonly [string, string, (env: StreamExecutionEnvironment) => unknown])[] = [
    [
      'IllegalArgumentException',
      'TumblingEventTimeWindows parameters must satisfy abs(offset) < size',
      () => TumblingEventTimeWindows.of(1000, 1000),
    ],
    [
      'IllegalArgumentException',
      'TumblingEventTimeWindows parameters must satisfy abs(offset) < size',
      () => TumblingEventTimeWindows.of(0),
    ],
    ['IllegalArgumentException', 'idleTimeout must be greater than zero', () => WatermarkStrategy.noWatermarks().withIdleness(0)],
    ['IllegalArgumentException', 'maxOutOfOrderness cannot be negative', () => WatermarkStrategy.forBoundedOutOfOrderness(-1)],
    ['IllegalArgumentException', 'Empty string operator uid is not allowed', (env) => env.fromData([1]).uid('')],
    [
      'IllegalArgumentException',
      'maxParallelism is out of bounds 0 < maxParallelism <= 32768. Found: 32769',
      (env) => env.setMaxParallelism(32_769),
    ],
    ['IllegalArgumentException', 'Checkpoint interval must be larger than or equal to 10 ms', (env) => env.enableCheckpointing(5)],
    ['IllegalArgumentException', "Unknown option 'pipline.name'.", (env) => env.configure({ 'pipline.name': 'x' })],
    [
      'IllegalArgumentException',
      "Option 'restart-strategy.type' is one of fixed-delay, failure-rate, exponential-delay, none, off, disable, not never.",
      (env) => env.configure({ 'restart-strategy.type': 'never' }),
    ],
    [
      'IllegalArgumentException',
      "Option 'state.backend.type' is one of hashmap, leveldb, rocksdb, postgresql, not memory.",
      (env) => env.configure({ 'state.backend.type': 'memory' }),
    ],
    [
      'IllegalArgumentException',
      `Option 'state.backend.type' needs a name, or an object with a name and the method createKeyedStateBackend, not {"name":"mine"}.`,
      (env) => env.configure({ 'state.backend.type': { name: 'mine' } }),
    ],
    [
      'IllegalArgumentException',
      "Option 'execution.checkpointing.storage' is one of filesystem, jobmanager, not memory.",
      (env) => env.configure({ 'execution.checkpointing.storage': 'memory' }),
    ],
    [
      'IllegalArgumentException',
      `Option 'execution.checkpointing.storage' needs a name, or an object with a name and the method createCheckpointStorage, not {"name":"mine"}.`,
      (env) => env.configure({ 'execution.checkpointing.storage': { name: 'mine' } }),
    ],
    ['IllegalArgumentException', 'LATER is not a RuntimeExecutionMode.', (env) => env.setRuntimeMode('LATER')],
    ['IllegalArgumentException', 'join needs a stream.', (env) => untyped(env.fromData([1]), 'join')],
    [
      'IllegalArgumentException',
      'The allowed drift of watermarks cannot be negative, and the interval must be greater than zero.',
      () => WatermarkStrategy.noWatermarks().withWatermarkAlignment('g', -1),
    ],
  ];
  for (const [errorName, message, describeWrong] of DESCRIBED) {
    it(`while describing: ${message}`, () => {
      const failure = startFailure((env) => void describeWrong(env));
      assert.deepEqual({ errorName: failure.errorName, message: failure.message }, { errorName, message });
      assert.notEqual(failure.location, null);
    });
  }

  it('two operators with one uid, and a parallelism above the maximum, point at the operator', () => {
    const twice = startFailure((env) =>
      display(
        env
          .fromData([1])
          .uid('x')
          .map((n) => n)
          .uid('x'),
      ),
    );
    assert.match(twice.message, /Hash collision on user-specified ID "x"/);
    assert.notEqual(twice.location, null);
    const high = startFailure((env) =>
      display(
        env
          .fromData([1])
          .map((n) => n)
          .setMaxParallelism(2)
          .setParallelism(3),
      ),
    );
    assert.equal(high.errorName, 'JobException');
    assert.match(high.message, /Vertex Map's parallelism \(3\) is higher than the max parallelism \(2\)/);
  });

  it('a program that describes another pipeline every time is refused where it differs (rule 3)', () => {
    let times = 0;
    const failure = startFailure((env) => {
      const wide = times++ % 2 === 0;
      display(wide ? env.fromData([1]).map((n) => n + 1) : env.fromData([1]).map((n) => n + 2));
    });
    assert.match(failure.message, /two different pipelines: they differ at Map/);
    assert.notEqual(failure.location, null);
  });

  it('names of the API that are missing say so when they are used, not before', () => {
    const failure = startFailure((env) => {
      const scope = createCellScope(env);
      untyped(scope.OffsetsInitializer, 'latest', 1);
    });
    assert.equal(failure.message, 'Kafka connectors are not part of this version of Streambook yet.');
    const subclass = startFailure((env) => {
      const scope = createCellScope(env);
      const Base = scope.PostgresSink as new () => object;
      class Mine extends Base {}
      Reflect.construct(Mine, []);
    });
    assert.equal(subclass.message, 'database sinks are not part of this version of Streambook yet.');
    assert.equal(new Set(CELL_SCOPE_NAMES).size, CELL_SCOPE_NAMES.length);
  });

  it('records may be null between operators, as in Flink', () => {
    assert.deepEqual(
      valuesOf((env) => display(env.fromData([1]).map(() => null))),
      [null],
    );
  });
});

function untypedStream(value: unknown): Parameters<typeof display>[0] {
  return value as Parameters<typeof display>[0];
}
