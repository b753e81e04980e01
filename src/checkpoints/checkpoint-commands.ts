import type { CheckpointRef } from '../../engine/checkpoint/manifest.ts';
import { type CommandId, mapCommands } from '../platform/command-ids.ts';
import type { CatalogJob, CheckpointManifest } from './catalog.ts';
import type { CheckpointActions } from './checkpoint-actions.ts';
import { type Command, lookingCommands, type LookingPorts } from './looking-commands.ts';
import type { CheckpointTreeNode } from './nodes.ts';
import { restoreDetail } from './restore-detail.ts';
import type { CheckpointTree } from './tree-model.ts';

/** Characters of the name of a checkpoint. */
const MAX_LABEL = 100;

/** What the commands need. */
export interface CommandPorts extends LookingPorts {
  readonly tree: CheckpointTree;
  readonly actions: CheckpointActions;
  /** Runs the cell of a job from a checkpoint. Rejects with what stands in the way. */
  restore(job: CatalogJob, ref: CheckpointRef): Promise<void>;
  /** Replays the run of a checkpoint from where it was taken. Rejects with what stands in the way. */
  replay(job: CatalogJob, ref: CheckpointRef, record: number): Promise<void>;
  /** Shows the cell of a job. Rejects when it is not there. */
  openCell(job: CatalogJob): Promise<void>;
  readonly refresh: (node: CheckpointTreeNode | null) => void;
  /** The row that a command is for which came by a key. */
  readonly focused: () => Promise<CheckpointTreeNode | null>;
}

export type CheckpointCommandId = Extract<CommandId, `streambook.checkpoints.${string}`>;

/** Verbs that are for no row. */
const WITHOUT_ROW: ReadonlySet<CheckpointCommandId> = new Set([
  'streambook.checkpoints.refresh',
  'streambook.checkpoints.nextPage',
  'streambook.checkpoints.previousPage',
]);

/** The verbs of the Checkpoints view, by the ids of their commands. What goes wrong is shown. */
export function checkpointCommands(ports: CommandPorts): Readonly<Record<CheckpointCommandId, Command>> {
  const { tree, dialogs, refresh, focused } = ports;
  const guarded =
    (command: Command, id: CheckpointCommandId): Command =>
    async (node) => {
      try {
        await command(node ?? (WITHOUT_ROW.has(id) ? null : await focused()));
      } catch (error) {
        dialogs.error(error instanceof Error ? error.message : String(error));
      }
    };
  const commands: Readonly<Record<CheckpointCommandId, Command>> = {
    'streambook.checkpoints.refresh': () => {
      tree.forget();
      refresh(null);
    },
    'streambook.checkpoints.more': (node) => {
      if (node?.kind !== 'more') return;
      tree.showMore(node);
      refresh(node.of);
    },
    'streambook.checkpoints.openCell': async (node) => {
      if (node !== null && 'job' in node) await ports.openCell(node.job);
    },
    ...lookingCommands(ports),
    ...changingCommands(ports),
  };
  return mapCommands(commands, guarded);
}

type ChangingCommandId = Extract<CommandId, `streambook.checkpoints.${'restore' | 'replay' | 'pin' | 'unpin' | 'delete'}`>;

function changingCommands({
  catalog,
  tree,
  actions,
  dialogs,
  l10n,
  refresh,
  ...ports
}: CommandPorts): Readonly<Record<ChangingCommandId, Command>> {
  const onCheckpoint =
    (run: (job: CatalogJob, manifest: CheckpointManifest) => Promise<void>): Command =>
    async (node) => {
      if (node?.kind === 'checkpoint' && node.listed.manifest !== null) await run(node.job, node.listed.manifest);
    };
  const changed = (): void => {
    tree.forget();
    refresh(null);
  };
  return {
    'streambook.checkpoints.restore': onCheckpoint(async (job, manifest) => {
      const detail = await restoreDetail(catalog, job, manifest, l10n);
      const { label, checkpoint, run } = manifest;
      const question = l10n.t('Restore {0} from checkpoint {1} of run {2}?', job.identity.cell, nameOf(label, checkpoint), run);
      if (await dialogs.confirm(question, detail, l10n.t('Restore as Fork'))) await ports.restore(job, manifest);
    }),
    'streambook.checkpoints.replay': onCheckpoint((job, manifest) => ports.replay(job, manifest, manifest.records)),
    'streambook.checkpoints.pin': onCheckpoint(async (job, manifest) => {
      const title = l10n.t('Name of checkpoint {0}; it is then kept until you delete it', manifest.checkpoint);
      const label = (await dialogs.input(title, manifest.label ?? ''))?.trim() ?? '';
      if (label === '') return;
      await actions.label(job, manifest, label.slice(0, MAX_LABEL));
      changed();
    }),
    'streambook.checkpoints.unpin': onCheckpoint(async (job, manifest) => {
      await actions.label(job, manifest, null);
      changed();
    }),
    'streambook.checkpoints.delete': onCheckpoint(async (job, manifest) => {
      const { label, checkpoint, run } = manifest;
      const question = l10n.t('Delete checkpoint {0} of run {1} of {2}?', nameOf(label, checkpoint), run, job.identity.cell);
      if (!(await dialogs.confirm(question, l10n.t('It cannot be restored afterwards.'), l10n.t('Delete')))) return;
      await actions.delete(job, manifest);
      changed();
    }),
  };
}

/** A checkpoint in a sentence: its name in quotes, else its number. */
function nameOf(label: string | null, checkpoint: number): string {
  return label === null ? String(checkpoint) : `“${label}”`;
}
