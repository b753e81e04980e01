import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TumblingEventTimeWindows } from '../../../engine/api/assigners/tumbling-event-time.ts';
import type { Collector } from '../../../engine/api/collector.ts';
import { OutputTag } from '../../../engine/api/output-tag.ts';
import {
  type BroadcastContext,
  BroadcastProcessFunction,
  type KeyedContext,
  KeyedCoProcessFunction,
  type KeyedOnTimerContext,
  type ReadOnlyBroadcastContext,
} from '../../../engine/api/process-functions.ts';
import { MapStateDescriptor, ValueStateDescriptor } from '../../../engine/api/state-descriptors.ts';
import { canonical } from '../../../engine/testkit/canonical.ts';
import { type PipelineContext, type PlayMode, runPipeline } from '../../../engine/testkit/pipeline.ts';
import { end, idle, record, restore, type ScriptStep, watermark } from '../../../engine/testkit/script.ts';

type Side = 'left' | 'right';

interface Ev {
  readonly id: number;
  readonly k: string;
}

/** What happens to one of two streams; or the job goes on with another parallelism. */
type Happening =
  | { readonly kind: 'record'; readonly side: Side; readonly k: string; readonly time: number }
  | { readonly kind: 'watermark'; readonly side: Side; readonly time: number }
  | { readonly kind: 'idle'; readonly side: Side }
  | { readonly kind: 'rescale'; readonly parallelism: number };

const side = fc.constantFrom<Side>('left', 'right');
const time = fc.integer({ min: -12, max: 12 });
const key = fc.constantFrom('a', 'b', 'c');
const records = fc.record({ kind: fc.constant('record' as const), side, k: key, time });
const watermarks = fc.record({ kind: fc.constant('watermark' as const), side, time });
const idleness = fc.record({ kind: fc.constant('idle' as const), side });
const rescaling = fc.record({ kind: fc.constant('rescale' as const), parallelism: fc.integer({ min: 1, max: 3 }) });

interface Story {
  readonly happenings: readonly Happening[];
  readonly mode: PlayMode;
}

const LONGEST = { maxLength: 12 };

/**
 * A job whose inputs may be idle, with one subtask or with several. Or one whose parallelism changes, with watermarks that are sent again, as they do not
 * come with a checkpoint of Flink's.
 */
const stories: fc.Arbitrary<Story> = fc.oneof(
  fc.record({
    happenings: fc
      .tuple(rescaling, fc.array(fc.oneof({ weight: 4, arbitrary: records }, watermarks, idleness), LONGEST))
      .map(([first, rest]) => [first, ...rest]),
    mode: fc.constantFrom<PlayMode>('restore', 'swapped'),
  }),
  fc.record({
    happenings: fc.array(fc.oneof({ weight: 4, arbitrary: records }, watermarks, rescaling), LONGEST),
    mode: fc.constantFrom<PlayMode>('straight', 'stored', 'restore', 'swapped'),
  }),
);

/** A record as it comes, with the watermark of the operator then. */
interface Arrival extends Ev {
  readonly side: Side;
  readonly time: number;
  readonly watermark: number;
}

interface Told {
  readonly script: readonly ScriptStep[];
  readonly arrivals: readonly Arrival[];
  /** Watermarks of the operator, and after how many arrivals they come. */
  readonly advances: readonly { readonly arrivals: number; readonly watermark: number }[];
}

/** The script of a story, and what an operator on both streams sees of it: worked out from Flink's rule for two inputs alone. */
function tell(happenings: readonly Happening[]): Told {
  const script: ScriptStep[] = [];
  const arrivals: Arrival[] = [];
  const advances: { arrivals: number; watermark: number }[] = [];
  const state = {
    left: { watermark: Number.NEGATIVE_INFINITY, idle: false },
    right: { watermark: Number.NEGATIVE_INFINITY, idle: false },
  };
  let last = Number.NEGATIVE_INFINITY;
  const advance = (): void => {
    const active = [state.left, state.right].filter((input) => !input.idle);
    const smallest = Math.min(...active.map((input) => input.watermark));
    if (active.length === 0 || smallest <= last) return;
    last = smallest;
    advances.push({ arrivals: arrivals.length, watermark: last });
  };
  for (const happening of happenings) {
    if (happening.kind === 'rescale') {
      script.push(restore(null, happening.parallelism));
      for (const [stream, input] of Object.entries(state)) {
        if (input.watermark > Number.NEGATIVE_INFINITY) script.push(watermark(stream, input.watermark));
      }
      continue;
    }
    const input = state[happening.side];
    input.idle = happening.kind === 'idle';
    if (happening.kind === 'watermark') input.watermark = Math.max(input.watermark, happening.time);
    advance();
    if (happening.kind === 'idle') script.push(idle(happening.side));
    else if (happening.kind === 'watermark') script.push(watermark(happening.side, happening.time));
    else {
      const { k, time: at } = happening;
      const id = arrivals.length;
      arrivals.push({ id, k, side: happening.side, time: at, watermark: last });
      script.push(record(happening.side, { id, k } satisfies Ev, at));
    }
  }
  script.push(end('left'), end('right'));
  advances.push({ arrivals: arrivals.length, watermark: Number.POSITIVE_INFINITY });
  return { script, arrivals, advances };
}

/** Rows of each output as text, in any order. */
function rowsOf(
  describe: (context: PipelineContext) => void,
  script: readonly ScriptStep[],
  mode: PlayMode,
): Record<string, readonly string[]> {
  const run = runPipeline(describe, script, mode);
  assert.equal(run.failure, null);
  return Object.fromEntries(
    Object.entries(run.outputs).map(([name, { rows }]) => [name, rows.map(({ value, timestamp }) => canonical([value, timestamp])).sort()]),
  );
}

const lines = (rows: readonly unknown[]): readonly string[] => rows.map(canonical).sort();

describe('Operators with two inputs: random streams, out of order, late, idle, at parallelism 1 to 3 and rescaled', () => {
  it('an interval join gives the pairs of a join of everything that was not late', () => {
    const leftLate = new OutputTag<Ev>('leftLate');
    const rightLate = new OutputTag<Ev>('rightLate');
    const bound = fc.integer({ min: -8, max: 8 });
    fc.assert(
      fc.property(stories, bound, bound, ({ happenings, mode }, a, b) => {
        const { script, arrivals } = tell(happenings);
        const [lower, upper] = [Math.min(a, b), Math.max(a, b) + 2];
        const actual = rowsOf(
          ({ input, show }) => {
            const joined = input<Ev>('left')
              .keyBy('k')
              .intervalJoin(input<Ev>('right').keyBy('k'))
              .between(lower, upper)
              .lowerBoundExclusive()
              .upperBoundExclusive()
              .sideOutputLeftLateData(leftLate)
              .sideOutputRightLateData(rightLate)
              .process((l, r, ctx) => [[l.k, l.id, r.id, ctx.getLeftTimestamp(), ctx.getRightTimestamp()]]);
            show('main', joined);
            show('leftLate', joined.getSideOutput(leftLate));
            show('rightLate', joined.getSideOutput(rightLate));
          },
          script,
          mode,
        );
        const late = ({ time: at, watermark: now }: Arrival): boolean => at < now;
        const of = (which: Side): readonly Arrival[] => arrivals.filter((arrival) => arrival.side === which);
        const pairs = of('left').flatMap((l) =>
          of('right')
            .filter((r) => r.k === l.k && !late(l) && !late(r) && r.time > l.time + lower && r.time < l.time + upper)
            .map((r) => [[l.k, l.id, r.id, l.time, r.time], Math.max(l.time, r.time)]),
        );
        const lateOf = (which: Side): readonly string[] =>
          lines(
            of(which)
              .filter(late)
              .map(({ id, k, time: at }) => [{ id, k }, at]),
          );
        assert.deepEqual(actual, { main: lines(pairs), leftLate: lateOf('left'), rightLate: lateOf('right') });
      }),
      { numRuns: 10 },
    );
  });

  it('a keyed function shares state and timers between both sides', () => {
    /** Counts both sides; 5 ms after each record it says how many there were. */
    class Counts extends KeyedCoProcessFunction<string, Ev, Ev, unknown> {
      readonly #counts = new ValueStateDescriptor<{ left: number; right: number }>('counts');
      #count(which: Side, ctx: KeyedContext<string>): void {
        const state = ctx.getState(this.#counts);
        const counts = state.value() ?? { left: 0, right: 0 };
        counts[which]++;
        state.update(counts);
        ctx.timerService().registerEventTimeTimer((ctx.timestamp() ?? 0) + 5);
      }
      override processElement1(_value: Ev, ctx: KeyedContext<string>): void {
        this.#count('left', ctx);
      }
      override processElement2(_value: Ev, ctx: KeyedContext<string>): void {
        this.#count('right', ctx);
      }
      override onTimer(_time: number, ctx: KeyedOnTimerContext<string>, out: Collector<unknown>): void {
        const { left = 0, right = 0 } = ctx.getState(this.#counts).value() ?? {};
        out.collect([ctx.getCurrentKey(), left, right]);
      }
    }
    fc.assert(
      fc.property(stories, ({ happenings, mode }) => {
        const { script, arrivals, advances } = tell(happenings);
        const actual = rowsOf(
          ({ input, show }) => show('main', input<Ev>('left').connect(input<Ev>('right')).keyBy('k', 'k').process(new Counts())),
          script,
          mode,
        );
        const expected: unknown[] = [];
        const waiting = new Set<string>();
        let seen = 0;
        for (const { arrivals: until, watermark: now } of advances) {
          for (; seen < until; seen++) {
            const arrival = arrivals[seen];
            if (arrival) waiting.add(`${arrival.k} ${arrival.time + 5}`);
          }
          for (const timer of waiting) {
            const [k = '', at = ''] = timer.split(' ');
            if (Number(at) > now) continue;
            waiting.delete(timer);
            const of = (which: Side): number =>
              arrivals.slice(0, until).filter((arrival) => arrival.k === k && arrival.side === which).length;
            expected.push([[k, of('left'), of('right')], Number(at)]);
          }
        }
        assert.deepEqual(actual, { main: lines(expected) });
      }),
      { numRuns: 10 },
    );
  });

  it('broadcast state has all that was broadcast, in every subtask', () => {
    const state = new MapStateDescriptor<string, { last: number }>('state');
    class Reads extends BroadcastProcessFunction<Ev, Ev, unknown> {
      override processElement({ id }: Ev, ctx: ReadOnlyBroadcastContext, out: Collector<unknown>): void {
        out.collect([id, [...ctx.getBroadcastState(state).immutableEntries()].map(([k, { last }]) => [k, last])]);
      }
      override processBroadcastElement({ id, k }: Ev, ctx: BroadcastContext): void {
        const known = ctx.getBroadcastState(state).get(k);
        if (known === null) ctx.getBroadcastState(state).put(k, { last: id });
        else known.last = id;
      }
    }
    fc.assert(
      fc.property(stories, ({ happenings, mode }) => {
        const { script, arrivals } = tell(happenings);
        const actual = rowsOf(
          ({ input, show }) =>
            show('main', input<Ev>('left').rebalance().connect(input<Ev>('right').broadcast(state)).process(new Reads())),
          script,
          mode,
        );
        const expected = arrivals
          .filter((arrival) => arrival.side === 'left')
          .map(({ id, time: at }) => {
            const before = arrivals
              .filter((arrival) => arrival.side === 'right' && arrival.id < id)
              .map((arrival) => [arrival.k, arrival.id] as const);
            return [[id, [...new Map(before)].sort(([a], [b]) => (a < b ? -1 : 1))], at];
          });
        assert.deepEqual(actual, { main: lines(expected) });
      }),
      { numRuns: 10 },
    );
  });

  it('a window join gives the pairs of each key and window, of all that came before the window was closed', () => {
    const size = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(stories, size, ({ happenings, mode }, width) => {
        // Inputs are united here: one that comes back from idleness counts for the watermark only when it has caught up.
        const { script, arrivals } = tell(happenings.filter(({ kind }) => kind !== 'idle'));
        const actual = rowsOf(
          ({ input, show }) =>
            show(
              'main',
              input<Ev>('left')
                .join(input<Ev>('right'))
                .where(({ k }) => k)
                .equalTo(({ k }) => k)
                .window(TumblingEventTimeWindows.of(width))
                .apply((l, r) => [l.k, l.id, r.id]),
            ),
          script,
          mode,
        );
        const endOf = ({ time: at }: Arrival): number => (Math.floor(at / width) + 1) * width - 1;
        const inTime = arrivals.filter((arrival) => endOf(arrival) > arrival.watermark);
        const pairs = inTime.flatMap((l) =>
          inTime
            .filter((r) => l.side === 'left' && r.side === 'right' && r.k === l.k && endOf(r) === endOf(l))
            .map((r) => [[l.k, l.id, r.id], endOf(l)]),
        );
        assert.deepEqual(actual, { main: lines(pairs) });
      }),
      { numRuns: 8 },
    );
  });
});
