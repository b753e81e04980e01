import assert from 'node:assert/strict';
import type { Collector } from '../../../engine/api/collector.ts';
import {
  type BroadcastContext,
  BroadcastProcessFunction,
  type KeyedBroadcastContext,
  type KeyedBroadcastOnTimerContext,
  KeyedBroadcastProcessFunction,
  type KeyedReadOnlyBroadcastContext,
  type ReadOnlyBroadcastContext,
} from '../../../engine/api/process-functions.ts';
import { ListStateDescriptor, MapStateDescriptor, ValueStateDescriptor } from '../../../engine/api/state-descriptors.ts';
import { PLAY_MODES, type PipelineContext, type PipelineRun, runPipeline } from '../../../engine/testkit/pipeline.ts';
import { end, record, restore, type ScriptStep, watermark } from '../../../engine/testkit/script.ts';
import { takeSnapshot } from '../../../engine/testkit/snapshots.ts';
import { start } from '../job.ts';

interface Ev {
  readonly k: string;
  readonly v: number;
}

const RULES = new MapStateDescriptor<string, { limit: number }>('rules');
const SEEN = new MapStateDescriptor<string, number>('seen');

const event = (k: string, v: number, time: number | null = null): ScriptStep => record('events', { k, v }, time);
const rule = (k: string, v: number, time: number | null = null): ScriptStep => record('rules', { k, v }, time);
const ends = [end('events'), end('rules')];

/** Plays the script in every mode, which must all give the same. */
function play(describe: (context: PipelineContext) => void, script: readonly ScriptStep[]): PipelineRun {
  const runs = PLAY_MODES.map((mode) => runPipeline(describe, script, mode));
  const [first] = runs;
  assert.ok(first);
  for (const run of runs) {
    assert.equal(run.failure, null);
    assert.deepEqual(run.outputs, first.outputs);
    assert.deepEqual(run.stateBytes, first.stateBytes);
  }
  return first;
}

const valuesOf = (run: PipelineRun): readonly unknown[] | undefined => run.outputs['main']?.rows.map(({ value }) => value);

/** Shows what the broadcast state holds for every event; rules change objects in place. */
class Rules extends BroadcastProcessFunction<Ev, Ev, string> {
  override processElement({ k, v }: Ev, ctx: ReadOnlyBroadcastContext, out: Collector<string>): void {
    const rules = ctx.getBroadcastState(RULES);
    const all = [...rules.immutableEntries()].map(([name, { limit }]) => `${name}=${limit}`).join();
    out.collect(`${k}${v} ${rules.contains(k)} ${rules.get(k)?.limit} [${all}] ${ctx.currentWatermark()}`);
  }
  override processBroadcastElement({ k, v }: Ev, ctx: BroadcastContext): void {
    const rules = ctx.getBroadcastState(RULES);
    const before = rules.get(k);
    if (v < 0) rules.remove(k);
    else if (before === null) rules.put(k, { limit: v });
    else before.limit = v;
    const seen = ctx.getBroadcastState(SEEN);
    seen.put(k, (seen.get(k) ?? 0) + 1);
  }
}

function rules({ input, show }: PipelineContext): void {
  show('main', input<Ev>('events').connect(input<Ev>('rules').broadcast(RULES, SEEN)).process(new Rules()));
}

describe('Broadcast state', () => {
  it('is written on one side and read on the other, in the order of its keys, also when it is changed in place', () => {
    const script = [
      event('b', 1),
      rule('b', 5),
      rule('a', 7),
      event('b', 2),
      rule('b', 6),
      event('a', 3),
      rule('a', -1),
      event('a', 4),
      ...ends,
    ];
    assert.deepEqual(valuesOf(play(rules, script)), [
      'b1 false undefined [] -Infinity',
      'b2 true 5 [a=7,b=5] -Infinity',
      'a3 true 7 [a=7,b=6] -Infinity',
      'a4 false undefined [b=6] -Infinity',
    ]);
  });

  it('has a map’s methods', () => {
    const contents: unknown[] = [];
    class Methods extends BroadcastProcessFunction<Ev, Ev, string> {
      override processElement(): void {}
      override processBroadcastElement(_value: Ev, ctx: BroadcastContext): void {
        const state = ctx.getBroadcastState(SEEN);
        contents.push(state.isEmpty());
        state.putAll([
          ['b', 2],
          ['a', 1],
        ]);
        contents.push([...state], [...state.keys()], [...state.values()], [...state.entries()], state.isEmpty());
        state.clear();
        contents.push(state.isEmpty(), state.get('a'));
      }
    }
    const describe = ({ input, show }: PipelineContext): void =>
      show('main', input<Ev>('events').connect(input<Ev>('rules').broadcast(SEEN)).process(new Methods()));
    assert.equal(runPipeline(describe, [rule('a', 1), ...ends]).failure, null);
    const pairs = [
      ['a', 1],
      ['b', 2],
    ];
    assert.deepEqual(contents, [true, pairs, ['a', 'b'], [1, 2], pairs, false, true, null]);
  });

  it('is a copy in every subtask; a job that is restored with more subtasks deals the copies out round robin', () => {
    /** Every subtask shows its copy for every event; the rules of a subtask bear its number. */
    class Copies extends BroadcastProcessFunction<Ev, Ev, string> {
      override processElement({ v }: Ev, ctx: ReadOnlyBroadcastContext, out: Collector<string>): void {
        const subtask = this.getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        out.collect(`${v}: ${subtask} has ${[...ctx.getBroadcastState(SEEN).immutableEntries()].join(' ')}`);
      }
      override processBroadcastElement({ k }: Ev, ctx: BroadcastContext): void {
        ctx.getBroadcastState(SEEN).put(k, this.getRuntimeContext().getTaskInfo().getIndexOfThisSubtask());
      }
    }
    const describe = ({ input, show }: PipelineContext): void =>
      show('main', input<Ev>('events').broadcast().connect(input<Ev>('rules').broadcast(SEEN)).process(new Copies()));
    const script = [
      restore(null, 2),
      rule('r', 0),
      event('', 1),
      restore(null, 3),
      event('', 2),
      restore(null, 1),
      rule('s', 0),
      event('', 3),
      ...ends,
    ];
    for (const mode of PLAY_MODES) {
      const run = runPipeline(describe, script, mode);
      assert.equal(run.failure, null);
      assert.deepEqual(
        valuesOf(run)?.toSorted(),
        ['1: 0 has r,0', '1: 1 has r,1', '2: 0 has r,0', '2: 1 has r,1', '2: 2 has r,0', '3: 0 has r,0 s,0'],
        mode,
      );
    }
  });

  it('is only that which was given to broadcast, and read-only on the other side', () => {
    const messageOf = (fn: BroadcastProcessFunction<Ev, Ev, string>): string | undefined => {
      const describe = ({ input, show }: PipelineContext): void =>
        show('main', input<Ev>('events').connect(input<Ev>('rules').broadcast(RULES)).process(fn));
      return runPipeline(describe, [rule('a', 1), event('a', 1)]).failure?.message;
    };
    class Unregistered extends BroadcastProcessFunction<Ev, Ev, string> {
      override processElement(): void {}
      override processBroadcastElement(_value: Ev, ctx: BroadcastContext): void {
        ctx.getBroadcastState(SEEN);
      }
    }
    assert.match(messageOf(new Unregistered()) ?? '', /^The requested state does not exist\. Check for typos in your state descriptor, or/);
    class Writing extends BroadcastProcessFunction<Ev, Ev, string> {
      override processElement(_value: Ev, ctx: ReadOnlyBroadcastContext): void {
        const state: object = ctx.getBroadcastState(RULES);
        if ('clear' in state && typeof state.clear === 'function') state.clear();
      }
      override processBroadcastElement(): void {}
    }
    assert.match(messageOf(new Writing()) ?? '', /^Broadcast state is read-only in processElement and onTimer/);
  });

  it('fails the checkpoint and not the job when a value cannot be stored', () => {
    class Functions extends BroadcastProcessFunction<Ev, Ev, string> {
      readonly #state = new MapStateDescriptor<string, () => number>('functions');
      override processElement({ k }: Ev, ctx: ReadOnlyBroadcastContext, out: Collector<string>): void {
        out.collect(`${k} ${ctx.getBroadcastState(this.#state).get('f')?.()}`);
      }
      override processBroadcastElement(_value: Ev, ctx: BroadcastContext): void {
        ctx.getBroadcastState(this.#state).put('f', () => 1);
      }
    }
    const executor = start((env) => {
      const functions = new MapStateDescriptor<string, () => number>('functions');
      const events = env.fromData<Ev>([{ k: 'a', v: 1 }]);
      env.addDisplay(events.connect(events.broadcast(functions)).process(new Functions()), 'main');
    });
    executor.step(1);
    assert.throws(() => takeSnapshot(executor, 1, true), /^StateEncodingError: .*cannot be stored in a checkpoint/);
    assert.equal(executor.failure, null);
  });

  it('says which function belongs to which stream, and what broadcast needs', () => {
    const fails = (describe: (context: PipelineContext) => unknown, message: RegExp): void => {
      assert.throws(() => runPipeline(describe, ends), message);
    };
    fails(
      ({ input }) => input<Ev>('events').keyBy('k').connect(input<Ev>('rules').broadcast(RULES)).process(new Rules()),
      /^IllegalArgumentException: A BroadcastProcessFunction can only be used on a non-keyed stream\./,
    );
    fails(
      ({ input }) => input<Ev>('events').connect(input<Ev>('rules').broadcast(RULES)).process(new Keyed()),
      /^IllegalArgumentException: A KeyedBroadcastProcessFunction can only be used on a keyed stream\./,
    );
    fails(({ input }) => input<Ev>('rules').broadcast(Object({})), /^IllegalArgumentException: broadcast needs descriptors of map states/);
  });
});

/** State of all three kinds, a timer per event, and rules that visit every key. */
class Keyed extends KeyedBroadcastProcessFunction<string, Ev, Ev, string> {
  readonly #sum = new ValueStateDescriptor<number>('sum');
  readonly #all = new ListStateDescriptor<number>('all');
  readonly #by = new MapStateDescriptor<number, number>('by');
  override processElement({ v }: Ev, ctx: KeyedReadOnlyBroadcastContext<string>): void {
    const sum = ctx.getState(this.#sum);
    sum.update((sum.value() ?? 0) + v);
    ctx.getListState(this.#all).add(v);
    ctx.getMapState(this.#by).put(v, v);
    ctx.getMapState(this.#by).put(v + 1, v);
    ctx.timerService().registerEventTimeTimer((ctx.timestamp() ?? 0) + 100);
  }
  override processBroadcastElement({ k, v }: Ev, ctx: KeyedBroadcastContext<string>, out: Collector<string>): void {
    ctx.getBroadcastState(SEEN).put(k, v);
    const seen: string[] = [];
    ctx.applyToKeyedState(this.#sum, (key, state) => seen.push(`${key}=${state.value()}`));
    ctx.applyToKeyedState(this.#all, (key, state) => seen.push(`${key}=${[...state.get()].join('+')}`));
    ctx.applyToKeyedState(this.#by, (key, state) => {
      seen.push(`${key}=${[...state.keys()].join('|')}`);
      if (v < 0 && key === 'a') state.clear();
    });
    out.collect(`${k}: ${seen.join(' ')}`);
  }
  override onTimer(time: number, ctx: KeyedBroadcastOnTimerContext<string>, out: Collector<string>): void {
    const seen = [...ctx.getBroadcastState(SEEN).immutableEntries()].join(' ');
    out.collect(
      `${ctx.getCurrentKey()} at ${time}: ${ctx.getState(this.#sum).value()}, ${seen}, ${ctx.timeDomain()} ${ctx.currentWatermark()}`,
    );
  }
}

describe('Keyed broadcast state', () => {
  const keyed = ({ input, show }: PipelineContext): void =>
    show('main', input<Ev>('events').keyBy('k').connect(input<Ev>('rules').broadcast(SEEN)).process(new Keyed()));

  it('visits the keys of each kind of state in their order, and has timers on the keyed side', () => {
    const script = [
      event('c', 1, 10),
      event('a', 2, 10),
      event('b', 3, 10),
      event('a', 4, 20),
      rule('r', -1, 15),
      rule('s', 1, 16),
      watermark('events', 150),
      watermark('rules', 115),
      ...ends,
    ];
    const run = play(keyed, script);
    assert.deepEqual(valuesOf(run), [
      'r: a=6 b=3 c=1 a=2+4 b=3 c=1 a=2|3|4|5 b=3|4 c=1|2',
      's: a=6 b=3 c=1 a=2+4 b=3 c=1 b=3|4 c=1|2',
      'a at 110: 6, r,-1 s,1, EVENT_TIME 115',
      'b at 110: 3, r,-1 s,1, EVENT_TIME 115',
      'c at 110: 1, r,-1 s,1, EVENT_TIME 115',
      'a at 120: 6, r,-1 s,1, EVENT_TIME Infinity',
    ]);
    assert.deepEqual(
      run.outputs['main']?.rows.map(({ timestamp }) => timestamp),
      [15, 16, 110, 110, 110, 120],
    );
  });

  it('has no current key on the broadcast side', () => {
    class Reaching extends KeyedBroadcastProcessFunction<string, Ev, Ev, string> {
      override processElement(): void {}
      override processBroadcastElement(): void {
        this.getRuntimeContext().getState(new ValueStateDescriptor<number>('n')).value();
      }
    }
    const run = runPipeline(
      ({ input, show }) => show('main', input<Ev>('events').keyBy('k').connect(input<Ev>('rules').broadcast(SEEN)).process(new Reaching())),
      [event('a', 1), rule('r', 1)],
    );
    assert.match(run.failure?.message ?? '', /^No key set\. This method should not be called outside of a keyed context\./);
  });
});
