import assert from 'node:assert/strict';
import { display } from '../../../engine/api/display.ts';
import type { KeyedStateBackend, KeyedStateBackendParameters, StateBackend } from '../../../engine/api/state-backend.ts';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import { MEMORY_STATE_BACKEND } from '../../../engine/testkit/memory-state-backend.ts';
import { rest, rowsOf, start, startFailure, valuesOf } from '../job.ts';

/** A backend of a user, which tells what it is asked for. */
class Told implements StateBackend {
  readonly name = 'told';
  readonly opened: KeyedStateBackendParameters[] = [];
  disposed = 0;
  readonly #act: (store: KeyedStateBackend) => Partial<KeyedStateBackend>;

  constructor(act: (store: KeyedStateBackend) => Partial<KeyedStateBackend> = () => ({})) {
    this.#act = act;
  }

  createKeyedStateBackend(parameters: KeyedStateBackendParameters): KeyedStateBackend {
    this.opened.push(parameters);
    const store = MEMORY_STATE_BACKEND.createKeyedStateBackend(parameters);
    return {
      get: (key) => store.get(key),
      put: (key, value) => store.put(key, value),
      delete: (key) => store.delete(key),
      scan: (from, to, limit) => store.scan(from, to, limit),
      dispose: () => {
        this.disposed++;
        store.dispose();
      },
      ...this.#act(store),
    };
  }
}

function sums(env: StreamExecutionEnvironment): void {
  const records = [
    { k: 'a', v: 1 },
    { k: 'b', v: 2 },
    { k: 'a', v: 3 },
  ];
  display(env.fromData(records).keyBy('k').sum('v'));
}

const SUMS = [
  { k: 'a', v: 1 },
  { k: 'b', v: 2 },
  { k: 'a', v: 4 },
];

describe('The state backend of a job', () => {
  it('may be one that a cell brings along: opened for each keyed operator and subtask, and disposed of with the job', () => {
    const backend = new Told();
    const executor = start((env) => {
      env.setMaxParallelism(128).setParallelism(2).configure({ 'state.backend.type': backend });
      sums(env);
    });
    assert.equal(executor.configuration['state.backend.type'], 'told');
    assert.equal(rest(executor), 'finished');
    assert.equal(rowsOf(executor).length, 3);
    executor.close();
    executor.close();
    const ranges = backend.opened.map(({ subtask, keyGroupRange, operatorName }) => ({ subtask, operatorName, ...keyGroupRange }));
    assert.deepEqual(
      ranges.sort((a, b) => a.subtask - b.subtask),
      [
        { subtask: 0, operatorName: 'Keyed Aggregation', startKeyGroup: 0, endKeyGroup: 63 },
        { subtask: 1, operatorName: 'Keyed Aggregation', startKeyGroup: 64, endKeyGroup: 127 },
      ].slice(0, ranges.length),
    );
    assert.equal(backend.disposed, backend.opened.length);
  });

  it('is not opened for a program that is only looked at', () => {
    const backend = new Told();
    start((env) => {
      env.configure({ 'state.backend.type': backend });
      sums(env);
    }).close();
    assert.equal(backend.opened.length, 0);
  });

  it('is that of the command line, if there is one', () => {
    const backend = new Told();
    const describe = (env: StreamExecutionEnvironment): void => {
      env.configure({ 'state.backend.type': backend });
      sums(env);
    };
    assert.deepEqual(valuesOf(describe, { overrides: { 'state.backend.type': 'hashmap' } }), SUMS);
    assert.equal(backend.opened.length, 0);
  });

  it('is found by its name', () => {
    const backend = new Told();
    const asked: string[] = [];
    const stateBackends = (name: string): StateBackend => {
      asked.push(name);
      return backend;
    };
    assert.deepEqual(valuesOf(sums, { settings: { 'state.backend.type': 'rocksdb' }, stateBackends }), SUMS);
    assert.deepEqual(asked, ['rocksdb']);
    assert.equal(backend.opened.length, 1);
  });

  it('has to be there', () => {
    const { message, hint } = startFailure(sums, { overrides: { 'state.backend.type': 'leveldb' } });
    assert.equal(message, "There is no state backend 'leveldb' here.");
    assert.equal(hint, "Set 'state.backend.type' to 'hashmap'.");
  });

  it('fails the job with what it throws', () => {
    const backend = new Told(() => ({
      get: () => {
        throw new Error('the disk is gone');
      },
    }));
    const executor = start((env) => {
      env.configure({ 'state.backend.type': backend });
      sums(env);
    });
    assert.equal(rest(executor), 'failed');
    assert.equal(executor.failure?.message, 'the disk is gone');
    executor.close();
    assert.equal(backend.disposed, 1);
  });
});
