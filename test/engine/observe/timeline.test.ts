import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TumblingEventTimeWindows } from '../../../engine/api/assigners/tumbling-event-time.ts';
import { AsyncDataStream } from '../../../engine/api/async-data-stream.ts';
import { display } from '../../../engine/api/display.ts';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import { DataGeneratorSource } from '../../../engine/connectors/data-generator-source.ts';
import { DivergenceError, Timeline } from '../../../engine/observe/timeline.ts';
import type { Recording } from '../../../engine/observe/recording.ts';
import type { Executor } from '../../../engine/runtime/job.ts';
import { ScriptedCalls } from '../../../engine/testkit/scripted-calls.ts';
import { scriptedSource } from '../../../engine/testkit/scripted-source.ts';
import { type Describe, rest, start } from '../job.ts';
import { choices, describeJob, look, shape, World } from './world.ts';

function recordingOf(executor: Executor): Recording {
  return {
    startTime: 0,
    restore: null,
    journal: executor.journal(),
    end: { turn: executor.failure === null ? executor.turnCount : null, record: executor.recordCount },
  };
}

function timelineOf(describe: Describe, recording: Recording): Timeline {
  return new Timeline({
    recording,
    create: (restore, startTime) => start(describe, { restore, startTime, journal: false }),
    writesFiles: () => false,
    mark: () => null,
    onRestart: () => undefined,
  });
}

/** A job with much state, in records enough for several anchors. */
const LONG: Describe = (env) => {
  env.setParallelism(2);
  const source = DataGeneratorSource({
    generatorFunction: (index, random) => ({ t: index * 3 + random.nextInt(40), k: random.nextInt(50), v: random.nextInt(9) }),
    count: 22_000,
  });
  const strategy = WatermarkStrategy.forBoundedOutOfOrderness<{ readonly t: number; readonly k: number; readonly v: number }>(
    25,
  ).withTimestampAssigner((r: { readonly t: number }) => r.t);
  const keyed = env.fromSource(source, strategy, 'generated').keyBy((r) => r.k);
  display(keyed.window(TumblingEventTimeWindows.of(500)).sum('v'), { name: 'windows' });
  display(keyed.sum('v'), { name: 'running' });
};

describe('Timeline', () => {
  it('is at 200 random positions of a long run what a straight run is there, bit for bit', function () {
    const run = start(LONG);
    assert.equal(rest(run, 4_096), 'finished');
    const timeline = timelineOf(LONG, recordingOf(run));
    const positions = fc.sample(fc.integer({ min: 0, max: 22_000 }), { numRuns: 200, seed: 5 });
    const straight = start(LONG);
    const expected = new Map<number, unknown>();
    for (const position of [...positions].sort((a, b) => a - b)) {
      while (straight.recordCount < position) straight.step(position - straight.recordCount);
      expected.set(position, digestOf(look(straight)));
    }
    for (const position of positions) {
      timeline.seek(position);
      assert.equal(timeline.position, position);
      assert.equal(digestOf(look(timeline.executor)), expected.get(position), `at record ${position}`);
    }
    timeline.close();
  });

  /** Two of three have files alone: only those can begin again at a checkpoint. */
  const jobs = fc.oneof(shape, { weight: 2, arbitrary: shape.map((job) => ({ ...job, script: [], generated: 0 })) });

  it('goes to and fro in a run of any job as a straight replay goes to each place', () => {
    fc.assert(
      fc.property(jobs, choices, fc.array(fc.integer({ min: -1, max: 60 }), { minLength: 2, maxLength: 5 }), (job, events, moves) => {
        const world = new World(job);
        world.play(events);
        assert.equal(world.executor.failure, null);
        const recording = recordingOf(world.executor);
        const [timeline, end] = [timelineOf(describeJob(job), recording), timelineOf(describeJob(job), recording)];
        end.seek('end');
        assert.deepEqual(look(end.executor), look(world.executor));
        for (const move of moves) {
          const target = move < 0 ? 'end' : Math.min(move, recording.end.record);
          timeline.seek(target);
          const straight = timelineOf(describeJob(job), recording);
          straight.seek(target);
          assert.deepEqual(look(timeline.executor), look(straight.executor), `at ${target}`);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('steps on record by record to the end, and back to the beginning', () => {
    const job: Describe = (env) => {
      display(env.fromData('a', 'b', 'c'), { name: 'letters' });
    };
    const run = start(job);
    rest(run);
    const timeline = timelineOf(job, recordingOf(run));
    const seen: (number | 'end')[] = [];
    const note = (): void => void seen.push(timeline.atEnd ? 'end' : timeline.position);
    note();
    while (timeline.step()) note();
    while (timeline.stepBack()) note();
    assert.deepEqual(seen, [0, 1, 2, 3, 'end', 3, 2, 1, 0]);
  });

  it('goes back and forth in a run that asked outside of the job: the answers are in the recording', () => {
    const job: Describe = (env) => {
      const asked = env.fromSource(scriptedSource<number>('in'), WatermarkStrategy.noWatermarks<number>(), 'in');
      const answers = AsyncDataStream.unorderedWait(asked, async (n: number) => [n * 10], 1_000, 2);
      display(answers, { name: 'answers' });
    };
    const calls = new ScriptedCalls();
    const run = start(job, { calls });
    const [source] = run.sources;
    assert.ok(source);
    const send = (value: number): void => {
      run.deliver({ kind: 'elements', source: source.source, elements: [{ kind: 'record', value, timestamp: null }] });
      rest(run);
      calls.take();
    };
    send(1);
    send(2);
    // The operator is full: the third waits until the second is answered.
    send(3);
    for (const input of [2, 1, 3]) {
      const answer = calls.answer(input, { results: [input * 10] });
      assert.ok(answer);
      run.deliver(answer);
      rest(run);
    }
    run.deliver({ kind: 'elements', source: source.source, elements: [{ kind: 'end' }] });
    assert.equal(rest(run), 'finished');
    const timeline = timelineOf(job, recordingOf(run));
    const forth: unknown[] = [look(timeline.executor)];
    const rows: number[] = [];
    while (timeline.step()) {
      forth.push(look(timeline.executor));
      rows.push(timeline.executor.takeRows(0, 0).total);
    }
    // The third record came through with the first answer; the others came behind it.
    assert.deepEqual(rows, [0, 0, 1, 3]);
    assert.deepEqual(forth.at(-1), look(run));
    const back: unknown[] = [look(timeline.executor)];
    while (timeline.stepBack()) back.push(look(timeline.executor));
    assert.deepEqual(back.toReversed(), forth);
  });

  it('goes back and forth in a run with operators of two inputs', () => {
    const job: Describe = (env) => {
      const numbers = (to: number) =>
        env
          .fromSequence(1, to)
          .assignTimestampsAndWatermarks(WatermarkStrategy.forMonotonousTimestamps<number>().withTimestampAssigner((n: number) => n));
      const [left, right] = [numbers(8).keyBy((n) => n % 2), numbers(6).keyBy((n) => n % 2)];
      display(
        left
          .intervalJoin(right)
          .between(-1, 1)
          .process((l, r) => [[l, r]]),
        { name: 'pairs' },
      );
      display(left.connect(right).map({ map1: (n) => n, map2: (n) => -n }), { name: 'both' });
    };
    const run = start(job);
    assert.equal(rest(run), 'finished');
    const timeline = timelineOf(job, recordingOf(run));
    const forth: unknown[] = [look(timeline.executor)];
    while (timeline.step()) forth.push(look(timeline.executor));
    assert.equal(forth.length, 16);
    assert.deepEqual(forth.at(-1), look(run));
    const back: unknown[] = [look(timeline.executor)];
    while (timeline.stepBack()) back.push(look(timeline.executor));
    assert.deepEqual(back.toReversed(), forth);
  });

  it('ends where the run failed, and goes back from there', () => {
    const job: Describe = (env) => {
      const numbers = env.fromData(1, 2, 0, 4).map((n) => {
        if (n === 0) throw new Error('nought');
        return n;
      });
      display(numbers, { name: 'numbers' });
    };
    const run = start(job);
    rest(run);
    const timeline = timelineOf(job, recordingOf(run));
    timeline.seek('end');
    assert.deepEqual([timeline.position, timeline.atEnd, timeline.executor.failure?.message], [2, true, 'nought']);
    timeline.stepBack();
    assert.deepEqual([timeline.position, timeline.atEnd, timeline.executor.failure], [2, false, null]);
    timeline.stepBack();
    assert.equal(timeline.position, 1);
  });

  it('is undisturbed by a look at the whole state', () => {
    const run = start(LONG);
    rest(run, 4_096);
    const [looked, plain] = [timelineOf(LONG, recordingOf(run)), timelineOf(LONG, recordingOf(run))];
    looked.seek(1_000);
    assert.equal(looked.snapshot().records, 1_000);
    for (const timeline of [looked, plain]) timeline.seek(1_500);
    assert.deepEqual(look(looked.executor), look(plain.executor));
  });

  it('says that a program is not the one that was recorded', () => {
    const job =
      (fails: boolean): Describe =>
      (env) => {
        const numbers = env.fromData(1, 2, 3).map((n) => {
          if (fails && n === 2) throw new Error('changed');
          return n;
        });
        display(numbers, { name: 'numbers' });
      };
    const run = start(job(false));
    rest(run);
    assert.throws(
      () => timelineOf(job(true), recordingOf(run)).seek(3),
      (error) => error instanceof DivergenceError && /ended at record 1, but the recorded run got to record 3.*changed/.test(error.message),
    );
  });
});

function digestOf(value: unknown): string {
  return JSON.stringify(value);
}
