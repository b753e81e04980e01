import assert from 'node:assert/strict';
import { LanguageClient } from '../../../src/language/client.ts';
import { LanguageService } from '../../../src/language/service.ts';
import { loadLibrary } from '../../../src/program/library.ts';
import { cellsOf } from '../program/compiling.ts';
import { sourceWorker } from './worker-entry.ts';

const ENTRY = sourceWorker('src/language/language-worker.ts');

/** Answers the first request of a thread with its number of cells, then dies at a notebook called "crash". */
const FAKE = `const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ id, notebook, cells }) => {
  if (notebook === 'crash') throw new Error('out of ideas');
  parentPort.postMessage({ id, ok: true, type: 'diagnose', diagnostics: cells.map(({ id }) => ({ cell: id })) });
});`;

describe('language worker', function () {
  let client: LanguageClient;
  afterEach(() => client.dispose());

  it('compiles and diagnoses in a thread of its own', async () => {
    client = new LanguageClient(ENTRY, { eval: true });
    const cells = cellsOf('const a: number = "x";', 'const b = 1;\nb');
    const [result, diagnostics] = await Promise.all([client.compile('n', cells, 'c2', true), client.diagnose('n', cells)]);
    assert.equal(result.ok && result.program.jobName, 'b');
    assert.deepEqual(
      diagnostics?.map(({ cell, code }) => [cell, code]),
      [['c1', 'TS2322']],
    );
    await assert.rejects(client.compile('n', cells, 'c9', true), /There is no cell “c9”/);
    assert.ok((await client.compile('n', cells, 'c2', false)).ok, 'goes on after an error');
  });

  it('drops diagnoses that a newer one overtook, per notebook', async () => {
    client = new LanguageClient(FAKE, { eval: true });
    const cells = (count: number): ReturnType<typeof cellsOf> => cellsOf(...Array.from({ length: count }, () => ''));
    const replies = await Promise.all([...[1, 2, 3, 4].map((count) => client.diagnose('a', cells(count))), client.diagnose('b', cells(5))]);
    assert.deepEqual(
      replies.map((reply) => reply?.length ?? null),
      [1, null, null, 4, 5],
    );
    assert.equal((await client.diagnose('a', cells(6)))?.length, 6);
  });

  it('rejects what a crash hits, starts again, and stays closed once closed', async () => {
    client = new LanguageClient(FAKE, { eval: true });
    const crashing = client.diagnose('crash', []);
    const waiting = client.diagnose('a', cellsOf(''));
    await assert.rejects(crashing, /stopped: out of ideas/);
    await assert.rejects(waiting, /stopped/);
    assert.equal((await client.diagnose('a', cellsOf('')))?.length, 1);
    await client.dispose();
    await assert.rejects(client.compile('a', [], 'x', true), /closed/);
  });
});

describe('language service', () => {
  it('keeps only the notebooks used last, and still answers for the others', () => {
    let loads = 0;
    const service = new LanguageService(() => {
      loads++;
      return loadLibrary();
    });
    for (let round = 0; round < 2; round++) {
      for (let notebook = 0; notebook < 10; notebook++) {
        const reply = service.handle({
          id: notebook,
          type: 'compile',
          notebook: `n${notebook}`,
          cells: cellsOf('const a = 1;'),
          target: 'c1',
          check: false,
        });
        assert.ok(reply.ok && reply.type === 'compile' && reply.result.ok);
      }
    }
    assert.equal(loads, 1);
  });

  it('answers an exception with an error', () => {
    const service = new LanguageService(() => {
      throw new Error('no library');
    });
    const reply = service.handle({ id: 7, type: 'diagnose', notebook: 'n', cells: [] });
    assert.ok(!reply.ok);
    assert.equal(reply.id, 7);
    assert.match(reply.message, /no library/);
  });
});
