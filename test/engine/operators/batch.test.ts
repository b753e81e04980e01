import assert from 'node:assert/strict';
import type { Collector } from '../../../engine/api/collector.ts';
import { display } from '../../../engine/api/display.ts';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import { type KeyedContext, type KeyedOnTimerContext, KeyedProcessFunction } from '../../../engine/api/process-functions.ts';
import { TumblingEventTimeWindows } from '../../../engine/api/assigners/tumbling-event-time.ts';
import { TumblingProcessingTimeWindows } from '../../../engine/api/assigners/tumbling-processing-time.ts';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import { DataGeneratorSource } from '../../../engine/connectors/data-generator-source.ts';
import { checkpointSettings } from '../../../engine/node/checkpoints/settings.ts';
import { PLAY_MODES, type PipelineContext, runPipeline } from '../../../engine/testkit/pipeline.ts';
import { clock, end, record, type ScriptStep, watermark } from '../../../engine/testkit/script.ts';
import { start, startFailure, valuesOf } from '../job.ts';

interface Click {
  readonly k: string;
  readonly v: number;
}

const click = (k: string, v: number, time: number | null = v): ScriptStep => record('clicks', { k, v }, time);

/** Plays the script in BATCH and in every mode, which must all give the same; gives values and timestamps of the output `main`. */
function play(describe: (context: PipelineContext) => void, script: readonly ScriptStep[]): readonly unknown[] {
  const runs = PLAY_MODES.map((mode) =>
    runPipeline(
      (context) => {
        context.env.setRuntimeMode('BATCH');
        describe(context);
      },
      script,
      mode,
    ),
  );
  const [first] = runs;
  assert.ok(first);
  for (const [at, run] of runs.entries()) {
    assert.equal(run.failure, null);
    assert.deepEqual(run.outputs, first.outputs, PLAY_MODES[at]);
    assert.deepEqual(run.stateBytes, first.stateBytes, PLAY_MODES[at]);
  }
  return first.outputs['main']?.rows.map(({ value, timestamp }) => [value, timestamp]) ?? [];
}

describe('BATCH mode', () => {
  it('gives final results only, each with the last timestamp, whatever the parallelism', () => {
    const script = [
      click('b', 3),
      click('a', 2),
      click('b', 1),
      watermark('clicks', 50),
      click('a', 4),
      click('c', 9, null),
      end('clicks'),
    ];
    for (const parallelism of [1, 3]) {
      const rows = play(({ input, show }) => {
        const joined = input<Click>('clicks').map(({ k, v }) => ({ k, v: String(v) }));
        const reduced = joined.keyBy('k').reduce((a, b) => ({ k: a.k, v: `${a.v} ${b.v}` }));
        show('main', reduced.setParallelism(parallelism));
      }, script);
      assert.deepEqual(
        rows.map((row) => JSON.stringify(row)).sort(),
        ['a 2 4', 'b 1 3', 'c 9'].map((row) => JSON.stringify([{ k: row[0], v: row.slice(2) }, Infinity])),
      );
    }
    assert.deepEqual(
      play(
        ({ input, show }) => show('main', input<Click>('clicks').keyBy('k').sum('v')),
        [click('a', 2, 9), click('a', 5, 1), end('clicks')],
      ),
      [[{ k: 'a', v: 7 }, Number.POSITIVE_INFINITY]],
    );
  });

  it('is never late, and fires windows of both times at the end, also those without keys', () => {
    const script = [click('a', 1, 900), watermark('clicks', 5_000), click('a', 2, 100), clock(10_000), click('b', 3, 1_500), end('clicks')];
    assert.deepEqual(
      play(
        ({ input, show }) =>
          show(
            'main',
            input<Click>('clicks')
              .windowAll(TumblingEventTimeWindows.of('1 s'))
              .process((_, clicks) => [[...clicks].map(({ v }) => v)]),
          ),
        script,
      ),
      [
        [[2, 1], 999],
        [[3], 1_999],
      ],
    );
    const processing = play(
      ({ input, show }) => show('main', input<Click>('clicks').keyBy('k').window(TumblingProcessingTimeWindows.of('1 h')).sum('v')),
      script,
    );
    assert.deepEqual(
      processing.map((row) => JSON.stringify(row)),
      [
        { k: 'a', v: 3 },
        { k: 'b', v: 3 },
      ].map((row) => JSON.stringify([row, 3_599_999])),
    );
  });

  it('fires timers of both kinds after all elements, and leaves out those that they set themselves', () => {
    class Timers extends KeyedProcessFunction<string, Click, string> {
      override processElement({ v }: Click, ctx: KeyedContext<string>, out: Collector<string>): void {
        out.collect(`element ${v} at ${ctx.timerService().currentWatermark()}`);
        ctx.timerService().registerEventTimeTimer(v + 10);
        ctx.timerService().registerProcessingTimeTimer(v + 1_000);
      }
      override onTimer(time: number, ctx: KeyedOnTimerContext<string>, out: Collector<string>): void {
        out.collect(`${ctx.timeDomain()} ${time} at ${ctx.timerService().currentWatermark()}`);
        ctx.timerService().registerEventTimeTimer(time + 1);
        ctx.timerService().registerProcessingTimeTimer(time + 1);
      }
    }
    const rows = play(
      ({ input, show }) => show('main', input<Click>('clicks').keyBy('k').process(new Timers())),
      [click('a', 7), clock(60_000), watermark('clicks', 100), click('a', 5), end('clicks')],
    );
    assert.deepEqual(
      rows.map((row) => (Array.isArray(row) ? row[0] : row)),
      [
        'element 5 at -Infinity',
        'element 7 at -Infinity',
        'EVENT_TIME 15 at Infinity',
        'EVENT_TIME 17 at Infinity',
        'PROCESSING_TIME 1005 at Infinity',
        'PROCESSING_TIME 1007 at Infinity',
      ],
    );
  });

  it('sorts both inputs of connected streams together, and lets a broadcast one go first', () => {
    const script = [
      click('b', 3),
      record('more', { k: 'a', v: 2 }, 2),
      click('a', 4),
      record('more', { k: 'b', v: 1 }, 1),
      end('clicks'),
      end('more'),
    ];
    const sides = { map1: ({ k, v }: Click) => `first ${k}${v}`, map2: ({ k, v }: Click) => `second ${k}${v}` };
    const values = (describe: (context: PipelineContext) => void): unknown[] =>
      play(describe, script).map((row) => (Array.isArray(row) ? row[0] : row));
    assert.deepEqual(
      values(({ input, show }) => show('main', input<Click>('clicks').keyBy('k').connect(input<Click>('more').keyBy('k')).map(sides))),
      ['second a2', 'first a4', 'second b1', 'first b3'],
    );
    assert.deepEqual(
      values(({ input, show }) => show('main', input<Click>('clicks').connect(input<Click>('more').broadcast()).map(sides))),
      ['second a2', 'second b1', 'first b3', 'first a4'],
    );
  });

  it('is chosen by AUTOMATIC when all sources end, takes no checkpoints, and is refused for sources without an end', () => {
    const sums =
      (mode: string, bounded: boolean) =>
      (env: StreamExecutionEnvironment): void => {
        env.setRuntimeMode(mode);
        const options = { generatorFunction: (index: number) => ({ k: 'a', v: index }), ...(bounded ? { count: 3 } : {}) };
        const numbers = env.fromSource(DataGeneratorSource(options), WatermarkStrategy.noWatermarks(), 'numbers');
        display(numbers.keyBy('k').sum('v'));
      };
    const last = [{ k: 'a', v: 3 }];
    assert.deepEqual(valuesOf(sums('BATCH', true)), last);
    assert.deepEqual(valuesOf(sums('AUTOMATIC', true)), last);
    assert.deepEqual(valuesOf(sums('STREAMING', true)), [{ k: 'a', v: 0 }, { k: 'a', v: 1 }, ...last]);
    assert.equal(checkpointSettings(start(sums('AUTOMATIC', true)).configuration).interval, null);
    assert.equal(checkpointSettings(start(sums('AUTOMATIC', false)).configuration).interval, 2_000);
    const { errorName, message, location } = startFailure(sums('BATCH', false));
    assert.equal(errorName, 'IllegalStateException');
    assert.match(message, /^Detected an UNBOUNDED source with the 'execution.runtime-mode' set to 'BATCH'/);
    assert.notEqual(location, null);
  });

  it('counts the records that wait as state', () => {
    const failing = start((env) => {
      env.configure({ 'execution.runtime-mode': 'BATCH', 'streambook.state.max-size': '1 mb' });
      display(
        env
          .fromSequence(1, 100_000)
          .map((n) => ({ k: n % 3, n }))
          .keyBy('k')
          .sum('n'),
      );
    });
    for (let steps = 0; failing.failure === null && steps < 1_000; steps++) failing.step(1_000);
    assert.equal(failing.failure?.errorName, 'StateTooLargeException');
  });
});
