import { canonical } from './canonical.ts';
import type { GoldenCase, GoldenRecord } from './golden-case.ts';

/** A record of the engine. */
export interface ActualRecord extends GoldenRecord {
  /** Key of the operator it came out of; undefined when there is none. */
  readonly operatorKey?: unknown;
}

/** What the engine gave for an output of a case. */
export interface GoldenActual {
  readonly records: readonly ActualRecord[];
  /** [n, watermark]; null when the output has none to compare. */
  readonly watermarks: readonly (readonly [number, number])[];
}

/** A value of the engine in the words of a case: ±Infinity as "MIN" and "MAX", integers beyond 2^53 as text. */
export function inGoldenWords(value: unknown): unknown {
  if (value === Number.NEGATIVE_INFINITY) return 'MIN';
  if (value === Number.POSITIVE_INFINITY) return 'MAX';
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)))
    return String(value);
  if (Array.isArray(value)) return value.map(inGoldenWords);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, inGoldenWords(item)]));
}

/** How the outputs differ from the case, one readable block per output; empty when they are equal under its rules of order. */
export function compareOutputs(expected: GoldenCase, actual: Readonly<Record<string, GoldenActual>>): readonly string[] {
  const names = new Set([...Object.keys(expected.outputs), ...Object.keys(actual)]);
  return [...names].flatMap((name) => {
    const wanted = expected.outputs[name];
    const got = actual[name];
    if (wanted === undefined) return got === undefined || got.records.length === 0 ? [] : [`output ${name}: Flink has no such output`];
    if (got === undefined) return [`output ${name}: the pipeline has no such output`];
    return [...compareRecords(expected, name, wanted, got.records), ...compareWatermarks(expected, name, got)];
  });
}

function compareRecords(rules: GoldenCase, name: string, wanted: readonly GoldenRecord[], got: readonly ActualRecord[]): readonly string[] {
  // The named field may be only a part of a composite key, and the order between keys is open: records are told apart by the operator's key too.
  const keys = new Map(got.map((record) => [lineOf(rules, record), record.operatorKey === undefined ? '' : canonical(record.operatorKey)]));
  const [left, right] = [arrange(rules, wanted, keys), arrange(rules, got, keys)];
  const groups = [...new Set([...left.keys(), ...right.keys()])];
  return groups.flatMap((group) => {
    const place = group === '' ? `output ${name}` : `output ${name}, ${rules.key ?? 'key'} ${group}`;
    return difference(place, left.get(group) ?? [], right.get(group) ?? []);
  });
}

/** The records as comparable lines, in groups whose order counts. */
function arrange(
  rules: GoldenCase,
  records: readonly GoldenRecord[],
  keys: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const record of records) {
    const line = lineOf(rules, record);
    const group = rules.ordered === 'per-key' ? `${canonical(fieldOf(record.value, rules.key))} ${keys.get(line) ?? ''}`.trimEnd() : '';
    const lines = groups.get(group) ?? [];
    groups.set(group, lines);
    lines.push(line);
  }
  if (rules.ordered === 'multiset') for (const lines of groups.values()) lines.sort();
  return groups;
}

function lineOf(rules: GoldenCase, { ts, value, subtask }: GoldenRecord): string {
  const where = subtask === undefined ? '' : `subtask ${subtask} `;
  return `${where}ts ${ts === null ? 'none' : ts} ${canonical(sortFields(value, rules.unorderedFields ?? []))}`;
}

function fieldOf(value: unknown, field: string | undefined): unknown {
  if (field === undefined || typeof value !== 'object' || value === null) return value;
  return Object.entries(value).find(([name]) => name === field)?.[1];
}

function sortFields(value: unknown, fields: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const sorted = (item: unknown): unknown => (Array.isArray(item) ? item.map(canonical).sort() : item);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fields.includes(name) ? sorted(item) : item]));
}

/** Idleness is not visible at an output, so only the watermarks themselves are compared. */
function compareWatermarks(rules: GoldenCase, name: string, got: GoldenActual): readonly string[] {
  const wanted = rules.emittedWatermarks?.[name];
  if (wanted === undefined) return [];
  const line = ([count, watermark]: readonly [number, unknown]): string => `${String(inGoldenWords(watermark))} after ${count} records`;
  const expected = wanted.filter(([, watermark]) => watermark !== 'IDLE' && watermark !== 'ACTIVE').map(line);
  return difference(`watermarks of output ${name}`, expected, got.watermarks.map(line));
}

/** A line-by-line comparison: '  ' equal, '- ' only Flink, '+ ' only here. Empty when all are equal. */
function difference(place: string, wanted: readonly string[], got: readonly string[]): readonly string[] {
  if (wanted.length === got.length && wanted.every((line, index) => line === got[index])) return [];
  const lines = [`${place}: (- Flink, + here)`];
  for (let i = 0; i < Math.max(wanted.length, got.length); i++) {
    const [left, right] = [wanted[i], got[i]];
    if (left === right) lines.push(`    ${left}`);
    else lines.push(...(left === undefined ? [] : [`  - ${left}`]), ...(right === undefined ? [] : [`  + ${right}`]));
  }
  return [lines.join('\n')];
}
