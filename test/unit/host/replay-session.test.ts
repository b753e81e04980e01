import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RunnerClock } from '../../../engine/node/runner-clock.ts';
import { createExecutor } from '../../../engine/runtime/executor.ts';
import { openMaster } from '../../../src/host/open-job.ts';
import { JobSession } from '../../../src/host/job-session.ts';
import type { FromWorker, JobRequest, StartJob } from '../../../src/host/protocol.ts';
import { ReplaySession } from '../../../src/host/replay/replay-session.ts';
import { applyDelta } from '../../../src/output/delta.ts';
import type { OutputState, ReplayAction, ReplayStatus } from '../../../src/output/types.ts';
import { compileCells } from '../../../src/program/compile.ts';
import { loadProgram } from '../../../src/program/load.ts';
import { TempFolder } from '../../engine/node/temp-folder.ts';
import { cellsOf } from '../program/compiling.ts';

const CELL = `
const numbers = env.fromSource(FileSource.ndjson<{ k: string; n: number }>('numbers.ndjson'), WatermarkStrategy.noWatermarks(), 'numbers');
const sums = numbers.keyBy((r) => r.k).sum('n');
sums.map((r) => r.k + r.n).print();
display(sums, { name: 'sums' });
`;

/** Real time, but nothing is waited for: a tick of a second follows at once. */
class EagerClock implements RunnerClock {
  #elapsed = 0;
  now(): number {
    return 1_000 + this.#elapsed;
  }
  elapsed(): number {
    return (this.#elapsed += 0.25);
  }
  yield(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
  wakeAfter(milliseconds: number, wake: () => void): () => void {
    const timer = setImmediate(() => {
      this.#elapsed += milliseconds;
      wake();
    });
    return () => clearImmediate(timer);
  }
}

/** What the host sees of a worker. */
class Host {
  outputs: readonly OutputState[] = [];
  ended: Extract<FromWorker, { type: 'ended' }> | null = null;
  states = 0;
  moves = 0;
  readonly refused: string[] = [];
  #id = 0;
  #waiting: { readonly holds: () => boolean; readonly resolve: () => void }[] = [];

  receive(message: FromWorker): void {
    if (message.type === 'outputs' || message.type === 'rewound') this.outputs = message.outputs;
    if (message.type === 'deltas') {
      this.moves++;
      this.outputs = this.outputs.map((state) => {
        const delta = message.deltas.find(({ id }) => id === state.id);
        return delta === undefined ? state : (applyDelta(state, delta) ?? assert.fail('a delta does not follow'));
      });
    }
    if (message.type === 'ended') this.ended = message;
    if (message.type === 'checkpoint') this.states++;
    if (message.type === 'reply' && !message.ok) this.refused.push(message.failure.message);
    this.#waiting = this.#waiting.filter(({ holds, resolve }) => {
      if (!holds()) return true;
      resolve();
      return false;
    });
  }

  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      if (holds()) resolve();
      else this.#waiting.push({ holds, resolve });
    });
  }

  nextId(): number {
    return ++this.#id;
  }
}

type Unnumbered<R> = R extends { readonly id: number } ? Omit<R, 'id'> : never;

describe('Replaying a run', () => {
  const folder = new TempFolder();
  after(() => folder.remove());
  const rows = ['a', 'b', 'a', 'c', 'b', 'a', 'a', 'c'].map((k, n) => ({ k, n }));

  async function jobOf(cell = CELL): Promise<StartJob> {
    await writeFile(path.join(folder.path, 'numbers.ndjson'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const compiled = compileCells(cellsOf(cell), 'c1', { check: false });
    assert.ok(compiled.ok);
    return {
      program: compiled.program,
      baseDirectory: folder.path,
      pace: { kind: 'full' },
      outputPrefix: 'n',
      settings: {},
      checkpoints: {
        directory: path.join(folder.path, 'checkpoints'),
        job: { notebook: 'n.stream.md', cell: 'sums' },
        session: 's',
        restore: null,
        earlier: [],
      },
      recording: path.join(folder.path, 'recordings', 'sums.recording'),
      replay: null,
    };
  }

  async function run(job: StartJob): Promise<Host> {
    const host = new Host();
    const session = new JobSession({
      load: loadProgram,
      createExecutor,
      openMaster,
      now: Date.now,
      post: (message) => host.receive(message),
      every: () => () => undefined,
    });
    session.handle({ id: host.nextId(), type: 'start', job });
    await host.until(() => host.ended !== null);
    return host;
  }

  function replay(job: StartJob, start: 'play' | 'end' = 'end') {
    const host = new Host();
    const session = new ReplaySession({
      load: loadProgram,
      createExecutor,
      clock: new EagerClock(),
      post: (message) => host.receive(message),
    });
    const send = (request: Unnumbered<JobRequest>): void => session.handle({ ...request, id: host.nextId() });
    const status = (): ReplayStatus | null => host.outputs[0]?.replay ?? null;
    const act = async (action: ReplayAction): Promise<void> => {
      const { moves } = host;
      send({ type: 'replay', action });
      await host.until(() => host.moves > moves && status()?.state === 'paused');
    };
    const replayed: StartJob = {
      ...job,
      recording: null,
      replay: { recording: job.recording ?? '', stateDirectory: path.join(folder.path, 'position'), start },
    };
    send({ type: 'start', job: replayed });
    const stop = async (): Promise<void> => {
      send({ type: 'stop' });
      await host.until(() => host.ended !== null);
    };
    return { host, status, act, send, stop, ready: () => host.until(() => status()?.state === 'paused') };
  }

  const values = (host: Host): unknown[] => (host.outputs[0]?.rows ?? []).map(({ value }) => value);
  const shown = (host: Host): unknown => {
    const [first] = host.outputs;
    return [first?.totalRows, values(host), first?.log.map(({ line }) => line), first?.chart.categories];
  };

  it('shows at its end what the run showed, and at each record what the run showed then', async () => {
    const job = await jobOf();
    const before = await run(job);
    assert.equal(before.ended?.failure ?? null, null);
    const { host, act, ready, status, stop } = replay(job);
    await ready();
    assert.deepEqual(shown(host), shown(before));
    assert.equal(status()?.atEnd, true);
    const seen: unknown[] = [];
    for (let record = rows.length; record >= 0; record--) {
      await act({ kind: 'step-back' });
      assert.equal(status()?.record, record);
      seen.unshift(shown(host));
    }
    for (const [record, then] of seen.entries()) {
      assert.equal(status()?.record, record);
      assert.deepEqual(shown(host), then, `at record ${record}`);
      assert.equal(host.outputs[0]?.totalRows, record);
      await act({ kind: 'step' });
    }
    assert.deepEqual(shown(host), shown(before));
    await stop();
    assert.equal(host.ended?.phase, 'stopped');
  });

  it('plays from its beginning, goes to the next result, to a position and on from a checkpoint', async () => {
    const job = await jobOf();
    const before = await run(job);
    const { host, act, ready, status, stop } = replay(job, 'play');
    await ready();
    assert.deepEqual(shown(host), shown(before));
    await act({ kind: 'seek', to: 3 });
    assert.deepEqual([status()?.record, values(host).length], [3, 3]);
    await act({ kind: 'next-output' });
    assert.deepEqual([status()?.record, values(host).length], [4, 4]);
    const [checkpoint] = status()?.checkpoints ?? [];
    await act({ kind: 'run-from', record: checkpoint?.record ?? 0 });
    assert.deepEqual(shown(host), shown(before));
    await stop();
  });

  it('draws at each record what the options of the display say', async () => {
    const job = await jobOf(CELL.replace("{ name: 'sums' }", "{ view: 'table', mark: 'point', x: 'k', y: 'n', maxRows: 2 }"));
    const before = await run(job);
    const { host, act, ready, stop } = replay(job);
    await ready();
    const drawn = ({ outputs: [first] }: Host): unknown => [first?.view, first?.rows.length, first?.chart];
    assert.deepEqual(drawn(host), drawn(before));
    await act({ kind: 'seek', to: 3 });
    const [first] = host.outputs;
    assert.deepEqual([first?.view, first?.maxRows, values(host)], ['table', 2, rows.slice(1, 3).map(({ k }, at) => ({ k, n: at + 1 }))]);
    assert.deepEqual([first?.chart.plot, first?.chart.marks.length], [{ mark: 'point', axis: 'category' }, 3]);
    await act({ kind: 'seek', to: 'end' });
    assert.deepEqual(drawn(host), drawn(before));
    await stop();
  });

  it('lays down the state at each stop, and takes it away in the end', async () => {
    const job = await jobOf();
    await run(job);
    const { host, act, ready, stop } = replay(job);
    await ready();
    await act({ kind: 'seek', to: 2 });
    await host.until(() => host.states >= 2);
    const [, name] = (await readdir(path.join(folder.path, 'position'), { recursive: true })).filter((file) => /chk-\d+\.json$/.test(file));
    assert.equal(name, undefined, 'one at a time');
    await stop();
    assert.deepEqual(
      (await readdir(folder.path)).filter((file) => file === 'position'),
      [],
    );
  });

  it('of a run that was restored begins at its checkpoint', async () => {
    const job = await jobOf();
    await run(job);
    const { checkpoints } = job;
    assert.ok(checkpoints !== null);
    const folderOfRuns = await readdir(checkpoints.directory, { recursive: true });
    const number = Number(/chk-(\d+)\.json$/.exec(folderOfRuns.filter((name) => /run-1\/chk-/.test(name)).sort()[0] ?? '')?.[1]);
    const run2 = Math.max(...folderOfRuns.flatMap((name) => /run-(\d+)$/.exec(name)?.[1] ?? []).map(Number));
    const forked = await run({ ...job, checkpoints: { ...checkpoints, restore: { run: run2, checkpoint: number } } });
    assert.equal(forked.ended?.failure ?? null, null);
    const { host, ready, status, stop } = replay(job);
    await ready();
    assert.equal(status()?.first, status()?.last, 'the checkpoint was taken at the end');
    assert.equal(host.outputs[0]?.totalRows, rows.length);
    await stop();
  });

  it('refuses what would touch the run, and says so', async () => {
    const job = await jobOf();
    await run(job);
    const { host, ready, send, stop } = replay(job);
    await ready();
    send({ type: 'checkpoint', kind: 'checkpoint', label: null });
    assert.match(host.refused[0] ?? '', /only replayed/);
    await stop();
  });

  it('says which file has changed since', async () => {
    const job = await jobOf();
    await run(job);
    await writeFile(path.join(folder.path, 'numbers.ndjson'), rows.map((row) => `${JSON.stringify({ ...row, n: 9 })}\n`).join(''));
    const { host } = replay(job);
    await host.until(() => host.ended !== null);
    assert.match(host.ended?.failure?.message ?? '', /numbers\.ndjson has changed since/);
  });
});
