import type { CheckpointRef } from '../../engine/checkpoint/manifest.ts';
import { fullNumber, timeText } from '../output/text.ts';
import type { Localizer } from '../platform/ports.ts';
import type { CheckpointDialogs, VirtualDocuments } from '../platform/tree-ports.ts';
import { bytesText } from './bytes-text.ts';
import type { Catalog, CatalogJob, CheckpointManifest } from './catalog.ts';
import type { CheckpointActions } from './checkpoint-actions.ts';
import type { CheckpointDocuments, Subject } from './documents.ts';
import { entryKeyText, entryValueText } from './entry-text.ts';
import type { CheckpointTreeNode } from './nodes.ts';
import type { CheckpointTree } from './tree-model.ts';

export interface CommandPorts {
  readonly catalog: Catalog;
  readonly tree: CheckpointTree;
  readonly texts: CheckpointDocuments;
  readonly documents: VirtualDocuments;
  /** Texts by the path of their document. */
  readonly open: Map<string, () => Promise<string>>;
  readonly actions: CheckpointActions;
  readonly dialogs: CheckpointDialogs;
  readonly l10n: Localizer;
  /** Runs the cell of a job from a checkpoint. Rejects with what stands in the way. */
  restore(job: CatalogJob, ref: CheckpointRef): Promise<void>;
  readonly refresh: (node: CheckpointTreeNode | null) => void;
  /** Tells `when` clauses whether something is selected for comparison. */
  readonly setSelected: (selected: boolean) => void;
}

type Command = (node: CheckpointTreeNode | null) => Promise<void> | void;

/** What a row is about, for Inspect and Compare; null for rows that have no entries. */
function subjectOf(node: CheckpointTreeNode | null): Subject | null {
  switch (node?.kind) {
    case 'checkpoint':
      return node.listed.manifest === null ? null : { job: node.job, manifest: node.listed.manifest, state: null };
    case 'operator':
      return { job: node.job, manifest: node.manifest, state: null };
    case 'state':
      return { job: node.job, manifest: node.manifest, state: { operator: node.operator.id, name: node.state.name } };
    default:
      return null;
  }
}

/** The verbs of the Checkpoints view, by the ids of their commands. */
export function checkpointCommands(ports: CommandPorts): Readonly<Record<string, Command>> {
  const { catalog, tree, texts, documents, open, actions, dialogs, l10n, refresh, setSelected } = ports;
  let selected: Subject | null = null;
  const name = ({ job, manifest, state }: Subject): string =>
    `${job.identity.cell} ${manifest.run}·${manifest.label ?? manifest.checkpoint}${state === null ? '' : ` ${state.name}`}`.replaceAll(
      '/',
      '-',
    );

  const show = async (title: string, text: () => Promise<string>): Promise<void> => {
    const path = `/${title}.txt`;
    open.set(path, text);
    await documents.show(path);
  };
  const compare = async (left: Subject, right: Subject): Promise<void> => {
    const { left: old, right: now, changes } = await texts.compare(left, right);
    const [a, b] = [`/${name(left)} (${l10n.t('changed entries')}).txt`, `/${name(right)} (${l10n.t('changed entries')}) .txt`];
    open.set(a, () => Promise.resolve(old));
    open.set(b, () => Promise.resolve(now));
    await documents.diff(a, b, l10n.t('{0} ↔ {1}: {2} changed', name(left), name(right), fullNumber(changes)));
  };
  const guarded =
    (command: Command): Command =>
    async (node) => {
      try {
        await command(node);
      } catch (error) {
        dialogs.error(error instanceof Error ? error.message : String(error));
      }
    };
  const onCheckpoint =
    (run: (job: CatalogJob, manifest: CheckpointManifest) => Promise<void>): Command =>
    async (node) => {
      if (node?.kind === 'checkpoint' && node.listed.manifest !== null) await run(node.job, node.listed.manifest);
    };

  const commands: Readonly<Record<string, Command>> = {
    'streambook.checkpoints.refresh': () => refresh(null),
    'streambook.checkpoints.more': (node) => {
      if (node?.kind !== 'more') return;
      tree.showMore(node);
      refresh(node.of);
    },
    'streambook.checkpoints.inspect': async (node) => {
      const subject = subjectOf(node);
      if (subject !== null) await show(name(subject), () => texts.inspect(subject));
    },
    'streambook.checkpoints.selectForCompare': (node) => {
      selected = subjectOf(node);
      setSelected(selected !== null);
    },
    'streambook.checkpoints.compareWithSelected': async (node) => {
      const subject = subjectOf(node);
      if (subject !== null && selected !== null) await compare(selected, subject);
    },
    'streambook.checkpoints.compareWithPrevious': async (node) => {
      const subject = subjectOf(node);
      if (subject === null) return;
      const { job, manifest } = subject;
      const earlier = (await catalog.checkpoints(job, manifest.run)).find(
        (one) => one.checkpoint < manifest.checkpoint && one.manifest !== null,
      );
      if (earlier?.manifest) await compare({ ...subject, manifest: earlier.manifest }, subject);
      else dialogs.info(l10n.t('There is no earlier checkpoint in run {0}.', manifest.run));
    },
    'streambook.checkpoints.restore': onCheckpoint(async (job, manifest) => {
      const detail = await restoreDetail(catalog, job, manifest, l10n);
      const question = l10n.t('Restore {0} from checkpoint {1}?', job.identity.cell, manifest.label ?? manifest.checkpoint);
      if (await dialogs.confirm(question, detail, l10n.t('Restore as Fork'))) await ports.restore(job, manifest);
    }),
    'streambook.checkpoints.pin': onCheckpoint(async (job, manifest) => {
      const label = await dialogs.input(
        l10n.t('Name of checkpoint {0}; it is then kept until you delete it', manifest.checkpoint),
        manifest.label ?? '',
      );
      if (label === null || label.trim() === '') return;
      await actions.label(job, manifest, label.trim().slice(0, 100));
      refresh(null);
    }),
    'streambook.checkpoints.unpin': onCheckpoint(async (job, manifest) => {
      await actions.label(job, manifest, null);
      refresh(null);
    }),
    'streambook.checkpoints.delete': onCheckpoint(async (job, manifest) => {
      const question = l10n.t('Delete checkpoint {0} of {1}?', manifest.label ?? manifest.checkpoint, job.identity.cell);
      if (!(await dialogs.confirm(question, l10n.t('It cannot be restored afterwards.'), l10n.t('Delete')))) return;
      await actions.delete(job, manifest);
      refresh(null);
    }),
    'streambook.checkpoints.copy': async (node) => {
      if (node?.kind === 'entry') {
        const { kind } = node.of.state;
        await dialogs.copy(`${entryKeyText(node.key, kind)}: ${entryValueText(node.value, kind, Number.MAX_SAFE_INTEGER)}`);
      }
    },
  };
  return Object.fromEntries(Object.entries(commands).map(([id, command]) => [id, guarded(command)]));
}

/** What restoring does, in words: what it goes back to, and what is written a second time. */
async function restoreDetail(catalog: Catalog, job: CatalogJob, manifest: CheckpointManifest, l10n: Localizer): Promise<string> {
  const lines = [
    l10n.t(
      'Taken {0}, {1}, after {2} records.',
      timeText(manifest.completed, true),
      bytesText(manifest.stateBytes),
      fullNumber(manifest.records),
    ),
    l10n.t('The job goes on from there as a new run. This run and its checkpoints stay.'),
  ];
  const later = (await catalog.checkpoints(job, manifest.run)).filter(({ checkpoint }) => checkpoint > manifest.checkpoint);
  const files = later.flatMap((one) =>
    (one.manifest?.operators ?? []).flatMap(({ subtasks }) => subtasks.flatMap(({ committables }) => committables)),
  );
  if (files.length > 0)
    lines.push(l10n.t('{0} files that sinks have finished since then are written again, under names of the new run.', files.length));
  return lines.join('\n');
}
