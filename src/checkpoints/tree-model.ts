import type { OperatorManifest, StateManifest } from '../../engine/checkpoint/manifest.ts';
import { decodeEntryKey } from '../../engine/state/entry-codec.ts';
import { durationText, fullNumber, sizeText, timeText } from '../output/text.ts';
import type { Localizer } from '../platform/ports.ts';
import type { TreeModel, TreeRow } from '../platform/tree-ports.ts';
import type { Catalog, CatalogJob, CheckpointManifest } from './catalog.ts';
import { bytesText } from './bytes-text.ts';
import { entryKeyText, entryValueText } from './entry-text.ts';
import {
  checkpointId,
  type CheckpointNode,
  type CheckpointTreeNode,
  type FactNode,
  type MoreNode,
  nodeId,
  type OperatorNode,
  type RunNode,
  type StateNode,
} from './nodes.ts';

/** Entries per page. */
export const PAGE = 100;
/** Characters of a value in a row. */
const MAX_VALUE = 200;

/** Job → run → checkpoint → operator → state → entries, read from the disk when a row is opened. */
export class CheckpointTree implements TreeModel<CheckpointTreeNode> {
  readonly #catalog: Catalog;
  readonly #l10n: Localizer;
  /** By the id of a state: entries shown, when more than one page. */
  readonly #shown = new Map<string, number>();

  constructor(catalog: Catalog, l10n: Localizer) {
    this.#catalog = catalog;
    this.#l10n = l10n;
  }

  /** Shows one page more of a state. */
  showMore({ of, shown }: MoreNode): void {
    this.#shown.set(nodeId(of), shown + PAGE);
  }

  async children(node: CheckpointTreeNode | null): Promise<readonly CheckpointTreeNode[]> {
    if (node === null) {
      return (await this.#catalog.jobs()).map((job) => ({ kind: 'job', job }));
    }
    switch (node.kind) {
      case 'job':
        return (await this.#catalog.runs(node.job)).map((info) => ({ kind: 'run', job: node.job, info }));
      case 'run':
        return await this.#checkpoints(node);
      case 'checkpoint':
        return node.listed.manifest === null ? [] : this.#operators(node.job, node.listed.manifest);
      case 'operator':
        return [
          ...this.#facts(node),
          ...node.operator.keyed.filter(isShown).map((state): StateNode => ({ ...node, kind: 'state', state })),
        ];
      case 'state':
        return await this.#entries(node);
      default:
        return [];
    }
  }

  async #checkpoints({ job, info }: RunNode): Promise<readonly CheckpointTreeNode[]> {
    const failed = (await this.#catalog.failed(job, info.run)).map((one) => ({ kind: 'failed' as const, job, failed: one }));
    const listed = (await this.#catalog.checkpoints(job, info.run)).map(
      (one): CheckpointNode => ({ kind: 'checkpoint', job, listed: one }),
    );
    const numberOf = (node: CheckpointNode | (typeof failed)[number]): number =>
      node.kind === 'failed' ? node.failed.checkpoint : node.listed.checkpoint;
    return [...failed, ...listed].sort((a, b) => numberOf(b) - numberOf(a));
  }

  #operators(job: CatalogJob, manifest: CheckpointManifest): readonly CheckpointTreeNode[] {
    const id = checkpointId(job, manifest.run, manifest.checkpoint);
    const l10n = this.#l10n;
    const watermark: FactNode = {
      kind: 'fact',
      id: `${id}/watermark`,
      label: l10n.t('watermark'),
      text:
        manifest.watermark === null ? (manifest.ended ? l10n.t('end of input') : l10n.t('none yet')) : timeText(manifest.watermark, true),
      icon: 'watch',
    };
    return [
      watermark,
      ...manifest.operators.filter(isWorthARow).map((operator): OperatorNode => ({ kind: 'operator', job, manifest, operator })),
    ];
  }

  #facts(node: OperatorNode): readonly FactNode[] {
    const l10n = this.#l10n;
    const facts = node.operator.subtasks.flatMap(({ positions, committables }) => [
      ...positions.map(({ split, offset, finished }) => ({
        label: split,
        text: finished ? l10n.t('read to its end') : l10n.t('read up to {0}', fullNumber(offset)),
        icon: 'arrow-up',
      })),
      ...committables.map(({ final, bytes }) => ({ label: final, text: l10n.t('written, {0}', bytesText(bytes)), icon: 'file' })),
    ]);
    return facts.map((fact) => ({ ...fact, kind: 'fact', id: `${nodeId(node)}/fact/${fact.label}` }));
  }

  async #entries(node: StateNode): Promise<readonly CheckpointTreeNode[]> {
    const shown = this.#shown.get(nodeId(node)) ?? PAGE;
    const page = await this.#catalog.page(node.job, node.state, null, shown);
    const entries = page.map(([key, value]): CheckpointTreeNode => ({ kind: 'entry', of: node, key, value }));
    return page.length < node.state.entries && page.length === shown ? [...entries, { kind: 'more', of: node, shown }] : entries;
  }

  row(node: CheckpointTreeNode): TreeRow {
    const row = { id: nodeId(node), tooltip: null, colour: null, children: 'none' as const, context: node.kind, command: null };
    const l10n = this.#l10n;
    switch (node.kind) {
      case 'job':
        return { ...row, label: node.job.identity.cell, description: node.job.identity.notebook, icon: 'briefcase', children: 'collapsed' };
      case 'run':
        return { ...row, ...this.#run(node), icon: 'play-circle', children: 'collapsed' };
      case 'checkpoint':
        return { ...row, ...this.#checkpoint(node) };
      case 'failed':
        return {
          ...row,
          label: l10n.t('{0} failed', node.failed.checkpoint),
          description: node.failed.reason,
          tooltip: node.failed.reason,
          icon: 'error',
          colour: 'error',
        };
      case 'operator':
        return { ...row, ...this.#operator(node) };
      case 'state':
        return { ...row, ...this.#state(node) };
      case 'entry':
        return {
          ...row,
          label: entryKeyText(node.key, node.of.state.kind),
          description: entryValueText(node.value, node.of.state.kind, MAX_VALUE),
          tooltip: l10n.t('Key group {0}', decodeEntryKey(node.key).keyGroup),
          icon: 'key',
        };
      case 'more': {
        const left = l10n.t('{0} more…', fullNumber(node.of.state.entries - node.shown));
        return { ...row, label: left, description: '', icon: 'ellipsis', command: { id: 'streambook.checkpoints.more', title: left } };
      }
      case 'fact':
        return { ...row, label: node.label, description: node.text, icon: node.icon };
    }
  }

  #run({ info: { run, started, forkedFrom } }: RunNode): Pick<TreeRow, 'label' | 'description'> {
    const l10n = this.#l10n;
    const from = forkedFrom === null ? null : l10n.t('forked from run {0} · checkpoint {1}', forkedFrom.run, forkedFrom.checkpoint);
    return {
      label: l10n.t('run {0}', run),
      description: [started > 0 ? timeText(started, true) : null, from].filter((part) => part !== null).join(', '),
    };
  }

  #checkpoint({ listed: { checkpoint, manifest, error } }: CheckpointNode): Omit<TreeRow, 'id' | 'command'> {
    const l10n = this.#l10n;
    if (manifest === null) {
      const text = error ?? l10n.t('cannot be read');
      return {
        label: String(checkpoint),
        description: text,
        tooltip: text,
        icon: 'warning',
        colour: 'warning',
        children: 'none',
        context: 'unreadable',
      };
    }
    const { completed, stateBytes, pause, encoding, writing, records, kind, label, final } = manifest;
    const isKept = kind === 'savepoint' || label !== null;
    const took = pause + encoding + writing;
    const facts = [
      label === null ? null : l10n.t('checkpoint {0}', checkpoint),
      timeText(completed - (completed % 1000)),
      bytesText(stateBytes),
      took < 1000 ? sizeText(Math.max(1, Math.round(took))) : durationText(took),
      final ? l10n.t('last') : null,
    ];
    return {
      label: label ?? (kind === 'savepoint' ? l10n.t('savepoint {0}', checkpoint) : String(checkpoint)),
      description: facts.filter((fact) => fact !== null).join(', '),
      tooltip: l10n.t('After {0} records. The job stood still for {1} ms.', fullNumber(records), pause.toFixed(1)),
      icon: isKept ? 'pinned' : 'circle-outline',
      colour: null,
      children: 'collapsed',
      context: isKept ? 'checkpoint.kept' : 'checkpoint',
    };
  }

  #operator({ operator }: OperatorNode): Omit<TreeRow, 'id' | 'command' | 'context' | 'tooltip' | 'colour'> {
    const { name, uid, kind, keyed } = operator;
    const l10n = this.#l10n;
    const bytes = keyed.reduce((sum, state) => sum + state.bytes, 0);
    const entries = keyed.reduce((sum, state) => sum + state.entries, 0);
    const facts = [
      uid === null ? null : l10n.t('uid {0}', uid),
      entries > 0 ? l10n.t('{0} entries, {1}', fullNumber(entries), bytesText(bytes)) : null,
    ];
    return {
      label: name,
      description: facts.filter((fact) => fact !== null).join(', '),
      icon: kind === 'source' ? 'database' : keyed.length > 0 ? 'circuit-board' : 'export',
      children: 'collapsed',
    };
  }

  #state({ state: { name, kind, entries } }: StateNode): Omit<TreeRow, 'id' | 'command' | 'context' | 'tooltip' | 'colour'> {
    const timers = kind.endsWith('timers');
    return {
      label: name,
      description: timers ? fullNumber(entries) : `${kind}, ${fullNumber(entries)}`,
      icon: timers ? 'clock' : 'table',
      children: entries > 0 ? 'collapsed' : 'none',
    };
  }
}

/** An operator without timers needs no rows that say so. */
function isShown({ kind, entries }: StateManifest): boolean {
  return entries > 0 || !kind.endsWith('timers');
}

function isWorthARow({ keyed, subtasks }: OperatorManifest): boolean {
  return keyed.length > 0 || subtasks.some(({ positions, committables }) => positions.length > 0 || committables.length > 0);
}
