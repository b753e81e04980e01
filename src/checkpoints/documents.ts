import { compareBytes } from '../../engine/state/byte-writer.ts';
import type { Localizer } from '../platform/ports.ts';
import type { Catalog, CatalogJob, CheckpointManifest } from './catalog.ts';
import type { StateManifest } from '../../engine/checkpoint/manifest.ts';
import { bytesText } from './bytes-text.ts';
import { entryKeyText, entryValueText, type ShownState, shownState } from './entry-text.ts';
import { fullNumber, timeText } from '../output/text.ts';
import type { Pause } from '../../engine/node/time-slices.ts';

/** Entries of a state on a page of Inspect. */
export const INSPECTED = 1_000;
/** Entries of a comparison. */
export const MAX_COMPARED = 10_000;
const MAX_VALUE = 2_000;

/** What a document is about: a checkpoint, one of its operators, or one of its states. */
export interface Subject {
  readonly job: CatalogJob;
  readonly manifest: CheckpointManifest;
  /** null = all of them; without a name, all of the operator. */
  readonly state: { readonly operator: string; readonly name: string | null } | null;
}

/** A page of Inspect. */
export interface InspectedPage {
  readonly text: string;
  /** Key of the last entry on it; null when there is none. */
  readonly last: Uint8Array | null;
}

interface NamedState {
  readonly title: string;
  readonly id: string;
  readonly state: StateManifest;
  readonly shown: ShownState;
}

function statesOf({ manifest, state }: Subject): readonly NamedState[] {
  return manifest.operators
    .filter(({ id }) => state === null || state.operator === id)
    .flatMap((operator) =>
      operator.keyed
        .filter(({ name }) => state === null || state.name === null || state.name === name)
        .map((one) => ({
          title: `${operator.name} · ${one.name}`,
          id: `${operator.id} ${one.name}`,
          state: one,
          shown: shownState(operator, one),
        })),
    );
}

/** The state that a document is about, when it is only one. */
export function singleState(subject: Subject): StateManifest | null {
  return subject.state?.name == null ? null : (statesOf(subject)[0]?.state ?? null);
}

function line(key: Uint8Array, value: Uint8Array, state: ShownState, l10n: Localizer): string {
  const text = entryValueText(value, state, MAX_VALUE, l10n);
  return text === '' ? `  ${entryKeyText(key, state, l10n)}` : `  ${entryKeyText(key, state, l10n)}: ${text}`;
}

/** Makes the texts of Inspect and Compare. */
export class CheckpointDocuments {
  readonly #catalog: Catalog;
  readonly #l10n: Localizer;
  readonly #pause: Pause;

  constructor(catalog: Catalog, l10n: Localizer, pause: Pause) {
    this.#catalog = catalog;
    this.#l10n = l10n;
    this.#pause = pause;
  }

  /**
   * A checkpoint as text: what it is, then entries of each state. `number` counts pages from 1, each begins behind the key `after`; only a single state has
   * more than one.
   */
  async inspect(subject: Subject, number = 1, after: Uint8Array | null = null): Promise<InspectedPage> {
    const { job, manifest } = subject;
    const l10n = this.#l10n;
    const single = singleState(subject);
    const lines = [
      `${job.identity.cell} (${job.notebook})`,
      l10n.t('Run {0}, checkpoint {1}, {2}', manifest.run, manifest.label ?? manifest.checkpoint, timeText(manifest.completed, true)),
      l10n.t('After {0} records; {1} of state', fullNumber(manifest.records), bytesText(manifest.stateBytes)),
    ];
    let last: Uint8Array | null = null;
    for (const { title, state, shown } of statesOf(subject)) {
      lines.push('', l10n.t('{0} ({1}): {2} entries, {3}', title, state.kind, fullNumber(state.entries), bytesText(state.bytes)));
      const page = await this.#catalog.page(job, state, after, INSPECTED);
      const before = (number - 1) * INSPECTED;
      if (single !== null && state.entries > INSPECTED) {
        const [from, to] = [before + 1, before + page.length].map(fullNumber);
        lines.push(l10n.t('Page {0}: entries {1} – {2}', number, from ?? '', to ?? ''));
      }
      for (const [key, value] of page) {
        await this.#pause();
        lines.push(line(key, value, shown, this.#l10n));
        last = key;
      }
      const left = state.entries - before - page.length;
      if (left > 0 && page.length > 0) lines.push(`  … ${l10n.t('{0} more', fullNumber(left))}`);
    }
    return { text: `${lines.join('\n')}\n`, last };
  }

  /**
   * Two checkpoints as two texts that hold only what differs, for the diff editor: the same lines stand at the same places, so that an entry added,
   * removed or changed shows as such. At most `MAX_COMPARED` entries, and the texts say so when there are more.
   */
  async compare(left: Subject, right: Subject): Promise<{ readonly left: string; readonly right: string; readonly changes: number }> {
    const sides: { readonly left: string[]; readonly right: string[] } = { left: [], right: [] };
    let changes = 0;
    for (const [old, now] of pairsOf(left, right)) {
      const one = now ?? old;
      if (one === null || (old !== null && now !== null && sameRuns(old.state, now.state))) continue;
      const { title, state, shown } = one;
      let isFirst = true;
      for await (const [key, before, after] of this.#changes(left.job, old?.state ?? null, right.job, now?.state ?? null)) {
        changes++;
        if (changes > MAX_COMPARED) continue;
        if (isFirst) for (const side of [sides.left, sides.right]) side.push(`${title} (${state.kind})`);
        isFirst = false;
        if (before !== null) sides.left.push(line(key, before, shown, this.#l10n));
        if (after !== null) sides.right.push(line(key, after, shown, this.#l10n));
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
  ): AsyncIterable<readonly [key: Uint8Array, left: Uint8Array | null, right: Uint8Array | null]> {
    const iterate = (job: CatalogJob, state: StateManifest | null): AsyncIterator<readonly [Uint8Array, Uint8Array]> | null =>
      state === null ? null : this.#catalog.entries(job, state)[Symbol.asyncIterator]();
    const [a, b] = [iterate(leftJob, left), iterate(rightJob, right)];
    let [one, other] = [await headOf(a), await headOf(b)];
    while (one !== null || other !== null) {
      await this.#pause();
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

/** The states of two subjects side by side. Two single states are meant for each other, whatever their names, when they are of one kind. */
function pairsOf(left: Subject, right: Subject): readonly (readonly [NamedState | null, NamedState | null])[] {
  const [before, after] = [statesOf(left), statesOf(right)];
  const [one, other] = [before[0], after[0]];
  if (singleState(left) !== null && singleState(right) !== null && one && other && one.state.kind === other.state.kind)
    return [[one, other]];
  const ids = new Set([...before, ...after].map(({ id }) => id));
  const byId = (states: readonly NamedState[], id: string): NamedState | null => states.find((state) => state.id === id) ?? null;
  return [...ids].map((id) => [byId(before, id), byId(after, id)] as const);
}

/** Both about the same part: a checkpoint compared with a state of another means that state. */
export function sameDepth(left: Subject, right: Subject): readonly [Subject, Subject] {
  const depth = ({ state }: Subject): number => (state === null ? 0 : state.name === null ? 1 : 2);
  if (depth(left) < depth(right)) return [{ ...left, state: right.state }, right];
  return depth(right) < depth(left) ? [left, { ...right, state: left.state }] : [left, right];
}

/** Made of the very same bytes: nothing can differ. */
function sameRuns(a: StateManifest, b: StateManifest): boolean {
  return JSON.stringify(a.subtasks) === JSON.stringify(b.subtasks);
}
