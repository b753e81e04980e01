import assert from 'node:assert/strict';
import path from 'node:path';
import { encodeEntryKey } from '../../../engine/state/entry-codec.ts';
import { encodeValue } from '../../../engine/state/stored-value.ts';
import { DiskCatalog } from '../../../src/checkpoints/catalog.ts';
import { CheckpointDocuments, MAX_COMPARED } from '../../../src/checkpoints/documents.ts';
import type { CheckpointTreeNode } from '../../../src/checkpoints/nodes.ts';
import { timeSlices } from '../../../engine/node/time-slices.ts';
import { CheckpointTree } from '../../../src/checkpoints/tree-model.ts';
import { TempFolder } from '../../engine/node/temp-folder.ts';
import { catalogOf, type Entries, JOB, l10n, manifest, numbered, open, state } from './fixtures.ts';

const texts = (tree: CheckpointTree, nodes: readonly CheckpointTreeNode[]): string[] =>
  nodes.map((node) => {
    const { label, description } = tree.row(node);
    return `${label} | ${description}`;
  });

describe('the tree of checkpoints', () => {
  const keyed = [state('small-seen', 'value', 250), state('event-time timers', 'event-time timers', 0)];
  const tree = new CheckpointTree(
    catalogOf(['p is damaged', manifest(3, keyed, { label: 'before deploy' }), manifest(1, keyed)], () =>
      numbered(250, (n) => n % 2 === 0),
    ),
    l10n,
  );

  it('names jobs, runs, checkpoints, failed and damaged ones among them', async () => {
    assert.deepEqual(texts(tree, await open(tree)), ['sums | n.stream.md, 3 checkpoints, 19 MB']);
    assert.deepEqual(texts(tree, await open(tree, 'sums')), ['run 1 | forked from run 2 · checkpoint 12']);
    const nodes = await open(tree, 'sums', 'run 1');
    assert.deepEqual(texts(tree, nodes), [
      '50 | p is damaged',
      'before deploy | checkpoint 3, 12:04:03, 3.4 MB, 9 ms',
      '2 failed | The disk is full.',
      '1 | 12:04:01, 3.4 MB, 9 ms',
    ]);
    assert.deepEqual(
      nodes.map((node) => tree.row(node).context),
      ['unreadable', 'checkpoint.kept', 'failed', 'checkpoint'],
    );
  });

  it('goes down to operators, positions, states and keys, and leaves out timers where there are none', async () => {
    assert.deepEqual(texts(tree, await open(tree, 'sums', 'run 1', '1')), [
      'watermark | 2026-03-14 12:03:57.4',
      'Source: payments | uid payments',
      'KeyedProcess | 250 entries, 2.5 KB',
    ]);
    assert.deepEqual(texts(tree, await open(tree, 'sums', 'run 1', '1', 'Source: payments')), ['data/p.csv | read up to 5,120,441']);
    assert.deepEqual(texts(tree, await open(tree, 'sums', 'run 1', '1', 'KeyedProcess')), ['small-seen | value, 250']);
  });

  it('tells of timers how many there are and when the next is due', async () => {
    const timers = { ...state('event-time timers', 'event-time timers', 3), next: Date.UTC(2026, 2, 14, 12, 4, 1, 300) };
    const withTimers = new CheckpointTree(
      catalogOf([manifest(1, [timers])], () => []),
      l10n,
    );
    assert.deepEqual(texts(withTimers, await open(withTimers, 'sums', 'run 1', '1', 'KeyedProcess')), [
      'event-time timers | 3, next 12:04:01.3',
    ]);
  });

  it('shows what functions keep for a subtask', async () => {
    const whole = manifest(1, []);
    const operators = whole.operators.map((operator) => ({
      ...operator,
      subtasks: operator.subtasks.map((subtask) => ({
        ...subtask,
        positions: [],
        operator: [
          { name: 'offset', redistribution: 'subtask' as const, values: [] },
          {
            name: 'buffer',
            redistribution: 'split' as const,
            values: [Buffer.from(encodeValue(5)).toString('base64')],
            ofFunction: true as const,
          },
        ],
      })),
    }));
    const withState = new CheckpointTree(
      catalogOf([{ ...whole, operators }], () => []),
      l10n,
    );
    assert.deepEqual(texts(withState, await open(withState, 'sums', 'run 1', '1', 'Source: payments')), ['buffer | list, 1: 5']);
  });

  it('shows keys in pages, under ids that stay', async () => {
    const labels = ['sums', 'run 1', '1', 'KeyedProcess', 'small-seen'];
    const first = await open(tree, ...labels);
    assert.equal(first.length, 101);
    const more = first.at(-1);
    assert.ok(more?.kind === 'more');
    assert.equal(tree.row(more).label, '150 more…');
    assert.deepEqual(texts(tree, first).slice(0, 2), ['0 | true', '1 | false']);
    tree.showMore(more);
    const second = await open(tree, ...labels);
    assert.equal(second.length, 201);
    assert.deepEqual(
      second.slice(0, 100).map((node) => tree.row(node).id),
      first.slice(0, 100).map((node) => tree.row(node).id),
    );
    assert.equal(new Set(second.map((node) => tree.row(node).id)).size, second.length);
  });
});

describe('a tree that meets trouble', () => {
  const keyed = [state('n', 'value', 250)];

  it('says in a row what cannot be read below it, and why', async () => {
    const catalog = catalogOf([manifest(1, keyed)], () => []);
    const tree = new CheckpointTree(
      {
        ...catalog,
        jobs: async () => [JOB, { directory: '/locked', reason: '/locked cannot be read: permission denied.' }],
        page: () => Promise.reject(new Error('blobs/ab is missing.')),
      },
      l10n,
    );
    const roots = await open(tree);
    assert.deepEqual(texts(tree, roots), [
      'sums | n.stream.md, 1 checkpoint, 19 MB',
      'cannot be read | /locked cannot be read: permission denied.',
    ]);
    const entries = await open(tree, 'sums', 'run 1', '1', 'KeyedProcess', 'n');
    assert.deepEqual(texts(tree, entries), ['cannot be read | blobs/ab is missing.']);
    assert.equal(new Set([...roots, ...entries].map((node) => tree.row(node).id)).size, 3);
  });

  it('gives two subtasks that read parts of the same name rows of their own', async () => {
    const one = manifest(1, keyed);
    const [source, ...others] = one.operators;
    const subtasks = [0, 1].flatMap((subtask) => source?.subtasks.map((each) => ({ ...each, subtask })) ?? []);
    const tree = new CheckpointTree(
      catalogOf([{ ...one, operators: [{ ...source!, subtasks }, ...others] }], () => []),
      l10n,
    );
    const ids = (await open(tree, 'sums', 'run 1', '1', 'Source: payments')).map((node) => tree.row(node).id);
    assert.equal(new Set(ids).size, 2);
  });

  it('reads entries once, though the view asks again whenever a job takes a checkpoint', async () => {
    const catalog = catalogOf([manifest(1, keyed)], () => numbered(250, (n) => n));
    const limits: number[] = [];
    const page: typeof catalog.page = (job, one, after, limit) => {
      limits.push(limit);
      return catalog.page(job, one, after, limit);
    };
    const tree = new CheckpointTree({ ...catalog, page }, l10n);
    const labels = ['sums', 'run 1', '1', 'KeyedProcess', 'n'];
    const more = (await open(tree, ...labels)).at(-1);
    await open(tree, ...labels);
    assert.deepEqual(limits, [100]);
    assert.ok(more?.kind === 'more');
    tree.showMore(more);
    assert.equal((await open(tree, ...labels)).length, 201);
    assert.deepEqual(limits, [100, 100]);
    tree.forget();
    await open(tree, ...labels);
    assert.deepEqual(limits, [100, 100, 200]);
  });

  it('offers to unpin what has a name, not a savepoint, which stays without one', async () => {
    const tree = new CheckpointTree(
      catalogOf([manifest(3, keyed, { kind: 'savepoint', label: 'x' }), manifest(1, keyed, { label: 'y' })], () => []),
      l10n,
    );
    const contexts = (await open(tree, 'sums', 'run 1')).map((node) => tree.row(node).context);
    assert.deepEqual(contexts, ['checkpoint.savepoint', 'failed', 'checkpoint.kept']);
  });
});

describe('the checkpoints on the disk', () => {
  const folder = new TempFolder();
  after(() => folder.remove());

  it('are none where nothing was ever written', async () => {
    assert.deepEqual(await new DiskCatalog(null).jobs(), []);
    assert.deepEqual(await new DiskCatalog(path.join(folder.path, 'not there')).jobs(), []);
  });

  it('are listed beside a folder that cannot be read, and counted', async () => {
    folder.write('a/jobs', 'a file where a folder should be');
    folder.write('b/jobs/n-sums/job.json', JSON.stringify(JOB.identity));
    folder.write('b/jobs/n-sums/run-1/chk-1.json', '');
    folder.write('b/jobs/n-sums/run-2/chk-4.json', '');
    folder.write('b/jobs/n-sums/run-2/chk-5.json.1.part', '');
    folder.write(`b/jobs/n-sums/blobs/${'a'.repeat(64)}`, new Uint8Array(70));
    folder.write('b/jobs/n-sums/blobs/x.part', new Uint8Array(5));
    folder.write('stray file', '');
    const catalog = new DiskCatalog(folder.path);
    const [broken, job, ...others] = await catalog.jobs();
    assert.ok(broken && 'reason' in broken);
    assert.match(broken.reason, /jobs/);
    assert.ok(job && 'folder' in job);
    assert.deepEqual(others, []);
    assert.deepEqual(await catalog.extent(job), { checkpoints: 2, bytes: 70 });
  });
});

describe('long work', () => {
  it('goes on for 5 ms, then lets others have a turn', async () => {
    let now = 0;
    const pause = timeSlices({
      elapsed: () => now,
      yield: async () => void (now += 50),
    });
    now = 4;
    assert.equal(pause(), null);
    now = 5;
    await (pause() ?? assert.fail('no pause'));
    assert.equal(now, 55);
    assert.equal(pause(), null);
  });
});

describe('the documents of checkpoints', () => {
  const window = (n: number): Uint8Array =>
    encodeEntryKey(1, 'DE', [Date.UTC(2026, 2, 14, 12, 0, 50), Date.UTC(2026, 2, 14, 12, 0, 55 + n)]);

  it('write out a state, windows as times', async () => {
    const one = manifest(1, [state('window contents', 'window', 1)]);
    const documents = new CheckpointDocuments(
      catalogOf([one], () => [[window(0), encodeValue({ count: 3 })]]),
      l10n,
      () => null,
    );
    const { text } = await documents.inspect({ job: JOB, manifest: one, state: null });
    assert.match(text, /^sums \(n\.stream\.md\)\nRun 1, checkpoint 1, 2026-03-14 12:04:01\nAfter 91,044 records; 3\.4 MB of state\n/);
    assert.match(text, /KeyedProcess · window contents \(window\): 1 entries, 10 B\n {2}DE · 12:00:50 – 12:00:55: \{"count":3\}\n/);
  });

  it('compare two checkpoints by the entries that differ', async () => {
    const [old, now] = [
      manifest(1, [state('n', 'value', 3)]),
      manifest(2, [{ ...state('n', 'value', 3), subtasks: [{ subtask: 0, runs: [] }] }]),
    ];
    const entries = (checkpoint: number): Entries =>
      checkpoint === 1 ? numbered(3, (n) => n) : numbered(4, (n) => (n === 1 ? 10 : n)).slice(1);
    const documents = new CheckpointDocuments(catalogOf([now, old], entries), l10n, () => null);
    const result = await documents.compare({ job: JOB, manifest: old, state: null }, { job: JOB, manifest: now, state: null });
    assert.deepEqual(result, {
      left: 'KeyedProcess · n (value)\n  0: 0\n  1: 1\n',
      right: 'KeyedProcess · n (value)\n  1: 10\n  3: 3\n',
      changes: 3,
    });
  });

  it('say so when there are more differences than they show', async () => {
    const [old, now] = [
      manifest(1, [state('n', 'value', 1)]),
      manifest(2, [{ ...state('n', 'value', 1), subtasks: [{ subtask: 0, runs: [] }] }]),
    ];
    const entries = (checkpoint: number): Entries => numbered(MAX_COMPARED + 5, (n) => n + checkpoint);
    const documents = new CheckpointDocuments(catalogOf([now, old], entries), l10n, () => null);
    const { right, changes } = await documents.compare({ job: JOB, manifest: old, state: null }, { job: JOB, manifest: now, state: null });
    assert.equal(changes, MAX_COMPARED + 5);
    assert.match(right, /^Showing the first 10,000 of 10,005 changed entries\n/);
    assert.equal(right.trimEnd().split('\n').length, MAX_COMPARED + 3);
  });
});
