const MAX_DEPTH = 6;
const MAX_ELEMENTS = 1_000;

/** A value as text for logs and error messages: text as it is, data as JSON with a few more types. Never throws. */
export function formatValue(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return format(value, 0);
  } catch {
    return '[unprintable]';
  }
}

/** The same, cut to `limit` characters. */
export function formatCut(value: unknown, limit: number): string {
  const text = formatValue(value);
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}

function format(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'bigint':
      return `${value}n`;
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'function':
      return `[function ${value.name}]`;
    case 'object':
      return value === null ? 'null' : formatObject(value, depth);
    default:
      return String(value);
  }
}

function formatObject(value: object, depth: number): string {
  if (depth >= MAX_DEPTH) return '…';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (Array.isArray(value)) return `[${elements(value, (element) => format(element, depth + 1))}]`;
  if (value instanceof Map)
    return `Map {${elements(value, ([key, element]) => `${format(key, depth + 1)}=>${format(element, depth + 1)}`)}}`;
  if (value instanceof Set) return `Set {${elements(value, (element) => format(element, depth + 1))}}`;
  if (value instanceof Uint8Array) return `bytes(${value.length})`;
  const ownText: unknown = Reflect.get(value, 'toString');
  if (typeof ownText === 'function' && ownText !== Object.prototype.toString) return String(Reflect.apply(ownText, value, []));
  const entries: [string, unknown][] = Object.entries(value);
  return `{${elements(entries, ([name, field]) => `${JSON.stringify(name)}:${format(field, depth + 1)}`)}}`;
}

function elements<T>(values: Iterable<T>, one: (value: T) => string): string {
  const texts: string[] = [];
  for (const value of values) {
    if (texts.length === MAX_ELEMENTS) {
      texts.push('…');
      break;
    }
    texts.push(one(value));
  }
  return texts.join(',');
}
