import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CumulatingEventTimeWindows } from '../../../engine/api/assigners/cumulating-event-time.ts';
import { EventTimeSessionWindows } from '../../../engine/api/assigners/event-time-session.ts';
import { SlidingEventTimeWindows } from '../../../engine/api/assigners/sliding-event-time.ts';
import { TumblingEventTimeWindows } from '../../../engine/api/assigners/tumbling-event-time.ts';
import type { DataStream } from '../../../engine/api/data-stream.ts';
import { Trigger, type TriggerContext, type TriggerResult } from '../../../engine/api/trigger.ts';
import type { WindowAssigner } from '../../../engine/api/window-assigner.ts';
import type { TimeWindow } from '../../../engine/api/windows.ts';
import { canonical } from '../../../engine/testkit/canonical.ts';
import { type PlayMode, runPipeline } from '../../../engine/testkit/pipeline.ts';
import { end, record, type ScriptStep, watermark } from '../../../engine/testkit/script.ts';

interface Click {
  readonly k: string;
  readonly v: number;
}

/** What a window gave, or an oracle says that it gives. */
interface Result {
  readonly k: string;
  readonly start: number;
  readonly end: number;
  readonly vs: readonly number[];
}

type Step = { readonly k: string; readonly ts: number } | { readonly watermark: number };

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ k: fc.constantFrom('a', 'b'), ts: fc.integer({ min: -60, max: 120 }) }) },
    { weight: 1, arbitrary: fc.record({ watermark: fc.integer({ min: -80, max: 150 }) }) },
  ),
  { maxLength: 25, size: 'max' },
);

function scriptOf(all: readonly Step[]): readonly ScriptStep[] {
  return [
    ...all.map((step, v) => ('watermark' in step ? watermark('in', step.watermark) : record('in', { k: step.k, v }, step.ts))),
    end('in'),
  ];
}

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
}

interface Settings {
  readonly assigner: () => WindowAssigner<unknown, TimeWindow>;
  readonly lateness: number;
  readonly own?: boolean;
  readonly parallelism?: number;
}

function results(
  all: readonly Step[],
  { assigner, lateness, own = false, parallelism = 1 }: Settings,
  mode: PlayMode = 'straight',
): readonly Result[] {
  const run = runPipeline(
    ({ env, input, show }) => {
      env.setParallelism(parallelism);
      const windowed = input<Click>('in').keyBy('k').window(assigner()).allowedLateness(lateness);
      if (own) windowed.trigger(new AtTheEnd());
      const out: DataStream<Result> = windowed.process((k, context, elements) => {
        const window = context.window();
        return [{ k: String(k), start: window.start, end: window.end, vs: Array.from(elements, ({ v }) => v).sort((a, b) => a - b) }];
      });
      show('out', out);
    },
    scriptOf(all),
    mode,
  );
  assert.equal(run.failure, null);
  return (run.outputs['out']?.rows ?? []).map(({ value }) => value as Result);
}

/** All results in one order: that of keys whose windows end together is not compared. */
function sorted(list: readonly Result[]): readonly string[] {
  return list.map((result) => canonical(result)).sort();
}

/** What a list of fixed windows gives, by going through all steps for each of them. */
function fixedOracle(
  all: readonly Step[],
  windowsOf: (ts: number) => readonly (readonly [number, number])[],
  lateness: number,
): readonly Result[] {
  const found: Result[] = [];
  const contents = new Map<string, { readonly k: string; readonly start: number; readonly end: number; readonly vs: number[] }>();
  let now = Number.NEGATIVE_INFINITY;
  const advance = (to: number): void => {
    for (const [id, window] of contents) {
      const fires = window.end - 1;
      if (fires > now && fires <= to) found.push({ ...window, vs: [...window.vs] });
      if (fires + lateness <= to) contents.delete(id);
    }
    now = to;
  };
  for (const [v, step] of all.entries()) {
    if ('watermark' in step) {
      if (step.watermark > now) advance(step.watermark);
      continue;
    }
    for (const [start, end] of windowsOf(step.ts)) {
      if (end - 1 + lateness <= now) continue;
      const id = canonical([step.k, start, end]);
      const window = contents.get(id) ?? { k: step.k, start, end, vs: [] };
      contents.set(id, window);
      window.vs.push(v);
      if (end - 1 <= now) found.push({ ...window, vs: [...window.vs] });
    }
  }
  advance(Number.POSITIVE_INFINITY);
  return found;
}

function aligned(size: number, slide: number, offset: number): (ts: number) => readonly (readonly [number, number])[] {
  return (ts) => {
    const windows: (readonly [number, number])[] = [];
    for (let start = -200; start <= 200; start++) {
      const onGrid = (((start - offset) % slide) + slide) % slide === 0;
      if (onGrid && start <= ts && ts < start + size) windows.push([start, start + size]);
    }
    return windows;
  };
}

/** Sessions when no record is late: what a batch would make of them. */
function sessionOracle(all: readonly Step[], gap: number): readonly Result[] {
  const found: Result[] = [];
  for (const k of ['a', 'b']) {
    const records = all.flatMap((step, v) => ('ts' in step && step.k === k ? [{ ts: step.ts, v }] : [])).sort((a, b) => a.ts - b.ts);
    let open: { readonly k: string; readonly start: number; end: number; readonly vs: number[] } | null = null;
    for (const { ts, v } of records) {
      if (open === null || ts > open.end) {
        open = { k, start: ts, end: ts + gap, vs: [] };
        found.push(open);
      }
      open.vs.push(v);
      open.end = Math.max(open.end, ts + gap);
    }
  }
  return found.map((result) => ({ ...result, vs: [...result.vs].sort((a, b) => a - b) }));
}

const lateness = fc.constantFrom(0, 0, 15);

describe('Windows against a brute-force oracle', () => {
  it('tumbling and sliding, on the fast path and with a trigger of user code', () => {
    fc.assert(
      fc.property(
        steps,
        lateness,
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 30 }),
        fc.nat(29),
        (all, late, size, slide, shift) => {
          const offset = shift % slide;
          const expected = sorted(fixedOracle(all, aligned(size, slide, offset), late));
          const assigner = (): WindowAssigner<unknown, TimeWindow> =>
            size === slide ? TumblingEventTimeWindows.of(size, offset) : SlidingEventTimeWindows.of(size, slide, offset);
          const fast = results(all, { assigner, lateness: late });
          assert.deepEqual(sorted(fast), expected);
          assert.deepEqual(results(all, { assigner, lateness: late, own: true }), fast);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('cumulating', () => {
    fc.assert(
      fc.property(steps, lateness, fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 4 }), (all, late, step, times) => {
        const size = step * times;
        const windowsOf = (ts: number): readonly (readonly [number, number])[] =>
          aligned(
            size,
            size,
            0,
          )(ts).flatMap(([start]) =>
            Array.from({ length: times }, (_, at) => [start, start + (at + 1) * step] as const).filter(([, to]) => ts < to),
          );
        const assigner = (): WindowAssigner<unknown, TimeWindow> => CumulatingEventTimeWindows.of(size, step);
        assert.deepEqual(sorted(results(all, { assigner, lateness: late })), sorted(fixedOracle(all, windowsOf, late)));
      }),
      { numRuns: 20 },
    );
  });

  it('sessions, in any order of records', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 30 }), (all, gap) => {
        const inTime = all.filter((step) => 'ts' in step);
        const assigner = (): WindowAssigner<unknown, TimeWindow> => EventTimeSessionWindows.withGap(gap);
        assert.deepEqual(sorted(results(inTime, { assigner, lateness: 0 })), sorted(sessionOracle(inTime, gap)));
      }),
      { numRuns: 25 },
    );
  });

  it('count windows, by key and with a slide', () => {
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 1, max: 5 }),
        fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
        (all, size, slide) => {
          const run = runPipeline(({ input, show }) => {
            const counted = input<Click>('in').keyBy('k').countWindow(size, slide);
            show(
              'out',
              counted.process((k, _context, elements) => [[k, ...Array.from(elements, ({ v }) => v)]]),
            );
          }, scriptOf(all));
          const expected: unknown[] = [];
          const seen = new Map<string, number[]>();
          for (const [v, step] of all.entries()) {
            if ('watermark' in step) continue;
            const list = seen.get(step.k) ?? [];
            seen.set(step.k, list);
            list.push(v);
            if (list.length % (slide ?? size) === 0) expected.push([step.k, ...list.slice(-size)]);
          }
          assert.deepEqual(
            run.outputs['out']?.rows.map(({ value }) => value),
            expected,
          );
        },
      ),
      { numRuns: 20 },
    );
  });

  it('sessions with late records are the same however often the job is restored, in a store, and on several subtasks', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 30 }), lateness, (all, gap, late) => {
        const assigner = (): WindowAssigner<unknown, TimeWindow> => EventTimeSessionWindows.withGap(gap);
        const expected = results(all, { assigner, lateness: late });
        for (const mode of ['restore', 'stored', 'swapped'] as const) {
          assert.deepEqual(results(all, { assigner, lateness: late }, mode), expected, mode);
        }
        for (const [parallelism, mode] of [
          [2, 'restore'],
          [3, 'swapped'],
        ] as const) {
          assert.deepEqual(sorted(results(all, { assigner, lateness: late, parallelism }, mode)), sorted(expected), mode);
        }
      }),
      { numRuns: 4 },
    );
  });
});
