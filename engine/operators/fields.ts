import { prototypeOf } from '../state/prototypes.ts';

/** Reads fields of records: names of objects, positions of tuples. */
type Fields = Readonly<Record<string | number, unknown>>;

/** A function that reads one field; undefined where the record has none. Throws TypeError for null and undefined records. */
export function fieldReader(field: string | number): (record: unknown) => unknown {
  // SAFETY: reading a field of any value but null and undefined is defined in JavaScript, and those two throw as they should.
  return (record) => (record as Fields)[field];
}

export function readField(record: unknown, field: string | number): unknown {
  // SAFETY: as above.
  return (record as Fields)[field];
}

/** A shallow copy of a record or tuple with one field replaced; the class of an instance is kept. */
export function withField(record: unknown, field: string | number, value: unknown): unknown {
  if (Array.isArray(record)) {
    const copy: unknown[] = record.slice();
    copy[Number(field)] = value;
    return copy;
  }
  if (typeof record !== 'object' || record === null) return value;
  const prototype = prototypeOf(record);
  if (field === '__proto__' || prototype !== Object.prototype) {
    const copy: unknown = Object.create(prototype, Object.getOwnPropertyDescriptors(record));
    Object.defineProperty(copy, field, { value, writable: true, enumerable: true, configurable: true });
    return copy;
  }
  // With a computed name in the literal V8 leaves its fast way of copying.
  const copy: Record<string | number, unknown> = { ...record };
  copy[field] = value;
  return copy;
}

/** For messages: 'field "amount"' or 'position 1'. */
export function fieldLabel(field: string | number): string {
  return typeof field === 'number' ? `position ${field}` : `field "${field}"`;
}

/** The names of a record's fields, for hints; at most ten. */
export function fieldNames(record: unknown): string {
  if (typeof record !== 'object' || record === null) return `it is ${record === null ? 'null' : `a ${typeof record}`}`;
  const names = Object.keys(record);
  if (names.length === 0) return 'it has no fields';
  return `its fields are ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`;
}
