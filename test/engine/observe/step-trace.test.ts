import assert from 'node:assert/strict';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import { AsyncDataStream } from '../../../engine/api/async-data-stream.ts';
import {
  KeyedCoProcessFunction,
  type KeyedContext,
  type KeyedOnTimerContext,
  KeyedProcessFunction,
} from '../../../engine/api/process-functions.ts';
import { ListStateDescriptor, MapStateDescriptor, ValueStateDescriptor } from '../../../engine/api/state-descriptors.ts';
import { TumblingEventTimeWindows } from '../../../engine/api/assigners/tumbling-event-time.ts';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import { Duration } from '../../../engine/api/duration.ts';
import { StepTrace } from '../../../engine/observe/step-trace.ts';
import type { Collector } from '../../../engine/api/collector.ts';
import { display } from '../../../engine/api/display.ts';
import { ScriptedCalls } from '../../../engine/testkit/scripted-calls.ts';
import { scriptedSource } from '../../../engine/testkit/scripted-source.ts';
import { rest, rowsOf, start } from '../job.ts';

interface Visit {
  readonly user: string;
  readonly time: number;
}

const VISITS: readonly Visit[] = ['a', 'b', 'a', 'a', 'b', 'a'].map((user, index) => ({ user, time: index * 4 }));

class Visits extends KeyedProcessFunction<string, Visit, number> {
  readonly #look: () => void;
  constructor(look: () => void) {
    super();
    this.#look = look;
  }
  override processElement(visit: Visit, ctx: KeyedContext<string>, out: Collector<number>): void {
    const count = ctx.getState(new ValueStateDescriptor<number>('count'));
    const times = ctx.getListState(new ListStateDescriptor<number>('times'));
    const byTime = ctx.getMapState(new MapStateDescriptor<number, { time: number }>('by time'));
    count.update((count.value() ?? 0) + 1);
    times.add(visit.time);
    byTime.put(visit.time, { time: visit.time });
    ctx.timerService().registerEventTimeTimer(visit.time + 3);
    this.#look();
    out.collect(count.value() ?? 0);
  }
  override onTimer(_time: number, _ctx: KeyedOnTimerContext<string>, _out: Collector<number>): void {
    this.#look();
  }
}

function pipeline(look: () => void): (env: StreamExecutionEnvironment) => void {
  return (env) => {
    const visits = env
      .fromData([...VISITS])
      .assignTimestampsAndWatermarks(WatermarkStrategy.forMonotonousTimestamps<Visit>().withTimestampAssigner(({ time }) => time));
    const keyed = visits.keyBy(({ user }) => user);
    const counts = keyed.process(new Visits(look));
    const longest = keyed.window(TumblingEventTimeWindows.of(Duration.ofMillis(10))).reduce((before, now) => {
      look();
      return now.time > before.time ? now : before;
    });
    display(counts);
    display(
      longest.map(({ user }) => {
        look();
        return user;
      }),
    );
  };
}

describe('a trace of steps', () => {
  it('knows operator, record, key and state wherever user code runs, and changes nothing', () => {
    const trace = new StepTrace();
    const seen: string[] = [];
    const look = (): void => {
      const step = trace.steps.at(-1);
      assert.ok(step !== undefined);
      const states = step.instance?.keyedState?.(step.key, 2) ?? [];
      const shown = states.map(({ name, size, value }) => `${name} ${size} ${JSON.stringify(value instanceof Map ? [...value] : value)}`);
      seen.push(`${trace.steps.map(({ vertex, kind }) => `${vertex.name} ${kind}`).join(' > ')}: ${String(step.key)}; ${shown.join('; ')}`);
    };
    const traced = start(pipeline(look), { trace });
    assert.equal(rest(traced), 'finished');
    const plain = start(pipeline(() => undefined));
    assert.equal(rest(plain), 'finished');
    assert.deepEqual(rowsOf(traced), rowsOf(plain));
    assert.deepEqual(traced.stateBytes(), plain.stateBytes());
    assert.deepEqual(trace.steps, []);
    assert.deepEqual(seen, [
      'KeyedProcess record: a; count 1 1; times 1 [0]; by time 1 [[0,{"time":0}]]; event-time timers 1 [3]',
      'KeyedProcess record: b; count 1 1; times 1 [4]; by time 1 [[4,{"time":4}]]; event-time timers 1 [7]',
      'KeyedProcess watermark: a; count 1 1; times 1 [0]; by time 1 [[0,{"time":0}]]',
      'KeyedProcess record: a; count 1 2; times 2 [0,8]; by time 2 [[0,{"time":0}],[8,{"time":8}]]; event-time timers 1 [11]',
      'KeyedProcess watermark: b; count 1 1; times 1 [4]; by time 1 [[4,{"time":4}]]',
      'TumblingEventTimeWindows record: a; window 1 {"user":"a","time":0}',
      'KeyedProcess record: a; count 1 3; times 3 [0,8,12]; by time 3 [[0,{"time":0}],[8,{"time":8}]]; event-time timers 2 [11,15]',
      'KeyedProcess watermark: a; count 1 3; times 3 [0,8,12]; by time 3 [[0,{"time":0}],[8,{"time":8}]]; event-time timers 1 [15]',
      'TumblingEventTimeWindows watermark > Map record: Symbol(no key); ',
      'TumblingEventTimeWindows watermark > Map record: Symbol(no key); ',
      'KeyedProcess record: b; count 1 2; times 2 [4,16]; by time 2 [[4,{"time":4}],[16,{"time":16}]]; event-time timers 1 [19]',
      'KeyedProcess watermark: a; count 1 3; times 3 [0,8,12]; by time 3 [[0,{"time":0}],[8,{"time":8}]]',
      'KeyedProcess record: a; count 1 4; times 4 [0,8,12,20]; by time 4 [[0,{"time":0}],[8,{"time":8}]]; event-time timers 1 [23]',
      'KeyedProcess watermark: b; count 1 2; times 2 [4,16]; by time 2 [[4,{"time":4}],[16,{"time":16}]]',
      'TumblingEventTimeWindows watermark > Map record: Symbol(no key); ',
      'TumblingEventTimeWindows watermark > Map record: Symbol(no key); ',
      'KeyedProcess watermark: a; count 1 4; times 4 [0,8,12,20]; by time 4 [[0,{"time":0}],[8,{"time":8}]]',
      'TumblingEventTimeWindows watermark > Map record: Symbol(no key); ',
    ]);
  });

  it('knows the operators with two inputs and those that ask outside of the job', () => {
    const trace = new StepTrace();
    const seen: string[] = [];
    const look = (): void =>
      void seen.push(
        trace.steps.map(({ vertex, kind, value, key }) => `${vertex.name} ${kind} ${String(value)} ${String(key)}`).join(' > '),
      );
    const calls = new ScriptedCalls();
    const executor = start(
      (env) => {
        const input = (name: string) => env.fromSource(scriptedSource<number>(name), WatermarkStrategy.noWatermarks<number>(), name);
        const key = (n: number): number => n % 2;
        class Both extends KeyedCoProcessFunction<number, number, number, number> {
          override processElement1(n: number, _ctx: KeyedContext<number>, out: Collector<number>): void {
            look();
            out.collect(n);
          }
          override processElement2(): void {
            look();
          }
        }
        const both = input('left').keyBy(key).connect(input('right').keyBy(key)).process(new Both()).name('both');
        const asked = AsyncDataStream.orderedWait(both, async (n: number) => [n], 1_000).name('asks');
        display(
          asked.map((n) => {
            look();
            return n;
          }),
        );
      },
      { trace, calls },
    );
    const send = (name: string, value: number): void => {
      const source = executor.sources.find((one) => one.name === name)?.source;
      assert.ok(source !== undefined);
      executor.deliver({ kind: 'elements', source, elements: [{ kind: 'record', value, timestamp: null }] });
      rest(executor);
    };
    send('left', 3);
    send('right', 4);
    const answer = calls.answer(3, { results: [30] });
    assert.ok(answer);
    executor.deliver(answer);
    rest(executor);
    assert.deepEqual(seen, ['both record 3 1', 'both record 4 0', 'asks answer undefined Symbol(no key) > Map record 30 Symbol(no key)']);
  });
});
