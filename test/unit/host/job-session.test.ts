import assert from 'node:assert/strict';
import { INFERRED_DISPLAY } from '../../../engine/graph/display-options.ts';
import type { Executor, JobFailure } from '../../../engine/runtime/job.ts';
import { FigureReader } from '../../../src/host/figures.ts';
import { plainFailure } from '../../../engine/runtime/plain-failure.ts';
import type { JobEnd } from '../../../engine/node/job-master.ts';
import type { Master } from '../../../src/host/open-job.ts';
import { JobSession } from '../../../src/host/job-session.ts';
import type { FromWorker, JobEvent, StartJob } from '../../../src/host/protocol.ts';

const JOB: StartJob = {
  program: { jobName: 'word-count', parameters: [], code: '', cells: [], hash: '0' },
  baseDirectory: '/folder',
  pace: { kind: 'full' },
  outputPrefix: 'cell:1',
  settings: {},
  checkpoints: null,
  recording: null,
  replay: null,
};

const SOURCE = {
  source: 1,
  name: 'lines',
  boundedness: 'BOUNDED',
  enumeration: { kind: 'fixed', splits: [] },
  usesClock: false,
  location: null,
} as const;
const DISPLAY = {
  id: 0,
  name: 'counts',
  operator: 2,
  kind: 'display',
  options: INFERRED_DISPLAY,
  windowed: false,
  window: null,
  location: null,
} as const;

function fakeExecutor(change: Partial<Executor> = {}): Executor {
  const base: Executor = {
    sources: [SOURCE],
    compatibility: null,
    stateMemory: () => ({ bytes: 0, jobLimit: 1, windowLimit: 1 }),
    displays: [DISPLAY],
    recordCount: 0,
    pendingMail: 0,
    noticesCheckpoints: false,
    accumulators: () => new Map(),
    userMetrics: () => [],
    turnCount: 0,
    failure: null,
    configuration: { 'parallelism.default': '1' },
    checkpointStorage: 'filesystem',
    deliver: () => undefined,
    step: () => 'finished',
    wanted: () => [],
    nextWakeUp: () => Number.POSITIVE_INFINITY,
    nextTimestamp: () => null,
    displayWatermark: () => Number.NEGATIVE_INFINITY,
    takeRows: () => ({ rows: [], total: 0 }),
    rowTotals: () => [0],
    openWindows: () => [],
    takeLate: () => ({ records: [], dropped: 0, counted: 0 }),
    printedCount: 0,
    takePrinted: () => [],
    metrics: () => [],
    positions: () => [],
    snapshot: null,
    stateBytes: () => new Uint8Array(),
    journal: () => [],
    takeJournal: () => [],
    failureAt: () => plainFailure('', ''),
    close: () => undefined,
  };
  return { ...base, ...change };
}

function setUp(executor: Executor | JobFailure) {
  const posted: FromWorker[] = [];
  const runner = {
    fraction: 0.25,
    calls: [] as string[],
    progress: (): void => undefined,
    end: (_phase: 'finished' | 'failed' | 'stopped'): void => undefined,
    fail: (_error: unknown): void => undefined,
  };
  let heartbeat = (): void => undefined;
  let now = 0;
  const session = new JobSession({
    load: () => ({ name: 'word-count', evaluate: () => undefined, locate: () => ({ cell: 0, line: 2, column: 3 }) }),
    createExecutor: () => ('sources' in executor ? { ok: true, executor } : { ok: false, failure: executor }),
    openMaster: async (_job, _program, _configured, events): Promise<Master> => {
      runner.progress = events.onProgress;
      return {
        run: 1,
        fraction: 0.25,
        timeLeft: 3_000,
        start: () =>
          new Promise<JobEnd>((resolve, reject) => {
            if ('sources' in executor) events.onAttempt({ executor, attempt: 0, startTime: 0, restored: null, failure: null });
            runner.end = (kind) =>
              resolve(
                kind === 'failed'
                  ? { kind, failure: ('sources' in executor ? executor.failure : null) ?? plainFailure('', 'failed') }
                  : { kind, failure: null },
              );
            runner.fail = reject;
          }),
        stop: () => void runner.calls.push('stop'),
        setPace: (pace) => void runner.calls.push(`pace ${pace.kind}`),
        checkpoint: async () => {
          runner.calls.push('checkpoint');
          return await Promise.reject(new Error('not now'));
        },
        stopWith: async (kind, label, drain) => {
          runner.calls.push(`stopWith ${kind} ${label} ${drain}`);
          return await Promise.reject(new Error('not now'));
        },
        inject: ({ kind }) => void runner.calls.push(`inject ${kind}`),
        status: 'RUNNING',
        label: async () => void runner.calls.push('label'),
        delete: async () => void runner.calls.push('delete'),
      };
    },
    now: () => now,
    post: (message) => posted.push(structuredClone(message)),
    every: (_ms, tick) => {
      heartbeat = tick;
      return () => (heartbeat = () => undefined);
    },
  });
  const events = (): JobEvent[] => posted.flatMap((message) => (message.type === 'reply' ? [] : [message]));
  const types = (): string[] => posted.map((message) => (message.type === 'reply' ? `reply ${message.ok}` : message.type));
  return {
    session,
    runner,
    events,
    types,
    heartbeat: (time: number): void => {
      now = time;
      heartbeat();
    },
  };
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('The figures of a job', () => {
  const LONG = Array.from({ length: 600 }, (_, at) => at);

  it('are read twice a second at most while it runs, and once more when it has ended', () => {
    const seen: string[] = [];
    let words = 0;
    const executor = fakeExecutor({ accumulators: () => new Map([['words', ++words]]) });
    const reader = new FigureReader();
    for (const [now, phase] of [
      [0, 'running'],
      [499, 'running'],
      [500, 'running'],
      [600, 'finished'],
    ] as const) {
      seen.push(
        reader
          .read(executor, now, phase)
          .accumulators.shown.map(({ name, value }) => `${name}=${value}`)
          .join(),
      );
    }
    assert.deepEqual(seen, ['words=1', 'words=1', 'words=2', 'words=3']);
    assert.equal(reader.read(fakeExecutor(), 601, 'running').accumulators.total, 0, 'those of another attempt');
  });

  it('are named by operator and subtask, the first of many, and never make the job fail', () => {
    const metric = { operator: 3, subtask: 1, kind: 'counter', value: 5 } as const;
    const operator = { id: 3, name: 'Map', recordsIn: 0, recordsOut: 0, watermark: 0, lateDropped: 0, stateBytes: 0, location: null };
    const executor = fakeExecutor({
      userMetrics: () => LONG.map((at) => ({ ...metric, name: `seen.${at}` })),
      metrics: () => [operator],
      accumulators: () => {
        throw new TypeError('bad merge');
      },
    });
    const { accumulators, metrics } = new FigureReader().read(executor, 0, 'finished');
    assert.deepEqual([metrics.shown.length, metrics.total, metrics.shown[1]], [500, 600, { name: 'Map.1.seen.1', value: '5' }]);
    assert.deepEqual(accumulators, { shown: [], total: 0, problem: 'TypeError: bad merge' });
  });
});

describe('a job in its worker', () => {
  it('sends its outputs, then changes, then its end', async () => {
    const rows = [{ index: 0, kind: '+I' as const, timestamp: 5, window: null, key: 'a', value: { n: 1 }, watermark: 4 }];
    let taken = false;
    const takeRows = (): ReturnType<Executor['takeRows']> => {
      const result = { rows: taken ? [] : rows, total: 1 };
      taken = true;
      return result;
    };
    const { session, runner, events, types } = setUp(fakeExecutor({ recordCount: 4, takeRows }));
    session.handle({ id: 1, type: 'start', job: JOB });
    await settle();
    runner.progress();
    runner.end('finished');
    await settle();
    assert.deepEqual(types(), ['reply true', 'outputs', 'deltas', 'deltas', 'ended']);
    const [outputs] = events();
    assert.ok(outputs?.type === 'outputs');
    assert.deepEqual([outputs.outputs[0]?.id, outputs.outputs[0]?.totalRows], ['cell:1/0', 1]);
    const end = events().at(-1);
    assert.ok(end?.type === 'ended');
    assert.deepEqual([end.phase, end.progress.recordsIn, end.progress.recordsOut, end.progress.fraction], ['finished', 4, 1, 1]);
  });

  it('shows why a program could not be evaluated', async () => {
    const { session, events, types } = setUp(plainFailure('ReferenceError', 'x is not defined'));
    session.handle({ id: 1, type: 'start', job: JOB });
    await settle();
    assert.deepEqual(types(), ['outputs', 'deltas', 'ended', 'reply false']);
    const [outputs] = events();
    assert.ok(outputs?.type === 'outputs');
    assert.equal(outputs.outputs[0]?.error?.title, 'ReferenceError: x is not defined');
    assert.equal(outputs.outputs[0].status.phase, 'failed');
  });

  it('shows the configuration when nothing is read', async () => {
    const { session, events } = setUp(fakeExecutor({ sources: [], displays: [] }));
    session.handle({ id: 1, type: 'start', job: JOB });
    await settle();
    const [outputs] = events();
    assert.ok(outputs?.type === 'outputs');
    assert.equal(outputs.outputs[0]?.kind, 'config');
    assert.deepEqual(outputs.outputs[0].rows[0]?.value, { option: 'parallelism.default', value: '1' });
    assert.equal(events().at(-1)?.type, 'ended');
  });

  it('shows what a job without displays prints', async () => {
    let printed = [{ stream: 'stdout' as const, line: '1> hello' }];
    const executor = fakeExecutor({
      displays: [],
      takePrinted: () => {
        const lines = printed;
        printed = [];
        return lines;
      },
    });
    const { session, events, runner } = setUp(executor);
    session.handle({ id: 1, type: 'start', job: JOB });
    await settle();
    runner.end('finished');
    await settle();
    const [outputs] = events();
    assert.ok(outputs?.type === 'outputs');
    assert.deepEqual([outputs.outputs[0]?.kind, outputs.outputs[0]?.log], ['log', [{ stream: 'stdout', line: '1> hello' }]]);
  });

  it('passes requests on to the job and answers each; a stop takes a checkpoint first', async () => {
    const { session, runner, types } = setUp(fakeExecutor());
    session.handle({ id: 1, type: 'ping' });
    session.handle({ id: 2, type: 'start', job: JOB });
    await settle();
    session.handle({ id: 3, type: 'setPace', pace: { kind: 'speed', factor: 10 } });
    session.handle({ id: 4, type: 'stop' });
    session.handle({ id: 5, type: 'start', job: JOB });
    await settle();
    assert.deepEqual(runner.calls, ['pace speed', 'stopWith checkpoint null undefined', 'stop']);
    assert.deepEqual(types(), ['reply true', 'reply true', 'outputs', 'reply true', 'reply true', 'reply false']);
  });

  it('ends with a savepoint, drains and fails on request, and says when it cannot', async () => {
    const { session, runner, types } = setUp(fakeExecutor());
    session.handle({ id: 1, type: 'inject', injection: { kind: 'commit' } });
    session.handle({ id: 2, type: 'start', job: JOB });
    await settle();
    session.handle({ id: 3, type: 'inject', injection: { kind: 'crash', records: 5 } });
    session.handle({ id: 4, type: 'stopWithSavepoint', label: 'upgrade', drain: true });
    await settle();
    assert.deepEqual(runner.calls, ['inject crash', 'stopWith savepoint upgrade true']);
    assert.deepEqual(types(), ['reply false', 'reply true', 'outputs', 'reply true', 'reply false']);
  });

  it('makes what is thrown beside the engine a failure at its place', async () => {
    const { session, events, runner } = setUp(fakeExecutor());
    session.handle({ id: 1, type: 'start', job: JOB });
    await settle();
    session.crash(new RangeError('Maximum call stack size exceeded'));
    session.crash(new Error('once more'));
    runner.fail(new Error('and again'));
    await settle();
    const ends = events().filter(({ type }) => type === 'ended');
    assert.equal(ends.length, 1);
    assert.ok(ends[0]?.type === 'ended');
    assert.deepEqual([ends[0].phase, ends[0].failure?.errorName, ends[0].failure?.location?.line], ['failed', 'RangeError', 2]);
  });

  it('ends although close() throws, and says so in the log', async () => {
    const executor = fakeExecutor({
      close: () => {
        throw new Error('cannot close');
      },
    });
    const { session, events, runner } = setUp(executor);
    session.handle({ id: 1, type: 'start', job: JOB });
    await settle();
    runner.end('finished');
    await settle();
    const deltas = events().flatMap((event) => (event.type === 'deltas' ? event.deltas : []));
    assert.ok(deltas.some(({ log }) => log.some(({ line }) => line.includes('cannot close'))));
    assert.equal(events().at(-1)?.type, 'ended');
  });

  it('lets its clock go on while nothing happens', async () => {
    const { session, types, heartbeat } = setUp(fakeExecutor());
    session.handle({ id: 1, type: 'start', job: JOB });
    await settle();
    heartbeat(1000);
    assert.equal(types().at(-1), 'deltas');
  });
});
