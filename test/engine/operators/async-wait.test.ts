import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TumblingEventTimeWindows } from '../../../engine/api/assigners/tumbling-event-time.ts';
import { AsyncDataStream, type AsyncFunction, type AsyncInvoke } from '../../../engine/api/async-data-stream.ts';
import { AsyncRetryStrategies, RetryPredicates } from '../../../engine/api/async-retry.ts';
import { PLAY_MODES, type PipelineContext, type PipelineRun, type PlayMode, runPipeline } from '../../../engine/testkit/pipeline.ts';
import { clock, completed, end, failed, record, restore, type ScriptStep, watermark } from '../../../engine/testkit/script.ts';

/** The script answers instead of it. */
const ASK: AsyncInvoke<number, string> = {
  asyncInvoke() {
    throw new Error('a scripted call calls nobody');
  },
};

const input = (value: number, timestamp: number | null = null): ScriptStep => record('in', value, timestamp);

function ask(mode: 'ordered' | 'unordered', settings: { capacity?: number; timeout?: number; parallelism?: number } = {}) {
  return ({ input: stream, show }: PipelineContext): void => {
    const { capacity, timeout = 0, parallelism = 1 } = settings;
    const numbers = stream<number>('in').rebalance();
    const answers =
      mode === 'ordered'
        ? AsyncDataStream.orderedWait(numbers, ASK, timeout, capacity)
        : AsyncDataStream.unorderedWait(numbers, ASK, timeout, capacity);
    show('out', answers.setParallelism(parallelism));
    const marked = answers.process((value, ctx) => [`${value} behind ${ctx.timerService().currentWatermark()}`]);
    show('marked', marked.setParallelism(parallelism));
  };
}

/** Plays the script in all modes, which have to come to the same rows and watermarks. */
function play(describe: (context: PipelineContext) => void, script: readonly ScriptStep[]): PipelineRun {
  const runs = PLAY_MODES.map((mode) => runPipeline(describe, script, mode));
  const [first] = runs;
  assert.ok(first);
  for (const [at, run] of runs.entries()) {
    assert.deepEqual(run.outputs, first.outputs, PLAY_MODES[at]);
    assert.deepEqual(run.calls, first.calls, PLAY_MODES[at]);
    assert.deepEqual(Buffer.from(run.stateBytes), Buffer.from(first.stateBytes), PLAY_MODES[at]);
    assert.equal(run.failure?.message, first.failure?.message);
  }
  return first;
}

const values = (run: PipelineRun): readonly unknown[] => run.outputs.out?.rows.map(({ value }) => value) ?? [];

describe('AsyncDataStream', () => {
  it('orderedWait gives results in the order of the inputs, with their timestamps', () => {
    const run = play(ask('ordered'), [
      input(1, 10),
      input(2, 20),
      watermark('in', 20),
      input(3, 30),
      completed(3, 'c'),
      completed(2, 'b1', 'b2'),
      completed(1),
      end('in'),
    ]);
    assert.deepEqual(
      run.outputs.out?.rows.map(({ value, timestamp }) => [value, timestamp]),
      [
        ['b1', 20],
        ['b2', 20],
        ['c', 30],
      ],
    );
    assert.deepEqual(
      run.outputs.marked?.rows.map(({ value }) => value),
      ['b1 behind -Infinity', 'b2 behind -Infinity', 'c behind 20'],
    );
    assert.deepEqual(run.outputs.out.watermarks.at(-1), [3, Number.POSITIVE_INFINITY]);
  });

  it('unorderedWait gives results as they come, between two watermarks', () => {
    const run = play(ask('unordered'), [
      input(1, 10),
      input(2, 20),
      watermark('in', 20),
      input(3, 30),
      input(4, 40),
      completed(4, 'd'),
      completed(2, 'b'),
      completed(3, 'c'),
      completed(1, 'a'),
      end('in'),
    ]);
    assert.deepEqual(values(run), ['b', 'a', 'd', 'c']);
    assert.deepEqual(
      run.outputs.marked?.rows.map(({ value }) => value),
      ['b behind -Infinity', 'a behind -Infinity', 'd behind 20', 'c behind 20'],
    );
  });

  it('the end of the input waits for the results', () => {
    const run = play(
      ({ input: stream, show }) => {
        const answers = AsyncDataStream.unorderedWait(stream<number>('in'), ASK, 0);
        show(
          'out',
          answers.windowAll(TumblingEventTimeWindows.of('1 s')).process((_, elements) => [[...elements].join('')]),
        );
      },
      [input(1, 1), input(2, 2), end('in'), completed(2, 'b'), completed(1, 'a')],
    );
    assert.deepEqual(values(run), ['ba']);
    assert.deepEqual(run.outputs.out?.watermarks, [[1, Number.POSITIVE_INFINITY]]);
  });

  it('makes no more calls than the capacity, and reads no more records', () => {
    const script = [input(1), input(2), input(3), input(4), completed(2, 'b')];
    const run = play(ask('ordered', { capacity: 2 }), script);
    assert.deepEqual(run.calls, [1]);
    assert.deepEqual(values(run), []);
    const unordered = play(ask('unordered', { capacity: 2 }), script);
    assert.deepEqual(unordered.calls, [1, 3]);
    assert.deepEqual(values(unordered), ['b']);
    const rest = play(ask('unordered', { capacity: 2 }), [...script, end('in'), completed(3, 'c'), completed(4, 'd'), completed(1, 'a')]);
    assert.deepEqual(values(rest), ['b', 'c', 'd', 'a']);
  });

  it('what one record becomes may be more than the capacity', () => {
    const run = play(
      ({ input: stream, show }) => {
        const many = stream<number>('in').flatMap((n) => [n, n + 1, n + 2]);
        show('out', AsyncDataStream.orderedWait(many, ASK, 0, 1));
      },
      [input(1, 5), watermark('in', 5), end('in'), completed(1, 'a'), completed(2, 'b'), completed(3, 'c')],
    );
    assert.deepEqual(values(run), ['a', 'b', 'c']);
    assert.deepEqual(run.outputs.out?.watermarks, [[3, Number.POSITIVE_INFINITY]]);
  });

  it('fails with the error of the function and the record', () => {
    const { failure } = play(ask('ordered'), [input(7), failed(7, new RangeError('no such thing'))]);
    assert.ok(failure);
    assert.deepEqual([failure.errorName, failure.message, failure.record], ['RangeError', 'no such thing', '7']);
    assert.equal(failure.operator?.name, 'async wait operator');
  });

  it('a call that takes too long fails the job', () => {
    const script = [clock(1_000), input(1)];
    assert.equal(play(ask('ordered', { timeout: 100 }), [...script, clock(1_100)]).failure, null);
    const { failure } = play(ask('ordered', { timeout: 100 }), [...script, clock(1_101)]);
    assert.equal(failure?.errorName, 'TimeoutException');
    assert.equal(failure.message, 'Async function call has timed out.');
    assert.equal(failure.record, '1');
    assert.equal(play(ask('ordered', { timeout: 100 }), [...script, completed(1, 'a'), clock(9_000)]).failure, null);
  });

  it('a function may handle that itself; then its answer counts if it comes first', () => {
    const handled: AsyncFunction<number, string> = {
      asyncInvoke() {},
      timeout: (n, future) => {
        if (n === 1) future.complete([`late ${n}`]);
      },
    };
    const run = play(
      ({ input: stream, show }) => show('out', AsyncDataStream.orderedWait(stream<number>('in'), handled, 100)),
      [clock(0), input(1), input(2), clock(101), completed(2, 'b'), end('in')],
    );
    assert.deepEqual(values(run), ['late 1', 'b']);
    assert.equal(run.failure, null);
  });

  it('retries after errors and results, as often and after as long as the strategy says', () => {
    const both = { ...RetryPredicates.EMPTY_RESULT_PREDICATE, ...RetryPredicates.HAS_EXCEPTION_PREDICATE };
    const describeRetry = ({ input: stream, show }: PipelineContext): void => {
      const retry = AsyncRetryStrategies.exponentialBackoff<string>(2, 100, 150, 2, both);
      show('out', AsyncDataStream.unorderedWaitWithRetry(stream<number>('in'), ASK, 10_000, retry));
    };
    const once = [clock(0), input(1), input(2), failed(1, new Error('first')), completed(2, 'b'), clock(100)];
    assert.deepEqual(play(describeRetry, once).calls, []);
    const twice = [...once, clock(101), completed(1), clock(251)];
    assert.deepEqual(play(describeRetry, twice).calls, []);
    assert.deepEqual(play(describeRetry, [...twice, clock(252)]).calls, [1]);
    const run = play(describeRetry, [...twice, clock(252), completed(1), end('in')]);
    assert.deepEqual(values(run), ['b']);
    assert.equal(run.failure, null);
    assert.equal(play(describeRetry, [...twice, clock(252), failed(1, new Error('third'))]).failure?.message, 'third');
  });

  it('the end of the input does not wait for a retry, and allows no other', () => {
    const describeRetry = ({ input: stream, show }: PipelineContext): void => {
      const retry = AsyncRetryStrategies.fixedDelay<string>(5, 1_000, RetryPredicates.EMPTY_RESULT_PREDICATE);
      show('out', AsyncDataStream.orderedWaitWithRetry(stream<number>('in'), ASK, 60_000, retry));
    };
    const run = play(describeRetry, [clock(0), input(1), completed(1), end('in')]);
    assert.deepEqual(run.calls, [1]);
    assert.deepEqual(play(describeRetry, [clock(0), input(1), completed(1), end('in'), completed(1)]).calls, []);
  });

  it('the timeout covers all attempts', () => {
    const describeRetry = ({ input: stream, show }: PipelineContext): void => {
      const retry = AsyncRetryStrategies.fixedDelay<string>(50, 10, RetryPredicates.EMPTY_RESULT_PREDICATE);
      show('out', AsyncDataStream.orderedWaitWithRetry(stream<number>('in'), ASK, 100, retry));
    };
    const script = [clock(0), input(1), completed(1), clock(50), completed(1), clock(101)];
    assert.equal(runPipeline(describeRetry, script).failure?.errorName, 'TimeoutException');
    assert.equal(runPipeline(describeRetry, script, 'replay').failure?.errorName, 'TimeoutException');
  });

  it('a call begins anew in a restored job, with all of its time', () => {
    const run = runPipeline(ask('ordered', { timeout: 100 }), [clock(0), input(1), restore(5_000), clock(5_050), completed(1, 'a')]);
    assert.equal(run.failure, null);
    assert.deepEqual(values(run), ['a']);
  });

  it('what a function changes in a record is its own', () => {
    const seen: unknown[] = [];
    const changing: AsyncFunction<{ n: number }, number> = {
      asyncInvoke() {},
      timeout(value, future) {
        seen.push(value.n);
        value.n = 99;
        future.complete([value.n]);
      },
    };
    const run = play(
      ({ input: stream, show }) => {
        const records = stream<{ n: number }>('in');
        show('out', AsyncDataStream.orderedWait(records, changing, 1));
        show('in', records);
      },
      [clock(0), record('in', { n: 1 }), clock(2)],
    );
    assert.deepEqual(values(run), [99]);
    assert.deepEqual(run.outputs.in?.rows[0]?.value, { n: 1 });
    assert.ok(seen.every((n) => n === 1));
  });

  it('refuses what cannot be kept in a checkpoint, at once', () => {
    class Money {
      readonly amount = 1;
    }
    const { failure } = runPipeline(ask('ordered'), [input(1), completed(1, new Money())]);
    assert.match(failure?.message ?? '', /An instance of Money at \[0\] cannot be stored in a checkpoint/);
  });

  it('says at once what is wrong', () => {
    const described =
      (capacity: number): (() => void) =>
      () =>
        void runPipeline(ask('ordered', { capacity }), []);
    assert.throws(described(0), { name: 'IllegalArgumentException', message: 'The capacity must be larger than 0.' });
    assert.throws(
      () =>
        runPipeline(
          ({ input: stream }) =>
            void AsyncDataStream.orderedWaitWithRetry(stream<number>('in'), ASK, 0, AsyncRetryStrategies.fixedDelay(1, 1)),
          [],
        ),
      { message: 'The timeout should be configured when do async with retry.' },
    );
    assert.throws(() => AsyncRetryStrategies.fixedDelay(0, 1), { message: 'maxAttempts should be greater than zero.' });
  });

  const script = fc
    .tuple(
      fc.array(fc.record({ isWatermark: fc.boolean(), answersAfter: fc.nat({ max: 6 }) }), { maxLength: 10 }),
      fc.constantFrom<PlayMode>(...PLAY_MODES),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      fc.func(fc.nat({ max: 1_000 })),
    )
    .map(([elements, mode, capacity, parallelism, draw]) => ({ elements, mode, capacity, parallelism, draw }));

  for (const order of ['ordered', 'unordered'] as const) {
    it(`gives each result once, ${order}, and with the watermark that it came behind`, () => {
      fc.assert(
        fc.property(script, ({ elements, mode, capacity, parallelism, draw }) => {
          const steps: ScriptStep[] = [];
          const describeAsk = ask(order, { capacity, parallelism });
          const answer = (): boolean => {
            const { calls } = runPipeline(describeAsk, steps);
            const call = calls[draw(steps.length) % Math.max(1, calls.length)];
            if (typeof call !== 'number') return false;
            steps.push(completed(call, `r${call}`));
            return true;
          };
          for (const [at, { isWatermark, answersAfter }] of elements.entries()) {
            steps.push(isWatermark ? watermark('in', at) : input(at, at));
            for (let more = answersAfter; more > 3 && answer(); more--);
          }
          steps.push(end('in'));
          while (answer());
          const { marked } = runPipeline(describeAsk, steps, mode).outputs;
          const results = marked?.rows.map(({ value }) => value) ?? [];
          let behind = Number.NEGATIVE_INFINITY;
          const inputs = elements.flatMap(({ isWatermark }, at) => {
            if (isWatermark) behind = at;
            return isWatermark ? [] : [`r${at} behind ${behind}`];
          });
          assert.deepEqual([...results].sort(), [...inputs].sort());
          if (order === 'ordered' && parallelism === 1) assert.deepEqual(results, inputs);
          assert.equal(marked?.watermarks.at(-1)?.[1], Number.POSITIVE_INFINITY);
        }),
        { numRuns: 20 },
      );
    });
  }
});
