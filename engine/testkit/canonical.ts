/** Text that is equal exactly when two results are: fields sorted, `undefined` left out, every number and type told apart. */
export function canonical(value: unknown): string {
  switch (typeof value) {
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return `${value}n`;
    case 'string':
      return JSON.stringify(value);
    case 'object':
      return value === null ? 'null' : canonicalObject(value);
    default:
      return String(value);
  }
}

function canonicalObject(value: object): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (value instanceof Uint8Array) return `Bytes(${value.join(',')})`;
  if (value instanceof Map) return `Map(${[...value].map(([key, item]) => `${canonical(key)}=>${canonical(item)}`).join(',')})`;
  if (value instanceof Set) return `Set(${[...value].map(canonical).join(',')})`;
  const fields = Object.entries(value).filter(([, item]) => item !== undefined);
  const text = fields.map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`);
  return `{${text.sort().join(',')}}`;
}
