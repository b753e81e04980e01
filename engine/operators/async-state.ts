import { splitDistribute } from '../checkpoint/split-distribute.ts';
import { NO_KEY } from '../runtime/ambient.ts';
import type { SubtaskRestore } from '../runtime/operator.ts';
import { MIN_TIMESTAMP } from '../runtime/timestamps.ts';
import { decodeValue } from '../state/stored-value.ts';
import type { Call, QueueItem } from './async-queue.ts';

/** State under which a checkpoint keeps what is under way. */
export const ASYNC_STATE = 'async';

/** A queue item as a checkpoint keeps it; plain data. Deadlines count anew, so they are not in it. */
export type SavedItem =
  | { readonly watermark: number }
  | { readonly idle: boolean }
  | (Omit<Call, 'key' | 'deadline' | 'isTimedOut'> & { readonly keys: readonly unknown[] });

/** What a checkpoint keeps of one subtask. */
export interface SavedAsync {
  readonly subtask: number;
  readonly parallelism: number;
  readonly nextId: number;
  readonly completions: number;
  /** The last watermark that has left, ms. */
  readonly watermark: number;
  /** In the order in which they came. */
  readonly items: readonly SavedItem[];
}

export function savedItem(item: QueueItem): SavedItem {
  if (item.kind === 'watermark') return { watermark: item.watermark };
  if (item.kind === 'idle') return { idle: item.idle };
  const { id, input, timestamp, windowStart, windowEnd, key, attempt, retryAt, results, completed } = item.call;
  const keys = key === NO_KEY ? [] : [key];
  return { id, input, timestamp, windowStart, windowEnd, keys, attempt, retryAt, results, completed };
}

function restoredItem(saved: SavedItem): QueueItem {
  if ('watermark' in saved) return { kind: 'watermark', watermark: saved.watermark };
  if ('idle' in saved) return { kind: 'idle', idle: saved.idle };
  const { keys, ...call } = saved;
  const key = keys.length === 0 ? NO_KEY : keys[0];
  return { kind: 'call', call: { ...call, key, deadline: Number.POSITIVE_INFINITY, isTimedOut: false } };
}

/** What a subtask goes on with. */
export interface OwnState extends Pick<SavedAsync, 'nextId' | 'completions' | 'watermark'> {
  readonly items: readonly QueueItem[];
}

/**
 * With as many subtasks as there were, each gets its own back. With more or fewer the calls are dealt out, as the elements of Flink's list state, and the watermarks
 * among them give way to one behind all of them: the least that all subtasks had reached. Where watermarks are not restored, there are none.
 */
export function ownState(
  { operator, watermark }: SubtaskRestore,
  { subtask, parallelism }: { readonly subtask: number; readonly parallelism: number },
): OwnState {
  const values = operator.find(({ name }) => name === ASYNC_STATE)?.values ?? [];
  // SAFETY: written by `save` of the same format version; its bytes were verified.
  const saved = values.map((value) => decodeValue(value) as SavedAsync).sort((a, b) => a.subtask - b.subtask);
  const own = saved[0]?.parallelism === parallelism ? saved.find((one) => one.subtask === subtask) : undefined;
  if (own !== undefined && watermark > MIN_TIMESTAMP) return { ...own, items: own.items.map(restoredItem) };
  const lists = saved.map(({ items }) => items.map(restoredItem).filter(({ kind }) => kind === 'call'));
  const calls = splitDistribute(lists, parallelism)[subtask] ?? [];
  const items = own === undefined ? calls.map(renumbered) : calls;
  const emitted =
    own === undefined ? saved.reduce((least, one) => Math.min(least, one.watermark), Number.POSITIVE_INFINITY) : MIN_TIMESTAMP;
  const behind: readonly QueueItem[] = watermark > emitted ? [{ kind: 'watermark', watermark }] : [];
  return {
    nextId: own?.nextId ?? items.length + 1,
    completions: own?.completions ?? items.length,
    watermark: Math.min(emitted, watermark),
    items: [...items, ...behind],
  };
}

/** Numbers of calls are those of a subtask. */
function renumbered(item: QueueItem, at: number): QueueItem {
  return item.kind === 'call'
    ? { kind: 'call', call: { ...item.call, id: at + 1, completed: item.call.results === null ? 0 : at + 1 } }
    : item;
}
