import { closesFence, openingFence } from './markdown-blocks.ts';
import { normalizeText, splitLines, type TextLine } from './text-lines.ts';

/** The text inside a fenced block, without the block's indentation; the block itself when it does not open with a fence. */
export function fenceValue(raw: string): string {
  const lines = splitLines(raw);
  const opening = openingFence(lines[0]?.text ?? '');
  if (opening === null) {
    return normalizeText(raw);
  }
  const isClosed = lines.length > 1 && closesFence(lines.at(-1)?.text ?? '', opening.marker);
  const content = lines.slice(1, isClosed ? -1 : undefined);
  const indent = new RegExp(`^ {0,${opening.indent}}`);
  const texts = content.map((line) => line.text.replace(indent, ''));
  return texts.join('\n');
}

/**
 * Writes a fenced block in the style it had.
 * @param lines the block as it was read; empty if there was none
 */
export function writeFence(info: string, text: string, lines: readonly TextLine[], eol: string): string {
  const old = openingFence(lines[0]?.text ?? '');
  const value = normalizeText(text);
  const content = value === '' ? [] : value.split('\n');
  const character = old?.marker.charAt(0) ?? '`';
  // An info string with a backtick can only follow tildes.
  const kind = info.includes('`') ? '~' : character;
  let marker = kind === character ? (old?.marker ?? '```') : '~~~';
  while (content.some((line) => closesFence(line, marker))) {
    marker += kind;
  }
  const indent = ' '.repeat(old?.indent ?? 0);
  const lastLine = lines.at(-1)?.text ?? '';
  const keepsMarker = old !== null && marker === old.marker;
  const open = keepsMarker && old.info === info ? (lines[0]?.text ?? '') : `${indent}${marker}${info}`;
  const close = keepsMarker && lines.length > 1 && closesFence(lastLine, marker) ? lastLine : indent + marker;
  return [open, ...content.map((line) => (line === '' ? line : indent + line)), close].join(eol);
}
