import assert from 'node:assert/strict';
import type { Collector } from '../../../engine/api/collector.ts';
import type { ConnectedStreams } from '../../../engine/api/connected-streams.ts';
import { OutputTag } from '../../../engine/api/output-tag.ts';
import {
  CoProcessFunction,
  type KeyedContext,
  KeyedCoProcessFunction,
  type KeyedOnTimerContext,
  type ProcessContext,
} from '../../../engine/api/process-functions.ts';
import { RichCoMapFunction } from '../../../engine/api/rich-functions.ts';
import { ValueStateDescriptor } from '../../../engine/api/state-descriptors.ts';
import { createJobGraph } from '../../../engine/graph/job-graph.ts';
import { PLAY_MODES, type PipelineContext, runPipeline } from '../../../engine/testkit/pipeline.ts';
import { clock, end, idle, record, type ScriptStep, watermark } from '../../../engine/testkit/script.ts';

interface Ev {
  readonly k: string;
  readonly v: number;
}

const left = (k: string, v: number, time: number | null = null): ScriptStep => record('left', { k, v }, time);
const right = (k: string, v: number, time: number | null = null): ScriptStep => record('right', { k, v }, time);
const ends = [end('left'), end('right')];

/** Plays the script in every mode, which must all give the same; gives the rows of `main` as [value, timestamp] and its watermarks. */
function play(describe: (context: PipelineContext) => void, script: readonly ScriptStep[]) {
  const runs = PLAY_MODES.map((mode) => runPipeline(describe, script, mode));
  const [first] = runs;
  assert.ok(first);
  for (const run of runs) {
    assert.equal(run.failure, null);
    assert.deepEqual(run.outputs, first.outputs);
    assert.deepEqual(run.stateBytes, first.stateBytes);
  }
  const main = first.outputs['main'];
  return { rows: main?.rows.map(({ value, timestamp }) => [value, timestamp]), watermarks: main?.watermarks, outputs: first.outputs };
}

function connected({ input }: PipelineContext): ConnectedStreams<Ev, Ev> {
  return input<Ev>('left').connect(input<Ev>('right'));
}

/** A running sum over both sides of a key, with state that only the runtime context gives. */
class Balance extends RichCoMapFunction<Ev, Ev, string> {
  readonly #sum = new ValueStateDescriptor<number>('sum');
  #add(value: number): number {
    const state = this.getRuntimeContext().getState(this.#sum);
    const sum = (state.value() ?? 0) + value;
    state.update(sum);
    return sum;
  }
  override map1({ k, v }: Ev): string {
    return `${k} ${this.#add(v)}`;
  }
  override map2({ k, v }: Ev): string {
    return `${k} ${this.#add(-v)}`;
  }
}

/** Says which side is missing when a timer comes. */
class Missing extends KeyedCoProcessFunction<string, Ev, Ev, string> {
  readonly #seen = new ValueStateDescriptor<{ left: boolean; right: boolean }>('seen');
  #note(side: 'left' | 'right', ctx: KeyedContext<string>): void {
    const state = ctx.getState(this.#seen);
    const seen = state.value() ?? { left: false, right: false };
    seen[side] = true;
    state.update(seen);
    ctx.timerService().registerEventTimeTimer(100);
    ctx.timerService().registerProcessingTimeTimer(1_000);
  }
  override processElement1(_value: Ev, ctx: KeyedContext<string>): void {
    this.#note('left', ctx);
  }
  override processElement2(_value: Ev, ctx: KeyedContext<string>): void {
    this.#note('right', ctx);
  }
  override onTimer(time: number, ctx: KeyedOnTimerContext<string>, out: Collector<string>): void {
    const seen = ctx.getState(this.#seen).value();
    out.collect(`${ctx.timeDomain()} ${time} ${ctx.getCurrentKey()} ${JSON.stringify(seen)} ${ctx.timerService().currentWatermark()}`);
  }
}

describe('ConnectedStreams', () => {
  it('calls the function of the side that a record comes from, and gives the smaller watermark', () => {
    const script = [left('a', 1, 10), watermark('left', 50), right('b', 2, 5), watermark('right', 20), watermark('right', 70), ...ends];
    const { rows, watermarks } = play((context) => {
      const { show } = context;
      show('main', connected(context).map({ map1: ({ k, v }) => `1 ${k}${v}`, map2: ({ k, v }) => `2 ${k}${v}` }));
    }, script);
    assert.deepEqual(rows, [
      ['1 a1', 10],
      ['2 b2', 5],
    ]);
    assert.deepEqual(watermarks, [
      [2, 20],
      [2, 50],
      [2, 70],
      [2, Number.POSITIVE_INFINITY],
    ]);
  });

  it('processes with side outputs and the combined watermark', () => {
    const late = new OutputTag<string>('late');
    class Route extends CoProcessFunction<Ev, Ev, string> {
      #route(side: string, { k }: Ev, ctx: ProcessContext, out: Collector<string>): void {
        const now = ctx.timerService().currentWatermark();
        if ((ctx.timestamp() ?? 0) <= now) ctx.output(late, `${side}${k} ${now}`);
        else out.collect(`${side}${k} ${now}`);
      }
      override processElement1(value: Ev, ctx: ProcessContext, out: Collector<string>): void {
        this.#route('1', value, ctx, out);
      }
      override processElement2(value: Ev, ctx: ProcessContext, out: Collector<string>): void {
        this.#route('2', value, ctx, out);
      }
    }
    const script = [watermark('left', 10), left('a', 1, 5), watermark('right', 8), left('b', 1, 9), right('c', 1, 8), ...ends];
    const { rows, outputs } = play((context) => {
      const main = connected(context).process(new Route());
      context.show('main', main);
      context.show('late', main.getSideOutput(late));
    }, script);
    assert.deepEqual(rows, [
      ['1a -Infinity', 5],
      ['1b 8', 9],
    ]);
    assert.deepEqual(
      outputs['late']?.rows.map(({ value }) => value),
      ['2c 8'],
    );
  });

  it('shares keyed state between both sides, also in a RichCoMapFunction, however the keys are given', () => {
    const script = [left('a', 5), right('a', 2), left('b', 1), right('b', 3), right('a', 1), ...ends];
    for (const describe of [
      (context: PipelineContext) => connected(context).keyBy('k', 'k').map(new Balance()),
      (context: PipelineContext) =>
        connected(context)
          .keyBy((e) => e.k, { getKey: (e) => e.k })
          .map(new Balance()),
      ({ input }: PipelineContext) => input<Ev>('left').keyBy('k').connect(input<Ev>('right').keyBy('k')).map(new Balance()),
    ]) {
      const { rows } = play((context) => context.show('main', describe(context)), script);
      assert.deepEqual(
        rows?.map(([value]) => value),
        ['a 5', 'a 3', 'b 1', 'b -2', 'a 2'],
      );
    }
  });

  it('fires timers of both kinds, those of event time on the combined watermark', () => {
    const script = [left('a', 1), right('a', 1), right('b', 1), watermark('left', 200), watermark('right', 150), clock(1_001), ...ends];
    const { rows } = play((context) => context.show('main', connected(context).keyBy('k', 'k').process(new Missing())), script);
    assert.deepEqual(rows, [
      ['EVENT_TIME 100 a {"left":true,"right":true} 150', 100],
      ['EVENT_TIME 100 b {"left":false,"right":true} 150', 100],
      ['PROCESSING_TIME 1000 a {"left":true,"right":true} 150', null],
      ['PROCESSING_TIME 1000 b {"left":false,"right":true} 150', null],
    ]);
  });

  it('takes unions on either side, each with an alignment of its own', () => {
    const script = [
      watermark('left', 10),
      watermark('more', 30),
      watermark('right', 20),
      idle('left'),
      idle('right'),
      idle('more'),
      record('more', { k: 'm', v: 1 }, 40),
      watermark('more', 40),
      watermark('right', 35),
      left('a', 1, 36),
      end('left'),
      end('more'),
      end('right'),
    ];
    const { rows, watermarks } = play(({ input, show }) => {
      const both = input<Ev>('left').union(input<Ev>('more'));
      show('main', both.connect(input<Ev>('right')).map({ map1: ({ k }) => `1${k}`, map2: ({ k }) => `2${k}` }));
    }, script);
    assert.deepEqual(
      rows?.map(([value]) => value),
      ['1m', '1a'],
    );
    // 10 of left is the smallest until left is idle, then 20 of right until right is, too. The 35 with which right returns is behind the 40 of more.
    assert.deepEqual(watermarks, [
      [0, 10],
      [0, 20],
      [0, 30],
      [1, 40],
      [2, Number.POSITIVE_INFINITY],
    ]);
  });

  it('takes one stream as both inputs', () => {
    const { rows } = play(
      ({ input, show }) => {
        const events = input<Ev>('left');
        show('main', events.connect(events).map({ map1: ({ v }) => v, map2: ({ v }) => -v }));
      },
      [left('a', 1), left('a', 2), end('left')],
    );
    assert.deepEqual(
      rows?.map(([value]) => value),
      [1, -1, 2, -2],
    );
  });

  it('is head of its chain: what follows joins it, what comes before does not', () => {
    let chains: readonly string[] = [];
    let inputs: readonly number[] = [];
    runPipeline((context) => {
      context.show(
        'main',
        connected(context)
          .map({ map1: ({ v }) => v, map2: ({ v }) => v })
          .filter((v) => v > 0),
      );
      const graph = createJobGraph(context.env.toStreamGraph());
      chains = graph.vertices.map(({ chain }) => chain.map(({ name }) => name).join(' -> '));
      inputs = graph.vertices.at(-1)?.inputs.map(({ input }) => input) ?? [];
    }, ends);
    assert.deepEqual(chains, ['Source: left', 'Source: right', 'Co-Map -> Filter -> Sink: main']);
    assert.deepEqual(inputs, [0, 1]);
  });

  it('says what does not fit', () => {
    const fails = (describe: (context: PipelineContext) => unknown, message: RegExp): void => {
      assert.throws(() => runPipeline(describe, ends), message);
    };
    fails(
      (context) => connected(context).process(new Missing()),
      /^UnsupportedOperationException: KeyedCoProcessFunction can only be applied on keyed/,
    );
    // What untyped code might pass.
    fails(
      (context) => connected(context).map(Object({ map1: () => 1 })),
      /^IllegalArgumentException: map of connected streams needs an object with the/,
    );
    fails(({ input }) => input<Ev>('left').connect(Object({})), /^IllegalArgumentException: connect needs a stream/);
  });

  it('names the function and the record when it fails', () => {
    const run = runPipeline(
      (context) => {
        const map2 = ({ v }: Ev): number => {
          if (v === 7) throw new Error('no sevens');
          return v;
        };
        context.show('main', connected(context).map({ map1: () => 1, map2 }));
      },
      [left('a', 7), right('a', 7)],
    );
    assert.equal(run.failure?.message, 'no sevens');
    assert.equal(run.failure.operator?.name, 'Co-Map');
    assert.equal(run.failure.record, '{"k":"a","v":7}');
  });
});
