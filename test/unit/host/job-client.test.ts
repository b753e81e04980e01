import assert from 'node:assert/strict';
import { NO_FIGURES } from '../../../src/host/figures.ts';
import { JobClient } from '../../../src/host/job-client.ts';
import type { JobPort } from '../../../src/host/job-port.ts';
import { lostByError, lostByExit, lostProcess } from '../../../src/host/lost.ts';
import type { JobFailure } from '../../../engine/runtime/job.ts';
import { plainFailure } from '../../../engine/runtime/plain-failure.ts';
import type { FromWorker, JobProgress, JobRequest } from '../../../src/host/protocol.ts';
import { WATCHDOG_START, watch } from '../../../src/host/watchdog.ts';

const PROGRESS: JobProgress = {
  phase: 'running',
  elapsed: 0,
  recordsIn: 0,
  recordsOut: 0,
  watermark: null,
  fraction: null,
  timeLeft: null,
  lateDropped: 0,
  run: null,
  checkpoint: null,
  stateBytes: 0,
  stateMemory: { bytes: 0, jobLimit: 1, windowLimit: 1 },
  restarts: 0,
  status: 'RUNNING',
  figures: NO_FIGURES,
  replay: null,
};

class FakeWorker implements JobPort {
  readonly sent: JobRequest[] = [];
  terminated = 0;
  message: (message: FromWorker) => void = () => undefined;
  lost: (failure: JobFailure) => void = () => undefined;
  postMessage(message: JobRequest): void {
    this.sent.push(message);
  }
  async terminate(): Promise<void> {
    this.terminated += 1;
  }
  onMessage(listener: (message: FromWorker) => void): void {
    this.message = listener;
  }
  onLost(listener: (failure: JobFailure) => void): void {
    this.lost = listener;
  }
  setPaused(): void {
    // Its memory is not watched.
  }
  async inspect(): Promise<never> {
    throw new Error('There is no inspector.');
  }
  /** Answers what was sent last. */
  answer(): void {
    this.message({ type: 'reply', id: this.sent.at(-1)!.id, ok: true });
  }
}

function setUp() {
  const worker = new FakeWorker();
  const heard: string[] = [];
  let tick = (): void => undefined;
  const client = new JobClient(
    worker,
    {
      onOutputs: () => heard.push('outputs'),
      onDeltas: () => heard.push('deltas'),
      onStarted: () => heard.push('started'),
      onRewound: () => heard.push('rewound'),
      onCheckpoint: () => heard.push('checkpoint'),
      onException: ({ attempt }) => heard.push(`exception ${attempt}`),
      onEnded: (phase) => heard.push(`ended ${phase}`),
      onLost: (failure) => heard.push(`lost ${failure.errorName} ${failure.message}`),
      onSilent: () => heard.push('silent'),
      onResponsive: () => heard.push('responsive'),
    },
    {
      every: (_ms, run) => {
        tick = run;
        return () => (tick = () => undefined);
      },
    },
  );
  return { worker, heard, client, tick: () => tick() };
}

describe('the client of a job', () => {
  it('answers requests by their number and passes events on', async () => {
    const { worker, client, heard } = setUp();
    const stopped = client.stop();
    const request = worker.sent.at(-1)!;
    worker.message({ type: 'reply', id: 999, ok: true });
    worker.message({ type: 'reply', id: request.id, ok: false, failure: plainFailure('', 'not now') });
    await assert.rejects(stopped, /not now/);
    worker.message({ type: 'deltas', deltas: [], progress: PROGRESS });
    worker.message({ type: 'ended', phase: 'finished', failure: null, progress: PROGRESS });
    assert.deepEqual(heard, ['deltas', 'ended finished']);
    assert.equal(worker.terminated, 1);
    await assert.rejects(client.stop(), /over/);
  });

  it('says that a worker is lost once, and why', () => {
    const { worker, heard } = setUp();
    worker.lost(lostByError(Object.assign(new Error('Worker terminated'), { code: 'ERR_WORKER_OUT_OF_MEMORY' }), 2048));
    worker.lost(lostByExit(1));
    assert.deepEqual(heard, ['lost OutOfMemoryError The job used more than its 2048 MB of memory.']);
    const other = setUp();
    other.worker.lost(lostByExit(3));
    assert.match(other.heard.join(), /ended unexpectedly \(exit code 3\)/);
  });

  it('says why a process is lost by how it ended', () => {
    const said = (code: number | null, signal: string | null, lastWords = ''): string => lostProcess(code, signal, lastWords, 512).message;
    assert.equal(said(null, 'SIGKILL'), 'The process of the job was ended (SIGKILL).');
    assert.equal(said(7, null), 'The process of the job was ended (exit code 7).');
    assert.equal(said(null, 'SIGSEGV'), 'The process of the job crashed (SIGSEGV).');
    assert.equal(said(0xc0000005, null), 'The process of the job crashed (exit code 3221225477).');
    const words = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory';
    assert.equal(said(null, 'SIGABRT', words), 'The job used more than its 512 MB of memory.');
    const size = '# Fatal JavaScript invalid size error 169220804 (see crbug.com/1201626)';
    assert.equal(said(null, 'SIGTRAP', size), 'An array or a map of the job has grown beyond what V8 can make.');
  });

  it('rejects what is under way when the worker is lost', async () => {
    const { worker, client } = setUp();
    const stopped = client.stop();
    worker.lost(lostByExit(1));
    await assert.rejects(stopped, /unexpectedly/);
  });

  it('hears nothing more after a kill', async () => {
    const { worker, client, heard, tick } = setUp();
    await client.kill();
    worker.lost(lostByExit(1));
    worker.message({ type: 'deltas', deltas: [], progress: PROGRESS });
    for (let i = 0; i < 10; i++) tick();
    assert.deepEqual(heard, []);
    assert.equal(worker.terminated, 1);
  });

  it('notices a worker that falls silent, and that it answers again', () => {
    const { worker, heard, tick } = setUp();
    worker.answer();
    tick();
    tick();
    tick();
    assert.deepEqual(heard, []);
    tick();
    tick();
    assert.deepEqual(heard, ['silent']);
    assert.equal(worker.sent.filter(({ type }) => type === 'ping').length, 2, 'one question at a time');
    worker.answer();
    assert.deepEqual(heard, ['silent', 'responsive']);
  });

  it('lets a worker load, and does not take a sleeping computer for silence', () => {
    let state = WATCHDOG_START;
    for (let i = 0; i < 10; i++) {
      const next = watch(state, 'tick');
      assert.equal(next.change, null);
      state = next.state;
    }
    state = watch(state, 'answer').state;
    assert.equal(watch(state, 'tick').change, null, 'one tick after any time is one unanswered question');
  });
});
