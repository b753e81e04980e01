import type { StreamExecutionEnvironment } from '../../engine/api/environment.ts';
import { TumblingEventTimeWindows } from '../../engine/api/assigners/tumbling-event-time.ts';
import { OutputTag } from '../../engine/api/output-tag.ts';
import { WatermarkStrategy } from '../../engine/api/watermark-strategy.ts';
import { CollectionSource } from '../../engine/connectors/collection-source.ts';
import { FileSink } from '../../engine/connectors/file-sink.ts';
import { MEMORY_STATE_BACKEND } from '../../engine/testkit/memory-state-backend.ts';
import type { DataStream } from '../../engine/api/data-stream.ts';
import { type Expected, expectedSessions, expectedUnion, expectedWindows } from './expected.ts';
import { FIRST_NOTES, type Input, LEFT, RIGHT, SECOND_NOTES, SESSIONS, WINDOWS } from './inputs.ts';
import { Server, ServerSink } from './server.ts';
import { Sessions } from './sessions.ts';

/** A tiny job with everything that the simulation has to know of it. */
export interface World {
  readonly name: string;
  describe(env: StreamExecutionEnvironment): void;
  /** Takes the rows of its sink where that is no file; null = its sinks write files. */
  readonly server: Server | null;
  /** Records after which somebody asks for a savepoint; null = nobody does. */
  readonly savepointAfter: number | null;
  /** Records after which somebody stops it, to run it again from its newest checkpoint; null = nobody does. */
  readonly stoppedAfter: number | null;
  /** What it has to give, worked out without the engine. */
  expected(): Expected;
  /** The same when its input ends after so many records; null where that depends on more. */
  expectedUntil(records: number): Expected | null;
}

/** A checkpoint every few records, and two of them kept. With so few key groups each subtask has a key in its last one. */
const SETTINGS = {
  'pipeline.max-parallelism': '3',
  'execution.checkpointing.interval': '20 ms',
  'execution.checkpointing.num-retained': '2',
  'restart-strategy.fixed-delay.delay': '10 ms',
};

function read(env: StreamExecutionEnvironment, inputs: readonly Input[], bound: number, name: string): DataStream<Input> {
  const strategy = WatermarkStrategy.forBoundedOutOfOrderness<Input>(bound).withTimestampAssigner<Input>(({ at }) => at);
  return env.fromSource(new CollectionSource(inputs), strategy, name);
}

/** Counts in windows, out of order, to a file sink and a display. */
const windows: World = {
  name: 'windows',
  server: null,
  savepointAfter: null,
  stoppedAfter: 9,
  expected: () => expectedWindows(WINDOWS),
  expectedUntil: (records) => expectedWindows(WINDOWS.slice(0, records)),
  describe(env) {
    // A checkpoint may fail without the job: what it had is in the next one then.
    env.configure({ ...SETTINGS, 'execution.checkpointing.tolerable-failed-checkpoints': '2' });
    const counts = read(env, WINDOWS, 5, 'clicks')
      .keyBy('key')
      .window(TumblingEventTimeWindows.of(10))
      .aggregate({ n: 'count', total: ['sum', 'value'] });
    counts.sinkTo(FileSink.ndjson('out'));
    env.addDisplay(counts, 'counts');
    env.addDisplay(counts, 'first counts', 'preview');
  },
};

/** A function with states of each kind and timers of both, which throws in the first attempt. */
const sessions: World = {
  name: 'sessions',
  server: null,
  savepointAfter: null,
  stoppedAfter: null,
  expected: () => expectedSessions(SESSIONS),
  expectedUntil: (records) => expectedSessions(SESSIONS.slice(0, records)),
  describe(env) {
    env.configure({ ...SETTINGS, 'execution.checkpointing.tolerable-failed-checkpoints': '1' });
    const found = read(env, SESSIONS, 3, 'events').keyBy('key').process(new Sessions());
    found.sinkTo(FileSink.ndjson('out'));
    env.addDisplay(found, 'sessions');
  },
};

function notes(env: StreamExecutionEnvironment, inputs: readonly Input[], name: string): DataStream<Input> {
  return env.fromSource(new CollectionSource(inputs), WatermarkStrategy.noWatermarks<Input>(), name);
}

/**
 * Two sources become one, in parallel; records that come too late go to an output of their own. Two sources without times take turns, and are dealt out
 * evenly to buckets of another sink. The job is stopped once and run again.
 */
const union: World = {
  name: 'union',
  server: null,
  savepointAfter: 9,
  stoppedAfter: null,
  expected: () => expectedUnion(LEFT, RIGHT, [...FIRST_NOTES, ...SECOND_NOTES]),
  expectedUntil: () => null,
  describe(env) {
    env.configure({ ...SETTINGS, 'parallelism.default': '2' });
    const late = new OutputTag<Input>('late');
    const sums = read(env, LEFT, 2, 'left')
      .union(read(env, RIGHT, 2, 'right'))
      .keyBy('key')
      .window(TumblingEventTimeWindows.of(10))
      .sideOutputLateData(late)
      .reduce((a, b) => ({ ...b, value: a.value + b.value, at: Math.max(a.at, b.at) }));
    sums.sinkTo(FileSink.ndjson('out'));
    env.addDisplay(sums, 'sums');
    env.addDisplay(sums.getSideOutput(late), 'late');
    const dealt = notes(env, FIRST_NOTES, 'first')
      .union(notes(env, SECOND_NOTES, 'second'))
      .rebalance()
      .map((note) => note);
    dealt.sinkTo(FileSink.ndjson('out/notes', { bucketAssigner: ({ key }) => key }));
    env.addDisplay(dealt, 'notes');
  },
};

/** The same sessions with their state outside of the heap. */
const stored: World = {
  ...sessions,
  name: 'stored',
  describe(env) {
    sessions.describe(env);
    env.configure({ 'state.backend.type': MEMORY_STATE_BACKEND });
  },
};

const server = new Server();

/** The same sessions, given to a sink of the user's own, whose rows are on a server. */
const served: World = {
  ...sessions,
  name: 'served',
  server,
  expected: () => ({ ...expectedSessions(SESSIONS), committed: [] }),
  describe(env) {
    env.configure({ ...SETTINGS, 'execution.checkpointing.tolerable-failed-checkpoints': '1' });
    const found = read(env, SESSIONS, 3, 'events').keyBy('key').process(new Sessions());
    found.sinkTo(new ServerSink(server));
    env.addDisplay(found, 'sessions');
  },
};

/** Of every stage but `outside`. */
export const WORLDS: readonly World[] = [windows, sessions, union];
/** Those with something that is not on the machine. */
export const OUTSIDE_WORLDS: readonly World[] = [stored, served];
