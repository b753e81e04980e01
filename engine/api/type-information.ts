import { formatCut } from '../runtime/format-value.ts';
import { Serialized } from '../state/serialized.ts';
import { type StateType, type TypeDescription, TypeMismatchError, typeText } from '../state/state-type.ts';
import { StateEncodingError } from '../state/state-capture.ts';
import { decodeValue, encodeValue } from '../state/stored-value.ts';
import { IllegalArgumentException } from './errors.ts';

/** How values of T are stored. */
export interface TypeInformation<T> {
  createSerializer(): TypeSerializer<T>;
}

export interface TypeSerializer<T> {
  /** Stored with the data; `deserialize` gets it. */
  readonly version: number;
  serialize(value: T): Uint8Array;
  deserialize(bytes: Uint8Array, version: number): T;
}

const MAX_SHOWN = 100;

/** A type of which the engine knows everything. What it stores are plain values, which can be shown. */
export abstract class BuiltInType<T> implements TypeInformation<T>, StateType {
  abstract readonly description: TypeDescription;
  abstract toStored(value: unknown, place: string): unknown;
  abstract fromStored(stored: unknown, place: string): unknown;
  abstract initial(place: string): unknown;

  createSerializer(): TypeSerializer<T> {
    return {
      version: 1,
      serialize: (value) => encodeValue(this.toStored(value, '')),
      // SAFETY: `fromStored` gives values of this type only.
      deserialize: (bytes) => this.fromStored(decodeValue(bytes), '') as T,
    };
  }

  protected refuse(value: unknown, place: string): never {
    throw new StateEncodingError(`${at(place)}${shown(value)} is no ${typeText(this.description)}.`);
  }

  protected mismatch(stored: unknown, place: string): never {
    throw new TypeMismatchError(`${at(place)}${shown(stored)} was stored, which is no ${typeText(this.description)}.`);
  }
}

/** Text is shown as such: '3' is no 3. */
function shown(value: unknown): string {
  const text = formatCut(value, MAX_SHOWN);
  return typeof value === 'string' ? `"${text}"` : text;
}

function at(place: string): string {
  return place === '' ? '' : `${place}: `;
}

function within(place: string, step: string): string {
  return place === '' ? step : `${place}.${step}`;
}

class Scalar<T> extends BuiltInType<T> {
  readonly description: TypeDescription;
  readonly #fits: (value: unknown) => boolean;
  readonly #initial: () => T;

  constructor(name: string, fits: (value: unknown) => boolean, initial: () => T) {
    super();
    this.description = { name };
    this.#fits = fits;
    this.#initial = initial;
  }

  toStored(value: unknown, place: string): unknown {
    return this.#fits(value) ? value : this.refuse(value, place);
  }
  fromStored(stored: unknown, place: string): unknown {
    return this.#fits(stored) ? stored : this.mismatch(stored, place);
  }
  initial(): unknown {
    return this.#initial();
  }
}

class ListType<T> extends BuiltInType<T[]> {
  readonly description: TypeDescription;
  readonly #element: StateType;

  constructor(element: TypeInformation<T>) {
    super();
    this.#element = stateTypeOf(element);
    this.description = { name: 'LIST', of: [{ type: this.#element.description }] };
  }

  toStored(value: unknown, place: string): unknown {
    if (!Array.isArray(value)) this.refuse(value, place);
    return value.map((element, index) => this.#element.toStored(element, within(place, String(index))));
  }
  fromStored(stored: unknown, place: string): unknown {
    if (!Array.isArray(stored)) this.mismatch(stored, place);
    return stored.map((element, index) => this.#element.fromStored(element, within(place, String(index))));
  }
  initial(): unknown {
    return [];
  }
}

class MapType<K, V> extends BuiltInType<Map<K, V>> {
  readonly description: TypeDescription;
  readonly #key: StateType;
  readonly #value: StateType;

  constructor(key: TypeInformation<K>, value: TypeInformation<V>) {
    super();
    this.#key = stateTypeOf(key);
    this.#value = stateTypeOf(value);
    this.description = { name: 'MAP', of: [{ type: this.#key.description }, { type: this.#value.description }] };
  }

  toStored(value: unknown, place: string): unknown {
    if (!(value instanceof Map)) this.refuse(value, place);
    const entries: readonly [unknown, unknown][] = [...value];
    return new Map(
      entries.map(([key, element]) => [
        this.#key.toStored(key, within(place, 'key')),
        this.#value.toStored(element, within(place, formatCut(key, MAX_SHOWN))),
      ]),
    );
  }
  fromStored(stored: unknown, place: string): unknown {
    if (!(stored instanceof Map)) this.mismatch(stored, place);
    const entries: readonly [unknown, unknown][] = [...stored];
    return new Map(
      entries.map(([key, element]) => [
        this.#key.fromStored(key, within(place, 'key')),
        this.#value.fromStored(element, within(place, formatCut(key, MAX_SHOWN))),
      ]),
    );
  }
  initial(): unknown {
    return new Map();
  }
}

class OptionalType<T> extends BuiltInType<T | null> {
  readonly description: TypeDescription;
  readonly #type: StateType;

  constructor(type: TypeInformation<T>) {
    super();
    this.#type = stateTypeOf(type);
    this.description = { name: 'OPTIONAL', of: [{ type: this.#type.description }] };
  }

  toStored(value: unknown, place: string): unknown {
    return value === null ? null : this.#type.toStored(value, place);
  }
  fromStored(stored: unknown, place: string): unknown {
    return stored === null ? null : this.#type.fromStored(stored, place);
  }
  initial(): unknown {
    return null;
  }
}

/** Fields that were not stored have the initial value of their type; those that the type does not have any more are left behind, as of Flink's POJOs. */
class PojoType<T extends object> extends BuiltInType<T> {
  readonly description: TypeDescription;
  readonly #fields: ReadonlyMap<string, StateType>;

  constructor(fields: { readonly [F in keyof T]: TypeInformation<T[F]> }) {
    super();
    const given: unknown = fields;
    if (typeof given !== 'object' || given === null)
      throw new IllegalArgumentException('Types.POJO needs an object with a type for each field.');
    const entries: readonly [string, unknown][] = Object.entries(fields);
    this.#fields = new Map(entries.map(([name, type]) => [name, stateTypeOf(type)]));
    this.description = { name: 'POJO', of: [...this.#fields].map(([field, type]) => ({ field, type: type.description })) };
  }

  toStored(value: unknown, place: string): unknown {
    if (!isPlain(value)) this.refuse(value, place);
    const unknown = Object.keys(value).find((name) => !this.#fields.has(name));
    if (unknown !== undefined) throw new StateEncodingError(`${within(place, unknown)} is no field of ${typeText(this.description)}.`);
    return Object.fromEntries(
      [...this.#fields].map(([name, type]) => [name, type.toStored(Reflect.get(value, name), within(place, name))]),
    );
  }
  fromStored(stored: unknown, place: string): unknown {
    if (!isPlain(stored)) this.mismatch(stored, place);
    return Object.fromEntries(
      [...this.#fields].map(([name, type]) => {
        const inside = within(place, name);
        return [name, Object.hasOwn(stored, name) ? type.fromStored(Reflect.get(stored, name), inside) : type.initial(inside)];
      }),
    );
  }
  initial(place: string): unknown {
    return Object.fromEntries([...this.#fields].map(([name, type]) => [name, type.initial(within(place, name))]));
  }
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || value instanceof Serialized) return false;
  return (
    !Array.isArray(value) && !(value instanceof Map) && !(value instanceof Set) && !(value instanceof Date) && !ArrayBuffer.isView(value)
  );
}

/** A type of the user's own: only its serializer knows what is stored. */
class OwnType implements StateType {
  readonly description: TypeDescription;
  readonly #serializer: TypeSerializer<unknown>;

  constructor(type: TypeInformation<unknown>) {
    this.#serializer = type.createSerializer();
    this.description = {
      name: type.constructor === Object ? 'a type of its own serializer' : type.constructor.name,
      version: this.#serializer.version >>> 0,
    };
  }

  toStored(value: unknown, place: string): unknown {
    const { version } = this.#serializer;
    try {
      const bytes: unknown = this.#serializer.serialize(value);
      if (bytes instanceof Uint8Array) return new Serialized(version, bytes);
      throw new Error('serialize has to give a Uint8Array.');
    } catch (error) {
      throw new StateEncodingError(`${at(place)}${shown(value)} could not be serialized: ${reasonOf(error)}`);
    }
  }
  fromStored(stored: unknown, place: string): unknown {
    if (!(stored instanceof Serialized))
      throw new TypeMismatchError(`${at(place)}${shown(stored)} was stored, which no serializer of your own wrote.`);
    try {
      return this.#serializer.deserialize(stored.bytes, stored.version);
    } catch (error) {
      throw new TypeMismatchError(`${at(place)}its serializer could not read version ${stored.version}: ${reasonOf(error)}`);
    }
  }
  initial(place: string): never {
    throw new TypeMismatchError(`${at(place)}nothing was stored, and ${this.description.name} has no initial value. OPTIONAL has: null.`);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Throws IllegalArgumentException for what is no TypeInformation. */
export function stateTypeOf(type: unknown): StateType {
  if (type instanceof BuiltInType) return type;
  if (isTypeInformation(type)) return new OwnType(type);
  throw new IllegalArgumentException(
    `${formatCut(type, MAX_SHOWN)} is no type information.`,
    'Use Types, such as Types.STRING, or an object with createSerializer().',
  );
}

function isTypeInformation(type: unknown): type is TypeInformation<unknown> {
  return typeof type === 'object' && type !== null && 'createSerializer' in type && typeof type.createSerializer === 'function';
}

/** Type information for the usual types. */
export const Types = {
  STRING: new Scalar<string>(
    'STRING',
    (value) => typeof value === 'string',
    () => '',
  ),
  BOOLEAN: new Scalar<boolean>(
    'BOOLEAN',
    (value) => typeof value === 'boolean',
    () => false,
  ),
  INT: new Scalar<number>(
    'INT',
    (value) => typeof value === 'number' && (value | 0) === value,
    () => 0,
  ),
  LONG: new Scalar<number>(
    'LONG',
    (value) => Number.isSafeInteger(value),
    () => 0,
  ),
  DOUBLE: new Scalar<number>(
    'DOUBLE',
    (value) => typeof value === 'number',
    () => 0,
  ),
  BIG_INT: new Scalar<bigint>(
    'BIG_INT',
    (value) => typeof value === 'bigint',
    () => 0n,
  ),
  INSTANT: new Scalar<Date>(
    'INSTANT',
    (value) => value instanceof Date,
    () => new Date(0),
  ),
  BYTES: new Scalar<Uint8Array>(
    'BYTES',
    (value) => value instanceof Uint8Array,
    () => new Uint8Array(0),
  ),
  LIST: <T>(element: TypeInformation<T>): TypeInformation<T[]> => new ListType(element),
  MAP: <K, V>(key: TypeInformation<K>, value: TypeInformation<V>): TypeInformation<Map<K, V>> => new MapType(key, value),
  OPTIONAL: <T>(type: TypeInformation<T>): TypeInformation<T | null> => new OptionalType(type),
  POJO: <T extends object>(fields: { readonly [F in keyof T]: TypeInformation<T[F]> }): TypeInformation<T> => new PojoType(fields),
};
