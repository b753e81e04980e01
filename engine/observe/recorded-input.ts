import type { JournalEntry, Mail } from '../runtime/mail.ts';

type SourceData = Extract<Mail, { kind: 'source-data' }>;

/** The bytes of a split that a job had been given from `offset` on, as one piece; null when there are none and no end of it. */
export function bytesBehind(entries: readonly JournalEntry[], source: number, split: string, offset: number): SourceData | null {
  const pieces: Uint8Array[] = [];
  let length = 0;
  let end = false;
  for (const { mail } of entries) {
    if (mail.kind !== 'source-data' || mail.source !== source || mail.split !== split) continue;
    const piece = mail.bytes.subarray(Math.max(0, offset - mail.offset));
    end = mail.end;
    length += piece.length;
    pieces.push(piece);
  }
  if (length === 0 && !end) return null;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return { kind: 'source-data', source, split, offset, bytes, end };
}
