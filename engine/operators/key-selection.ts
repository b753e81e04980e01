import { NullPointerException, RuntimeException } from '../api/errors.ts';
import type { KeySelection } from '../graph/stream-graph.ts';
import type { OperatorContext } from '../runtime/operator.ts';
import { UnusableKeyError } from '../state/key-codec.ts';
import { fieldLabel, fieldNames, fieldReader, readField } from './fields.ts';

/** The key of all records of a `windowAll`. */
export const ALL_KEY = 0;

/** A function that takes the key from a record; it may throw what a user function throws. */
export function keyReader(selection: KeySelection): (record: unknown) => unknown {
  switch (selection.kind) {
    case 'field':
      return fieldReader(selection.field);
    case 'fields': {
      const { fields } = selection;
      return (record) => fields.map((field) => readField(record, field));
    }
    case 'function':
      return selection.selector.call;
    case 'all':
      return () => ALL_KEY;
  }
}

/** The same for an operator, whose keys a debugger is told. */
export function keyReaderOf(selection: KeySelection, { trace }: Pick<OperatorContext, 'trace'>): (record: unknown) => unknown {
  const keyOf = keyReader(selection);
  return trace === null ? keyOf : trace.keys(keyOf);
}

/** Words for what the key selection was, for messages. */
function describe(selection: KeySelection): string {
  if (selection.kind === 'field') return fieldLabel(selection.field);
  return selection.kind === 'fields' ? selection.fields.map(fieldLabel).join(', ') : 'the key selector';
}

/** The error for a key that is null or undefined, as in Flink. */
export function nullKeyError(selection: KeySelection, record: unknown, key: unknown): Error {
  const missing =
    selection.kind === 'field' && key === undefined ? ` The record has no ${fieldLabel(selection.field)}: ${fieldNames(record)}.` : '';
  return new NullPointerException(
    'Assigned key must not be null!',
    `It was ${String(key)}, from ${describe(selection)}.${missing} Filter such records out before keyBy, or give them a key of their own.`,
  );
}

/** Whether a key is missing, or any part of a composite one. */
export function isMissingKey(key: unknown): boolean {
  if (typeof key !== 'object') return key === undefined;
  return key === null || (Array.isArray(key) && key.some((part) => part === null || part === undefined));
}

/** Makes an UnusableKeyError readable; other errors pass. */
export function keyError(error: unknown): unknown {
  if (!(error instanceof UnusableKeyError)) return error;
  return new RuntimeException(
    `This key cannot be used: ${error.message}.`,
    'A key is text, a number, a bigint, a boolean, a Date, bytes, or a tuple, list or plain object of those.',
  );
}
