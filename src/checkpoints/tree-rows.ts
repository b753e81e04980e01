import { decodeEntryKey } from '../../engine/state/entry-codec.ts';
import { durationText, fullNumber, sizeText, timeText } from '../output/text.ts';
import type { Localizer } from '../platform/ports.ts';
import type { TreeRow } from '../platform/tree-ports.ts';
import { bytesText } from './bytes-text.ts';
import { entryKeyText, entryValueText, shownState } from './entry-text.ts';
import {
  type CheckpointNode,
  type CheckpointTreeNode,
  type JobNode,
  nodeId,
  type OperatorNode,
  type ReplayNode,
  type RunNode,
  type StateNode,
} from './nodes.ts';

/** Characters of a value in a row. */
const MAX_VALUE = 200;

type Content = Partial<TreeRow> & Pick<TreeRow, 'label' | 'description' | 'icon'>;

/** How a row of the Checkpoints view looks. */
export function rowOf(node: CheckpointTreeNode, l10n: Localizer): TreeRow {
  const nothing = { tooltip: null, spoken: null, colour: null, children: 'none', context: node.kind, command: null } as const;
  return { ...nothing, id: nodeId(node), ...contentOf(node, l10n) };
}

function contentOf(node: CheckpointTreeNode, l10n: Localizer): Content {
  switch (node.kind) {
    case 'job':
      return jobRow(node, l10n);
    case 'replay':
      return replayRow(node, l10n);
    case 'run':
      return runRow(node, l10n);
    case 'checkpoint':
      return checkpointRow(node, l10n);
    case 'failed': {
      const { checkpoint, reason } = node.failed;
      return { label: l10n.t('{0} failed', checkpoint), description: reason, tooltip: reason, icon: 'error', colour: 'error' };
    }
    case 'operator':
      return operatorRow(node, l10n);
    case 'state':
      return stateRow(node, l10n);
    case 'entry':
      return {
        label: entryKeyText(node.key, shownState(node.of.operator, node.of.state), l10n),
        description: entryValueText(node.value, shownState(node.of.operator, node.of.state), MAX_VALUE, l10n),
        tooltip: l10n.t('Key group {0}', decodeEntryKey(node.key).keyGroup),
        icon: 'key',
      };
    case 'more': {
      const label = l10n.t('{0} more…', fullNumber(node.of.state.entries - node.shown));
      return { label, description: '', icon: 'ellipsis', command: { id: 'streambook.checkpoints.more', title: label } };
    }
    case 'fact':
      return { label: node.label, description: node.text, icon: node.icon };
    case 'problem':
      return { label: l10n.t('cannot be read'), description: node.reason, tooltip: node.reason, icon: 'warning', colour: 'warning' };
  }
}

function joined(facts: readonly (string | null)[]): string {
  return facts.filter((fact) => fact !== null).join(', ');
}

function jobRow({ job, extent: { checkpoints, bytes } }: JobNode, l10n: Localizer): Content {
  const { notebook } = job;
  const count = checkpoints === 1 ? l10n.t('1 checkpoint') : l10n.t('{0} checkpoints', fullNumber(checkpoints));
  return { label: job.identity.cell, description: joined([notebook, count, bytesText(bytes)]), icon: 'briefcase', children: 'collapsed' };
}

function replayRow({ job, manifest }: ReplayNode, l10n: Localizer): Content {
  const at = manifest === null ? l10n.t('moving') : l10n.t('at record {0}', fullNumber(manifest.records));
  return {
    label: l10n.t('{0} (replay)', job.identity.cell),
    description: joined([at, job.notebook]),
    tooltip: l10n.t('The state at the position of the replay. It follows when the replay stops or is stepped.'),
    icon: 'debug-rerun',
    children: 'expanded',
  };
}

function runRow({ info: { run, started, forkedFrom } }: RunNode, l10n: Localizer): Content {
  const from = forkedFrom === null ? null : l10n.t('forked from run {0} · checkpoint {1}', forkedFrom.run, forkedFrom.checkpoint);
  return {
    label: l10n.t('run {0}', run),
    // What sets a run apart from the others comes first: the view is narrow.
    description: joined([from, started > 0 ? timeText(started - (started % 1000), true) : null]),
    icon: 'play-circle',
    children: 'collapsed',
  };
}

function checkpointRow({ listed: { checkpoint, manifest, error } }: CheckpointNode, l10n: Localizer): Content {
  if (manifest === null) {
    const text = error ?? l10n.t('cannot be read');
    return { label: String(checkpoint), description: text, tooltip: text, icon: 'warning', colour: 'warning', context: 'unreadable' };
  }
  const { completed, stateBytes, pause, encoding, writing, records, kind, label, final } = manifest;
  const took = pause + encoding + writing;
  const facts = joined([
    timeText(completed - (completed % 1000)),
    bytesText(stateBytes),
    took < 1000 ? sizeText(Math.max(1, Math.round(took))) : durationText(took),
    final ? l10n.t('last') : null,
  ]);
  const number = l10n.t('checkpoint {0}', checkpoint);
  const title = label ?? (kind === 'savepoint' ? l10n.t('savepoint {0}', checkpoint) : null);
  return {
    label: title ?? String(checkpoint),
    description: label === null ? facts : joined([number, facts]),
    spoken: joined([title, title === null || label !== null ? number : null, facts]),
    tooltip: l10n.t('After {0} records. The job stood still for {1} ms.', fullNumber(records), pause.toFixed(1)),
    icon: title === null ? 'circle-outline' : 'pinned',
    children: 'collapsed',
    // A savepoint is kept with or without a name, so that there is nothing to unpin.
    context: kind === 'savepoint' ? 'checkpoint.savepoint' : label === null ? 'checkpoint' : 'checkpoint.kept',
  };
}

function operatorRow({ operator: { name, uid, kind, keyed } }: OperatorNode, l10n: Localizer): Content {
  const bytes = keyed.reduce((sum, state) => sum + state.bytes, 0);
  const entries = keyed.reduce((sum, state) => sum + state.entries, 0);
  return {
    label: name,
    description: joined([
      uid === null ? null : l10n.t('uid {0}', uid),
      entries > 0 ? l10n.t('{0} entries, {1}', fullNumber(entries), bytesText(bytes)) : null,
    ]),
    icon: kind === 'source' ? 'database' : keyed.length > 0 ? 'circuit-board' : 'export',
    children: 'collapsed',
  };
}

function stateRow({ state: { name, kind, entries, next } }: StateNode, l10n: Localizer): Content {
  const isTimers = kind.endsWith('timers');
  return {
    label: name,
    description: isTimers
      ? joined([fullNumber(entries), next === undefined ? null : l10n.t('next {0}', timeText(next))])
      : `${kind}, ${fullNumber(entries)}`,
    icon: isTimers ? 'clock' : 'table',
    children: entries > 0 ? 'collapsed' : 'none',
  };
}
