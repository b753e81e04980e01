import { fullNumber, timeText } from '../output/text.ts';
import type { Localizer } from '../platform/ports.ts';
import { bytesText } from './bytes-text.ts';
import type { Catalog, CatalogJob, CheckpointManifest } from './catalog.ts';

/** Names in the question; more are counted. */
const NAMED = 5;

/** What restoring does, in words: what it goes back to, and what is written a second time. */
export async function restoreDetail(catalog: Catalog, job: CatalogJob, manifest: CheckpointManifest, l10n: Localizer): Promise<string> {
  const { completed, stateBytes, records, run, checkpoint, operators } = manifest;
  const lines = [
    l10n.t('Taken {0}, {1}, after {2} records.', timeText(completed, true), bytesText(stateBytes), fullNumber(records)),
    l10n.t('The job goes on from there as a new run. This run and its checkpoints stay.'),
  ];
  const withState = operators.flatMap(({ name, uid, keyed }) => {
    const entries = keyed.reduce((sum, state) => sum + state.entries, 0);
    return entries === 0 ? [] : l10n.t('{0} ({1} entries)', uid ?? name, fullNumber(entries));
  });
  if (withState.length > 0) lines.push(l10n.t('State comes back for {0}.', someOf(withState, l10n)));
  // The catalog has the newest first, people count from the oldest.
  const later = (await catalog.checkpoints(job, run)).filter((one) => one.checkpoint > checkpoint).reverse();
  const files = later.flatMap((one) =>
    (one.manifest?.operators ?? []).flatMap(({ subtasks }) =>
      subtasks.flatMap(({ committables }) => committables.map(({ directory, final }) => `${directory}/${final}`)),
    ),
  );
  const unique = [...new Set(files)];
  if (unique.length > 0) {
    const again = l10n.t('What sinks have finished since then is written again, under names of the new run.');
    const newest = later.at(-1)?.checkpoint ?? checkpoint;
    const accounted = new Set([...later, ...(await catalog.failed(job, run))].map((one) => one.checkpoint));
    // Of a checkpoint that was deleted nobody knows the files any more.
    const isComplete = Array.from({ length: newest - checkpoint }, (_, at) => checkpoint + 1 + at).every((one) => accounted.has(one));
    const names = someOf(unique, l10n);
    lines.push(
      `${again} ${isComplete ? l10n.t('The files stay: {0}.', names) : l10n.t('The files stay: {0}, and those of checkpoints that are gone.', names)}`,
    );
  }
  return lines.join('\n');
}

function someOf(names: readonly string[], l10n: Localizer): string {
  const named = names.slice(0, NAMED).join(', ');
  return names.length > NAMED ? l10n.t('{0} and {1} more', named, fullNumber(names.length - NAMED)) : named;
}
