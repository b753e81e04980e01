import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { createExecutor } from '../../../engine/runtime/executor.ts';
import type { JobEnd } from '../../../engine/node/job-master.ts';
import { loadProgram } from '../../../src/program/load.ts';
import { type Master, openMaster } from '../../../src/host/open-job.ts';
import type { StartJob } from '../../../src/host/protocol.ts';
import { TempFolder } from '../../engine/node/temp-folder.ts';
import { jobOf } from './real-jobs.ts';

const PIPELINE = `env.fromSequence(1, 200_000).keyBy(v => v % 3).reduce((a, b) => a + b)`;

/** Keeps files where the test finds them: `process` is the same for cells. */
const OWN = `class Own implements CheckpointStorage {
  readonly name = 'own';
  async createCheckpointStorage(): Promise<CheckpointStorageAccess> {
    const files: Map<string, Uint8Array> = Reflect.get(process, 'storedFiles');
    return {
      read: async name => files.get(name),
      write: async (name, bytes) => { if (name.includes('chk-') && Reflect.get(process, 'storageFails')) throw new Error('the line is cut'); files.set(name, bytes.slice()); },
      create: async (name, bytes) => !files.has(name) && files.set(name, bytes.slice()) !== undefined,
      delete: async name => void files.delete(name),
      list: async prefix => [...files.keys()].filter(name => name.startsWith(prefix)),
      dispose: () => undefined,
    };
  }
}
`;

describe('where the checkpoints of a job go', () => {
  let folder: TempFolder;
  let files: Map<string, Uint8Array>;
  beforeEach(() => {
    folder = new TempFolder();
    files = new Map();
    Reflect.set(process, 'storedFiles', files);
  });
  afterEach(() => {
    folder.remove();
    Reflect.deleteProperty(process, 'storedFiles');
    Reflect.deleteProperty(process, 'storageFails');
  });

  function jobWith(options: string, change: Partial<StartJob['checkpoints']> = {}): StartJob {
    const checkpoints = {
      directory: path.join(folder.path, 'own'),
      job: { notebook: 'n', cell: 'c' },
      session: 's',
      restore: null,
      earlier: [],
    };
    const text = `${OWN}env.configure({ ${options} });\n${PIPELINE}`;
    return jobOf(text, { baseDirectory: folder.path, checkpoints: { ...checkpoints, ...change } });
  }

  /** Runs a job to its end; `meanwhile` while it runs. Gives the records that the run has seen. */
  async function run(
    job: StartJob,
    meanwhile: (master: Master) => Promise<unknown> = async () => await Promise.resolve(),
  ): Promise<{ readonly end: JobEnd; readonly from: string | null; readonly failed: readonly string[] }> {
    const program = loadProgram(job.program);
    const created = createExecutor(program, { settings: job.settings, overrides: {}, startTime: 0, journal: false });
    assert.ok(created.ok, created.ok ? '' : created.failure.message);
    let from: string | null = null;
    const failed: string[] = [];
    const master: Master = await openMaster(job, program, created.executor, {
      onAttempt: ({ restored }) => {
        from = restored && `${restored.run}/${restored.checkpoint}`;
        // Once the attempt has begun.
        void Promise.resolve()
          .then(() => meanwhile(master))
          .catch((error: unknown) => failed.push(String(error)));
      },
      onProgress: () => undefined,
      onPublished: () => undefined,
      onFailed: ({ reason }) => failed.push(reason),
      onException: () => undefined,
      onStatus: () => undefined,
    });
    return { end: await master.start(), from, failed };
  }

  const manifestsIn = (name: string): readonly string[] =>
    readdirSync(path.join(folder.path, name), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.json') && file.includes('chk-'))
      .map((file) => file.split(path.sep).slice(-2).join('/'));

  it('with a storage of its own: also there, before they count, and the job goes on from there when its folder is lost', async () => {
    const first = await run(jobWith(`'execution.checkpointing.storage': new Own()`));
    assert.deepEqual([first.end.kind, first.failed], ['finished', []]);
    assert.deepEqual(manifestsIn('own'), ['run-1/chk-1.json']);
    assert.ok([...files.keys()].some((name) => name.endsWith('run-1/chk-1.json')));
    const elsewhere = { directory: path.join(folder.path, 'new') };
    const second = await run(jobWith(`'execution.checkpointing.storage': new Own(), 'execution.state-recovery.path': 'latest'`, elsewhere));
    assert.deepEqual([second.end.kind, second.from], ['finished', '1/1']);
    assert.deepEqual(manifestsIn('new'), ['run-2/chk-1.json'], 'runs are numbered through');
  });

  it('with a storage that fails: none of them counts, and the job fails as far as failures are not tolerated', async () => {
    Reflect.set(process, 'storageFails', true);
    const options = `'execution.checkpointing.interval': '1 h', 'restart-strategy.type': 'none', 'execution.checkpointing.storage': new Own()`;
    const { end, failed } = await run(jobWith(options));
    assert.match(failed[0] ?? '', /^The checkpoint storage “own” could not write jobs\/n-c-\w+\/run-1\/chk-1\.json: the line is cut$/);
    assert.ok(end.kind === 'failed');
    assert.match(end.failure.message, /Exceeded checkpoint tolerable failure threshold: The checkpoint storage “own”/);
    assert.deepEqual(
      [...files.keys()].filter((name) => name.includes('chk-')),
      [],
    );
  });

  it('with a folder and one for savepoints: copies are there, whole, and a run begins from one by its path', async () => {
    const options = `'execution.checkpointing.dir': 'copies', 'execution.checkpointing.savepoint-dir': 'file://${folder.path}/savepoints'`;
    const first = await run(jobWith(options), async (master) => await master.checkpoint('savepoint', 'before'));
    assert.deepEqual([first.end.kind, first.failed], ['finished', []]);
    assert.deepEqual([...manifestsIn('copies')].sort(), ['run-1/chk-1.json', 'run-1/chk-2.json']);
    assert.deepEqual(manifestsIn('savepoints'), ['run-1/chk-1.json']);
    const manifest = readdirSync(path.join(folder.path, 'savepoints'), { recursive: true, encoding: 'utf8' }).find((file) =>
      file.endsWith('chk-1.json'),
    );
    const elsewhere = { directory: path.join(folder.path, 'new') };
    const second = await run(jobWith(`'execution.state-recovery.path': 'savepoints/${manifest ?? ''}'`, elsewhere));
    assert.deepEqual([second.end.kind, second.from], ['finished', '1/1']);
    const lost = readdirSync(folder.path, { recursive: true, encoding: 'utf8' }).filter((file) => /lock-|\.part$/.test(file));
    assert.deepEqual(lost, [], 'no lock and no half of a file is left');
  });

  it('in memory: nothing is written, and there is no savepoint that would be gone with the job', async () => {
    const memory = `'execution.checkpointing.storage': 'jobmanager'`;
    const { end, failed } = await run(jobWith(memory), async (master) => await master.checkpoint('savepoint', null));
    assert.equal(end.kind, 'finished');
    assert.match(failed[0] ?? '', /a savepoint would be gone with it\. Set execution\.checkpointing\.savepoint-dir to a folder/);
    assert.deepEqual(readdirSync(folder.path), []);
    await run(
      jobWith(`${memory}, 'execution.checkpointing.savepoint-dir': 'savepoints'`),
      async (master) => await master.checkpoint('savepoint', null),
    );
    assert.deepEqual(manifestsIn('savepoints'), ['run-1/chk-1.json']);
    assert.deepEqual(readdirSync(folder.path), ['savepoints']);
  });

  it('says which checkpoints there are when the one that is wanted is not', async () => {
    await run(jobWith(''));
    await assert.rejects(
      run(jobWith(`'execution.state-recovery.path': '1/7'`)),
      /Cell c has no checkpoint “1\/7” \(execution\.state-recovery\.path\)\. There are: 1\/1\./,
    );
    await assert.rejects(run(jobWith(`'execution.checkpointing.dir': 's3://bucket/x'`)), /s3:\/\/bucket\/x is no folder of this computer/);
  });
});
