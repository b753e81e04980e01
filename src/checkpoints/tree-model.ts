import type { OperatorManifest, StateManifest } from '../../engine/checkpoint/manifest.ts';
import { fullNumber, timeText } from '../output/text.ts';
import type { Localizer } from '../platform/ports.ts';
import type { TreeModel, TreeRow } from '../platform/tree-ports.ts';
import type { Catalog, CatalogJob, CheckpointManifest, EntryPage } from './catalog.ts';
import { bytesText } from './bytes-text.ts';
import { operatorStateText } from './entry-text.ts';
import {
  checkpointId,
  type CheckpointNode,
  type CheckpointTreeNode,
  type FactNode,
  type FailedNode,
  type MoreNode,
  nodeId,
  type OperatorNode,
  type RunNode,
  type StateNode,
} from './nodes.ts';
import { rowOf } from './tree-rows.ts';

/** Entries per page. */
export const PAGE = 100;
/** States whose entries are remembered: the view asks again for everything that is open whenever a job takes a checkpoint. */
const REMEMBERED = 32;

/** Job → run → checkpoint → operator → state → entries, read from the disk when a row is opened. */
export class CheckpointTree implements TreeModel<CheckpointTreeNode> {
  readonly #catalog: Catalog;
  readonly #l10n: Localizer;
  /** By the id of a state: entries shown, when more than one page. */
  readonly #shown = new Map<string, number>();
  /** By the id of a state and the number of its checkpoint: what that holds never changes. */
  readonly #read = new Map<string, EntryPage>();

  constructor(catalog: Catalog, l10n: Localizer) {
    this.#catalog = catalog;
    this.#l10n = l10n;
  }

  /** Shows one page more of a state. */
  showMore({ of, shown }: MoreNode): void {
    this.#shown.set(nodeId(of), shown + PAGE);
  }

  /** Reads everything anew. */
  forget(): void {
    this.#read.clear();
    this.#catalog.forget();
  }

  row(node: CheckpointTreeNode): TreeRow {
    return rowOf(node, this.#l10n);
  }

  /** Never rejects: what cannot be read is a row that says why. */
  async children(node: CheckpointTreeNode | null): Promise<readonly CheckpointTreeNode[]> {
    try {
      return node === null ? await this.#jobs() : await this.#below(node);
    } catch (error) {
      const id = `${node === null ? '' : nodeId(node)}/problem`;
      return [{ kind: 'problem', id, reason: error instanceof Error ? error.message : String(error) }];
    }
  }

  async #jobs(): Promise<readonly CheckpointTreeNode[]> {
    const nodes: CheckpointTreeNode[] = [];
    for (const found of await this.#catalog.jobs()) {
      if (!('reason' in found) && found.isReplay) {
        nodes.unshift({ kind: 'replay', job: found, manifest: await this.#position(found) });
        continue;
      }
      const node: CheckpointTreeNode =
        'reason' in found
          ? { kind: 'problem', id: `${found.directory}/problem`, reason: found.reason }
          : { kind: 'job', job: found, extent: await this.#catalog.extent(found) };
      nodes.push(node);
    }
    return nodes;
  }

  async #below(node: CheckpointTreeNode): Promise<readonly CheckpointTreeNode[]> {
    switch (node.kind) {
      case 'job':
        return (await this.#catalog.runs(node.job)).map((info) => ({ kind: 'run', job: node.job, info }));
      case 'replay':
        return node.manifest === null ? [] : this.#operators(node.job, node.manifest);
      case 'run':
        return await this.#checkpoints(node);
      case 'checkpoint':
        return node.listed.manifest === null ? [] : this.#operators(node.job, node.listed.manifest);
      case 'operator': {
        const states = node.operator.keyed.filter(isShown).map((state): StateNode => ({ ...node, kind: 'state', state }));
        return [...this.#facts(node), ...states];
      }
      case 'state':
        return await this.#entries(node);
      default:
        return [];
    }
  }

  /** What was laid down at the last stop of a replay; null before the first. */
  async #position(job: CatalogJob): Promise<CheckpointManifest | null> {
    const [info] = await this.#catalog.runs(job);
    const [newest] = info === undefined ? [] : await this.#catalog.checkpoints(job, info.run);
    return newest?.manifest ?? null;
  }

  async #checkpoints({ job, info }: RunNode): Promise<readonly CheckpointTreeNode[]> {
    const failed = (await this.#catalog.failed(job, info.run)).map((one): FailedNode => ({ kind: 'failed', job, failed: one }));
    const listed = (await this.#catalog.checkpoints(job, info.run)).map(
      (one): CheckpointNode => ({ kind: 'checkpoint', job, listed: one }),
    );
    const numberOf = (node: CheckpointNode | FailedNode): number =>
      node.kind === 'failed' ? node.failed.checkpoint : node.listed.checkpoint;
    return [...failed, ...listed].sort((a, b) => numberOf(b) - numberOf(a));
  }

  #operators(job: CatalogJob, manifest: CheckpointManifest): readonly CheckpointTreeNode[] {
    const l10n = this.#l10n;
    const { watermark, ended } = manifest;
    const clock: FactNode = {
      kind: 'fact',
      id: `${checkpointId(job, manifest.run, manifest.checkpoint)}/watermark`,
      label: l10n.t('watermark'),
      text: watermark === null ? (ended ? l10n.t('end of input') : l10n.t('none yet')) : timeText(watermark, true),
      icon: 'watch',
    };
    const operators = manifest.operators
      .filter(isWorthARow)
      .map((operator): OperatorNode => ({ kind: 'operator', job, manifest, operator }));
    return [clock, ...operators];
  }

  #facts(node: OperatorNode): readonly FactNode[] {
    const l10n = this.#l10n;
    return node.operator.subtasks.flatMap(({ subtask, positions, committables, operator }) => {
      const fact = (what: string, label: string, text: string, icon: string): FactNode => ({
        kind: 'fact',
        // VS Code shows nothing at all when two rows have the same id, and two subtasks may name a part alike.
        id: `${nodeId(node)}/${what}/${subtask}/${label}`,
        label,
        text,
        icon,
      });
      return [
        ...positions.map(({ split, offset, finished }) => {
          const text = finished ? l10n.t('read to its end') : l10n.t('read up to {0}', fullNumber(offset));
          return fact('position', split, text, 'arrow-up');
        }),
        ...operator.filter(isOfFunction).map((state) => {
          const values = state.values.map((value) => new Uint8Array(Buffer.from(value, 'base64')));
          const text = `${REDISTRIBUTED[state.redistribution]}, ${fullNumber(values.length)}`;
          const shown = operatorStateText(values, state, MAX_OPERATOR_STATE, l10n);
          return fact('state', state.name, shown === '' ? text : `${text}: ${shown}`, 'symbol-array');
        }),
        ...committables.map(({ final, bytes }) => fact('file', final, l10n.t('written, {0}', bytesText(bytes)), 'file')),
      ];
    });
  }

  async #entries(node: StateNode): Promise<readonly CheckpointTreeNode[]> {
    const id = nodeId(node);
    const shown = this.#shown.get(id) ?? PAGE;
    const page = await this.#page(id, node, shown);
    const entries = page.map(([key, value]): CheckpointTreeNode => ({ kind: 'entry', of: node, key, value }));
    return page.length < node.state.entries && page.length === shown ? [...entries, { kind: 'more', of: node, shown }] : entries;
  }

  /** The first `shown` entries; reads only those that it has not read yet. */
  async #page(rowId: string, { job, manifest, state }: StateNode, shown: number): Promise<EntryPage> {
    const id = `${rowId}@${manifest.checkpoint}`;
    const known = this.#read.get(id) ?? [];
    const missing = Math.min(shown, state.entries) - known.length;
    if (missing <= 0) {
      return known.slice(0, shown);
    }
    const page = [...known, ...(await this.#catalog.page(job, state, known.at(-1)?.[0] ?? null, missing))];
    this.#read.delete(id);
    this.#read.set(id, page);
    for (const oldest of [...this.#read.keys()].slice(0, -REMEMBERED)) this.#read.delete(oldest);
    return page;
  }
}

/** Characters of a state that belongs to no key, in a row. */
const MAX_OPERATOR_STATE = 1_000;

/** What such states are called, as kinds of keyed ones are. */
const REDISTRIBUTED = { split: 'list', union: 'union list', broadcast: 'broadcast', subtask: 'value' } as const;

type OperatorStates = OperatorManifest['subtasks'][number]['operator'];

function isOfFunction({ ofFunction }: OperatorStates[number]): boolean {
  return ofFunction === true;
}

/** An operator without timers needs no rows that say so. */
function isShown({ kind, entries }: StateManifest): boolean {
  return entries > 0 || !kind.endsWith('timers');
}

function isWorthARow({ keyed, subtasks }: OperatorManifest): boolean {
  return (
    keyed.length > 0 ||
    subtasks.some(({ positions, committables, operator }) => positions.length > 0 || committables.length > 0 || operator.some(isOfFunction))
  );
}
