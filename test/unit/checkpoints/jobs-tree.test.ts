import assert from 'node:assert/strict';
import { type JobNode, JobsTree, type JobView } from '../../../src/checkpoints/jobs-tree.ts';
import { targetOfRow } from '../../../src/notebook/jobs/job-commands.ts';
import { NO_FIGURES } from '../../../src/host/figures.ts';
import type { OutputError } from '../../../src/output/types.ts';
import { l10n } from './fixtures.ts';

const ERROR: OutputError = {
  title: 'TypeError: bad',
  operator: 'Map',
  place: { cell: 'cell:2', cellLabel: 'cell sums', line: 4, column: 7 },
  recordNumber: 9,
  source: 'lines',
  file: null,
  record: '{"n":9}',
  hint: null,
};

function job(change: Partial<JobView>): JobView {
  const base = { cell: 'cell:1', label: 'sums', notebook: 'n.stream.md', phase: 'running', elapsed: 3_000, restarts: 0 } as const;
  return { ...base, status: null, stateBytes: 0, checkpoint: null, exceptions: [], figures: NO_FIGURES, ...change };
}

const treeOf = (...jobs: readonly JobView[]): JobsTree =>
  new JobsTree({ list: () => jobs, onDidChange: () => ({ dispose: () => undefined }) }, l10n);

async function texts(tree: JobsTree, node: JobNode | null): Promise<readonly string[]> {
  return (await tree.children(node)).map((child) => {
    const { label, description, icon, children, context } = tree.row(child);
    return [label, description, icon, children, context].join(' | ');
  });
}

describe('the view of jobs', () => {
  it('says what each job does', async () => {
    const tree = treeOf(
      job({}),
      job({ phase: 'restarting', restarts: 1 }),
      job({ phase: 'failed', restarts: 3, checkpoint: { number: 12, time: 0 } }),
    );
    assert.match(
      treeOf().row(job({ status: 'RUNNING', checkpoint: { number: 12, time: 0 } })).tooltip ?? '',
      /^n\.stream\.md, RUNNING, last checkpoint at .*, about 0 B of state now$/,
    );
    assert.deepEqual(await texts(tree, null), [
      'sums | running, 3 s | broadcast | none | job.running',
      'sums | restarting, 3 s, restarted once | sync | none | job',
      'sums | failed, 3 s, restarted 3 times, checkpoint 12 | error | none | job',
    ]);
  });

  it('has what the functions of a job count and measure below it, where there is any', async () => {
    const many = Array.from({ length: 3 }, (_, at) => ({ name: `Map.${at}.seen`, value: String(at) }));
    const counting = job({
      phase: 'finished',
      figures: {
        accumulators: { shown: [{ name: 'words', value: '7' }], total: 1, problem: null },
        metrics: { shown: many, total: 2_000, problem: null },
      },
    });
    const tree = treeOf(counting);
    assert.deepEqual(await texts(tree, null), ['sums | finished, 3 s | pass | collapsed | job']);
    assert.deepEqual(await texts(tree, counting), [
      'Accumulators | 1 | symbol-numeric | collapsed | figures',
      'Metrics | the first 3 of 2,000 | dashboard | collapsed | figures',
    ]);
    const [accumulators, metrics] = await tree.children(counting);
    assert.deepEqual(await texts(tree, accumulators ?? null), ['words | 7 | symbol-constant | none | figure']);
    assert.deepEqual((await texts(tree, metrics ?? null))[2], 'Map.2.seen | 2 | symbol-constant | none | figure');
    assert.deepEqual(await tree.children((await tree.children(metrics ?? null))[0] ?? null), []);
    assert.equal(targetOfRow(metrics)?.cell, 'cell:1');
    const failing = { ...NO_FIGURES, accumulators: { shown: [], total: 0, problem: 'TypeError: bad' } };
    assert.deepEqual(await texts(tree, job({ figures: failing })), ['Accumulators | TypeError: bad | warning | none | figures']);
  });

  it('has the failures of a job below it, each at its place in the cells', async () => {
    const newest = { time: 5_000, error: ERROR, consequence: 'not restarted' };
    const oldest = { time: 1_000, error: { ...ERROR, place: null, record: null }, consequence: 'restart 1 after 1000 ms' };
    const failed = job({ phase: 'failed', exceptions: [newest, oldest] });
    const tree = treeOf(failed);
    assert.deepEqual(await texts(tree, null), ['sums | failed, 3 s | error | collapsed | job']);
    assert.deepEqual(
      (await texts(tree, failed)).map((text) => text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, 'time')),
      [
        'TypeError: bad | time, cell sums, line 4, not restarted | bug | none | exception',
        'TypeError: bad | time, restart 1 after 1000 ms | bug | none | exception',
      ],
    );
    const nodes = await tree.children(failed);
    assert.deepEqual(nodes.map(targetOfRow), [
      { cell: 'cell:2', line: 4, column: 7 },
      { cell: 'cell:1', line: 1, column: 1 },
    ]);
    assert.deepEqual(new Set(nodes.map((node) => tree.row(node).id)).size, 2);
    assert.deepEqual(await tree.children(nodes[0] ?? null), []);
  });
});
