import type { StreamExecutionEnvironment } from '../../engine/api/environment.ts';
import { TumblingEventTimeWindows } from '../../engine/api/assigners/tumbling-event-time.ts';
import { OutputTag } from '../../engine/api/output-tag.ts';
import { WatermarkStrategy } from '../../engine/api/watermark-strategy.ts';
import { CollectionSource } from '../../engine/connectors/collection-source.ts';
import { FileSink } from '../../engine/connectors/file-sink.ts';
import type { DataStream } from '../../engine/api/data-stream.ts';
import { type Expected, expectedSessions, expectedUnion, expectedWindows } from './expected.ts';
import { type Input, LEFT, RIGHT, SESSIONS, WINDOWS } from './inputs.ts';
import { Sessions } from './sessions.ts';

/** A tiny job with everything that the simulation has to know of it. */
export interface World {
  readonly name: string;
  describe(env: StreamExecutionEnvironment): void;
  /** Records after which somebody asks for a savepoint; null = nobody does. */
  readonly savepointAfter: number | null;
  /** What it has to give, worked out without the engine. */
  expected(): Expected;
}

/** A checkpoint every few records, and two of them kept. */
const SETTINGS = {
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
  savepointAfter: null,
  expected: () => expectedWindows(WINDOWS),
  describe(env) {
    // A checkpoint may fail without the job: what it had is in the next one then.
    env.configure({ ...SETTINGS, 'execution.checkpointing.tolerable-failed-checkpoints': '2' });
    const counts = read(env, WINDOWS, 5, 'clicks')
      .keyBy('key')
      .window(TumblingEventTimeWindows.of(10))
      .aggregate({ n: 'count', total: ['sum', 'value'] });
    counts.sinkTo(FileSink.ndjson('out'));
    env.addDisplay(counts, 'counts');
  },
};

/** A function with states of each kind and timers of both, which throws in the first attempt. */
const sessions: World = {
  name: 'sessions',
  savepointAfter: null,
  expected: () => expectedSessions(SESSIONS),
  describe(env) {
    env.configure(SETTINGS);
    const found = read(env, SESSIONS, 3, 'events').keyBy('key').process(new Sessions());
    found.sinkTo(FileSink.ndjson('out'));
    env.addDisplay(found, 'sessions');
  },
};

/** Two sources become one, in parallel; records that come too late go to an output of their own. */
const union: World = {
  name: 'union',
  savepointAfter: 9,
  expected: () => expectedUnion(LEFT, RIGHT),
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
  },
};

export const WORLDS: readonly World[] = [windows, sessions, union];
