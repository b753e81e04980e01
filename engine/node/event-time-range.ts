import type { Executor, SourceDescription } from '../runtime/job.ts';
import type { SplitDescription } from '../runtime/mail.ts';
import type { EventTimeRange } from '../runtime/pace-clock.ts';
import type { InputPiece } from '../runtime/probe.ts';
import type { OpenFileByPath } from './file-feed.ts';
import { isGzip } from './gzip-file.ts';
import type { ListedFile } from './list-files.ts';

/** How much of the start and the end of a file is looked at. */
const PIECE_BYTES = 64 * 1024;

/** Splits of one source that are looked at; of more, these many evenly spread ones. */
const MAX_SPLITS = 32;

/** Records at the end of a source that is not a file, such as a list of numbers. */
const TAIL_RECORDS = 100;

/** Share of a piece's records at either side that may lie outside the range: a stray timestamp must not stretch the whole play. */
const STRAYS = 0.02;

const LINE_FEED = 10;

/** Timestamps at the start and at the end of a split. */
interface SplitTimes {
  readonly head: readonly number[];
  readonly tail: readonly number[];
}

/**
 * Finds between which event times the bounded input lies, by a look at the start and the end of its splits. Null when there are no timestamps, or
 * when the splits are not in the order of time, such as newest first: such an input cannot be played along its event time.
 */
export async function findEventTimeRange(
  executor: Executor,
  files: ReadonlyMap<number, readonly ListedFile[]>,
  openFile: OpenFileByPath,
): Promise<EventTimeRange | null> {
  let range: EventTimeRange | null = null;
  for (const source of executor.sources) {
    if (source.boundedness !== 'BOUNDED') continue;
    const listed = files.get(source.source) ?? [];
    // The end of what a compressed file holds cannot be read without all before it.
    if (listed.some(({ path }) => isGzip(path))) return null;
    const splits = await splitTimes(executor, source, listed, openFile);
    if (splits.length === 0) continue;
    const found = rangeOf(splits);
    if (found === null) return null;
    range = range === null ? found : { min: Math.min(range.min, found.min), max: Math.max(range.max, found.max) };
  }
  return range;
}

async function splitTimes(
  executor: Executor,
  { source, enumeration }: SourceDescription,
  files: readonly ListedFile[],
  openFile: OpenFileByPath,
): Promise<readonly SplitTimes[]> {
  const found: SplitTimes[] = [];
  const probe = (split: SplitDescription, pieces: readonly InputPiece[]): readonly number[] =>
    sorted(executor.probeTimestamps?.(source, split, pieces) ?? []);
  if (enumeration.kind === 'fixed') {
    for (const split of spread(enumeration.splits)) {
      const tail = Math.max(split.offset, (split.size ?? 0) - TAIL_RECORDS);
      found.push({ head: probe(split, []), tail: probe({ ...split, offset: tail }, []) });
    }
  }
  for (const file of spread(files)) {
    const pieces = await readEnds(file, openFile);
    const [first] = pieces;
    const last = pieces.at(-1);
    if (first === undefined || last === undefined) continue;
    const from = last === first ? Math.floor(Math.max(last.bytes.length / 2, last.bytes.length - PIECE_BYTES / 2)) : 0;
    const start = last.offset + last.bytes.indexOf(LINE_FEED, from) + 1;
    const split = { id: file.id, size: file.size };
    const head = probe({ ...split, offset: 0 }, pieces);
    found.push({ head, tail: start === 0 || start >= file.size ? head : probe({ ...split, offset: start }, pieces) });
  }
  return found.filter(({ head, tail }) => head.length > 0 && tail.length > 0);
}

/** Null when the splits are not in the order of time. A few splits are merged by time and may overlap; many must follow one another. */
function rangeOf(splits: readonly SplitTimes[]): EventTimeRange | null {
  let before = Number.NEGATIVE_INFINITY;
  for (const { head, tail } of splits) {
    if (quantile(tail, 0.5) < quantile(head, 0.5) || quantile(head, 0.5) < before) return null;
    if (splits.length >= MAX_SPLITS) before = quantile(tail, 0.5);
  }
  return {
    min: Math.min(...splits.map(({ head }) => quantile(head, STRAYS))),
    max: Math.max(...splits.map(({ tail }) => quantile(tail, 1 - STRAYS))),
  };
}

/** The start and the end of a file, or the whole of a small one. Nothing when it cannot be read: the job itself will tell. */
async function readEnds(file: ListedFile, openFile: OpenFileByPath): Promise<readonly InputPiece[]> {
  if (file.size === 0) return [];
  try {
    const handle = await openFile(file.path);
    const read = async (offset: number, length: number): Promise<InputPiece> => {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await handle.read(bytes, 0, length, offset);
      return { offset, bytes: bytes.subarray(0, bytesRead), end: offset + bytesRead >= file.size };
    };
    try {
      if (file.size <= 2 * PIECE_BYTES) return [await read(0, file.size)];
      return [await read(0, PIECE_BYTES), await read(file.size - PIECE_BYTES, PIECE_BYTES)];
    } finally {
      await handle.close();
    }
  } catch {
    return [];
  }
}

function spread<T>(list: readonly T[]): readonly T[] {
  if (list.length <= MAX_SPLITS) return list;
  return list.filter((_, index) => Math.floor((index * MAX_SPLITS) / list.length) !== Math.floor(((index - 1) * MAX_SPLITS) / list.length));
}

function sorted(times: readonly number[]): readonly number[] {
  return [...times].sort((a, b) => a - b);
}

function quantile(times: readonly number[], share: number): number {
  return times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
}
