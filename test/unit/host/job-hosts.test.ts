import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import path from 'node:path';
import type { FromWorker, JobRequest, StartJob } from '../../../src/host/protocol.ts';
import { TempFolder } from '../../engine/node/temp-folder.ts';
import { type Host, JobBundles, jobOf, RealJob } from './real-jobs.ts';

const ENDLESS = `env.fromSequence(1, 1_000_000_000).map(v => ({ v, pid: process.pid }))`;

describe('a job in a real host', function () {
  let bundles: JobBundles;
  let folder: TempFolder;
  const jobs: RealJob[] = [];

  before(async () => {
    bundles = await JobBundles.make();
    folder = new TempFolder();
  });
  afterEach(async () => {
    await Promise.all(jobs.splice(0).map(({ client }) => client.kill()));
  });
  after(() => {
    bundles.folder.remove();
    folder.remove();
  });

  function start(host: Host, job: StartJob, options?: { readonly heapMegabytes?: number }): RealJob {
    const started = new RealJob(bundles.start(host, options), job);
    jobs.push(started);
    return started;
  }

  function checkpoints(name: string, restore: { readonly run: number; readonly checkpoint: number } | null): StartJob['checkpoints'] {
    const directory = path.join(folder.path, name);
    return { directory, job: { notebook: 'n', cell: 'c' }, session: 'window', restore, earlier: [] };
  }

  for (const host of ['worker', 'process'] as const) {
    describe(`"${host}"`, () => {
      it('takes messages over as they are', async () => {
        const port = bundles.start(host, { worker: 'echo' });
        const message = {
          bytes: new Uint8Array([1, 2, 255]),
          numbers: new Float64Array([0.5, Number.NaN]),
          none: undefined,
          low: -Infinity,
        };
        const back = new Promise<FromWorker>((resolve) => port.onMessage(resolve));
        port.postMessage(message as unknown as JobRequest);
        assert.deepEqual(await back, message);
        await port.terminate();
      });

      it('runs a job to its end, and plays the run again, there and back', async () => {
        const recording = path.join(folder.path, `${host}.recording`);
        const cell = `env.fromData([1, 2, 3]).map(v => ({ v, half: v / 2 }))`;
        const job = start(host, jobOf(cell, { recording, checkpoints: checkpoints(`${host}-recorded`, null) }));
        assert.deepEqual(await job.over, { phase: 'finished', failure: null });
        const results = job.values;
        assert.equal(results.length, 3);
        const replay = start(host, jobOf(cell, { replay: { recording, stateDirectory: null, start: 'end' } }));
        assert.deepEqual(await replay.until(({ values }) => (values.length === 3 ? values : null)), results);
        await replay.client.replay({ kind: 'seek', to: 2 });
        assert.deepEqual(await replay.until(({ values }) => (values.length === 2 ? values : null)), results.slice(0, 2));
        await replay.client.stop();
        assert.equal((await replay.over).phase, 'stopped');
      });

      it('goes on at another pace, and stops with a checkpoint', async () => {
        const job = start(
          host,
          jobOf(ENDLESS, { checkpoints: checkpoints(`${host}-stopped`, null), pace: { kind: 'records', perSecond: 20 } }),
        );
        await job.until(({ values }) => values[0]);
        await job.client.setPace({ kind: 'full' });
        await job.until(({ progress }) => (progress?.recordsIn ?? 0) > 1_000 || null);
        await job.client.stop();
        assert.deepEqual(await job.over, { phase: 'stopped', failure: null });
        assert.equal(job.progress?.checkpoint?.number, 1);
      });

      it('ends alone when a cell ends it, and says so', async () => {
        const job = start(host, jobOf('env.fromData([1]).map(v => { process.exit(3); return v; })'));
        const { phase, failure } = await job.over;
        assert.equal(phase, 'lost');
        assert.equal(failure?.message, 'The worker of the job ended unexpectedly (exit code 3).');
      });

      it('can be killed while a function never returns', async () => {
        const name = `${host}-hangs`;
        const hang = `process.getBuiltinModule('fs').writeFileSync(${JSON.stringify(path.join(folder.path, name))}, ''); while (true);`;
        const hangs = fileIn(folder.path, name);
        const job = start(host, jobOf(`env.fromData([1]).map(v => { ${hang} })`));
        await hangs;
        for (let ticks = 0; ticks < 31; ticks++) job.tick();
        assert.equal(job.silences, 1);
        await job.client.kill();
      });
    });
  }

  /** Settles when a file of that name comes. */
  function fileIn(place: string, name: string): Promise<void> {
    return new Promise((resolve) => {
      const watcher = watch(place, (_event, changed) => {
        if (changed !== name) return;
        watcher.close();
        resolve();
      });
    });
  }

  async function pidOf(job: RealJob): Promise<number> {
    const value = await job.until(({ values }) => values[0]);
    return (value as { readonly pid: number }).pid;
  }

  it('that is a process goes on from its last checkpoint after it was killed', async () => {
    const job = start('process', jobOf(ENDLESS, { checkpoints: checkpoints('killed', null) }));
    const pid = await pidOf(job);
    assert.notEqual(pid, process.pid);
    await job.client.checkpoint('checkpoint', null);
    process.kill(pid, 'SIGKILL');
    const { phase, failure } = await job.over;
    assert.deepEqual([phase, failure?.message], ['lost', 'The process of the job was ended (SIGKILL).']);
    assert.match(failure?.hint ?? '', /restore its newest checkpoint/);
    const next = start('process', jobOf(ENDLESS, { checkpoints: checkpoints('killed', { run: 1, checkpoint: 1 }) }));
    assert.equal(await next.until(({ outputs }) => outputs[0]?.notice?.title), 'Restored from run 1, checkpoint 1');
  });

  it('that is a process says that it crashed, or ran out of memory', async () => {
    const crashing = start('process', jobOf(`env.fromData([1]).map(v => { process.kill(process.pid, 'SIGABRT'); while (true); })`));
    const growing = start('process', jobOf('env.fromData([1]).map(v => { const m = new Map(); for (let i = 0; ; i++) m.set(i, [i]); })'), {
      heapMegabytes: 48,
    });
    assert.equal((await crashing.over).failure?.message, 'The process of the job crashed (SIGABRT).');
    assert.equal((await growing.over).failure?.message, 'The job used more than its 48 MB of memory.');
  });

  it('that is a process sees what PostgreSQL is reached with, and nothing else that may be secret', async () => {
    const given = { PGPASSWORD: 'p w', PGSSLMODE: 'disable', PGHOST: '127.0.0.1', STREAMBOOK_TEST_SECRET: 'no' };
    const names = Object.keys(given);
    const before = names.map((name) => [name, process.env[name]] as const);
    Object.assign(process.env, given);
    const job = start('process', jobOf(`env.fromData(${JSON.stringify(names)}).map(name => process.env[name] ?? 'not set')`));
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    assert.deepEqual(await job.over, { phase: 'finished', failure: null });
    assert.deepEqual(job.values, ['p w', 'disable', '127.0.0.1', 'not set']);
  });

  it('that is a process contains arrays that end any process which runs them as a thread', async () => {
    const push = 'for (let i = 0; i < 100_000; i++) kept.push(i); return v;';
    const cells = [
      'env.fromData([1]).map(v => new Array(1e9).fill(0).length)',
      // Small numbers: 900 MB where it cannot grow any more, less than a job may use in all.
      `const kept: number[] = [];\nenv.fromSequence(1, 1e9).map(v => { ${push} }).filter(v => v < 0)`,
    ];
    for (const cell of cells) {
      const { phase, failure } = await start('process', jobOf(cell), { heapMegabytes: 2_048 }).over;
      // By the watch over it or by V8, whichever comes first.
      assert.deepEqual([phase, failure?.errorName], ['lost', 'OutOfMemoryError']);
    }
    assert.deepEqual(await start('process', jobOf('env.fromData([1])')).over, { phase: 'finished', failure: null });
  }).timeout(120_000);

  it('that is a process ends with its window, also when the window is killed and the job hangs', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const hang = `process.getBuiltinModule('fs').writeSync(1, 'it hangs'); while (true);`;
    const job = jobOf(`env.socketTextStream('127.0.0.1', ${port}).map(v => { ${hang} })`);
    const entries = { process: bundles.file('process'), worker: bundles.file('worker') };
    const file = folder.write('window.json', JSON.stringify({ entries, job }));
    const connected = once(server, 'connection') as Promise<[Socket]>;
    const window = spawn(process.execPath, [bundles.file('window'), file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [socket] = await connected;
    // The system closes it when the job's process is gone, in whatever way.
    const isGone = new Promise((resolve) =>
      socket
        .resume()
        .on('error', () => undefined)
        .on('close', resolve),
    );
    socket.write('a line\n');
    const [text] = await once(window.stdout, 'data');
    assert.equal(String(text), 'it hangs');
    window.kill('SIGKILL');
    await isGone;
    server.close();
  });
});
