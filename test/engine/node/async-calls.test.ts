import assert from 'node:assert/strict';
import { AsyncDataStream, type AsyncInvoke, type ResultFuture } from '../../../engine/api/async-data-stream.ts';
import { AsyncRetryStrategies } from '../../../engine/api/async-retry.ts';
import { display } from '../../../engine/api/display.ts';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import type { OpenContext } from '../../../engine/api/rich-functions.ts';
import { RichAsyncFunction } from '../../../engine/api/rich-functions.ts';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import { DataGeneratorSource } from '../../../engine/connectors/data-generator-source.ts';
import { RateLimiterStrategy } from '../../../engine/connectors/rate-limiter.ts';
import { AsyncCalls } from '../../../engine/node/async-calls.ts';
import { JobRunner } from '../../../engine/node/job-runner.ts';
import { replay } from '../../../engine/observe/replay.ts';
import type { Executor } from '../../../engine/runtime/job.ts';
import { rowsOf, start } from '../job.ts';
import { VirtualClock } from './virtual-clock.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Runs a job with real promises to its end. */
async function run(
  describe: (env: StreamExecutionEnvironment) => void,
  clock = new VirtualClock(),
): Promise<{ executor: Executor; end: string; values: unknown[] }> {
  const calls = new AsyncCalls();
  const executor = start(describe, { calls, startTime: clock.now() });
  const runner = new JobRunner(executor, {
    baseDirectory: '',
    pace: { kind: 'full' },
    onProgress: () => undefined,
    calls,
    ports: { clock },
  });
  const end = await runner.run();
  const values = rowsOf(executor).map(({ value }) => value);
  return { executor, end, values };
}

function asking(fn: AsyncInvoke<number, unknown>, count = 3, timeout = 0) {
  return (env: StreamExecutionEnvironment): void => display(AsyncDataStream.orderedWait(env.fromSequence(1, count), fn, timeout));
}

describe('The calls of a running job', () => {
  it('wait for the promise of an async arrow function, in any order', async () => {
    const { end, values, executor } = await run(
      asking(async (n) => {
        for (let turns = 10 - n; turns > 0; turns--) await turn();
        return n === 2 ? [] : [n, n * 10];
      }),
    );
    assert.equal(end, 'finished');
    assert.deepEqual(values, [1, 10, 3, 30]);
    executor.close();
  });

  it('take the first completion of a function that completes a future, and its context', async () => {
    const life: string[] = [];
    class Lookup extends RichAsyncFunction<number, string> {
      override open(_context: OpenContext): void {
        life.push(`open ${this.getRuntimeContext().getTaskInfo().getTaskName()}`);
      }
      override asyncInvoke(n: number, future: ResultFuture<string>): void {
        setImmediate(() => {
          future.complete([`first ${n}`]);
          future.complete([`second ${n}`]);
          future.completeExceptionally(new Error('third'));
        });
      }
      override close(): void {
        life.push('close');
      }
    }
    const { executor, values } = await run((env) => display(AsyncDataStream.unorderedWait(env.fromSequence(1, 2), new Lookup(), '1 min')));
    executor.close();
    assert.deepEqual(values, ['first 1', 'first 2']);
    assert.deepEqual(life, ['open async wait operator', 'close']);
  });

  it('fail the job where the function stands, with the record', async () => {
    const failing: readonly (readonly [AsyncInvoke<number, unknown>, RegExp])[] = [
      [async (n) => await Promise.reject(new RangeError(`rejected ${n}`)), /rejected 1/],
      [
        {
          asyncInvoke(n) {
            throw new RangeError(`thrown ${n}`);
          },
        },
        /thrown 1/,
      ],
      // @ts-expect-error a promise of what is not a list is a type error in cells
      [async (n) => await Promise.resolve(n), /has to complete with a list of results/],
    ];
    for (const [fn, message] of failing) {
      const { executor, end } = await run(asking(fn));
      assert.equal(end, 'failed');
      assert.match(executor.failure?.message ?? '', message);
      assert.equal(executor.failure?.record, '1');
      assert.equal(executor.failure.operator?.name, 'async wait operator');
      assert.notEqual(executor.failure.location, null);
      executor.close();
    }
  });

  it('are timed and retried on the clock of the job', async () => {
    const attempts: number[] = [];
    const clock = new VirtualClock();
    const never: AsyncInvoke<number, unknown> = {
      asyncInvoke() {},
      timeout: (n, future) => future.complete([`timeout ${n}`]),
    };
    assert.deepEqual((await run(asking(never, 2, 5_000))).values, ['timeout 1', 'timeout 2']);
    const silent = await run(asking({ asyncInvoke() {} }, 2, 5_000));
    assert.equal(silent.executor.failure?.errorName, 'TimeoutException');
    const retry = AsyncRetryStrategies.fixedDelay<number>(3, '10 s', { exceptionPredicate: (error) => error instanceof RangeError });
    const retried = await run((env) => {
      const flaky = async (n: number): Promise<number[]> => {
        await turn();
        if (n > 0) return [n];
        attempts.push(clock.now());
        if (attempts.length < 3) throw new RangeError('busy');
        return [n];
      };
      const options = { generatorFunction: (index: number) => index, count: 60, rateLimiterStrategy: RateLimiterStrategy.perSecond(1) };
      const slow = env.fromSource(DataGeneratorSource(options), WatermarkStrategy.noWatermarks(), 'slow');
      display(AsyncDataStream.orderedWaitWithRetry(slow, flaky, '10 min', retry));
    }, clock);
    assert.equal(retried.end, 'finished', retried.executor.failure?.message);
    assert.equal(retried.values.length, 60);
    assert.deepEqual(
      attempts.map((at) => Math.round((at - (attempts[0] ?? 0)) / 10_000)),
      [0, 1, 2],
    );
  });

  it('are not made again when the job is replayed', async () => {
    let calls = 0;
    let inFlight = 0;
    let most = 0;
    const describe = (env: StreamExecutionEnvironment): void => {
      env.setParallelism(2);
      const asked = AsyncDataStream.unorderedWait(
        env.fromSequence(1, 300),
        async (n: number) => {
          calls++;
          most = Math.max(most, ++inFlight);
          for (let turns = (n * 7) % 5; turns > 0; turns--) await turn();
          inFlight--;
          return [n];
        },
        '1 min',
        4,
      );
      display(asked.keyBy((n) => n % 3).reduce((a, b) => a + b));
    };
    const { executor, values, end } = await run(describe);
    assert.equal(end, 'finished');
    assert.equal(calls, 300);
    assert.ok(most > 1 && most <= 8, `${most} in flight`);
    const again = start(describe, { startTime: new VirtualClock().now() });
    replay(again, structuredClone(executor.journal()));
    assert.deepEqual(
      rowsOf(again).map(({ value }) => value),
      values,
    );
    assert.deepEqual(again.stateBytes(), executor.stateBytes());
    assert.equal(calls, 300);
    for (const job of [executor, again]) job.close();
  });
});
