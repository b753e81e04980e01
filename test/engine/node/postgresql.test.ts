import assert from 'node:assert/strict';
import { display } from '../../../engine/api/display.ts';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import type { KeyedStateBackend, StateBackend } from '../../../engine/api/state-backend.ts';
import { nodeStateBackends, postgreSqlStateBackend } from '../../../engine/node/state/node-state-backends.ts';
import { STATE_BACKEND_CONFORMANCE } from '../../../engine/testkit/state-backend-conformance.ts';
import { rest, start, startFailure, valuesOf } from '../job.ts';
import { PostgreSqlServer } from './postgresql-server.ts';
import { bundleStateThread } from './state-thread.ts';

const PARAMETERS = {
  jobName: 'test',
  run: 1,
  operatorName: 'Test',
  operator: 1,
  subtask: 0,
  keyGroupRange: { startKeyGroup: 0, endKeyGroup: 127 },
};
const URL_OPTION = 'streambook.state.postgresql.url';

function sums(env: StreamExecutionEnvironment): void {
  const records = Array.from({ length: 2_000 }, (_, n) => ({ k: n % 700, v: 1 }));
  display(env.fromData(records).keyBy('k').sum('v'));
}

describe('PostgreSQL', () => {
  let entry: URL;
  let url: string;
  let backend: StateBackend;
  const toDispose: KeyedStateBackend[] = [];
  const toStop: PostgreSqlServer[] = [];
  before(async function () {
    this.timeout(120_000);
    const started = await PostgreSqlServer.start();
    if (typeof started === 'string') {
      console.log(`PostgreSQL is not tested: ${started}`);
      this.skip();
    }
    toStop.push(started);
    ({ url } = started);
    entry = await bundleStateThread();
    backend = postgreSqlStateBackend(entry, url);
    // Keeps the connection from one test to the next.
    toDispose.push(backend.createKeyedStateBackend(PARAMETERS));
  });
  after(async () => {
    for (const store of toDispose) store.dispose();
    await Promise.all(toStop.map((server) => server.stop()));
  });

  for (const [name, check] of Object.entries(STATE_BACKEND_CONFORMANCE)) it(name, () => check(backend));

  it('holds the state of a job with more keys than are kept in memory', () => {
    const executor = start(sums, {
      overrides: { 'state.backend.type': 'postgresql', [URL_OPTION]: url },
      stateBackends: nodeStateBackends(entry, ''),
      stateCache: { entries: 100, bytes: 100_000 },
    });
    assert.equal(rest(executor), 'finished');
    assert.deepEqual(
      executor.takeRows(0, 10_000).rows.map(({ value }) => value),
      valuesOf(sums),
    );
    executor.close();
  });

  it('fails the job when the server is gone', () => {
    const executor = start(sums, {
      overrides: { 'state.backend.type': 'postgresql', [URL_OPTION]: 'postgresql://test@localhost/postgres?host=%2Fnowhere' },
      stateBackends: nodeStateBackends(entry, ''),
    });
    assert.equal(rest(executor), 'failed');
    assert.match(executor.failure?.message ?? '', /^The state backend failed: connect ENOENT/);
    executor.close();
  });
});

describe('The address of PostgreSQL', () => {
  const failure = (url: string): ReturnType<typeof startFailure> =>
    startFailure(sums, {
      overrides: { 'state.backend.type': 'postgresql', [URL_OPTION]: url },
      stateBackends: nodeStateBackends(new URL('file:///nowhere'), ''),
    });

  it('has to be given, and to be one', () => {
    assert.equal(failure('').message, `The state backend 'postgresql' needs the option '${URL_OPTION}'.`);
    assert.equal(failure('localhost').message, `Option '${URL_OPTION}' needs the URL of a server.`);
  });

  it('must not hold a password', () => {
    for (const url of ['postgresql://me:secret@localhost/db', 'postgres://localhost/db?password=secret']) {
      const { message, hint } = failure(url);
      assert.match(message, /must not hold a password/);
      assert.ok(!message.includes('secret') && !(hint ?? '').includes('secret'));
    }
  });
});
