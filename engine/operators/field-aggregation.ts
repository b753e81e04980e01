import { InvalidFieldReferenceException, RuntimeException } from '../api/errors.ts';
import { fieldLabel, fieldNames, readField, withField } from './fields.ts';

/** Aggregates of one field: data in the graph. `first`: on a tie minBy and maxBy keep the earlier record. */
export interface FieldAggregation {
  readonly kind: 'sum' | 'min' | 'max' | 'minBy' | 'maxBy';
  readonly field: string | number;
  readonly first: boolean;
}

function wrongField(aggregation: FieldAggregation, record: unknown, value: unknown): Error {
  const { kind, field } = aggregation;
  if (value === undefined || value === null) {
    return new InvalidFieldReferenceException(
      `Unable to find ${fieldLabel(field)} in the record: ${value === null ? 'it is null' : fieldNames(record)}.`,
    );
  }
  return kind === 'sum'
    ? new RuntimeException(
        `DataStream cannot be summed because ${fieldLabel(field)} is a ${typeof value}, which does not support the + operator.`,
      )
    : new RuntimeException(`${kind} cannot compare ${fieldLabel(field)}: it is a ${typeof value}.`);
}

/** The value of the aggregated field. Throws RuntimeException if it is missing or of the wrong kind. */
export function aggregatedValue(aggregation: FieldAggregation, record: unknown): number | bigint | string {
  const value = readField(record, aggregation.field);
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (aggregation.kind !== 'sum') {
    if (typeof value === 'string') return value;
    // Dates are compared by their time and stay in the record.
    if (value instanceof Date) return value.getTime();
  }
  throw wrongField(aggregation, record, value);
}

/** Throws RuntimeException when numbers and bigints are mixed. */
export function addValues(aggregation: FieldAggregation, a: number | bigint | string, b: number | bigint | string): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (typeof a === 'bigint' && typeof b === 'bigint') return a + b;
  throw new RuntimeException(
    `DataStream cannot be summed because ${fieldLabel(aggregation.field)} is sometimes a number and sometimes a bigint.`,
  );
}

/** The reducer of a running aggregate: (stored, new) → stored. Never changes a record that was emitted. */
export function fieldReducer(aggregation: FieldAggregation): (stored: unknown, record: unknown) => unknown {
  const { kind, field, first } = aggregation;
  const sign = kind === 'min' || kind === 'minBy' ? 1 : -1;
  const compare = (a: number | bigint | string, b: number | bigint | string): number => (a < b ? -sign : a > b ? sign : 0);
  return (stored, record) => {
    const old = aggregatedValue(aggregation, stored);
    const value = aggregatedValue(aggregation, record);
    switch (kind) {
      case 'sum':
        return withField(stored, field, addValues(aggregation, old, value));
      case 'min':
      case 'max':
        return compare(value, old) < 0 ? withField(stored, field, readField(record, field)) : stored;
      default: {
        const order = compare(value, old);
        return order < 0 || (order === 0 && !first) ? record : stored;
      }
    }
  };
}
