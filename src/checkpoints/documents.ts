import { compareBytes } from '../../engine/state/byte-writer.ts';
import type { StateKind } from '../../engine/state/state-capture.ts';
import type { Localizer } from '../platform/ports.ts';
import type { Catalog, CatalogJob, CheckpointManifest } from './catalog.ts';
import type { StateManifest } from '../../engine/checkpoint/manifest.ts';
import { bytesText } from './bytes-text.ts';
import { entryKeyText, entryValueText } from './entry-text.ts';
import { fullNumber, timeText } from '../output/text.ts';

/** Entries of each state that Inspect writes out. */
const INSPECTED = 1_000;
/** Lines of a comparison. */
export const MAX_COMPARED = 10_000;
const MAX_VALUE = 2_000;
/** Entries looked at before others get a turn. */
const AT_ONCE = 2_000;

/** What a document is about: a checkpoint, or one of its states. */
export interface Subject {
  readonly job: CatalogJob;
  readonly manifest: CheckpointManifest;
  /** null = all of them. */
  readonly state: { readonly operator: string; readonly name: string } | null;
}

interface NamedState {
  readonly title: string;
  readonly id: string;
  readonly state: StateManifest;
}

function statesOf({ manifest, state }: Subject): readonly NamedState[] {
  return manifest.operators.flatMap((operator) =>
    operator.keyed
      .filter(({ name }) => state === null || (state.operator === operator.id && state.name === name))
      .map((one) => ({ title: `${operator.name} · ${one.name}`, id: `${operator.id} ${one.name}`, state: one })),
  );
}

function line(key: Uint8Array, value: Uint8Array, kind: StateKind): string {
  const text = entryValueText(value, kind, MAX_VALUE);
  return text === '' ? `  ${entryKeyText(key, kind)}` : `  ${entryKeyText(key, kind)}: ${text}`;
}

/** Makes the texts of Inspect and Compare. */
export class CheckpointDocuments {
  readonly #catalog: Catalog;
  readonly #l10n: Localizer;
  /** Lets the event loop handle what waits. */
  readonly #yield: () => Promise<void>;

  constructor(catalog: Catalog, l10n: Localizer, yieldTo: () => Promise<void>) {
    this.#catalog = catalog;
    this.#l10n = l10n;
    this.#yield = yieldTo;
  }

  /** A checkpoint as text: what it is, then the first entries of each state. */
  async inspect(subject: Subject): Promise<string> {
    const { job, manifest } = subject;
    const l10n = this.#l10n;
    const lines = [
      `${job.identity.cell} (${job.identity.notebook})`,
      l10n.t('Run {0}, checkpoint {1}, {2}', manifest.run, manifest.label ?? manifest.checkpoint, timeText(manifest.completed, true)),
      l10n.t('After {0} records; {1} of state', fullNumber(manifest.records), bytesText(manifest.stateBytes)),
    ];
    for (const { title, state } of statesOf(subject)) {
      lines.push('', l10n.t('{0} ({1}): {2} entries, {3}', title, state.kind, fullNumber(state.entries), bytesText(state.bytes)));
      for (const [key, value] of await this.#catalog.page(job, state, null, INSPECTED)) {
        lines.push(line(key, value, state.kind));
      }
      if (state.entries > INSPECTED) {
        lines.push(`  … ${l10n.t('{0} more', fullNumber(state.entries - INSPECTED))}`);
      }
    }
    return `${lines.join('\n')}\n`;
  }

  /**
   * Two checkpoints as two texts that hold only what differs, for the diff editor: the same lines stand at the same places, so that an entry added,
   * removed or changed shows as such. At most `MAX_COMPARED` entries, and the texts say so when there are more.
   */
  async compare(left: Subject, right: Subject): Promise<{ readonly left: string; readonly right: string; readonly changes: number }> {
    const sides: { readonly left: string[]; readonly right: string[] } = { left: [], right: [] };
    let changes = 0;
    let looked = 0;
    const before = new Map(statesOf(left).map((one) => [one.id, one]));
    const after = new Map(statesOf(right).map((one) => [one.id, one]));
    for (const id of new Set([...before.keys(), ...after.keys()])) {
      const [old, now] = [before.get(id), after.get(id)];
      const { title, state } = now ?? old ?? { title: id, state: null };
      if (state === null || (old && now && sameRuns(old.state, now.state))) {
        continue;
      }
      const head = `${title} (${state.kind})`;
      sides.left.push(head);
      sides.right.push(head);
      for await (const [key, one, other] of this.#changes(left.job, old?.state ?? null, right.job, now?.state ?? null, () => looked++)) {
        changes++;
        if (changes <= MAX_COMPARED) {
          if (one !== null) sides.left.push(line(key, one, state.kind));
          if (other !== null) sides.right.push(line(key, other, state.kind));
        }
      }
    }
    const note =
      changes > MAX_COMPARED
        ? [this.#l10n.t('Showing the first {0} of {1} changed entries', fullNumber(MAX_COMPARED), fullNumber(changes)), '']
        : changes === 0
          ? [this.#l10n.t('No entry differs'), '']
          : [];
    const text = (lines: readonly string[]): string => `${[...note, ...lines].join('\n')}\n`;
    return { left: text(sides.left), right: text(sides.right), changes };
  }

  /** Entries that are not the same on both sides, in canonical order; null where there is none. */
  async *#changes(
    leftJob: CatalogJob,
    left: StateManifest | null,
    rightJob: CatalogJob,
    right: StateManifest | null,
    count: () => number,
  ): AsyncIterable<readonly [key: Uint8Array, left: Uint8Array | null, right: Uint8Array | null]> {
    const iterate = (job: CatalogJob, state: StateManifest | null): AsyncIterator<readonly [Uint8Array, Uint8Array]> | null =>
      state === null ? null : this.#catalog.entries(job, state)[Symbol.asyncIterator]();
    const [a, b] = [iterate(leftJob, left), iterate(rightJob, right)];
    let [one, other] = [await headOf(a), await headOf(b)];
    while (one !== null || other !== null) {
      if (count() % AT_ONCE === 0) {
        await this.#yield();
      }
      const order = one === null ? 1 : other === null ? -1 : compareBytes(one[0], other[0]);
      if (order < 0 && one !== null) {
        yield [one[0], one[1], null];
      } else if (order > 0 && other !== null) {
        yield [other[0], null, other[1]];
      } else if (one !== null && other !== null && compareBytes(one[1], other[1]) !== 0) {
        yield [one[0], one[1], other[1]];
      }
      if (order <= 0) one = await headOf(a);
      if (order >= 0) other = await headOf(b);
    }
  }
}

async function headOf(
  iterator: AsyncIterator<readonly [Uint8Array, Uint8Array]> | null,
): Promise<readonly [Uint8Array, Uint8Array] | null> {
  const next = await iterator?.next();
  return next === undefined || next.done === true ? null : next.value;
}

/** Made of the very same bytes: nothing can differ. */
function sameRuns(a: StateManifest, b: StateManifest): boolean {
  return JSON.stringify(a.subtasks) === JSON.stringify(b.subtasks);
}
