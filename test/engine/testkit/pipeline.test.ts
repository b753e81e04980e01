import assert from 'node:assert/strict';
import { TumblingEventTimeWindows } from '../../../engine/api/assigners/tumbling-event-time.ts';
import { runPipeline } from '../../../engine/testkit/pipeline.ts';
import { clock, end, idle, record, watermark } from '../../../engine/testkit/script.ts';

interface Click {
  readonly k: string;
  readonly v: number;
}

const click = (v: number, time: number, k = 'a') => record('clicks', { k, v }, time);

describe('runPipeline', () => {
  it('gives values, timestamps, windows, keys and watermarks of an output', () => {
    const run = runPipeline(
      ({ input, show }) => {
        show('sums', input<Click>('clicks').keyBy('k').window(TumblingEventTimeWindows.of('1 s')).sum('v'));
      },
      [click(1, 10), click(2, 20), watermark('clicks', 999), click(3, 1500), end('clicks')],
      'replay',
    );
    assert.deepEqual(run.outputs.sums, {
      rows: [
        { value: { k: 'a', v: 3 }, timestamp: 999, window: { start: 0, end: 1000 }, key: 'a', subtask: 0 },
        { value: { k: 'a', v: 3 }, timestamp: 1999, window: { start: 1000, end: 2000 }, key: 'a', subtask: 0 },
      ],
      watermarks: [
        [1, 999],
        [2, Number.POSITIVE_INFINITY],
      ],
      late: { records: [], dropped: 0, counted: 0 },
    });
  });

  it('plays several streams in the order of the script', () => {
    const run = runPipeline(
      ({ input, show }) => {
        const both = input<Click>('clicks').union(input<Click>('more'));
        show(
          'both',
          both.map(({ v }) => v),
        );
      },
      [click(1, 1), record('more', { k: 'a', v: 2 }, 1), click(3, 3), watermark('clicks', 5), idle('more'), end('clicks'), end('more')],
      'replay',
    );
    assert.deepEqual(
      run.outputs.both?.rows.map(({ value }) => value),
      [1, 2, 3],
    );
    assert.deepEqual(run.outputs.both.watermarks, [
      [3, 5],
      [3, Number.POSITIVE_INFINITY],
    ]);
  });

  it('collects printed lines and leaves out streams that the pipeline does not read', () => {
    const run = runPipeline(
      ({ input }) =>
        void input<Click>('clicks')
          .map(({ k }) => k)
          .print('k'),
      [click(1, 1), record('other', 1), clock(10), click(2, 2, 'b'), end('clicks')],
    );
    assert.deepEqual(run.printed, ['k> a', 'k> b']);
  });

  it('ends at a failure and says what failed', () => {
    const run = runPipeline(
      ({ input, show }) => {
        show(
          'out',
          input<Click>('clicks').map(({ v }) => {
            if (v === 2) throw new TypeError('two');
            return v;
          }),
        );
      },
      [click(1, 1), click(2, 2), click(3, 3), end('clicks')],
    );
    assert.deepEqual(
      run.outputs.out?.rows.map(({ value }) => value),
      [1],
    );
    assert.equal(run.failure?.errorName, 'TypeError');
    assert.equal(run.failure.recordNumber, 2);
  });

  it('throws what the description throws', () => {
    assert.throws(
      () =>
        runPipeline(() => {
          throw new RangeError('here');
        }, []),
      new RangeError('here'),
    );
  });

  it('finds state outside of the job when it replays', () => {
    let counter = 0;
    const script = [click(1, 1), click(2, 2)];
    assert.throws(
      () =>
        runPipeline(
          ({ input, show }) =>
            show(
              'n',
              input<Click>('clicks').map(() => ++counter),
            ),
          script,
          'replay',
        ),
      /Replaying the journal after step 1/,
    );
  });
});
