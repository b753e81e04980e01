import assert from 'node:assert/strict';
import type { CheckpointManifest, StateManifest } from '../../../engine/checkpoint/manifest.ts';
import type { ListedCheckpoint } from '../../../engine/node/checkpoints/checkpoint-reader.ts';
import { encodeEntryKey } from '../../../engine/state/entry-codec.ts';
import { encodeValue } from '../../../engine/state/stored-value.ts';
import type { StateKind } from '../../../engine/state/state-capture.ts';
import type { Catalog, CatalogJob } from '../../../src/checkpoints/catalog.ts';
import { CheckpointDocuments, MAX_COMPARED } from '../../../src/checkpoints/documents.ts';
import type { CheckpointTreeNode } from '../../../src/checkpoints/nodes.ts';
import { CheckpointTree } from '../../../src/checkpoints/tree-model.ts';
import type { Localizer } from '../../../src/platform/ports.ts';

type Entries = readonly (readonly [Uint8Array, Uint8Array])[];

const l10n: Localizer = { t: (message, ...args) => message.replaceAll(/\{(\d)\}/g, (_, at) => String(args[Number(at)])) };
const JOB: CatalogJob = { directory: '/d', folder: 'jobs/n-sums', identity: { notebook: 'n.stream.md', cell: 'sums' } };

function state(name: string, kind: StateKind, entries: number): StateManifest {
  return { name, kind, entries, bytes: entries * 10, subtasks: [] };
}

function manifest(checkpoint: number, keyed: readonly StateManifest[], change: Partial<CheckpointManifest> = {}): CheckpointManifest {
  return {
    format: 1,
    job: JOB.identity,
    run: 1,
    checkpoint,
    kind: 'checkpoint',
    label: null,
    final: false,
    triggered: 0,
    completed: Date.UTC(2026, 2, 14, 12, 4, checkpoint),
    pause: 1,
    encoding: 3,
    writing: 5,
    records: 91_044,
    watermark: Date.UTC(2026, 2, 14, 12, 3, 57, 400),
    processingTime: 0,
    graphHash: '',
    ended: false,
    runtime: '',
    stateBytes: 3_400_000,
    writtenBytes: 0,
    operators: [
      {
        id: 'a',
        uid: 'payments',
        name: 'Source: payments',
        kind: 'source',
        parallelism: 1,
        maxParallelism: 128,
        watermark: null,
        keyed: [],
        subtasks: [
          {
            subtask: 0,
            watermark: '0',
            operator: [],
            committables: [],
            positions: [{ subtask: 0, split: 'data/p.csv', offset: 5_120_441, finished: false }],
          },
        ],
      },
      {
        id: 'b',
        uid: null,
        name: 'KeyedProcess',
        kind: 'keyedProcess',
        parallelism: 1,
        maxParallelism: 128,
        watermark: null,
        keyed,
        subtasks: [],
      },
    ],
    ...change,
  };
}

/** A catalog of one job whose states hold what `entries` says, by checkpoint and name. */
function catalogOf(manifests: readonly (CheckpointManifest | string)[], entries: (checkpoint: number, name: string) => Entries): Catalog {
  const owner = new Map<StateManifest, number>();
  for (const one of manifests) {
    if (typeof one !== 'string') for (const { keyed } of one.operators) for (const each of keyed) owner.set(each, one.checkpoint);
  }
  const of = (one: StateManifest): Entries => entries(owner.get(one) ?? 0, one.name);
  return {
    jobs: async () => [JOB],
    runs: async () => [{ run: 1, started: 0, forkedFrom: { run: 2, checkpoint: 12 } }],
    checkpoints: async () =>
      manifests.map(
        (one, at): ListedCheckpoint =>
          typeof one === 'string'
            ? { run: 1, checkpoint: 50 - at, path: 'p', manifest: null, error: one }
            : { run: 1, checkpoint: one.checkpoint, path: 'p', manifest: one, error: null },
      ),
    failed: async () => [{ run: 1, checkpoint: 2, at: 0, reason: 'The disk is full.' }],
    page: async (_job, one, _after, limit) => of(one).slice(0, limit),
    async *entries(_job, one) {
      yield* of(one);
    },
  };
}

const numbered = (count: number, value: (n: number) => unknown): Entries =>
  Array.from({ length: count }, (_, n) => [encodeEntryKey(7, n), encodeValue(value(n))] as const);

async function open(tree: CheckpointTree, ...labels: readonly string[]): Promise<readonly CheckpointTreeNode[]> {
  let nodes = await tree.children(null);
  for (const label of labels) {
    const node =
      nodes.find((one) => tree.row(one).label === label) ??
      assert.fail(`${label} is not among ${nodes.map((one) => tree.row(one).label).join(', ')}`);
    nodes = await tree.children(node);
  }
  return nodes;
}

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
    assert.deepEqual(texts(tree, await open(tree)), ['sums | n.stream.md']);
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

  it('shows keys in pages, under ids that stay', async () => {
    const path = ['sums', 'run 1', '1', 'KeyedProcess', 'small-seen'];
    const first = await open(tree, ...path);
    assert.equal(first.length, 101);
    const more = first.at(-1);
    assert.ok(more?.kind === 'more');
    assert.equal(tree.row(more).label, '150 more…');
    assert.deepEqual(texts(tree, first).slice(0, 2), ['0 | true', '1 | false']);
    tree.showMore(more);
    const second = await open(tree, ...path);
    assert.equal(second.length, 201);
    assert.deepEqual(
      second.slice(0, 100).map((node) => tree.row(node).id),
      first.slice(0, 100).map((node) => tree.row(node).id),
    );
    assert.equal(new Set(second.map((node) => tree.row(node).id)).size, second.length);
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
      async () => undefined,
    );
    const text = await documents.inspect({ job: JOB, manifest: one, state: null });
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
    const documents = new CheckpointDocuments(catalogOf([now, old], entries), l10n, async () => undefined);
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
    const documents = new CheckpointDocuments(catalogOf([now, old], entries), l10n, async () => undefined);
    const { right, changes } = await documents.compare({ job: JOB, manifest: old, state: null }, { job: JOB, manifest: now, state: null });
    assert.equal(changes, MAX_COMPARED + 5);
    assert.match(right, /^Showing the first 10,000 of 10,005 changed entries\n/);
    assert.equal(right.trimEnd().split('\n').length, MAX_COMPARED + 3);
  });
});
