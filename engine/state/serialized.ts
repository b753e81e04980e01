/** A value as a serializer of the user's own wrote it. */
export class Serialized {
  /** Of the serializer. */
  readonly version: number;
  readonly bytes: Uint8Array;

  constructor(version: number, bytes: Uint8Array) {
    this.version = version;
    this.bytes = bytes;
  }
}
