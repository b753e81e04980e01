import { BASE64_DIGITS } from '../../engine/formats/base64.ts';

/** The bytes of a base64 text; characters outside the alphabet are skipped. */
export function bytesFromBase64(text: string): Uint8Array {
  const digits = Array.from(text, (character) => BASE64_DIGITS.indexOf(character)).filter((digit) => digit >= 0);
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  for (let at = 0; at < bytes.length; at += 1) {
    const digit = Math.floor((at * 4) / 3);
    const bits = ((digits[digit] ?? 0) << 6) | (digits[digit + 1] ?? 0);
    bytes[at] = (bits >> (4 - 2 * (at % 3))) & 0xff;
  }
  return bytes;
}
