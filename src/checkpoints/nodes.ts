import type { FailedCheckpoint, OperatorManifest, RunInfo, StateManifest } from '../../engine/checkpoint/manifest.ts';
import type { CatalogJob, CheckpointManifest, Extent, ListedCheckpoint } from './catalog.ts';

export interface JobNode {
  readonly kind: 'job';
  readonly job: CatalogJob;
  readonly extent: Extent;
}

/** The state at the position of a replay; null while there is none. */
export interface ReplayNode {
  readonly kind: 'replay';
  readonly job: CatalogJob;
  readonly manifest: CheckpointManifest | null;
}

export interface RunNode {
  readonly kind: 'run';
  readonly job: CatalogJob;
  readonly info: RunInfo;
}

export interface CheckpointNode {
  readonly kind: 'checkpoint';
  readonly job: CatalogJob;
  readonly listed: ListedCheckpoint;
}

export interface FailedNode {
  readonly kind: 'failed';
  readonly job: CatalogJob;
  readonly failed: FailedCheckpoint;
}

export interface OperatorNode {
  readonly kind: 'operator';
  readonly job: CatalogJob;
  readonly manifest: CheckpointManifest;
  readonly operator: OperatorManifest;
}

export interface StateNode {
  readonly kind: 'state';
  readonly job: CatalogJob;
  readonly manifest: CheckpointManifest;
  readonly operator: OperatorManifest;
  readonly state: StateManifest;
}

export interface EntryNode {
  readonly kind: 'entry';
  readonly of: StateNode;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export interface MoreNode {
  readonly kind: 'more';
  readonly of: StateNode;
  readonly shown: number;
}

/** Something to read: a watermark, how far a source has been read, files of a sink. */
export interface FactNode {
  readonly kind: 'fact';
  readonly id: string;
  readonly label: string;
  readonly text: string;
  readonly icon: string;
}

/** What is below a row cannot be read, or a folder of checkpoints cannot. */
export interface ProblemNode {
  readonly kind: 'problem';
  readonly id: string;
  readonly reason: string;
}

/** A row of the Checkpoints view. */
export type CheckpointTreeNode =
  | JobNode
  | ReplayNode
  | RunNode
  | CheckpointNode
  | FailedNode
  | OperatorNode
  | StateNode
  | EntryNode
  | MoreNode
  | FactNode
  | ProblemNode;

/** Identity of a row: what it is about, never where it stands. */
export function nodeId(node: CheckpointTreeNode): string {
  switch (node.kind) {
    case 'job':
    case 'replay':
      return jobId(node.job);
    case 'run':
      return `${jobId(node.job)}/run/${node.info.run}`;
    case 'checkpoint':
      return checkpointId(node.job, node.listed.run, node.listed.checkpoint);
    case 'failed':
      return `${checkpointId(node.job, node.failed.run, node.failed.checkpoint)}/failed`;
    case 'operator':
      return `${checkpointId(node.job, node.manifest.run, node.manifest.checkpoint)}/op/${node.operator.id}`;
    case 'state':
      return `${nodeId({ ...node, kind: 'operator' })}/state/${node.state.name}`;
    case 'entry':
      return `${nodeId(node.of)}/key/${Buffer.from(node.key).toString('hex')}`;
    case 'more':
      return `${nodeId(node.of)}/more`;
    case 'fact':
    case 'problem':
      return node.id;
  }
}

function jobId({ directory, folder }: CatalogJob): string {
  return `${directory}/${folder}`;
}

/** Identity of a checkpoint's row. */
export function checkpointId(job: CatalogJob, run: number, checkpoint: number): string {
  // Every stop of a replay is laid down under another number: its rows stay those of the position.
  return job.isReplay ? `${jobId(job)}/position` : `${jobId(job)}/run/${run}/chk/${checkpoint}`;
}

const KINDS: ReadonlySet<unknown> = new Set([
  'job',
  'replay',
  'run',
  'checkpoint',
  'failed',
  'operator',
  'state',
  'entry',
  'more',
  'fact',
  'problem',
]);

/** Whether what VS Code hands to a command is a row of the view. */
export function isTreeNode(value: unknown): value is CheckpointTreeNode {
  return typeof value === 'object' && value !== null && 'kind' in value && KINDS.has(value.kind);
}
