import { IllegalArgumentException } from './errors.ts';

/** A number of bytes, or text such as '64 mb'. */
export type MemorySizeLike = number | string;

const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, kb: 1_024, mb: 1_048_576, gb: 1_073_741_824 };

/** For messages: '257.3 MB', '512 bytes'. */
export function memoryText(bytes: number): string {
  for (const unit of ['gb', 'mb', 'kb']) {
    const size = UNITS[unit] ?? 1;
    if (bytes >= size) return `${Number((bytes / size).toFixed(1))} ${unit.toUpperCase()}`;
  }
  return `${Math.round(bytes)} bytes`;
}

/** Bytes, as in Flink: 1 kb is 1,024. Throws IllegalArgumentException. */
export function toBytes(size: MemorySizeLike): number {
  const match = /^\s*(\d+)\s*(b|kb|mb|gb|)\s*$/i.exec(String(size));
  const bytes = match ? Number(match[1]) * (UNITS[(match[2] ?? '').toLowerCase()] ?? Number.NaN) : Number.NaN;
  if (Number.isSafeInteger(bytes)) return bytes;
  throw new IllegalArgumentException(`'${String(size)}' is not a size.`, "Write a number of bytes, or for example '64 mb'.");
}
