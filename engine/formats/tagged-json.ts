import { IllegalArgumentException } from '../api/errors.ts';
import { base64 } from './base64.ts';

const MAX_DEPTH = 200;

/**
 * A value as JSON, with the values that JSON does not have as objects with one field that starts with `$`: the encoding of results
 * (docs/results-encoding.md). Unlike there nothing is cut, and what could only be shown but not read again is refused.
 * Throws IllegalArgumentException for functions, symbols, regular expressions, cycles, and more than 200 levels.
 */
export function taggedJson(value: unknown): string {
  return write(value, []);
}

function write(value: unknown, ancestors: object[]): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      if (Number.isFinite(value) && !Object.is(value, -0)) return String(value);
      return `{"$number":"${Object.is(value, -0) ? '-0' : String(value)}"}`;
    case 'boolean':
      return value ? 'true' : 'false';
    case 'bigint':
      return `{"$bigint":"${value.toString()}"}`;
    case 'undefined':
      return '{"$undefined":true}';
    case 'object':
      return value === null ? 'null' : writeObject(value, ancestors);
    default:
      throw unwritable(`a ${typeof value}`);
  }
}

function writeObject(value: object, ancestors: object[]): string {
  if (value instanceof Date) return `{"$date":${Number.isNaN(value.getTime()) ? 'null' : JSON.stringify(value.toISOString())}}`;
  if (value instanceof Uint8Array) return `{"$bytes":"${base64(value)}"}`;
  if (value instanceof ArrayBuffer) return `{"$bytes":"${base64(new Uint8Array(value))}"}`;
  if (value instanceof RegExp) throw unwritable('a regular expression');
  if (ancestors.includes(value)) throw unwritable('an object that contains itself');
  if (ancestors.length >= MAX_DEPTH) throw unwritable(`data of more than ${MAX_DEPTH} levels`);
  ancestors.push(value);
  const text = writeContainer(value, ancestors);
  ancestors.pop();
  return text;
}

function writeContainer(value: object, ancestors: object[]): string {
  if (Array.isArray(value)) return writeList(value, ancestors);
  if (value instanceof Map) return `{"$map":${writeList(value, ancestors)}}`;
  if (value instanceof Set) return `{"$set":${writeList(value, ancestors)}}`;
  if (ArrayBuffer.isView(value) && Symbol.iterator in value) {
    // SAFETY: the views that iterate are the typed arrays, whose elements are numbers or bigints.
    return writeList(value as unknown as Iterable<unknown>, ancestors);
  }
  return writeFields(value, ancestors);
}

function writeList(items: Iterable<unknown>, ancestors: object[]): string {
  let text = '[';
  for (const item of items) text += text.length === 1 ? write(item, ancestors) : `,${write(item, ancestors)}`;
  return `${text}]`;
}

function writeFields(value: object, ancestors: object[]): string {
  const names = Object.keys(value);
  if (value instanceof Error) names.unshift(...['name', 'message'].filter((name) => !names.includes(name)));
  let text = '{';
  for (const name of names) {
    const field: unknown = Reflect.get(value, name);
    text += `${text.length === 1 ? '' : ','}${JSON.stringify(name)}:${write(field, ancestors)}`;
  }
  text += '}';
  // It would read as a value that JSON does not have.
  return names.length === 1 && names[0]?.startsWith('$') === true ? `{"$object":${text}}` : text;
}

function unwritable(what: string): IllegalArgumentException {
  return new IllegalArgumentException(
    `A record with ${what} cannot be written as JSON.`,
    'Map the records to plain data before they are written.',
  );
}
