import { InvalidFieldReferenceException, RuntimeException } from '../api/errors.ts';
import type { UserFunction } from '../api/user-function.ts';
import { compareKeys } from '../state/key-codec.ts';
import { fieldLabel, fieldNames, readField } from './fields.ts';

/** By what records are sorted: a field, or what a function takes from them. */
export interface PartitionOrder {
  /** Null when there is a selector. */
  readonly field: string | number | null;
  readonly selector: UserFunction | null;
  readonly direction: 'ASCENDING' | 'DESCENDING';
}

/** The records in order; those with equal values stay as they came. Throws for a value that has no order. */
export function sortedBy({ field, selector, direction }: PartitionOrder, records: Iterable<unknown>): readonly unknown[] {
  const sign = direction === 'ASCENDING' ? 1 : -1;
  const valueOf = (record: unknown): unknown =>
    selector === null ? sortable(readField(record, field ?? ''), field, record) : sortable(selector.call(record), null, record);
  return Array.from(records, (record) => ({ record, value: valueOf(record) }))
    .sort((a, b) => sign * compareKeys(a.value, b.value))
    .map(({ record }) => record);
}

/** What is compared. Throws InvalidFieldReferenceException for a field that is not there, RuntimeException for what has no order. */
function sortable(value: unknown, field: string | number | null, record: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string' || typeof value === 'boolean') return value;
  const what = field === null ? 'what the selector returned' : fieldLabel(field);
  if (field !== null && (value === undefined || value === null)) {
    throw new InvalidFieldReferenceException(
      `Unable to find ${what} in the record: ${value === null ? 'it is null' : fieldNames(record)}.`,
    );
  }
  throw new RuntimeException(
    `sortPartition cannot sort by ${what}: it is ${value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value}.`,
    'Sort by a number, a bigint, text, a boolean or a Date.',
  );
}
