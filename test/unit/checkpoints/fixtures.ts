/** A catalog of checkpoints in memory. */
import assert from 'node:assert/strict';
import type { CheckpointManifest, StateManifest } from '../../../engine/checkpoint/manifest.ts';
import type { ListedCheckpoint } from '../../../engine/node/checkpoints/checkpoint-reader.ts';
import { compareBytes } from '../../../engine/state/byte-writer.ts';
import { encodeEntryKey } from '../../../engine/state/entry-codec.ts';
import { encodeValue } from '../../../engine/state/stored-value.ts';
import type { StateKind } from '../../../engine/state/state-capture.ts';
import type { Catalog, CatalogJob } from '../../../src/checkpoints/catalog.ts';
import type { CheckpointTreeNode } from '../../../src/checkpoints/nodes.ts';
import type { CheckpointTree } from '../../../src/checkpoints/tree-model.ts';
import type { Localizer } from '../../../src/platform/ports.ts';

export type Entries = readonly (readonly [Uint8Array, Uint8Array])[];

export const l10n: Localizer = { t: (message, ...args) => message.replaceAll(/\{(\d)\}/g, (_, at) => String(args[Number(at)])) };
export const JOB: CatalogJob = {
  directory: '/d',
  folder: 'jobs/n-sums',
  identity: { notebook: 'n.stream.md', cell: 'sums' },
  notebook: 'n.stream.md',
  isReplay: false,
};

export function state(name: string, kind: StateKind, entries: number): StateManifest {
  return { name, kind, entries, bytes: entries * 10, subtasks: [] };
}

export function manifest(
  checkpoint: number,
  keyed: readonly StateManifest[],
  change: Partial<CheckpointManifest> = {},
): CheckpointManifest {
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
export function catalogOf(
  manifests: readonly (CheckpointManifest | string)[],
  entries: (checkpoint: number, name: string) => Entries,
): Catalog {
  const owner = new Map<StateManifest, number>();
  for (const one of manifests) {
    if (typeof one !== 'string') for (const { keyed } of one.operators) for (const each of keyed) owner.set(each, one.checkpoint);
  }
  const of = (one: StateManifest): Entries => entries(owner.get(one) ?? 0, one.name);
  return {
    jobs: async () => [JOB],
    runs: async () => [{ run: 1, started: 0, forkedFrom: { run: 2, checkpoint: 12 }, notebookPath: null }],
    checkpoints: async () =>
      manifests.map(
        (one, at): ListedCheckpoint =>
          typeof one === 'string'
            ? { run: 1, checkpoint: 50 - at, path: 'p', manifest: null, error: one }
            : { run: 1, checkpoint: one.checkpoint, path: 'p', manifest: one, error: null },
      ),
    failed: async () => [{ run: 1, checkpoint: 2, at: 0, reason: 'The disk is full.' }],
    page: async (_job, one, after, limit) => {
      const begin = after === null ? 0 : of(one).findIndex(([key]) => compareBytes(key, after) === 0) + 1;
      return of(one).slice(begin, begin + limit);
    },
    extent: async () => ({ checkpoints: manifests.length, bytes: 19_000_000 }),
    forget: () => undefined,
    async *entries(_job, one) {
      yield* of(one);
    },
  };
}

export const numbered = (count: number, value: (n: number) => unknown): Entries =>
  Array.from({ length: count }, (_, n) => [encodeEntryKey(7, n), encodeValue(value(n))] as const);

export async function open(tree: CheckpointTree, ...labels: readonly string[]): Promise<readonly CheckpointTreeNode[]> {
  let nodes = await tree.children(null);
  for (const label of labels) {
    const node =
      nodes.find((one) => tree.row(one).label === label) ??
      assert.fail(`${label} is not among ${nodes.map((one) => tree.row(one).label).join(', ')}`);
    nodes = await tree.children(node);
  }
  return nodes;
}
