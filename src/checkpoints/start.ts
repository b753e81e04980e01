import type { CheckpointRef } from '../../engine/checkpoint/manifest.ts';
import type { Clock, Disposable, Localizer } from '../platform/ports.ts';
import type { CheckpointDialogs, TreeHandle, TreeModel, VirtualDocuments } from '../platform/tree-ports.ts';
import { type CatalogJob, DiskCatalog } from './catalog.ts';
import { CheckpointActions, type OwnCheckpoints } from './checkpoint-actions.ts';
import { type CheckpointCommandId, checkpointCommands } from './checkpoint-commands.ts';
import { CheckpointDocuments } from './documents.ts';
import { type JobNode, type Jobs, JobsTree } from './jobs-tree.ts';
import type { CheckpointTreeNode } from './nodes.ts';
import { OpenedDocuments } from './opened-documents.ts';
import { timeSlices } from '../../engine/node/time-slices.ts';
import { CheckpointTree } from './tree-model.ts';

/** The views follow running jobs at most so often, ms. */
const REFRESH_EVERY_MS = 500;

export interface CheckpointsPorts {
  /** Folder with one folder of checkpoints per notebook; null = there are none to show. */
  readonly root: string | null;
  /** Name of the notebook whose checkpoints are in that folder, where it is known. */
  nameOf(directory: string): string | null;
  /** Of the jobs of this window, as their locks have it. */
  readonly session: string;
  readonly jobs: Jobs;
  /** The job when it runs in this window. */
  running(job: CatalogJob): OwnCheckpoints | null;
  restore(job: CatalogJob, ref: CheckpointRef): Promise<void>;
  replay(job: CatalogJob, ref: CheckpointRef, record: number): Promise<void>;
  /** Shows the cell of a job. Rejects when it is not there. */
  openCell(job: CatalogJob): Promise<void>;
  showTree<N extends object>(viewId: string, model: TreeModel<N>): TreeHandle<N>;
  registerDocuments(scheme: string, text: (key: string) => Promise<string>): VirtualDocuments;
  setContext(key: string, value: boolean): void;
  readonly dialogs: CheckpointDialogs;
  readonly clock: Clock;
  readonly l10n: Localizer;
}

/** The sidebar. */
export interface CheckpointsViews extends Disposable {
  /** By the ids of the commands; the argument is the row. */
  readonly commands: Readonly<Record<CheckpointCommandId, (node: CheckpointTreeNode | null) => Promise<void> | void>>;
  readonly tree: CheckpointTree;
  /** Checkpoints have come or gone. */
  refreshSoon(): void;
}

/** Shows the jobs of this window and the checkpoints on the disk. */
export function startCheckpoints(ports: CheckpointsPorts): CheckpointsViews {
  const { l10n, clock, jobs, dialogs } = ports;
  const catalog = new DiskCatalog(ports.root, (directory) => ports.nameOf(directory));
  const tree = new CheckpointTree(catalog, l10n);
  const opened = new OpenedDocuments();
  const view = ports.showTree<CheckpointTreeNode>('streambook.checkpoints', tree);
  const jobsView = ports.showTree<JobNode>('streambook.jobs', new JobsTree(jobs, l10n));
  const documents = ports.registerDocuments(
    'streambook-state',
    async (key) =>
      (await opened.get(key)?.text()) ?? l10n.t('This document is of an earlier session. Open it again from the Checkpoints view.'),
  );
  const soon = (refresh: () => void): (() => void) => {
    let waiting = false;
    return () => {
      if (waiting) return;
      waiting = true;
      clock.after(REFRESH_EVERY_MS, () => {
        waiting = false;
        refresh();
      });
    };
  };
  const changed = jobs.onDidChange(soon(() => jobsView.refresh(null)));
  const pause = timeSlices({
    elapsed: () => clock.now(),
    yield: () => new Promise((resolve) => void clock.after(0, resolve)),
  });
  return {
    tree,
    commands: checkpointCommands({
      catalog,
      tree,
      texts: new CheckpointDocuments(catalog, l10n, pause),
      documents,
      opened,
      pause,
      actions: new CheckpointActions((job) => ports.running(job), ports.session),
      dialogs,
      l10n,
      restore: (job, ref) => ports.restore(job, ref),
      replay: (job, ref, record) => ports.replay(job, ref, record),
      openCell: (job) => ports.openCell(job),
      focused: () => view.focused(),
      refresh: (node) => view.refresh(node),
      setSelected: (selected) => ports.setContext('streambook.checkpointSelected', selected),
    }),
    refreshSoon: soon(() => view.refresh(null)),
    dispose: () => {
      changed.dispose();
      for (const one of [view, jobsView, documents]) one.dispose();
    },
  };
}
