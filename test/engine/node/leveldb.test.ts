import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { display } from '../../../engine/api/display.ts';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import type { KeyedStateBackend, StateBackend } from '../../../engine/api/state-backend.ts';
import { CheckpointStore } from '../../../engine/node/checkpoints/checkpoint-store.ts';
import { lockHolder } from '../../../engine/node/checkpoints/lock.ts';
import { MemoryDisk } from '../../../engine/node/checkpoints/memory-disk.ts';
import { JobMaster } from '../../../engine/node/job-master.ts';
import { PartFiles } from '../../../engine/node/part-files.ts';
import { levelDbStateBackend, nodeStateBackends } from '../../../engine/node/state/node-state-backends.ts';
import { createExecutor } from '../../../engine/runtime/executor.ts';
import type { Executor } from '../../../engine/runtime/job.ts';
import { STATE_BACKEND_CONFORMANCE } from '../../../engine/testkit/state-backend-conformance.ts';
import { programOf, rest, rowsOf, start, valuesOf } from '../job.ts';
import { MemoryPartDisk } from './memory-part-disk.ts';
import { bundleStateThread } from './state-thread.ts';
import { TempFolder } from './temp-folder.ts';
import { VirtualClock } from './virtual-clock.ts';

const PARAMETERS = {
  jobName: 'test',
  run: 1,
  operatorName: 'Test',
  operator: 1,
  subtask: 0,
  keyGroupRange: { startKeyGroup: 0, endKeyGroup: 127 },
};
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

describe('LevelDB', () => {
  let entry: URL;
  let folder: TempFolder;
  let backend: StateBackend;
  /** Keeps the thread alive from one test to the next. */
  let other: KeyedStateBackend;
  before(async () => {
    entry = await bundleStateThread();
    folder = new TempFolder();
    backend = levelDbStateBackend(entry, path.join(folder.path, 'stores'));
    other = backend.createKeyedStateBackend(PARAMETERS);
  });
  after(() => {
    other.dispose();
    folder.remove();
  });

  for (const [name, check] of Object.entries(STATE_BACKEND_CONFORMANCE)) it(name, () => check(backend));

  it('leaves nothing on the disk when a store is disposed of', async () => {
    const before = await readdir(path.join(folder.path, 'stores'));
    const store = backend.createKeyedStateBackend(PARAMETERS);
    store.put(bytes(1), bytes(1));
    assert.equal(store.get(bytes(1))?.[0], 1);
    assert.equal((await readdir(path.join(folder.path, 'stores'))).length, before.length + 1);
    store.dispose();
    assert.deepEqual(await readdir(path.join(folder.path, 'stores')), before);
  });

  it('takes away what processes that are gone have left behind, and nothing else', async () => {
    folder.write('stores/999999999-0-1/CURRENT', 'x');
    folder.write('stores/notes.txt', 'x');
    backend.createKeyedStateBackend(PARAMETERS).dispose();
    const left = await readdir(path.join(folder.path, 'stores'));
    assert.ok(left.includes('notes.txt'));
    assert.ok(!left.includes('999999999-0-1'));
  });

  it('keeps the order of many writes that nobody waits for', () => {
    const store = backend.createKeyedStateBackend(PARAMETERS);
    const value = new Uint8Array(1_000);
    for (let round = 0; round < 10; round++) {
      for (let n = 0; n < 1_000; n++) store.put(bytes(n >> 8, n & 255), value.fill(round).slice());
    }
    for (let n = 0; n < 1_000; n += 2) store.delete(bytes(n >> 8, n & 255));
    const found = [...store.scan(bytes(), bytes(9), 2_000)];
    assert.equal(found.length, 500);
    assert.ok(found.every(([key, stored]) => (key[1] ?? 0) % 2 === 1 && stored[0] === 9));
    store.dispose();
  });

  it('says what went wrong, also with a write that nobody waited for', () => {
    const blocked = levelDbStateBackend(entry, folder.write('a file', ''));
    assert.throws(
      () => blocked.createKeyedStateBackend(PARAMETERS),
      /^RuntimeException: The state backend failed: .*(ENOTDIR|EEXIST).*a file/,
    );
  });

  const describeSums = (env: StreamExecutionEnvironment): void => {
    const records = Array.from({ length: 20_000 }, (_, n) => ({ k: n % 5_000, v: 1 }));
    display(
      env
        .fromData(records)
        .keyBy('k')
        .sum('v')
        .filter(({ v }) => v === 4),
    );
  };

  it('holds the state of a job with more keys than are kept in memory', () => {
    const stateBackends = nodeStateBackends(entry, path.join(folder.path, 'jobs'));
    const executor = start(describeSums, {
      overrides: { 'state.backend.type': 'rocksdb' },
      stateBackends,
      stateCache: { entries: 500, bytes: 100_000 },
    });
    assert.equal(rest(executor), 'finished');
    const values = rowsOf(executor).map(({ value }) => value);
    assert.deepEqual(
      executor.stateBytes(),
      (() => {
        const heap = start(describeSums);
        rest(heap);
        return heap.stateBytes();
      })(),
    );
    executor.close();
    assert.equal(values.length, 5_000);
    assert.deepEqual(values, valuesOf(describeSums));
  });

  /** The rows of a job that crashes twice and is restarted from its newest checkpoint. */
  async function restarted(backend: string, stores: string): Promise<readonly unknown[]> {
    const clock = new VirtualClock();
    const options = { holder: lockHolder('test', 's', 0), now: () => clock.now(), from: null };
    const store = await CheckpointStore.open(new MemoryDisk(), { notebook: 'n', cell: 'c' }, options);
    const attempts: Executor[] = [];
    const rows: unknown[] = [];
    const take = (): void => {
      for (const { value } of attempts.at(-1)?.takeRows(0, 1e6).rows ?? []) rows.push(value);
    };
    const master = new JobMaster<StreamExecutionEnvironment>({
      program: programOf((env) => {
        describeSums(env);
        env.configure({ 'execution.checkpointing.interval': '10 ms', 'restart-strategy.fixed-delay.delay': '1 ms' });
      }),
      createExecutor,
      executor: {
        settings: {},
        overrides: { 'state.backend.type': backend },
        journal: false,
        stateBackends: nodeStateBackends(entry, stores),
        stateCache: { entries: 500, bytes: 100_000 },
      },
      baseDirectory: '',
      pace: { kind: 'full' },
      store,
      parts: new PartFiles(new MemoryPartDisk()),
      restore: null,
      events: {
        onPublished: ({ checkpoint }) => {
          // With records behind it.
          if (attempts.length < 3 && checkpoint % 2 === 0) master.inject({ kind: 'crash', records: 700 });
        },
        onFailed: ({ reason }) => assert.fail(reason),
      },
      onAttempt: ({ executor, restored }) => {
        take();
        assert.equal(restored !== null, attempts.length > 0);
        attempts.push(executor);
        rows.splice(executor.takeRows(0, 0).total);
      },
      onProgress: take,
      ports: { clock },
      step: (executor, maxRecords) => {
        clock.time += 1;
        return executor.step(Math.min(maxRecords, 100));
      },
    });
    const end = await master.run();
    take();
    await store.close();
    attempts.at(-1)?.close();
    assert.deepEqual([end.kind, end.failure?.message, attempts.length], ['finished', undefined, 3]);
    return rows;
  }

  it('is restarted from its checkpoints, in a store of its own each time, and gives what the heap gives', async () => {
    const stores = path.join(folder.path, 'restarted');
    const rows = await restarted('leveldb', stores);
    assert.equal(rows.length, 5_000);
    assert.deepEqual(rows, await restarted('hashmap', stores));
    assert.deepEqual(await readdir(stores), [], 'those of all attempts are gone');
  });
});
