import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createExecutor } from '../../../engine/runtime/executor.ts';
import type { Executor, JobFailure } from '../../../engine/runtime/job.ts';
import { inGoldenWords } from '../../../engine/testkit/golden-compare.ts';
import { compileCells } from '../../../src/program/compile.ts';
import { loadProgram } from '../../../src/program/load.ts';
import { rest, rowsOf } from '../job.ts';

interface ErrorRow {
  readonly what: string;
  /** describe: thrown by the call or when the job graph is built; run: the cause of the job's failure. */
  readonly when?: 'describe' | 'run';
  /** Null: Flink accepts it. */
  readonly error: string | null;
  readonly message?: string;
  readonly outputs?: readonly { readonly ts: unknown; readonly value: unknown }[];
}

const INPUT = `interface Ev { id: number; k: string; s: string | null; v: number }
const raw = env.fromData<Ev & { t: number | null }>([{ id: 1, k: 'a', s: null, v: 1, t: FIRST }, { id: 2, k: 'a', s: null, v: 2, t: SECOND }]);
const events: DataStream<Ev> = raw
  .assignTimestampsAndWatermarks(WatermarkStrategy.noWatermarks<Ev & { t: number | null }>().withTimestampAssigner(e => e.t ?? -Infinity))
  .map(({ id, k, v }) => ({ id, k, v }));`;

const SUM = ".keyBy('k').window(WINDOW).sum('v')";
const PROCESS = ".keyBy('k').process({ processElement(e, ctx, out) { BODY } })";
const windowed = (assigner: string): string => `events${SUM.replace('WINDOW', assigner)}`;
const keyed = (body: string): string => `events${PROCESS.replace('BODY', body)}`;

interface Cell {
  readonly text: string;
  /** Event times of the two records, null for none. */
  readonly times?: readonly [number | null, number | null];
  /** Where we say it otherwise. */
  readonly ours?: Partial<Pick<ErrorRow, 'when' | 'error' | 'message'>>;
}

/** Each row as a line of a cell. */
const CELLS: Readonly<Record<string, Cell>> = {
  'tumbling offset as large as the size': { text: 'TumblingEventTimeWindows.of(1000, 1000)' },
  'tumbling offset -size': { text: 'TumblingEventTimeWindows.of(1000, -1000)' },
  'tumbling size 0': { text: 'TumblingEventTimeWindows.of(0)' },
  'sliding offset as large as the slide': { text: 'SlidingEventTimeWindows.of(1000, 500, 500)' },
  'sliding size 0': { text: 'SlidingEventTimeWindows.of(0, 500)' },
  'sliding slide 0': { text: 'SlidingEventTimeWindows.of(1000, 0)' },
  'session gap 0': { text: 'EventTimeSessionWindows.withGap(0)' },
  'dynamic session gap 0': { text: windowed('EventTimeSessionWindows.withDynamicGap(() => 0)') },
  'negative allowed lateness': { text: "events.keyBy('k').window(TumblingEventTimeWindows.of(1000)).allowedLateness(-1)" },
  'session with a trigger that cannot merge': {
    text: "events.keyBy('k').window(EventTimeSessionWindows.withGap(10)).trigger(DeltaTrigger.of(1, () => 2))",
  },
  'element without timestamp in an event-time window': { text: windowed('TumblingEventTimeWindows.of(1000)'), times: [null, null] },
  'element without timestamp in a sliding window': { text: windowed('SlidingEventTimeWindows.of(1000, 500)'), times: [null, null] },
  'element without timestamp in a session window': { text: windowed('EventTimeSessionWindows.withGap(1000)'), times: [null, 0] },
  'null key': { text: "events.keyBy(e => null).sum('v')" },
  'timers without a key': { text: 'events.process({ processElement(e, ctx) { ctx.timerService().registerEventTimeTimer(1) } })' },
  'keyed state without a key': {
    text: "events.process(new class extends ProcessFunction { processElement() { this.getRuntimeContext().getState(new ValueStateDescriptor('x')).value() } })",
  },
  'ListState.add(null)': { text: keyed("ctx.getListState(new ListStateDescriptor('l')).add(null)") },
  'ListState.update(null)': { text: keyed("ctx.getListState(new ListStateDescriptor('l')).update(null)") },
  'MapState.put with a null value is allowed': {
    text: keyed(
      "const m = ctx.getMapState(new MapStateDescriptor('m')); m.put('a', null); out.collect({ contains: m.contains('a'), get: m.get('a'), empty: m.isEmpty() })",
    ),
  },
  'one state name, two kinds': {
    text: keyed("ctx.getState(new ValueStateDescriptor('x')).value(); ctx.getListState(new ListStateDescriptor('x')).get()"),
    // In words that say what to do, instead of classes that are not there.
    ours: {
      error: 'IllegalStateException',
      message: 'State "x" is a value state of this operator, and cannot be used as a list state.',
    },
  },
  'interval join with lower > upper': {
    text: "events.keyBy('k').intervalJoin(events.keyBy('k')).between(5, 1).process((a, b) => [a])",
  },
  'interval join with an element without timestamp': {
    text: "events.keyBy('k').intervalJoin(events.keyBy('k')).between(-1, 1).process((a, b) => [a])",
    times: [null, null],
  },
  'negative out-of-orderness': {
    text: 'events.assignTimestampsAndWatermarks(WatermarkStrategy.forBoundedOutOfOrderness(-1))',
    // Sooner, where it is written.
    ours: { when: 'describe' },
  },
  'idleness 0': { text: 'WatermarkStrategy.noWatermarks().withIdleness(0)' },
  'duplicate uid': { text: "events.map(e => e).uid('x').map(e => e).uid('x')" },
  'empty uid': { text: "events.map(e => e).uid('')" },
  'maxParallelism 0': { text: 'env.setMaxParallelism(0)' },
  'maxParallelism 32769': { text: 'env.setMaxParallelism(32769)' },
  'parallelism above maxParallelism': {
    text: 'events.map(e => e).setMaxParallelism(2).setParallelism(3)',
    // Flink: when the job is submitted.
    ours: { when: 'describe' },
  },
  'checkpoint interval 5 ms': { text: 'env.enableCheckpointing(5)' },
  'countWindow(0)': { text: "events.keyBy('k').countWindow(0).sum('v')" },
  'side output with a null tag': { text: 'events.process({ processElement(e, ctx) { ctx.output(null, 1) } })' },
  'empty OutputTag id': { text: "new OutputTag('')" },
  // These two are type errors; a cell that is run unchecked finds out at the first record, as types are gone then.
  'sum on a text field': {
    text: "events.keyBy('k').sum('k')",
    ours: {
      when: 'run',
      message: 'DataStream cannot be summed because field "k" is a string, which does not support the + operator.',
    },
  },
  'sum on a missing field': {
    text: "events.keyBy('k').sum('zzz')",
    ours: { when: 'run', message: 'Unable to find field "zzz" in the record: its fields are id, k, v.' },
  },
  'a null record': { text: 'events.map(e => null)' },
  'TTL 0': { text: 'StateTtlConfig.newBuilder(0).build()' },
  'sideOutputLateData with a null tag': { text: "events.keyBy('k').window(TumblingEventTimeWindows.of(1000)).sideOutputLateData(null)" },
  'evictor with reduce': {
    text: "events.keyBy('k').window(TumblingEventTimeWindows.of(1000)).evictor(CountEvictor.of(1)).trigger(CountTrigger.of(1)).reduce((a, b) => ({ ...a, v: a.v + b.v }))",
  },
};

/** A long that no double has is the nearest one. */
function nearest<Row extends { readonly ts: unknown }>(row: Row): Row {
  return typeof row.ts === 'string' && /^-?\d+$/.test(row.ts) ? { ...row, ts: Number(row.ts) } : row;
}

/** Runs the row's cell as the second of a notebook. */
function play({
  text,
  times: [first, second] = [0, 100],
}: Cell): { failure: JobFailure; when: 'describe' | 'run' } | { executor: Executor } {
  const input = INPUT.replace('FIRST', String(first)).replace('SECOND', String(second));
  const cells = [
    { id: 'c1', number: 1, name: null, text: input },
    { id: 'c2', number: 2, name: null, text: `// What Flink says of this:\n${text}` },
  ];
  const compiled = compileCells(cells, 'c2', { check: false });
  assert.ok(compiled.ok);
  const started = createExecutor(loadProgram(compiled.program), { settings: {}, overrides: {}, startTime: 0, journal: false });
  if (!started.ok) return { failure: started.failure, when: 'describe' };
  const { executor } = started;
  if (rest(executor) === 'finished') return { executor };
  const { failure } = executor;
  assert.ok(failure);
  return { failure, when: 'run' };
}

describe('the table of what Flink throws for wrong use', () => {
  let rows: readonly ErrorRow[] = [];
  before(async () => {
    const text = await readFile(new URL('../../golden/tables/errors.json', import.meta.url), 'utf8');
    // SAFETY: the file is part of the project; a row of another shape fails its test.
    rows = (JSON.parse(text) as { readonly table: readonly ErrorRow[] }).table;
  });

  it('has a cell for each row', () => {
    assert.deepEqual(
      rows.map(({ what }) => what),
      Object.keys(CELLS),
    );
  });

  for (const [what, cell] of Object.entries(CELLS)) {
    it(what, () => {
      const row = rows.find((one) => one.what === what);
      assert.ok(row);
      const played = play(cell);
      if (row.error === null) {
        assert.ok('executor' in played, 'failure' in played ? `${played.failure.errorName}: ${played.failure.message}` : '');
        const actual = rowsOf(played.executor).map(({ value, timestamp }) => ({ ts: inGoldenWords(timestamp), value }));
        assert.deepEqual(actual.map(nearest), row.outputs?.map(nearest));
        return;
      }
      assert.ok('failure' in played, 'accepted');
      const { failure, when } = played;
      assert.deepEqual(
        { when, error: failure.errorName, message: failure.message },
        { when: row.when, error: row.error, message: row.message, ...cell.ours },
      );
      assert.equal(failure.location?.line, 2);
    });
  }
});
