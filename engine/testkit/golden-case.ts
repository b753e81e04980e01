/**
 * The format of a golden case: an input script, a pipeline in TypeScript and the exact output of Apache Flink 2.3.0 for it.
 * One JSON file per case; docs/testing.md describes the fields.
 */
import { clock, end, record, restore, type ScriptStep, watermark, idle } from './script.ts';

/** A time in a case: ms, or Flink's Long.MIN_VALUE and Long.MAX_VALUE. */
export type GoldenTime = number | 'MIN' | 'MAX';

export interface GoldenElement {
  /** Place in the one order over all streams; absent when there is one stream only. */
  readonly seq?: number;
  readonly ts?: GoldenTime | null;
  readonly value?: unknown;
  readonly watermark?: GoldenTime;
  readonly idle?: true;
  readonly clock?: number;
  readonly restore?: true;
}

export interface GoldenRecord {
  readonly ts: GoldenTime | null;
  readonly value: unknown;
  readonly subtask?: number;
}

/** `true`: exactly this order; 'per-key': this order for each value of the field `key`; 'multiset': any order. */
export type GoldenOrder = true | 'per-key' | 'multiset';

export interface GoldenCase {
  readonly id: string;
  readonly title: string;
  readonly inputs: Readonly<Record<string, readonly GoldenElement[]>>;
  /** The pipeline; null when the API has no names for it. */
  readonly ts: string | null;
  readonly outputs: Readonly<Record<string, readonly GoldenRecord[]>>;
  readonly ordered: GoldenOrder;
  readonly key?: string;
  readonly unorderedFields?: readonly string[];
  readonly emittedWatermarks?: Readonly<Record<string, readonly (readonly [number, GoldenTime | 'IDLE' | 'ACTIVE'])[]>>;
  readonly runtimeMode?: 'BATCH';
  readonly parallelism?: number;
  readonly finalWatermark?: false;
}

/** What a file of a golden folder holds: a case, a table of values (tested elsewhere), or something else, with the reason. */
export type GoldenFile =
  | { readonly kind: 'case'; readonly case: GoldenCase }
  | { readonly kind: 'table' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Reads the text of a file of a golden folder. */
export function readGoldenFile(text: string): GoldenFile {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    return { kind: 'unreadable', reason: error instanceof Error ? error.message : String(error) };
  }
  if (typeof content !== 'object' || content === null) return { kind: 'unreadable', reason: 'not a JSON object' };
  if ('table' in content) return { kind: 'table' };
  for (const field of ['id', 'inputs', 'outputs', 'ordered']) {
    if (!(field in content)) return { kind: 'unreadable', reason: `the field ${field} is missing` };
  }
  // SAFETY: the fields that the runner depends on are there; a wrong one makes the case fail with a difference.
  return { kind: 'case', case: content as GoldenCase };
}

/** A time of a case in the engine's numbers. */
export function timeOf(time: GoldenTime): number {
  return time === 'MIN' ? Number.NEGATIVE_INFINITY : time === 'MAX' ? Number.POSITIVE_INFINITY : time;
}

/** The elements of all inputs in their one order, then the end of every input (unless the case stops before). */
export function scriptOf({ inputs, finalWatermark }: GoldenCase): readonly ScriptStep[] {
  const all = Object.entries(inputs).flatMap(([stream, elements]) =>
    elements.map((element, index) => ({ stream, element, seq: element.seq ?? index })),
  );
  all.sort((a, b) => a.seq - b.seq);
  const steps = all.map(({ stream, element }) => stepOf(stream, element));
  return finalWatermark === false ? steps : [...steps, ...Object.keys(inputs).map((stream) => end(stream))];
}

function stepOf(stream: string, element: GoldenElement): ScriptStep {
  if (element.restore === true) return restore(element.clock ?? null);
  if (element.clock !== undefined) return clock(element.clock);
  if (element.watermark !== undefined) return watermark(stream, timeOf(element.watermark));
  if (element.idle === true) return idle(stream);
  const timestamp = element.ts ?? null;
  return record(stream, element.value, timestamp === null ? null : timeOf(timestamp));
}
