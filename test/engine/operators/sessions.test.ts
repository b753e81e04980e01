import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EventTimeSessionWindows } from '../../../engine/api/assigners/event-time-session.ts';
import type { Collector } from '../../../engine/api/collector.ts';
import type { DataStream } from '../../../engine/api/data-stream.ts';
import { OutputTag } from '../../../engine/api/output-tag.ts';
import { ProcessWindowFunction, type WindowContext } from '../../../engine/api/process-functions.ts';
import { ValueStateDescriptor } from '../../../engine/api/state-descriptors.ts';
import { type OnMergeContext, Trigger, type TriggerContext, type TriggerResult } from '../../../engine/api/trigger.ts';
import type { WindowedStream } from '../../../engine/api/windowed-stream.ts';
import type { TimeWindow } from '../../../engine/api/windows.ts';
import { PLAY_MODES, type PlayMode, runPipeline } from '../../../engine/testkit/pipeline.ts';
import { end, record, type ScriptStep, watermark } from '../../../engine/testkit/script.ts';

interface Click {
  readonly k: string;
  readonly v: number;
  readonly gap: number;
}

type Windowed = WindowedStream<Click, unknown, TimeWindow>;

/** The trigger of event time once more: as one of user code it takes the way of any trigger. */
class AtTheEnd extends Trigger<unknown, TimeWindow> {
  override onElement(_element: unknown, _timestamp: number, window: TimeWindow, ctx: TriggerContext): TriggerResult {
    if (window.maxTimestamp() <= ctx.getCurrentWatermark()) return 'FIRE';
    ctx.registerEventTimeTimer(window.maxTimestamp());
    return 'CONTINUE';
  }
  override onEventTime(time: number, window: TimeWindow): TriggerResult {
    return time === window.maxTimestamp() ? 'FIRE' : 'CONTINUE';
  }
  override onProcessingTime(): TriggerResult {
    return 'CONTINUE';
  }
  override clear(window: TimeWindow, ctx: TriggerContext): void {
    ctx.deleteEventTimeTimer(window.maxTimestamp());
  }
  override canMerge(): boolean {
    return true;
  }
  override onMerge(window: TimeWindow, ctx: OnMergeContext): void {
    if (window.maxTimestamp() > ctx.getCurrentWatermark()) ctx.registerEventTimeTimer(window.maxTimestamp());
  }
}

const dropped = new OutputTag<unknown>('dropped windows');

/** All that a function sees of a window, in the order of arrival; how often the key has fired; and the windows that are over. */
class Everything extends ProcessWindowFunction<Click, unknown, unknown> {
  readonly #fired = new ValueStateDescriptor<number>('fired');
  override process(key: unknown, context: WindowContext, elements: Iterable<Click>, out: Collector<unknown>): void {
    const fired = context.globalState().getState(this.#fired);
    fired.update((fired.value() ?? 0) + 1);
    const { start, end: until } = context.window();
    out.collect([key, start, until, Array.from(elements, ({ v }) => v), fired.value(), context.currentWatermark()]);
  }
  override clear(context: WindowContext): void {
    const { start, end: until } = context.window();
    context.output(dropped, [start, until, context.currentWatermark()]);
  }
}

const AGGREGATIONS: Readonly<Record<string, (windowed: Windowed) => DataStream<unknown>>> = {
  process: (windowed) => windowed.process(new Everything()),
  reduce: (windowed) => windowed.reduce((a, b) => ({ ...a, v: a.v * 31 + b.v })),
  sum: (windowed) => windowed.sum('v'),
  maxBy: (windowed) => windowed.maxBy('gap', false),
  builtIn: (windowed) => windowed.aggregate({ n: 'count', total: ['sum', 'v'], least: ['min', 'v'], mean: ['avg', 'v'] }),
  aggregate: (windowed) =>
    windowed.aggregate({
      createAccumulator: (): number[] => [],
      add: ({ v }, list) => {
        list.push(v);
        return list;
      },
      getResult: (list) => list.join(),
      merge: (a, b) => [...a, -1, ...b],
    }),
};

interface Settings {
  readonly aggregation: string;
  readonly lateness: number;
  readonly dynamic: boolean;
}

/** What comes out of each output: rows with their time, window and key, and late records. */
function played({ aggregation, lateness, dynamic }: Settings, steps: readonly ScriptStep[], own: boolean, mode: PlayMode): unknown {
  const run = runPipeline(
    ({ input, show }) => {
      const late = new OutputTag<Click>('late');
      const assigner = dynamic ? EventTimeSessionWindows.withDynamicGap((click: Click) => click.gap) : EventTimeSessionWindows.withGap(10);
      const windowed = input<Click>('in').keyBy('k').window(assigner).allowedLateness(lateness).sideOutputLateData(late);
      if (own) windowed.trigger(new AtTheEnd());
      const out = AGGREGATIONS[aggregation]?.(windowed);
      assert.ok(out !== undefined && 'getSideOutput' in out && typeof out.getSideOutput === 'function');
      show('out', out);
      show('late', out.getSideOutput(late));
      show('dropped', out.getSideOutput(dropped));
    },
    steps,
    mode,
  );
  assert.equal(run.failure, null);
  return run.outputs;
}

const scripts = fc
  .array(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          k: fc.constantFrom('a', 'b'),
          ts: fc.integer({ min: -60, max: 120 }),
          gap: fc.integer({ min: 1, max: 25 }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ watermark: fc.integer({ min: -80, max: 150 }) }) },
    ),
    { maxLength: 30, size: 'max' },
  )
  .map((all): readonly ScriptStep[] => [
    ...all.map((step, v) =>
      'watermark' in step ? watermark('in', step.watermark) : record('in', { k: step.k, v, gap: step.gap }, step.ts),
    ),
    end('in'),
  ]);

const settings = fc.record({
  aggregation: fc.constantFrom(...Object.keys(AGGREGATIONS)),
  lateness: fc.constantFrom(0, 0, 15, 1_000),
  dynamic: fc.boolean(),
});

describe('Session windows', () => {
  it('give with their own trigger exactly what they give with one of user code that does the same', () => {
    fc.assert(
      fc.property(settings, scripts, (how, steps) => {
        assert.deepEqual(played(how, steps, false, 'straight'), played(how, steps, true, 'straight'));
      }),
      { numRuns: 20 },
    );
  });

  it('are the same in every way to play them', () => {
    fc.assert(
      fc.property(settings, scripts, (how, steps) => {
        const expected = played(how, steps, false, 'straight');
        for (const mode of PLAY_MODES) assert.deepEqual(played(how, steps, false, mode), expected, mode);
      }),
      { numRuns: 4 },
    );
  });

  it('do not keep timers of where a session once ended', () => {
    const bytesAfter = (records: number, until: number): number =>
      runPipeline(
        ({ input, show }) =>
          show('out', input<Click>('in').keyBy('k').window(EventTimeSessionWindows.withGap(10)).aggregate({ n: 'count' })),
        [...Array.from({ length: records }, (_, v) => record('in', { k: 'a', v, gap: 10 }, v)), watermark('in', until)],
        'straight',
      ).stateBytes.length;
    assert.equal(bytesAfter(100, 50), bytesAfter(2, 5));
  });
});
