/** The prototype of an object of user code, without trusting it. */
export function prototypeOf(value: object): object | null {
  const prototype: unknown = Object.getPrototypeOf(value);
  return typeof prototype === 'object' ? prototype : null;
}

/** The name of an object's class; "unknown" when it has none. */
export function className(value: object): string {
  const constructed: unknown = Reflect.get(value, 'constructor');
  return typeof constructed === 'function' ? constructed.name : 'unknown';
}
