import type { KeyedStateView } from '../../observe/keyed-state-view.ts';
import { Expiring } from '../expiring.ts';
import type { KeyContext } from '../key-context.ts';
import type { ExpiringAccess } from './expiring-state.ts';
import type { StateTable } from './state-table.ts';
import type { SweptEntries } from './swept-entries.ts';
import { TimeToLive } from './time-to-live.ts';
import type { StateSpec } from './state-spec.ts';

/**
 * How the entries of a state expire; null when they do not. Each access cleans up behind the current key: Flink's incremental cleanup has a cursor instead,
 * but where that is would have to be part of checkpoints (rule 2).
 */
export function expiringAccess(
  { ttl: settings }: StateSpec,
  context: KeyContext,
  entries: SweptEntries,
  clock: { readonly now: number },
): ExpiringAccess | null {
  if (settings === null) return null;
  const ttl = new TimeToLive(settings, clock);
  const left = (kept: unknown): unknown => ttl.unexpired(kept);
  const sweep = (): void => entries.sweep(context.keyGroup, context.key, settings.cleanupSize, left);
  if (settings.cleansEveryRecord) context.onKey(sweep);
  return { ttl, accessed: settings.cleanupSize === 0 ? (): void => {} : sweep };
}

/** The table, whose expired entries are not part of full checkpoints where that is asked for, and whose values are shown without their last access. */
export function expiringTable(table: Omit<StateTable, 'state'>, state: object, entries: SweptEntries, { ttl }: ExpiringAccess): StateTable {
  return {
    name: table.name,
    kind: table.kind,
    state,
    get estimatedBytes() {
      return table.estimatedBytes;
    },
    keys: () => table.keys(),
    view: (keyGroup, key, limit) => withoutLastAccess(table.view(keyGroup, key, limit)),
    windowViews: (keyGroup, key, limit) => table.windowViews(keyGroup, key, limit).map(withoutLastAccess),
    capture: (full) => {
      if (full && ttl.settings.cleansSnapshots) entries.sweepAll((kept) => ttl.unexpired(kept));
      return table.capture(full);
    },
    writeState: (writer) => table.writeState(writer),
  };
}

function withoutLastAccess(view: KeyedStateView): KeyedStateView {
  return { ...view, value: valueOf(view.value) };
}

function valueOf(kept: unknown): unknown {
  if (kept instanceof Expiring) return kept.value;
  if (Array.isArray(kept)) return kept.map(valueOf);
  return kept instanceof Map ? new Map([...kept].map(([userKey, value]) => [userKey, valueOf(value)])) : kept;
}
