import assert from 'node:assert/strict';
import { SlidingEventTimeWindows } from '../../../engine/api/assigners/sliding-event-time.ts';
import { TumblingEventTimeWindows } from '../../../engine/api/assigners/tumbling-event-time.ts';
import { TumblingProcessingTimeWindows } from '../../../engine/api/assigners/tumbling-processing-time.ts';
import { OutputTag } from '../../../engine/api/output-tag.ts';
import { type Output, type PipelineRun, runPipeline } from '../../../engine/testkit/pipeline.ts';
import { clock, end, record, type ScriptStep, watermark } from '../../../engine/testkit/script.ts';

interface Click {
  readonly k: string;
  readonly v: number;
}

function click(k: string, v: number, timestamp: number): ScriptStep {
  return record('clicks', { k, v }, timestamp);
}

/** An output that the run has. */
function outputOf(run: PipelineRun, name: string): Output {
  const output = run.outputs[name];
  assert.ok(output);
  return output;
}

const SCRIPT = [
  click('b', 1, 10),
  click('a', 2, 20),
  click('a', 3, 990),
  click('a', 4, 1000),
  watermark('clicks', 999),
  click('b', 5, 1500),
  end('clicks'),
];

describe('Windows', () => {
  it('built-in aggregates give key and named results, keys of a window in canonical order', () => {
    const run = runPipeline(
      ({ input, show }) =>
        show(
          'stats',
          input<Click>('clicks')
            .keyBy('k')
            .window(TumblingEventTimeWindows.of('1 s'))
            .aggregate({ n: 'count', total: ['sum', 'v'], least: ['min', 'v'], most: ['max', 'v'], mean: ['avg', 'v'] }),
        ),
      SCRIPT,
      'replay',
    );
    assert.deepEqual(
      run.outputs.stats?.rows.map(({ value, timestamp }) => ({ ...(value as object), timestamp })),
      [
        { key: 'a', n: 2, total: 5, least: 2, most: 3, mean: 2.5, timestamp: 999 },
        { key: 'b', n: 1, total: 1, least: 1, most: 1, mean: 1, timestamp: 999 },
        { key: 'a', n: 1, total: 4, least: 4, most: 4, mean: 4, timestamp: 1999 },
        { key: 'b', n: 1, total: 5, least: 5, most: 5, mean: 5, timestamp: 1999 },
      ],
    );
    assert.deepEqual(outputOf(run, 'stats').rows[0]?.window, { start: 0, end: 1000 });
  });

  it('the window rides along through stateless operators and channels', () => {
    const run = runPipeline(
      ({ env, input, show }) => {
        env.setParallelism(2);
        const sums = input<Click>('clicks').keyBy('k').window(TumblingEventTimeWindows.of('1 s')).sum('v');
        show(
          'doubled',
          sums.rebalance().map((r) => r.v * 2),
        );
      },
      SCRIPT,
      'replay',
    );
    const rows = run.outputs.doubled?.rows ?? [];
    assert.deepEqual(rows.map(({ key, window, value }) => [window?.start, key, value]).toSorted(), [
      [0, 'a', 10],
      [0, 'b', 2],
      [1000, 'a', 8],
      [1000, 'b', 10],
    ]);
  });

  it('records behind the watermark are counted when their window is open, and kept visible when it is not', () => {
    const late = new OutputTag<Click>('late');
    const script = [click('a', 1, 100), watermark('clicks', 1500), click('a', 2, 1400), click('a', 3, 200), end('clicks')];
    const run = runPipeline(
      ({ input, show }) => {
        show('sums', input<Click>('clicks').keyBy('k').window(TumblingEventTimeWindows.of('1 s')).sum('v'));
        const tagged = input<Click>('clicks').keyBy('k').window(TumblingEventTimeWindows.of('1 s')).sideOutputLateData(late).sum('v');
        show('late', tagged.getSideOutput(late));
      },
      script,
      'replay',
    );
    assert.deepEqual(
      run.outputs.sums?.rows.map(({ value }) => (value as Click).v),
      [1, 2],
    );
    assert.deepEqual(outputOf(run, 'sums').late, {
      records: [
        { timestamp: 1400, watermark: 1500, key: 'a', value: { k: 'a', v: 2 }, counted: true },
        { timestamp: 200, watermark: 1500, key: 'a', value: { k: 'a', v: 3 }, counted: false },
      ],
      dropped: 1,
      counted: 1,
    });
    assert.deepEqual(
      run.outputs.late?.rows.map(({ value }) => (value as Click).v),
      [3],
    );
  });

  it('within the allowed lateness a window fires again with the full result', () => {
    const script = [
      click('a', 1, 100),
      watermark('clicks', 999),
      click('a', 2, 200),
      watermark('clicks', 1499),
      click('a', 4, 300),
      end('clicks'),
    ];
    const run = runPipeline(
      ({ input, show }) =>
        show('sums', input<Click>('clicks').keyBy('k').window(TumblingEventTimeWindows.of(1000)).allowedLateness(500).sum('v')),
      script,
      'replay',
    );
    assert.deepEqual(
      run.outputs.sums?.rows.map(({ value }) => (value as Click).v),
      [1, 3],
    );
    assert.equal(outputOf(run, 'sums').late.dropped, 1);
  });

  it('sliding windows hold a record size / slide times', () => {
    const run = runPipeline(
      ({ input, show }) =>
        show('counts', input<Click>('clicks').keyBy('k').window(SlidingEventTimeWindows.of('1 s', '500 ms')).aggregate({ n: 'count' })),
      [click('a', 1, 100), click('a', 1, 700), end('clicks')],
      'replay',
    );
    assert.deepEqual(
      run.outputs.counts?.rows.map(({ window, value }) => [window?.start, (value as { n: number }).n]),
      [
        [-500, 1],
        [0, 2],
        [500, 1],
      ],
    );
  });

  it('processing-time windows fire when the clock reaches their end, and are lost at the end of input', () => {
    const run = runPipeline(
      ({ input, show }) => show('sums', input<Click>('clicks').keyBy('k').window(TumblingProcessingTimeWindows.of(1000)).sum('v')),
      [
        clock(100),
        record('clicks', { k: 'a', v: 1 }),
        clock(999),
        record('clicks', { k: 'a', v: 2 }),
        clock(1000),
        record('clicks', { k: 'a', v: 4 }),
        end('clicks'),
      ],
      'replay',
    );
    assert.deepEqual(
      run.outputs.sums?.rows.map(({ value, timestamp }) => [(value as Click).v, timestamp]),
      [[3, 999]],
    );
  });

  it('reduce and aggregate with a window function know key, window and time', () => {
    const run = runPipeline(
      ({ input, show }) => {
        const windows = input<Click>('clicks').keyBy('k').window(TumblingEventTimeWindows.of('1 s'));
        show(
          'reduced',
          windows.reduce(
            (a, b) => ({ ...a, v: a.v + b.v }),
            (key, context, [sum]) => [`${String(key)} ${context.window().getStart()} ${sum.v} ${context.currentWatermark()}`],
          ),
        );
        show(
          'joined',
          windows.aggregate({
            createAccumulator: () => [],
            add: (r: Click, list: number[]) => {
              list.push(r.v);
              return list;
            },
            getResult: (list) => list.join('+'),
          }),
        );
      },
      SCRIPT,
      'replay',
    );
    assert.deepEqual(
      run.outputs.reduced?.rows.map(({ value }) => value),
      ['a 0 5 999', 'b 0 1 999', 'a 1000 4 Infinity', 'b 1000 5 Infinity'],
    );
    assert.deepEqual(
      run.outputs.joined?.rows.map(({ value }) => value),
      ['2+3', '1', '4', '5'],
    );
  });

  it('windowAll has one window for all keys, and rows without a key', () => {
    const run = runPipeline(
      ({ input, show }) => show('sums', input<Click>('clicks').windowAll(TumblingEventTimeWindows.of('1 s')).sum('v')),
      SCRIPT,
      'replay',
    );
    assert.deepEqual(
      run.outputs.sums?.rows.map(({ value, key }) => [(value as Click).v, key]),
      [
        [6, undefined],
        [9, undefined],
      ],
    );
  });

  it('a window function may sort what it gets', () => {
    const run = runPipeline(
      ({ input, show }) =>
        show(
          'sorted',
          input<Click>('clicks')
            .keyBy('k')
            .window(TumblingEventTimeWindows.of('1 s'))
            .allowedLateness('10 s')
            .process((_key, _context, elements) => [(elements as Click[]).sort((a, b) => b.v - a.v).map((r) => r.v)]),
        ),
      [click('a', 1, 1), click('a', 2, 2), watermark('clicks', 999), click('a', 3, 3), end('clicks')],
      'replay',
    );
    assert.deepEqual(
      run.outputs.sorted?.rows.map(({ value }) => value),
      [
        [2, 1],
        [3, 2, 1],
      ],
    );
  });
});
