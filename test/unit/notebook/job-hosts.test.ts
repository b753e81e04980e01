import assert from 'node:assert/strict';
import type { JobFailure } from '../../../engine/runtime/job.ts';
import { lostByError, lostByExit } from '../../../src/host/lost.ts';
import { JobHosts } from '../../../src/notebook/running/job-hosts.ts';
import { SILENT } from '../host/silent-listener.ts';
import { FakeClock, FakeDialogs, FakeLog, FakeMemory, l10n, settle } from './fakes.ts';

const OUT_OF_MEMORY = lostByError(Object.assign(new Error('Worker terminated'), { code: 'ERR_WORKER_OUT_OF_MEMORY' }), 2048);

function setUp(host: unknown, answer: string | null = null, memory = new FakeMemory()) {
  const settings = new Map<string, unknown>([['engine.host', host]]);
  const dialogs = new FakeDialogs();
  dialogs.answer = answer;
  const started: string[] = [];
  let lose: (failure: JobFailure) => void = () => undefined;
  const hosts = new JobHosts({
    start: (wanted) => {
      started.push(wanted);
      return {
        postMessage: () => undefined,
        onMessage: () => undefined,
        onLost: (listener) => (lose = listener),
        setPaused: () => undefined,
        terminate: async () => undefined,
        inspect: async () => assert.fail('nobody debugs'),
      };
    },
    settings: { get: (key) => settings.get(key), set: async (key, value) => void settings.set(key, value) },
    memory,
    dialogs,
    clock: new FakeClock(),
    log: new FakeLog(),
    l10n,
  });
  const run = async (failure: JobFailure | null): Promise<void> => {
    const job = hosts.start('cell:1', SILENT, null);
    if (failure === null) await job.kill();
    else lose(failure);
    await settle();
  };
  return { hosts, settings, dialogs, started, run };
}

describe('the host of jobs', () => {
  it('is the one that the setting names when a job starts', async () => {
    const { settings, started, run } = setUp(undefined);
    await run(null);
    settings.set('engine.host', 'process');
    await run(null);
    settings.set('engine.host', 'nonsense');
    await run(null);
    assert.deepEqual(started, ['worker', 'process', 'worker']);
  });

  it('is to be a process once a job ran out of memory in the extension host', async () => {
    const { settings, dialogs, started, run } = setUp('worker', 'Run Jobs in Processes');
    await run(lostByExit(1));
    assert.deepEqual(dialogs.shown, []);
    await run(OUT_OF_MEMORY);
    assert.match(dialogs.shown.join('\n'), /^A job ran out of memory in the extension host\..* \| Run Jobs in Processes$/);
    assert.equal(settings.get('engine.host'), 'process');
    await run(OUT_OF_MEMORY);
    assert.equal(dialogs.shown.length, 1);
    assert.deepEqual(started, ['worker', 'worker', 'process']);
  });

  it('stays what it is when the offer is declined, which is made once', async () => {
    const { settings, dialogs, run } = setUp('worker');
    await run(OUT_OF_MEMORY);
    await run(OUT_OF_MEMORY);
    assert.equal(dialogs.shown.length, 1);
    assert.equal(settings.get('engine.host'), 'worker');
  });

  it('is offered to be a process when the extension host ended with jobs in it, but not after an end in order', async () => {
    const memory = new FakeMemory();
    await setUp('worker', null, memory).run(null);
    assert.deepEqual(setUp('worker', null, memory).dialogs.shown, []);
    setUp('worker', null, memory).hosts.start('cell:1', SILENT, null);
    assert.match(setUp('worker', null, memory).dialogs.shown.join(), /^The extension host ended while cells were running/);
    assert.deepEqual(setUp('worker', null, memory).dialogs.shown, []);
    setUp('process', null, memory).hosts.start('cell:1', SILENT, null);
    assert.deepEqual(setUp('worker', null, memory).dialogs.shown, []);
  });
});
