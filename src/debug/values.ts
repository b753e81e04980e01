import type { Runtime } from 'node:inspector';
import * as l10n from '@vscode/l10n';

type Preview = Runtime.ObjectPreview;

/** Longest text of a value in a list; the whole is there to be copied. */
const MAX_TEXT = 1_000;
const MAX_WHOLE = 1_000_000;

/** A value in one line: "{word: 'sea', count: 3}". Cut to 1,000 characters, or with `whole` to 1,000,000. */
export function remoteText(value: Runtime.RemoteObject, whole = false): string {
  return cut(fullText(value), whole ? MAX_WHOLE : MAX_TEXT);
}

function cut(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}… ${l10n.t('({0} characters)', text.length)}` : text;
}

function fullText(value: Runtime.RemoteObject): string {
  switch (value.type) {
    case 'string':
      return quoted(String(value.value));
    case 'undefined':
      return 'undefined';
    case 'function':
      return functionText(value.description ?? '');
    case 'object':
      if (value.subtype === 'null') return 'null';
      return value.preview === undefined ? (value.description ?? 'Object') : previewText(value.preview);
    default:
      return value.unserializableValue ?? value.description ?? String(value.value);
  }
}

function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** "ƒ name()" or the arrow function's text, without its body. */
function functionText(description: string): string {
  const [firstLine = ''] = description.split('\n');
  return `ƒ ${firstLine.replace(/^(async )?function\*? ?/, '').slice(0, 100)}`;
}

function previewText({ subtype, description = 'Object', properties, entries, overflow }: Preview): string {
  const more = overflow ? ', …' : '';
  switch (subtype) {
    case 'array':
    case 'typedarray':
      return `${lengthOf(description)}[${properties.map((property) => propertyValue(property)).join(', ')}${more}]`;
    case 'map':
      return `${description} {${(entries ?? []).map(({ key, value }) => `${key ? previewText(key) : ''} => ${previewText(value)}`).join(', ')}${more}}`;
    case 'set':
      return `${description} {${(entries ?? []).map(({ value }) => previewText(value)).join(', ')}${more}}`;
    case undefined:
    case 'proxy':
      if (properties.length === 0 && description !== 'Object') return description;
      return `${description === 'Object' ? '' : `${description} `}{${properties.map((property) => `${property.name}: ${propertyValue(property)}`).join(', ')}${more}}`;
    default:
      return description;
  }
}

/** "(3) " of "Array(3)", "Uint8Array(3) " as it is. */
function lengthOf(description: string): string {
  const length = /^Array\((\d+)\)$/.exec(description)?.[1];
  return length === undefined ? `${description} ` : `(${length}) `;
}

function propertyValue({ type, value = '', valuePreview }: Runtime.PropertyPreview): string {
  if (valuePreview !== undefined) return previewText(valuePreview);
  if (type === 'string') return quoted(value);
  if (type === 'function') return 'ƒ';
  return type === 'accessor' ? '(…)' : value;
}

/** How many elements or entries a list, map or set has, when that may be many; 0 for others. */
export function elementCount({ subtype, description = '' }: Runtime.RemoteObject): number {
  const counted = subtype === 'array' || subtype === 'typedarray' || subtype === 'map' || subtype === 'set';
  return counted ? Number(/\((\d+)\)$/.exec(description)?.[1] ?? 0) : 0;
}

/** Whether there is something to look into. */
export function isExpandable({ objectId, type }: Runtime.RemoteObject): boolean {
  return objectId !== undefined && type === 'object';
}

/**
 * Runs in the worker on the object itself: one page of what it has, as an object that `Runtime.getProperties` then describes. Elements and entries are
 * paged, named properties are cut off at `count`. Calls no getter.
 */
export const PAGE_FUNCTION = `function (start, count, elements) {
  const page = Object.create(null);
  const put = (name, value) => Object.defineProperty(page, name, { value, enumerable: true });
  if (elements && (this instanceof Map || this instanceof Set)) {
    let at = 0;
    for (const entry of this instanceof Map ? Map.prototype.entries.call(this) : Set.prototype.values.call(this)) {
      if (at >= start + count) break;
      if (at >= start) {
        if (this instanceof Set) put(String(at), entry);
        else {
          const name = typeof entry[0] === 'object' && entry[0] !== null || typeof entry[0] === 'symbol' ? '' : String(entry[0]);
          if (name === '' || name in page) put('[' + at + ']', { key: entry[0], value: entry[1] });
          else put(name, entry[1]);
        }
      }
      at++;
    }
    return page;
  }
  if (elements) {
    for (let at = start; at < Math.min(start + count, this.length); at++) put(String(at), this[at]);
    return page;
  }
  const isElement = (key) => (Array.isArray(this) || ArrayBuffer.isView(this)) && typeof key === 'string' && (key === 'length' || /^\\d+$/.test(key));
  let at = 0;
  for (const key of Reflect.ownKeys(this)) {
    if (isElement(key)) continue;
    if (at >= start + count) break;
    if (at++ >= start) Object.defineProperty(page, key, { ...Object.getOwnPropertyDescriptor(this, key), configurable: true });
  }
  return page;
}`;
