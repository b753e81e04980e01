import type { Injection } from '../../../engine/node/job-master.ts';
import assert from 'node:assert/strict';
import type { RunDebugger } from '../../../src/debug/session.ts';
import { NO_FIGURES } from '../../../src/host/figures.ts';
import type { JobListener } from '../../../src/host/job-client.ts';
import { plainFailure } from '../../../engine/runtime/plain-failure.ts';
import type { JobProgress, StartJob } from '../../../src/host/protocol.ts';
import { OutputFold } from '../../../src/output/fold.ts';
import type { OutputState, ReplayAction } from '../../../src/output/types.ts';
import type { CompileResult } from '../../../src/program/types.ts';
import type { NotebookView } from '../../../src/platform/ports.ts';
import { CellRuns } from '../../../src/notebook/running/cell-runs.ts';
import { CheckpointPlaces } from '../../../src/notebook/jobs/checkpoint-places.ts';
import { PaceMemory } from '../../../src/notebook/running/pace-choice.ts';
import { ProblemBoard } from '../../../src/notebook/problems/problem-board.ts';
import type { Job, RecordedRun } from '../../../src/notebook/running/run-ports.ts';
import { statusItems } from '../../../src/notebook/running/status-items.ts';
import { WindowState } from '../../../src/notebook/running/window-state.ts';
import { cellView, FakeClock, FakeDialogs, FakeExecutions, FakeLog, FakeMemory, FakeNotebooks, l10n, settle } from './fakes.ts';

const PROGRESS: JobProgress = {
  phase: 'running',
  elapsed: 10,
  recordsIn: 3,
  recordsOut: 2,
  watermark: 43_384_500,
  fraction: 0.5,
  timeLeft: null,
  lateDropped: 1,
  run: null,
  checkpoint: null,
  stateBytes: 0,
  stateMemory: { bytes: 0, jobLimit: 1, windowLimit: 1 },
  restarts: 0,
  status: 'RUNNING',
  figures: NO_FIGURES,
  replay: null,
};

class FakeJob implements Job {
  readonly calls: string[] = [];
  readonly listener: JobListener;
  started: StartJob | null = null;
  constructor(listener: JobListener) {
    this.listener = listener;
  }
  start(job: StartJob): void {
    this.started = job;
  }
  async stop(): Promise<void> {
    this.calls.push('stop');
  }
  async setPace(): Promise<void> {
    this.calls.push('setPace');
  }
  async replay(action: ReplayAction): Promise<void> {
    this.calls.push(`replay ${action.kind}`);
  }
  async checkpoint(): Promise<void> {
    this.calls.push('checkpoint');
  }
  async stopWithSavepoint(_label: string | null, drain: boolean): Promise<void> {
    this.calls.push(drain ? 'drain' : 'stopWithSavepoint');
  }
  async inject({ kind }: Injection): Promise<void> {
    this.calls.push(`inject ${kind}`);
  }
  async label(): Promise<void> {
    this.calls.push('label');
  }
  async deleteCheckpoint(): Promise<void> {
    this.calls.push('delete');
  }
  async kill(): Promise<void> {
    this.calls.push('kill');
  }
}

function output(cell: string): OutputState {
  const fold = new OutputFold({ id: `${cell}/0`, name: 'counts', kind: 'display', window: null });
  fold.setStatus({ phase: 'running', elapsed: 0, recordsIn: 0, watermark: null });
  return fold.state();
}

function setUp(
  change: {
    readonly trusted?: boolean;
    readonly maxRunning?: number;
    readonly folder?: string | null;
    readonly root?: string;
    readonly recorded?: RecordedRun;
  } = {},
) {
  const cells = ['a', 'b', 'c'].map((uri, index) => cellView(`let ${uri}`, { uri, index, metadata: { info: `ts id=${uri}` } }));
  const notebook: NotebookView = { uri: 'nb', folder: change.folder === undefined ? '/folder' : change.folder, cells };
  const notebooks = new FakeNotebooks(notebook);
  const executions = new FakeExecutions();
  const dialogs = new FakeDialogs();
  const clock = new FakeClock();
  const jobs = new Map<string, FakeJob>();
  const posted: unknown[] = [];
  const kept: string[] = [];
  const problems = new Map<string, string>();
  const problemPort = {
    set: (cell: string, found: readonly { message: string }[]) => problems.set(cell, found.map(({ message }) => message).join()),
    clear: (cell: string) => problems.delete(cell),
  };
  const result: { next: CompileResult | Error | null } = { next: null };
  const runs = new CellRuns({
    notebooks,
    executions,
    dialogs,
    clock,
    l10n,
    log: new FakeLog(),
    compiler: {
      compile: async (_notebook, sources, target) => {
        if (result.next instanceof Error) throw result.next;
        const used = sources.filter(({ id }) => id === target);
        const programCells = used.map((cell) => ({ ...cell, firstLine: 1, lineCount: 1, sourceMap: '' }));
        return (
          result.next ?? {
            ok: true,
            diagnostics: [],
            program: { jobName: target, parameters: [], code: '', cells: programCells, hash: '0' },
          }
        );
      },
    },
    startWorker: (cell, listener, debug) => {
      const job = new FakeJob(listener);
      jobs.set(cell, job);
      const inspect = async (): Promise<never> => assert.fail('there is no worker');
      return debug?.attach(job, { inspect, setPaused: () => undefined, beforeTermination: () => undefined }) ?? job;
    },
    problems: new ProblemBoard(problemPort, problemPort, l10n),
    channel: { post: (message) => posted.push(message), onMessage: () => ({ dispose: () => undefined }) },
    keeper: { keep: (_notebook, cell) => kept.push(cell.uri) },
    paces: new PaceMemory(new FakeMemory(), { get: () => undefined }),
    settings: { get: (key) => (key === 'maxRunningJobs' ? change.maxRunning : undefined) },
    trust: { isTrusted: () => change.trusted ?? true },
    onStatus: () => undefined,
    onCheckpoint: () => undefined,
    places: new CheckpointPlaces(change.root ?? null, new FakeMemory()),
    recordings: { read: async () => change.recorded ?? null },
    windowState: new WindowState(),
  });
  const job = (cell: string): FakeJob => jobs.get(cell) ?? assert.fail(`no job of ${cell}`);
  const status = (index: number): string[] => {
    const current = notebooks.notebooks[0] ?? notebook;
    return statusItems(l10n, runs.status(current, current.cells[index]!)).map(({ text }) => text);
  };
  const begin = async (cell: string): Promise<FakeJob> => {
    runs.run([cell]);
    await settle();
    job(cell).listener.onOutputs([output(cell)]);
    job(cell).listener.onStarted();
    await settle();
    return job(cell);
  };
  return { runs, executions, dialogs, clock, jobs, job, posted, kept, problems, result, notebooks, notebook, status, begin };
}

describe('running cells', () => {
  it('runs a cell to its end: order, outputs, success', async () => {
    const { begin, executions, kept, status } = setUp();
    const job = await begin('a');
    assert.deepEqual([job.started?.baseDirectory, job.started?.outputPrefix, job.started?.pace], ['/folder', 'a', { kind: 'full' }]);
    job.listener.onEnded('finished', null, { ...PROGRESS, phase: 'finished' });
    await settle();
    assert.deepEqual(executions.log, ['start a [1]', 'outputs a a/0', 'outputs a a/0', 'end a true']);
    assert.deepEqual(
      executions.outputs[0]?.items.map(({ mime }) => mime),
      ['application/vnd.streambook.output+json', 'text/plain'],
    );
    assert.deepEqual(kept, ['a']);
    assert.deepEqual(status(0), ['Finished', '0 s', 'in 3 · out 2', 'watermark 12:03:04', '$(warning) late 1', 'Pace: full']);
  });

  it('fails the job with which the state of all jobs goes over the limit of the window', async () => {
    const { begin, runs } = setUp();
    const [a, b] = [await begin('a'), await begin('b')];
    const keeps = (bytes: number): JobProgress => ({ ...PROGRESS, stateMemory: { bytes, jobLimit: 9e9, windowLimit: 1e9 } });
    a.listener.onDeltas([], keeps(0.7e9));
    b.listener.onDeltas([], keeps(0.2e9));
    b.listener.onDeltas([], keeps(0.4e9));
    await settle();
    assert.deepEqual([a.calls, b.calls], [[], ['kill']]);
    assert.equal(
      runs.outputs('b')[0]?.error?.title,
      'The jobs of this window keep 1.1 GB of state, more than the 1.0 GB of streambook.state.max-window-size, and this one went over it: a 700 MB, b 400 MB',
    );
    a.listener.onDeltas([], keeps(0.9e9));
    assert.deepEqual(a.calls, [], 'the other one counts no more');
  });

  it('hands changes on to the renderers without rewriting the output', async () => {
    const { begin, executions, posted, runs, status } = setUp();
    const job = await begin('a');
    const fold = new OutputFold({ id: 'a/0', name: 'counts', kind: 'display', window: null });
    fold.addRows([{ index: 0, kind: '+I', timestamp: 1, window: null, key: undefined, value: 5, watermark: 0 }], 1);
    job.listener.onDeltas([fold.takeDelta()], PROGRESS);
    assert.equal(runs.outputs('a')[0]?.totalRows, 1);
    assert.deepEqual(
      posted.map((message) => (message as { type: string }).type),
      ['delta'],
    );
    assert.equal(executions.log.filter((line) => line.startsWith('outputs')).length, 1);
    assert.equal(status(0)[0], '$(broadcast) Running 50 %');
    job.listener.onDeltas([], { ...PROGRESS, checkpoint: { number: 12, time: 0 }, stateBytes: 3_400_000 });
    assert.ok(status(0).includes('checkpoint 12'));
    assert.equal(runs.findOutput('a/0')?.cell, 'a');
  });

  it('does not run what does not compile, and says where', async () => {
    const { runs, executions, jobs, result, problems } = setUp();
    const range = { start: { line: 2, column: 3 }, end: { line: 2, column: 4 } };
    result.next = { ok: false, diagnostics: [{ cell: 'a', range, severity: 'error', message: 'Type mismatch', code: 'TS2322' }] };
    runs.run(['a']);
    await settle();
    assert.equal(jobs.size, 0);
    assert.deepEqual(executions.log, ['start a [1]', 'outputs a a/error', 'end a false']);
    assert.deepEqual(runs.outputs('a')[0]?.error?.place, { cell: 'a', cellLabel: 'cell a', line: 2, column: 3 });
    assert.equal(problems.get('a'), 'Type mismatch');
  });

  it('asks who takes over the state of a checkpoint where that is not clear, and runs on with the answer', async () => {
    const { runs, job, dialogs } = setUp({ root: '/root/checkpoints' });
    const saved = { label: 'keyedProcess 1', name: 'KeyedProcess', states: ['count'] };
    const candidates = ['keyedProcess 1', 'keyedProcess 2'].map((label) => ({ label, name: 'KeyedProcess' }));
    const unclear = { ...plainFailure('IllegalStateException', 'It is not clear'), questions: [{ saved, candidates }] };
    const fail = async (): Promise<void> => {
      job('a').listener.onEnded('failed', unclear, { ...PROGRESS, phase: 'failed' });
      await settle();
    };
    runs.runFrom('a', { run: 3, checkpoint: 7 });
    await settle();
    const first = job('a');
    assert.equal(first.started?.settings['streambook.state-recovery.match'], undefined);
    await fail();
    assert.equal(job('a'), first, 'the user gave up');
    dialogs.picked = 'keyedProcess 2';
    runs.runFrom('a', { run: 3, checkpoint: 7 });
    await settle();
    await fail();
    const { started } = job('a');
    assert.equal(started?.settings['streambook.state-recovery.match'], 'keyedProcess 1=keyedProcess 2');
    assert.deepEqual(started.checkpoints?.restore, { run: 3, checkpoint: 7 });
    dialogs.picked = 'None: leave this state behind';
    await fail();
    assert.equal(job('a').started?.settings['streambook.state-recovery.match'], 'keyedProcess 1=');
  });

  it('survives a crash of the language worker', async () => {
    const { runs, executions, result } = setUp();
    result.next = new Error('it stopped');
    runs.run(['a']);
    await settle();
    assert.match(runs.outputs('a')[0]?.error?.title ?? '', /it stopped/);
    assert.equal(executions.log.at(-1), 'end a false');
  });

  it('runs nothing in an untrusted workspace, and nothing without a folder', async () => {
    const untrusted = setUp({ trusted: false });
    untrusted.runs.run(['a']);
    await settle();
    assert.deepEqual(untrusted.executions.log, []);
    assert.match(untrusted.dialogs.shown[0] ?? '', /Restricted Mode/);
    const nowhere = setUp({ folder: null });
    nowhere.runs.run(['a']);
    await settle();
    assert.equal(nowhere.jobs.size, 0);
    assert.match(nowhere.runs.outputs('a')[0]?.error?.title ?? '', /not in a folder/);
  });

  it('runs a cell under a debugger, which a run that was there before gives way to', async () => {
    const { begin, job, runs, status, result } = setUp();
    const log: string[] = [];
    const debug = (name: string): RunDebugger => ({
      paused: true,
      attach: (attached) => {
        log.push(`${name} attached`);
        return attached;
      },
      onEnd: () => log.push(`${name} ended`),
    });
    const before = await begin('a');
    assert.equal(runs.debug('a', debug('first')), null);
    await settle();
    assert.deepEqual([before.calls, log], [['stop'], []]);
    before.listener.onEnded('stopped', null, PROGRESS);
    await settle();
    assert.deepEqual(log, ['first attached']);
    job('a').listener.onStarted();
    assert.equal(status(0)[0], '$(debug-pause) Paused in debugger');
    job('a').listener.onEnded('finished', null, PROGRESS);
    await settle();
    assert.deepEqual(log, ['first attached', 'first ended']);
    result.next = new Error('no compiler');
    runs.debug('b', debug('second'));
    await settle();
    assert.deepEqual(log.slice(2), ['second ended']);
    assert.match(setUp({ trusted: false }).runs.debug('a', debug('third')) ?? '', /Restricted Mode/);
    assert.equal(runs.debug('nowhere', debug('fourth')), 'There is no such cell that can be run.');
  });

  it("stops by VS Code's button, and kills when asked again", async () => {
    const { begin, executions, runs } = setUp();
    const job = await begin('a');
    executions.cancels.get('a')?.();
    assert.deepEqual(job.calls, ['stop']);
    runs.stop('a');
    assert.deepEqual(job.calls, ['stop', 'kill']);
    await settle();
    assert.equal(executions.log.at(-1), 'end a false');
    assert.match(runs.outputs('a')[0]?.error?.title ?? '', /killed/);
  });

  it('shows a stopped job as stopped, neither success nor failure', async () => {
    const { begin, executions, runs } = setUp();
    const job = await begin('a');
    runs.stop('a');
    job.listener.onEnded('stopped', null, PROGRESS);
    await settle();
    assert.equal(executions.log.at(-1), 'end a null');
    assert.equal(runs.outputs('a')[0]?.status.phase, 'stopped');
  });

  it('restarts a running job after it has stopped', async () => {
    const { begin, executions, runs, jobs } = setUp();
    const first = await begin('a');
    runs.run(['a']);
    assert.deepEqual(first.calls, ['stop']);
    first.listener.onEnded('stopped', null, PROGRESS);
    await settle();
    assert.notEqual(jobs.get('a'), first);
    assert.deepEqual(executions.log.slice(-2), ['end a null', 'start a [2]']);
  });

  it('ignores what an earlier job still says', async () => {
    const { begin, runs } = setUp();
    const first = await begin('a');
    runs.kill('a');
    await settle();
    await begin('a');
    first.listener.onEnded('failed', plainFailure('', 'old'), PROGRESS);
    first.listener.onDeltas([], PROGRESS);
    assert.equal(runs.outputs('a')[0]?.status.phase, 'running');
  });

  it('offers to kill a job that does not respond; other jobs go on', async () => {
    const { begin, dialogs, runs, status, executions } = setUp();
    const job = await begin('a');
    const other = await begin('b');
    job.listener.onSilent();
    assert.deepEqual(dialogs.shown, ['The job of cell a does not respond (endless loop in user code?) | Kill Job | Keep Waiting']);
    assert.equal(status(0)[0], '$(warning) Does not respond');
    assert.equal(runs.outputs('a')[0]?.status.phase, 'unresponsive');
    await settle();
    assert.deepEqual(job.calls, [], 'keeps waiting');
    job.listener.onResponsive();
    dialogs.answer = 'Kill Job';
    job.listener.onSilent();
    await settle();
    assert.deepEqual([job.calls, other.calls], [['kill'], []]);
    assert.equal(executions.log.at(-1), 'end a false');
    assert.equal(status(1)[0], '$(broadcast) Running');
  });

  it('makes a lost worker a failure of its cell', async () => {
    const { begin, runs, executions } = setUp();
    const job = await begin('a');
    job.listener.onLost(plainFailure('OutOfMemoryError', 'The job used more than its 2048 MB of memory.'));
    await settle();
    assert.match(runs.outputs('a')[0]?.error?.title ?? '', /OutOfMemoryError/);
    assert.equal(executions.log.at(-1), 'end a false');
  });

  it('shows where user code threw, until the cell is run again', async () => {
    const { begin, problems } = setUp();
    const job = await begin('a');
    const failure = { ...plainFailure('TypeError', 'x is not a function'), location: { cell: 0, line: 3, column: 5 } };
    job.listener.onEnded('failed', failure, PROGRESS);
    assert.match(problems.get('a') ?? '', /TypeError: x is not a function/);
    await settle();
    await begin('a');
    assert.ok(!/TypeError/.test(problems.get('a') ?? ''));
  });

  it('lets cells wait when as many jobs run as may', async () => {
    const { runs, jobs, job, status, executions } = setUp({ maxRunning: 2 });
    runs.run(['a', 'b', 'c']);
    await settle();
    assert.deepEqual([...jobs.keys()], ['a', 'b']);
    assert.equal(status(2)[0], '$(clock) Waiting for another job to end');
    job('a').listener.onEnded('finished', null, PROGRESS);
    await settle();
    assert.deepEqual([...jobs.keys()], ['a', 'b', 'c']);
    assert.ok(executions.log.includes('start c [3]'));
  });

  it('ends the jobs of cells that are gone', async () => {
    const { begin, runs, notebooks, kept } = setUp();
    const job = await begin('a');
    notebooks.notebooks = [];
    runs.forget(['a']);
    assert.deepEqual(job.calls, ['kill']);
    assert.deepEqual(runs.cells(), []);
    assert.deepEqual(kept, ['a'], 'with what there was until then');
  });

  it('says when a cell changed after its run', async () => {
    const { begin, notebooks, notebook, status } = setUp();
    const job = await begin('a');
    job.listener.onEnded('finished', null, PROGRESS);
    assert.ok(!status(0).some((text) => text.includes('changed')));
    notebooks.notebooks = [{ ...notebook, cells: notebook.cells.map((cell) => (cell.uri === 'a' ? { ...cell, text: 'other' } : cell)) }];
    assert.ok(status(0).includes('$(history) changed after this run'));
  });

  it('puts outputs of an earlier session back, but never over newer ones', async () => {
    const { begin, runs, executions, status } = setUp();
    await runs.restore('b', [output('b')]);
    assert.deepEqual(status(1).slice(0, 3), ['Stopped', '0 s', 'in 0 · out 0']);
    assert.deepEqual(executions.log, ['start b [null]', 'outputs b b/0', 'end b null']);
    await begin('a');
    const before = runs.outputs('a');
    await runs.restore('a', [output('x')]);
    assert.equal(runs.outputs('a'), before);
  });
});

describe('replaying a cell', () => {
  const RECORDED: RecordedRun = {
    run: 3,
    recorded: 0,
    settings: { 'parallelism.default': '2' },
    program: { jobName: 'a', parameters: [], code: '', cells: [], hash: '0' },
  };
  const replayed = (record: number): JobProgress => ({
    ...PROGRESS,
    replay: { state: 'paused', record, first: 0, last: 9, atEnd: false, timestamp: null, full: false, checkpoints: [] },
  });

  it('starts the recorded program with its settings, takes controls, and leaves what was there', async () => {
    const { runs, begin, job, status } = setUp({ root: '/root/checkpoints', recorded: RECORDED });
    (await begin('a')).listener.onEnded('finished', null, { ...PROGRESS, phase: 'finished' });
    await settle();
    const before = runs.outputs('a');
    runs.replay('a', 'end');
    await settle();
    const { started, listener, calls } = job('a');
    assert.deepEqual([started?.replay?.start, started?.recording, started?.settings], ['end', null, RECORDED.settings]);
    listener.onOutputs([output('a')]);
    listener.onStarted();
    listener.onDeltas([], replayed(4));
    assert.equal(status(0)[0], '$(debug-pause) Replay, record 4 of 9');
    runs.control('a', { kind: 'step-back' });
    assert.deepEqual(calls, ['replay step-back']);
    runs.stop('a');
    listener.onEnded('stopped', null, { ...PROGRESS, phase: 'stopped' });
    await settle();
    assert.equal(runs.outputs('a'), before);
    assert.equal(status(0)[0], 'Finished');
  });

  it('stops a job that runs, and looks at where it was', async () => {
    const { runs, begin, job } = setUp({ root: '/root/checkpoints', recorded: RECORDED });
    const running = await begin('a');
    runs.replay('a', 'end');
    assert.deepEqual(running.calls, ['stop']);
    running.listener.onEnded('stopped', null, { ...PROGRESS, phase: 'stopped' });
    await settle();
    await settle();
    assert.equal(job('a').started?.replay?.start, 'end');
  });

  it('says what there is no recording of, and which run is the recorded one', async () => {
    const none = setUp({ root: '/root/checkpoints' });
    none.runs.replay('a', 'play');
    await settle();
    assert.match(none.dialogs.shown[0] ?? '', /no recorded run of cell .* to replay\. Run the cell first/);
    const other = setUp({ root: '/root/checkpoints', recorded: RECORDED });
    other.runs.replay('a', { run: 2, record: 5 });
    await settle();
    assert.match(other.dialogs.shown[0] ?? '', /Only the newest run .* is recorded, run 3/);
    assert.equal(other.jobs.size, 0);
  });

  it('is refused in an untrusted workspace', async () => {
    const { runs, dialogs, jobs } = setUp({ trusted: false, root: '/root/checkpoints', recorded: RECORDED });
    runs.replay('a', 'play');
    await settle();
    assert.match(dialogs.shown[0] ?? '', /Restricted Mode/);
    assert.equal(jobs.size, 0);
  });
});
