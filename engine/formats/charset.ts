/** A character encoding of text files: finds line ends in bytes and decodes whole lines. */
export interface Charset {
  readonly name: string;
  /** Bytes of a line feed: 1, or 2 for UTF-16. */
  readonly unit: 1 | 2;
  /** True when every character (UTF-16 code unit) takes exactly `unit` bytes, so that byte offsets follow from positions in the text. */
  readonly fixedWidth: boolean;
  /** Byte order mark that is skipped at the start of a file. */
  readonly byteOrderMark: readonly number[];
  decode(bytes: Uint8Array): string;
  /** Offset just behind the first line feed at or after `from` (a character's start), or −1. */
  endOfLine(bytes: Uint8Array, from: number): number;
  /** Offset just behind the last line feed in [from, to), or −1. */
  endOfLastLine(bytes: Uint8Array, from: number, to: number): number;
}

const LINE_FEED = 10;

function endOfLineInBytes(bytes: Uint8Array, from: number): number {
  return bytes.indexOf(LINE_FEED, from) + 1 || -1;
}

function endOfLastLineInBytes(bytes: Uint8Array, from: number, to: number): number {
  const at = to > from ? bytes.lastIndexOf(LINE_FEED, to - 1) : -1;
  return at < from ? -1 : at + 1;
}

const utf8Decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The default. */
export const UTF_8: Charset = {
  name: 'utf-8',
  unit: 1,
  fixedWidth: false,
  byteOrderMark: [0xef, 0xbb, 0xbf],
  decode: (bytes) => utf8Decoder.decode(bytes),
  endOfLine: endOfLineInBytes,
  endOfLastLine: endOfLastLineInBytes,
};

/** Small enough for the argument list of one call on every platform. */
const CODES_PER_CALL = 4096;

const LATIN_1: Charset = {
  name: 'iso-8859-1',
  unit: 1,
  fixedWidth: true,
  byteOrderMark: [],
  // Not TextDecoder: its "latin1" is windows-1252, which differs from ISO-8859-1 in 0x80–0x9F.
  decode(bytes) {
    let text = '';
    for (let from = 0; from < bytes.length; from += CODES_PER_CALL) {
      text += String.fromCharCode(...bytes.subarray(from, from + CODES_PER_CALL));
    }
    return text;
  },
  endOfLine: endOfLineInBytes,
  endOfLastLine: endOfLastLineInBytes,
};

const utf16Decoder = new TextDecoder('utf-16le', { ignoreBOM: true });

const UTF_16LE: Charset = {
  name: 'utf-16le',
  unit: 2,
  fixedWidth: true,
  byteOrderMark: [0xff, 0xfe],
  decode: (bytes) => utf16Decoder.decode(bytes),
  endOfLine(bytes, from) {
    for (let at = bytes.indexOf(LINE_FEED, from); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(LINE_FEED, at + 1)) {
      if ((at - from) % 2 === 0 && bytes[at + 1] === 0) return at + 2;
    }
    return -1;
  },
  endOfLastLine(bytes, from, to) {
    for (let at = to - ((to - from) % 2) - 2; at >= from; at -= 2) {
      if (bytes[at] === LINE_FEED && bytes[at + 1] === 0) return at + 2;
    }
    return -1;
  },
};

const CHARSETS: ReadonlyMap<string, Charset> = new Map([
  ['utf-8', UTF_8],
  ['utf8', UTF_8],
  ['us-ascii', UTF_8],
  ['ascii', UTF_8],
  ['iso-8859-1', LATIN_1],
  ['latin1', LATIN_1],
  ['utf-16le', UTF_16LE],
]);

/** The names that `charset` options accept, for error messages. */
export const CHARSET_NAMES = 'utf-8, us-ascii, iso-8859-1 (latin1), utf-16le';

/** The charset of that name (any case), or null when it is not supported. */
export function findCharset(name: string): Charset | null {
  return CHARSETS.get(name.trim().toLowerCase()) ?? null;
}
