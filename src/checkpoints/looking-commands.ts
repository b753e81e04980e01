import { checkpointStatistics } from '../../engine/checkpoint/statistics.ts';
import { statisticsText } from '../output/statistics-text.ts';
import { fullNumber } from '../output/text.ts';
import type { CommandId } from '../platform/command-ids.ts';
import type { Localizer } from '../platform/ports.ts';
import type { CheckpointDialogs, VirtualDocuments } from '../platform/tree-ports.ts';
import type { Catalog } from './catalog.ts';
import { type CheckpointDocuments, INSPECTED, sameDepth, singleState, type Subject } from './documents.ts';
import { entryJson, shownState } from './entry-text.ts';
import { checkpointId, type CheckpointTreeNode } from './nodes.ts';
import type { OpenedDocuments } from './opened-documents.ts';
import type { Pause } from '../../engine/node/time-slices.ts';

/** Entries that Copy as JSON puts on the clipboard. */
const COPIED = 10_000;

/** What looking at checkpoints needs. */
export interface LookingPorts {
  readonly catalog: Catalog;
  readonly texts: CheckpointDocuments;
  readonly documents: VirtualDocuments;
  readonly opened: OpenedDocuments;
  readonly dialogs: CheckpointDialogs;
  readonly l10n: Localizer;
  readonly pause: Pause;
  /** Tells `when` clauses whether something is selected for comparison. */
  readonly setSelected: (selected: boolean) => void;
}

/** What a command does with the row that it was chosen on. */
export type Command = (node: CheckpointTreeNode | null) => Promise<void> | void;

/** What a row is about, for Inspect and Compare; null for rows that have no entries. */
function subjectOf(node: CheckpointTreeNode | null): Subject | null {
  switch (node?.kind) {
    case 'checkpoint':
      return node.listed.manifest === null ? null : { job: node.job, manifest: node.listed.manifest, state: null };
    case 'operator':
      return { job: node.job, manifest: node.manifest, state: { operator: node.operator.id, name: null } };
    case 'state':
      return { job: node.job, manifest: node.manifest, state: { operator: node.operator.id, name: node.state.name } };
    default:
      return null;
  }
}

/** Identity of what a document is about. */
function keyOf({ job, manifest, state }: Subject): string {
  const part = state === null ? [] : [state.operator, ...(state.name === null ? [] : [state.name])];
  return [checkpointId(job, manifest.run, manifest.checkpoint), ...part].join('/');
}

function titleOf({ job, manifest, state }: Subject): string {
  const operator = manifest.operators.find(({ id }) => id === state?.operator);
  const part = state === null ? '' : ` ${state.name ?? operator?.name ?? ''}`;
  return `${job.identity.cell} ${manifest.run}·${manifest.label ?? manifest.checkpoint}${part}`.replaceAll(/[/\\]/g, '-');
}

type Looking =
  | 'statistics'
  | 'inspect'
  | 'nextPage'
  | 'previousPage'
  | 'selectForCompare'
  | 'compareWithSelected'
  | 'compareWithPrevious'
  | 'copy';
type LookingCommandId = Extract<CommandId, `streambook.checkpoints.${Looking}`>;

/** Commands that change nothing: Inspect, Compare and Copy, by their ids. */
export function lookingCommands(ports: LookingPorts): Readonly<Record<LookingCommandId, Command>> {
  const { catalog, texts, documents, opened, dialogs, l10n, pause, setSelected } = ports;
  let selected: Subject | null = null;
  /** The last comparison: both of its texts are asked for. */
  let compared: { readonly key: string; readonly texts: ReturnType<CheckpointDocuments['compare']> } | null = null;

  const showPage = async (
    subject: Subject,
    number: number,
    after: Uint8Array | null,
    previous: (() => Promise<void>) | null,
  ): Promise<void> => {
    const key = `${keyOf(subject)}/${number}`;
    const state = singleState(subject);
    const hasNext = state !== null && number * INSPECTED < state.entries;
    const read = (): ReturnType<CheckpointDocuments['inspect']> => texts.inspect(subject, number, after);
    const show = (): Promise<void> => showPage(subject, number, after, previous);
    opened.set(key, {
      text: async () => (await read()).text,
      previous,
      next: hasNext ? async () => await showPage(subject, number + 1, (await read()).last, show) : null,
    });
    // The folder tells the buttons of the editor which way there are pages.
    const folder = hasNext ? (previous === null ? '/first' : '/middle') : previous === null ? '' : '/last';
    const page = number === 1 ? '' : `, ${l10n.t('page {0}', number)}`;
    await documents.show({ path: `${folder}/${titleOf(subject)}${page}.txt`, key });
  };

  const compare = async (one: Subject, other: Subject): Promise<void> => {
    const [left, right] = sameDepth(one, other);
    const key = `${keyOf(left)} ${keyOf(right)}`;
    const result = async (): ReturnType<CheckpointDocuments['compare']> => {
      compared = compared?.key === key ? compared : { key, texts: texts.compare(left, right) };
      return await compared.texts;
    };
    const { changes } = await result();
    const address = (subject: Subject, side: 'left' | 'right') => ({
      path: `/${titleOf(subject)} (${l10n.t('changed entries')}).txt`,
      key: `${side} ${key}`,
    });
    opened.set(`left ${key}`, { text: async () => (await result()).left, next: null, previous: null });
    opened.set(`right ${key}`, { text: async () => (await result()).right, next: null, previous: null });
    const title = l10n.t('{0} ↔ {1}: {2} changed', titleOf(left), titleOf(right), fullNumber(changes));
    await documents.diff(address(left, 'left'), address(right, 'right'), title);
  };

  const copyState = async ({ job, operator, state }: Extract<CheckpointTreeNode, { kind: 'state' }>): Promise<void> => {
    const lines: string[] = [];
    for (const [key, value] of await catalog.page(job, state, null, COPIED)) {
      await pause();
      lines.push(entryJson(key, value, shownState(operator, state)));
    }
    await dialogs.copy(`[\n${lines.join(',\n')}\n]\n`);
    if (state.entries > lines.length) {
      dialogs.info(l10n.t('Copied the first {0} of {1} entries of {2}.', fullNumber(lines.length), fullNumber(state.entries), state.name));
    }
  };

  return {
    'streambook.checkpoints.inspect': async (node) => {
      const subject = subjectOf(node);
      if (subject !== null) await showPage(subject, 1, null, null);
    },
    'streambook.checkpoints.statistics': async (node) => {
      if (node?.kind !== 'run') return;
      const { job, info } = node;
      const key = `statistics ${job.directory}/${job.folder}/${info.run}`;
      const title = l10n.t('{0} run {1}, checkpoint statistics', job.identity.cell, info.run);
      opened.set(key, {
        text: async () => {
          const manifests = (await catalog.checkpoints(job, info.run)).flatMap(({ manifest }) => manifest ?? []);
          return statisticsText(title, checkpointStatistics(info, manifests, await catalog.failed(job, info.run)));
        },
        previous: null,
        next: null,
      });
      await documents.show({ path: `/${title.replaceAll(/[/\\]/g, '-')}.txt`, key });
    },
    'streambook.checkpoints.nextPage': () => opened.get(documents.active())?.next?.(),
    'streambook.checkpoints.previousPage': () => opened.get(documents.active())?.previous?.(),
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
    'streambook.checkpoints.copy': async (node) => {
      if (node?.kind === 'entry') await dialogs.copy(entryJson(node.key, node.value, shownState(node.of.operator, node.of.state)));
      else if (node?.kind === 'state') await copyState(node);
    },
  };
}
