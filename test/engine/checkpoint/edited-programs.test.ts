import assert from 'node:assert/strict';
import type { DataStream, SingleOutputStreamOperator } from '../../../engine/api/data-stream.ts';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import { TumblingEventTimeWindows } from '../../../engine/api/assigners/tumbling-event-time.ts';
import type { Collector } from '../../../engine/api/collector.ts';
import { type KeyedContext, KeyedProcessFunction } from '../../../engine/api/process-functions.ts';
import { ValueStateDescriptor } from '../../../engine/api/state-descriptors.ts';
import { type TypeInformation, Types } from '../../../engine/api/type-information.ts';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import { createExecutor } from '../../../engine/runtime/executor.ts';
import type { Executor, ExecutorOptions, JobFailure, JobProgram } from '../../../engine/runtime/job.ts';
import { SnapshotChain, takeSnapshot } from '../../../engine/testkit/snapshots.ts';
import { rest, rowsOf } from '../job.ts';

interface Event {
  readonly k: string;
  readonly t: number;
}

/** Each cell describes its part, by its name; streams that it declares are in `names`. */
type Cells = Readonly<Record<string, (env: StreamExecutionEnvironment, names: Map<string, DataStream<Event>>) => void>>;

function programOf(cells: Cells): JobProgram<StreamExecutionEnvironment> {
  const names = Object.keys(cells);
  return {
    name: names.at(-1) ?? '',
    evaluate: (env) => {
      const streams = new Map<string, DataStream<Event>>();
      for (const [at, name] of names.entries()) {
        env.enterCell(at, at === names.length - 1);
        cells[name]?.(env, streams);
      }
    },
    locate: () => null,
    cellName: (cell) => names[cell] ?? null,
  };
}

const OPTIONS: ExecutorOptions = { settings: {}, overrides: {}, startTime: 0, journal: false };
const EVENTS: readonly Event[] = Array.from({ length: 20 }, (_, i) => ({ k: `k${i % 2}`, t: i * 10 }));
const READ = 10;

class Count extends KeyedProcessFunction<string, Event, unknown> {
  readonly #count = new ValueStateDescriptor<number>('count');
  override processElement(event: Event, ctx: KeyedContext<string>, out: Collector<unknown>): void {
    const state = ctx.getState(this.#count);
    const n = (state.value() ?? 0) + 1;
    state.update(n);
    out.collect(`${event.k} count ${n}`);
  }
}
/** The same with another text. */
class CountEdited extends KeyedProcessFunction<string, Event, unknown> {
  readonly #count = new ValueStateDescriptor<number>('count');
  override processElement(event: Event, ctx: KeyedContext<string>, out: Collector<unknown>): void {
    const state = ctx.getState(this.#count);
    state.update((state.value() ?? 0) + 1);
    out.collect(`${event.k} counted ${state.value() ?? 0}`);
  }
}
/** Its state has another name. */
class CountRenamed extends KeyedProcessFunction<string, Event, unknown> {
  readonly #count = new ValueStateDescriptor<number>('visits');
  override processElement(event: Event, ctx: KeyedContext<string>, out: Collector<unknown>): void {
    const state = ctx.getState(this.#count);
    state.update((state.value() ?? 0) + 1);
    out.collect(`${event.k} count ${state.value() ?? 0}`);
  }
}
class Last extends KeyedProcessFunction<string, Event, unknown> {
  readonly #last = new ValueStateDescriptor<number>('last');
  override processElement(event: Event, ctx: KeyedContext<string>, out: Collector<unknown>): void {
    const state = ctx.getState(this.#last);
    out.collect(`${event.k} last ${state.value() ?? 'none'}`);
    state.update(event.t);
  }
}

/** Its state has a type that is known before it is asked for. */
class Typed extends KeyedProcessFunction<string, Event, unknown> {
  readonly last: ValueStateDescriptor<Record<string, unknown>>;
  constructor(fields: Record<string, TypeInformation<unknown>>) {
    super();
    this.last = new ValueStateDescriptor('last', Types.POJO(fields));
  }
  override processElement(event: Event, ctx: KeyedContext<string>, out: Collector<unknown>): void {
    const state = ctx.getState(this.last);
    out.collect(JSON.stringify(state.value()));
    state.update(Object.fromEntries(Object.keys(state.value() ?? event).map((name) => [name, Reflect.get(event, name) ?? 0])));
  }
}
/** Nobody else can see the descriptor. */
class TypedInPrivate extends Typed {
  readonly #fields: Record<string, TypeInformation<unknown>>;
  constructor(fields: Record<string, TypeInformation<unknown>>) {
    super({});
    this.#fields = fields;
    Reflect.deleteProperty(this, 'last');
  }
  override open(): void {
    this.getRuntimeContext().getState(new ValueStateDescriptor('last', Types.POJO(this.#fields)));
  }
  override processElement(_: Event, ctx: KeyedContext<string>, out: Collector<unknown>): void {
    out.collect(JSON.stringify(ctx.getState(new ValueStateDescriptor('last', Types.POJO(this.#fields))).value()));
  }
}

class LastEdited extends KeyedProcessFunction<string, Event, unknown> {
  readonly #last = new ValueStateDescriptor<number>('last');
  override processElement(event: Event, ctx: KeyedContext<string>, out: Collector<unknown>): void {
    const state = ctx.getState(this.#last);
    out.collect(`${event.k} was last ${state.value() ?? 'none'}`);
    state.update(event.t);
  }
}

const STRATEGY = WatermarkStrategy.forMonotonousTimestamps<Event>().withTimestampAssigner((event) => event.t);

type Stream = SingleOutputStreamOperator<unknown>;
type Operator = (events: DataStream<Event>) => Stream;
const made = (events: DataStream<Event>, fn: KeyedProcessFunction<string, Event, unknown>): Stream => events.keyBy('k').process(fn);
const count: Operator = (events) => made(events, new Count());
const countEdited: Operator = (events) => made(events, new CountEdited());
const countRenamed: Operator = (events) => made(events, new CountRenamed());
const last: Operator = (events) => made(events, new Last());
const lastEdited: Operator = (events) => made(events, new LastEdited());
const windowed =
  (size: number, fields: Record<string, 'count' | ['min', 't']>): Operator =>
  (events) =>
    events.keyBy('k').window(TumblingEventTimeWindows.of(size)).aggregate(fields);
const uid =
  (id: string, fn: () => KeyedProcessFunction<string, Event, unknown>): Operator =>
  (events) =>
    events.keyBy('k').process(fn()).uid(id);

const typed =
  (fields: Record<string, TypeInformation<unknown>>): Operator =>
  (events) =>
    made(events, new Typed(fields)).uid('typed');
const typedInPrivate =
  (fields: Record<string, TypeInformation<unknown>>): Operator =>
  (events) =>
    made(events, new TypedInPrivate(fields)).uid('typed');

const read = (env: StreamExecutionEnvironment, events = EVENTS): DataStream<Event> => env.fromData([...events]);
const timed = (env: StreamExecutionEnvironment): DataStream<Event> => read(env).assignTimestampsAndWatermarks(STRATEGY);

/** A notebook of one cell, which shows what each operator makes of the events. */
const cell = (...operators: readonly Operator[]): Cells => ({
  pipeline: (env) => {
    const events = timed(env);
    for (const operator of operators) env.addDisplay(operator(events), 'out');
  },
});

interface Edit {
  readonly what: string;
  readonly before: Cells;
  readonly after: Cells;
  readonly overrides?: Readonly<Record<string, string>>;
  /** What became of the operators that the edit is about; those before them are left out where they are kept. */
  readonly fates?: readonly string[];
  readonly asks?: readonly string[];
  readonly refused?: RegExp;
  /** The first result after the restore. */
  readonly shows?: unknown;
}

const KEPT = 'kept keyedProcess 1 → keyedProcess 1: ';
const AMBIGUOUS = ['keyedProcess 1 (count): keyedProcess 1 or keyedProcess 2'];
const IGNORE = { 'execution.state-recovery.ignore-unclaimed-state': 'true' };

const EDITS: readonly Edit[] = [
  { what: 'nothing', before: cell(count), after: cell(count), fates: [`${KEPT}The program is the same.`], shows: 'k0 count 6' },
  {
    what: 'the code of an operator',
    before: cell(count),
    after: cell(countEdited),
    fates: [`${KEPT}It has states of the same names.`],
    shows: 'k0 counted 6',
  },
  {
    what: 'the name of a state',
    before: cell(count),
    after: cell(countRenamed),
    fates: [`${KEPT}It has the same name. Its code does not name count any more: kept, but not read.`],
    shows: 'k0 count 1',
  },
  {
    what: 'a map in front',
    before: cell(count),
    after: cell((events) => count(events.map((event) => event))),
    fates: [`${KEPT}Its code is the same.`],
    shows: 'k0 count 6',
  },
  {
    what: 'another operator of its kind in front',
    before: cell(count),
    after: cell(last, count),
    fates: [
      'converted keyedProcess 1 → keyedProcess 2: Its code is the same. It was keyedProcess 1 before.',
      'reset - → keyedProcess 1: It is new: the checkpoint has no state for it.',
    ],
    shows: 'k0 last none',
  },
  {
    what: 'another operator of its kind behind',
    before: cell(count),
    after: cell(count, last),
    fates: [`${KEPT}Its code is the same.`, 'reset - → keyedProcess 2: It is new: the checkpoint has no state for it.'],
    shows: 'k0 count 6',
  },
  {
    what: 'the order of two operators',
    before: cell(count, last),
    after: cell(last, count),
    fates: [
      'converted keyedProcess 1 → keyedProcess 2: Its code is the same. It was keyedProcess 1 before.',
      'converted keyedProcess 2 → keyedProcess 1: Its code is the same. It was keyedProcess 2 before.',
    ],
    shows: 'k0 last 80',
  },
  {
    what: 'the order of two operators, and their code',
    before: cell(count, last),
    after: cell(lastEdited, countEdited),
    fates: [
      'converted keyedProcess 1 → keyedProcess 2: It has states of the same names. It was keyedProcess 1 before.',
      'converted keyedProcess 2 → keyedProcess 1: It has states of the same names. It was keyedProcess 2 before.',
    ],
    shows: 'k0 was last 80',
  },
  { what: 'an operator less', before: cell(count, last), after: cell(last), refused: /Cannot map the state of operator KeyedProcess/ },
  {
    what: 'an operator less, whose state may go',
    before: cell(count, last),
    after: cell(last),
    overrides: IGNORE,
    fates: [
      'converted keyedProcess 2 → keyedProcess 1: Its code is the same. It was keyedProcess 2 before.',
      'dropped keyedProcess 1 → -: The program has no such operator any more, and execution.state-recovery.ignore-unclaimed-state is set.',
    ],
    shows: 'k0 last 80',
  },
  {
    what: 'a uid that an operator gets',
    before: cell(last, count),
    after: cell(
      last,
      uid('counter', () => new Count()),
    ),
    fates: [`${KEPT}Its code is the same.`, 'converted keyedProcess 2 → counter: Its code is the same. It was keyedProcess 2 before.'],
    shows: 'k0 last 80',
  },
  {
    what: 'the place and the code of an operator with a uid',
    before: cell(
      uid('counter', () => new Count()),
      last,
    ),
    after: cell(
      last,
      uid('counter', () => new CountEdited()),
    ),
    fates: [
      'kept counter → counter: It has the same uid.',
      'converted keyedProcess 2 → keyedProcess 1: Its code is the same. It was keyedProcess 2 before.',
    ],
    shows: 'k0 last 80',
  },
  {
    what: 'a uid that is changed',
    before: cell(uid('counter', () => new Count())),
    after: cell(uid('counts', () => new Count())),
    refused: /Cannot map the state of operator KeyedProcess/,
  },
  {
    what: 'a uid that is taken away',
    before: cell(uid('counter', () => new Count())),
    after: cell(count),
    refused: /Cannot map the state of operator KeyedProcess/,
  },
  {
    what: 'a uid that goes to an operator of another kind',
    before: cell(uid('counter', () => new Count())),
    after: cell((events) => events.keyBy('k').max('t').uid('counter')),
    refused: /holds state of a keyedProcess \(KeyedProcess\) where the program now has a aggregateField/,
  },
  { what: 'two operators that could be the one', before: cell(count), after: cell(countEdited, countEdited), asks: AMBIGUOUS },
  {
    what: 'two operators that could be the one, and the user says which',
    before: cell(count),
    after: cell(countEdited, countEdited),
    overrides: { 'streambook.state-recovery.match': 'keyedProcess 1=keyedProcess 2' },
    fates: [
      'converted keyedProcess 1 → keyedProcess 2: You chose it. It was keyedProcess 1 before.',
      'reset - → keyedProcess 1: It is new: the checkpoint has no state for it.',
    ],
    shows: 'k0 counted 1',
  },
  {
    what: 'two operators that could be the one, and the user says neither',
    before: cell(count),
    after: cell(countEdited, countEdited),
    overrides: { 'streambook.state-recovery.match': 'keyedProcess 1=' },
    fates: [
      'dropped keyedProcess 1 → -: You chose to leave it behind.',
      'reset - → keyedProcess 1: It is new: the checkpoint has no state for it.',
      'reset - → keyedProcess 2: It is new: the checkpoint has no state for it.',
    ],
    shows: 'k0 counted 1',
  },
  {
    what: 'an answer that names nobody',
    before: cell(count),
    after: cell(countEdited, countEdited),
    overrides: { 'streambook.state-recovery.match': 'keyedProcess 1=counter' },
    refused: /streambook\.state-recovery\.match says 'keyedProcess 1=counter', but the program has no such operator/,
  },
  {
    what: 'one of two equal operators less',
    before: cell(count, count),
    after: cell(count),
    asks: ['keyedProcess 1 (count): keyedProcess 1', 'keyedProcess 2 (count): keyedProcess 1'],
  },
  {
    what: 'the parallelism',
    before: cell(count),
    after: cell((events) => count(events).setParallelism(4)),
    fates: ['converted keyedProcess 1 → keyedProcess 1: Its code is the same. Its state is dealt out to 4 subtasks instead of 1.'],
    shows: 'k0 count 6',
  },
  {
    what: 'the max parallelism',
    before: cell(count),
    after: cell((events) => count(events).setMaxParallelism(64)),
    refused: /The max parallelism of KeyedProcess is 64, but its state in checkpoint 1 of run 1 was written with 128/,
  },
  {
    what: 'the parallelism beyond the default that max parallelism had',
    before: cell((events) => count(events).setMaxParallelism(16)),
    after: cell((events) => count(events).setParallelism(16)),
    fates: ['converted keyedProcess 1 → keyedProcess 1: Its code is the same. Its state is dealt out to 16 subtasks instead of 1.'],
    shows: 'k0 count 6',
  },
  {
    what: 'an operator that moves to another cell',
    before: {
      events: (env, names) => names.set('events', timed(env)),
      pipeline: (env, names) => env.addDisplay(count(streamOf(names, 'events')), 'out'),
    },
    after: {
      events: (env, names) =>
        names.set(
          'counts',
          count(timed(env)).map((text) => ({ k: String(text), t: 0 })),
        ),
      pipeline: (env, names) =>
        env.addDisplay(
          streamOf(names, 'counts').map(({ k }) => k),
          'out',
        ),
    },
    fates: [`${KEPT}Its code is the same.`],
    shows: 'k0 count 6',
  },
  {
    what: 'a new cell above, with an operator of the same kind and states',
    before: {
      events: (env, names) => names.set('events', timed(env)),
      pipeline: (env, names) => env.addDisplay(count(streamOf(names, 'events')), 'out'),
    },
    after: {
      events: (env, names) => names.set('events', timed(env)),
      other: (_, names) =>
        names.set(
          'counts',
          countEdited(streamOf(names, 'events')).map((text) => ({ k: String(text), t: 0 })),
        ),
      pipeline: (env, names) => {
        env.addDisplay(countEdited(streamOf(names, 'events')), 'out');
        env.addDisplay(streamOf(names, 'counts'), 'more');
      },
    },
    fates: [
      'converted keyedProcess 1 → keyedProcess 2: It has states of the same names. It was keyedProcess 1 before.',
      'reset - → keyedProcess 1: It is new: the checkpoint has no state for it.',
    ],
    shows: 'k0 counted 6',
  },
  {
    what: 'a second source',
    before: cell(count),
    after: {
      pipeline: (env) => {
        const other = read(env, []);
        env.addDisplay(count(timed(env).union(other)), 'out');
      },
    },
    fates: [
      'converted source 1 → source 2: Its code is the same. It was source 1 before.',
      `${KEPT}Its code is the same.`,
      'reset - → source 1: It is new: the checkpoint has no state for it.',
    ],
    shows: 'k0 count 6',
  },
  {
    what: 'what a window aggregates',
    before: cell(windowed(1_000, { n: 'count' })),
    after: cell(windowed(1_000, { n: 'count', from: ['min', 't'] })),
    refused:
      /The state of TumblingEventTimeWindows in checkpoint 1 of run 1 does not fit the program now: the state has no number "min of t"/,
  },
  {
    what: 'the type of a state, by fields',
    before: cell(typed({ k: Types.STRING, t: Types.INT })),
    after: cell(typed({ k: Types.STRING, n: Types.LONG })),
    fates: ['converted typed → typed: The program is the same. State "last": n is new; t is left behind.'],
    shows: '{"k":"k0","n":0}',
  },
  {
    what: 'the type of a state, to one that cannot read it',
    before: cell(typed({ k: Types.STRING, t: Types.INT })),
    after: cell(typed({ k: Types.STRING, t: Types.STRING })),
    refused:
      /^State "last" was written with another type: t was INT, and is now STRING\. It is of KeyedProcess, in checkpoint 1 of run 1\.$/,
  },
  {
    what: 'the size of windows',
    before: cell(windowed(1_000, { n: 'count' })),
    after: cell(windowed(500, { n: 'count' })),
    refused: /holds a window from 0 to 1000, but the windows are 500 ms long now/,
  },
];

function streamOf(names: ReadonlyMap<string, DataStream<Event>>, name: string): DataStream<Event> {
  return names.get(name) ?? assert.fail(`there is no ${name}`);
}

/** Runs the program for a while, takes a checkpoint, and restores the edited program from it. */
function restored({ before, after, overrides = {} }: Edit): ReturnType<typeof createExecutor> {
  const first = createExecutor(programOf(before), OPTIONS);
  assert.ok(first.ok);
  assert.equal(first.executor.step(READ), 'progress');
  const restore = new SnapshotChain().add(takeSnapshot(first.executor, 1, true));
  return createExecutor(programOf(after), { ...OPTIONS, overrides, restore });
}

/** What became of the operators, as users would call them. */
function fatesOf(executor: Executor): readonly string[] {
  return (executor.compatibility ?? [])
    .map(({ fate, saved, operator, reason }) => `${fate} ${saved?.label ?? '-'} → ${operator?.label ?? '-'}: ${reason}`)
    .filter((line) => !/^kept (source|timestamps)/.test(line));
}

function questionsOf(failure: JobFailure): readonly string[] {
  return (failure.questions ?? []).map(
    ({ saved, candidates }) => `${saved.label} (${saved.states.join()}): ${candidates.map(({ label }) => label).join(' or ')}`,
  );
}

describe('A job restored by an edited program', () => {
  it('tells of types that turn out to have changed when a function opens, before its first record', () => {
    const before = cell(typed({ k: Types.STRING, t: Types.INT }));
    const converted = restored({ what: '', before, after: cell(typedInPrivate({ k: Types.STRING })) });
    assert.ok(converted.ok);
    assert.deepEqual(fatesOf(converted.executor), ['kept typed → typed: It has the same uid.']);
    converted.executor.step(0);
    assert.deepEqual(fatesOf(converted.executor), ['converted typed → typed: It has the same uid. State "last": t is left behind.']);
    const refused = restored({ what: '', before, after: cell(typedInPrivate({ k: Types.INT })) });
    assert.ok(refused.ok);
    assert.equal(refused.executor.step(0), 'failed');
    assert.equal(refused.executor.failure?.errorName, 'StateMigrationException');
    assert.match(refused.executor.failure.message, /k was STRING, and is now INT/);
    assert.equal(refused.executor.recordCount, READ);
  });

  for (const edit of EDITS) {
    it(`copes with ${edit.what}`, () => {
      const program = restored(edit);
      if (edit.fates === undefined) {
        assert.ok(!program.ok, 'it was restored');
        if (edit.refused !== undefined) assert.match(program.failure.message, edit.refused);
        assert.deepEqual(questionsOf(program.failure), edit.asks ?? []);
        return;
      }
      assert.ok(program.ok, program.ok ? '' : program.failure.message);
      assert.deepEqual(fatesOf(program.executor), edit.fates);
      assert.equal(rest(program.executor), 'finished');
      assert.equal(rowsOf(program.executor)[0]?.value, edit.shows);
    });
  }
});
