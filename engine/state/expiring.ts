/** A value with a time to live as it is kept: with the time of its last access, which decides when it expires. */
export class Expiring {
  readonly value: unknown;
  /** Processing time, ms. */
  readonly lastAccess: number;

  constructor(value: unknown, lastAccess: number) {
    this.value = value;
    this.lastAccess = lastAccess;
  }
}
