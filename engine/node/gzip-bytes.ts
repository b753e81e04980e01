import { gzipSync } from 'node:zlib';

/** Place in the header of gzip of the system that wrote it. */
const SYSTEM_BYTE = 9;
const UNKNOWN_SYSTEM = 255;

/** Bytes as a gzip file without a time or a system in it: the same bytes give the same file. */
export function gzipBytes(bytes: Uint8Array): Uint8Array {
  const packed = gzipSync(bytes);
  packed[SYSTEM_BYTE] = UNKNOWN_SYSTEM;
  return packed;
}
