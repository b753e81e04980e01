/** Says what values of a state are: how they are stored, and how what is stored is read by a program that has changed. */
export interface StateType {
  /** As users write it: "LIST<INT>". */
  readonly description: string;
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
