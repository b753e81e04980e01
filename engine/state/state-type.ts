/** A type as checkpoints hold it: plain data. */
export interface TypeDescription {
  /** As users write it: "INT", "LIST", "POJO"; the class of a type of the user's own. */
  readonly name: string;
  /** What it is made of: the element of a list, key and value of a map, the type that is optional, the fields of an object. */
  readonly of?: readonly TypePart[];
  /** Of the serializer of a type of the user's own, which alone knows what is stored. */
  readonly version?: number;
}

export interface TypePart {
  /** Only of an object. */
  readonly field?: string;
  readonly type: TypeDescription;
}

/** Name of the type of what may be anything. */
export const GENERIC_TYPE = 'GENERIC';

/** Types of types of types: more than this are not described in checkpoints. */
export const MAX_TYPE_DEPTH = 100;

/** What a checkpoint says of a type: nothing of one that is nested too deeply. */
export function storedDescription(type: TypeDescription): TypeDescription | undefined {
  return isDeeper(type, MAX_TYPE_DEPTH) ? undefined : type;
}

function isDeeper({ of = [] }: TypeDescription, depth: number): boolean {
  return depth === 0 || of.some(({ type }) => isDeeper(type, depth - 1));
}

/** As users write it: "LIST<INT>", "POJO<id: STRING>". */
export function typeText({ name, of }: TypeDescription): string {
  if (of === undefined) return name;
  return `${name}<${of.map(({ field, type }) => (field === undefined ? typeText(type) : `${field}: ${typeText(type)}`)).join(', ')}>`;
}

/** Says what values of a state are: how they are stored, and how what is stored is read by a program that has changed. */
export interface StateType {
  readonly description: TypeDescription;
  /** What is stored of a value: data that describes itself. `place`: where it stands, in messages. Throws StateEncodingError for a value of another type. */
  toStored(value: unknown, place: string): unknown;
  /** The value of what was stored, whoever wrote it. Throws TypeMismatchError for what cannot be read as this type. */
  fromStored(stored: unknown, place: string): unknown;
  /** What a field of this type has that was not stored. Throws TypeMismatchError where there is nothing. */
  initial(place: string): unknown;
}

/** What is stored cannot be read as the type that the program now says. */
export class TypeMismatchError extends Error {
  override readonly name = 'TypeMismatchError';
}
