import { createHash } from 'node:crypto';

// Bytes of a simulated file are never changed in place.
const hashes = new WeakMap<Uint8Array, string>();

/** SHA-256 of the content of a simulated file, hexadecimal. */
export function contentHash(bytes: Uint8Array): string {
  let hash = hashes.get(bytes);
  if (hash === undefined) {
    hash = createHash('sha256').update(bytes).digest('hex');
    hashes.set(bytes, hash);
  }
  return hash;
}
