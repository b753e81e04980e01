import type { Executor, SourceDescription } from '../runtime/job.ts';
import type { SplitDescription } from '../runtime/mail.ts';
import type { FileFeed } from './file-feed.ts';
import type { ListedFile } from './list-files.ts';

/**
 * Share of the bounded input that has been read, 0 to 1, each source counting the same; null when a source has no end or no known size.
 * `storedOffset`: bytes of a file up to an offset of its content.
 */
export function readFraction(
  executor: Executor,
  files: ReadonlyMap<number, readonly ListedFile[]>,
  storedOffset: FileFeed['storedOffset'],
): number | null {
  const { sources } = executor;
  if (sources.length === 0) return null;
  const read = new Map(executor.positions().map(({ source, positions }) => [source, positions]));
  let sum = 0;
  for (const source of sources) {
    const splits = sizedSplits(source, files);
    if (splits === null) return null;
    const positions = new Map((read.get(source.source) ?? []).map((position) => [position.split, position]));
    let total = 0;
    let done = 0;
    for (const { id, size } of splits) {
      const position = positions.get(id);
      total += size;
      done += position?.finished === true ? size : Math.min(size, storedOffset(source.source, id, position?.offset ?? 0));
    }
    sum += total === 0 ? 1 : done / total;
  }
  return sum / sources.length;
}

type SizedSplit = Pick<SplitDescription, 'id'> & { readonly size: number };

function sizedSplits(
  { boundedness, enumeration, source }: SourceDescription,
  files: ReadonlyMap<number, readonly ListedFile[]>,
): readonly SizedSplit[] | null {
  if (boundedness !== 'BOUNDED') return null;
  if (enumeration.kind === 'files') return files.get(source) ?? null;
  if (enumeration.kind !== 'fixed') return null;
  const sized = enumeration.splits.flatMap(({ id, size }) => (size === undefined ? [] : [{ id, size }]));
  return sized.length === enumeration.splits.length ? sized : null;
}
