const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 (RFC 4648, with padding). Written out because `Buffer` is missing in browsers and `btoa` wants strings. */
export function bytesToBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = [bytes[at], bytes[at + 1], bytes[at + 2]];
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    text += letter(bits >> 18) + letter(bits >> 12) + (b === undefined ? '=' : letter(bits >> 6)) + (c === undefined ? '=' : letter(bits));
  }
  return text;
}

/** The bytes of a base64 text; characters outside the alphabet are skipped. */
export function bytesFromBase64(text: string): Uint8Array {
  const digits = Array.from(text, (character) => ALPHABET.indexOf(character)).filter((digit) => digit >= 0);
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  for (let at = 0; at < bytes.length; at += 1) {
    const digit = Math.floor((at * 4) / 3);
    const bits = ((digits[digit] ?? 0) << 6) | (digits[digit + 1] ?? 0);
    bytes[at] = (bits >> (4 - 2 * (at % 3))) & 0xff;
  }
  return bytes;
}

function letter(bits: number): string {
  return ALPHABET.charAt(bits & 63);
}
