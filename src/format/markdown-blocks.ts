import { indentation, isBlank, type TextLine } from './text-lines.ts';

/** A fenced code block at the top level of a Markdown document, as line indices. */
export interface Fence {
  readonly open: number;
  /** Line of the closing fence; null when the block runs to the end of the document. */
  readonly close: number | null;
  /** "```", "~~~~" and so on, as opened. */
  readonly marker: string;
  /** Spaces before the opening fence (0–3); as many are taken from each line of the content. */
  readonly indent: number;
  /** Info string, trimmed. */
  readonly info: string;
}

const FENCE = /^( {0,3})(`{3,}|~{3,})[ \t]*(.*)$/;
const LIST_ITEM = /^( {0,3})([-+*]|\d{1,9}[.)])([ \t]+|$)/;
const THEMATIC_BREAK = /^ {0,3}(?:(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|(?:\*[ \t]*){3,})$/;
const HEADING = /^ {0,3}#{1,6}(?:[ \t]|$)/;
const QUOTE = /^ {0,3}>/;

interface HtmlBlock {
  readonly open: RegExp;
  readonly close: RegExp;
  /** What ends the block when the document does not. */
  readonly end: string;
}

const BLOCK_TAGS =
  'address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|' +
  'footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|' +
  'search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul';

/** HTML blocks, kinds 1 to 6 of CommonMark 4.6: a fence inside one is not a fence. */
const HTML_BLOCKS: readonly HtmlBlock[] = [
  { open: /^ {0,3}<script(?:[\s>]|$)/i, close: /<\/(?:script|pre|style|textarea)>/i, end: '</script>' },
  { open: /^ {0,3}<(?:pre|style|textarea)(?:[\s>]|$)/i, close: /<\/(?:script|pre|style|textarea)>/i, end: '</pre>' },
  { open: /^ {0,3}<!--/, close: /-->/, end: '-->' },
  { open: /^ {0,3}<\?/, close: /\?>/, end: '?>' },
  { open: /^ {0,3}<!\[CDATA\[/, close: /\]\]>/, end: ']]>' },
  { open: /^ {0,3}<![A-Za-z]/, close: />/, end: '>' },
  { open: new RegExp(`^ {0,3}</?(?:${BLOCK_TAGS})(?:\\s|/?>|$)`, 'i'), close: /^[ \t]*$/, end: '' },
];

/** Kind 7: any other tag alone on its line. It does not interrupt a paragraph and ends with a blank line. */
const LONE_TAG: HtmlBlock = {
  open: /^ {0,3}(?:<[A-Za-z][\w-]*(?:\s+[A-Za-z_:][\w.:-]*(?:\s*=\s*(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?)*\s*\/?>|<\/[A-Za-z][\w-]*\s*>)[ \t]*$/,
  close: /^[ \t]*$/,
  end: '',
};

/** Reads a line as the opening of a fence; null when it is none. The info string of a backtick fence has no backtick. */
export function openingFence(line: string): { readonly marker: string; readonly indent: number; readonly info: string } | null {
  const match = FENCE.exec(line);
  if (match === null) {
    return null;
  }
  const [, spaces = '', marker = '', rest = ''] = match;
  return marker.startsWith('`') && rest.includes('`') ? null : { marker, indent: spaces.length, info: rest.trim() };
}

/** True for a line that closes a fence opened by `marker`: the same character, at least as many, nothing else. */
export function closesFence(line: string, marker: string): boolean {
  const match = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line);
  const found = match?.[1] ?? '';
  return found.startsWith(marker.charAt(0)) && found.length >= marker.length;
}

/** What a scan of a document finds. */
export interface MarkdownScan {
  readonly fences: readonly Fence[];
  /** The line that would close what is open at the end of the document; null when nothing is. "" stands for a blank line. */
  readonly missingEnd: string | null;
}

/**
 * Finds the fenced code blocks at the top level of a document, in order: fences inside lists, quotes, indented code and HTML are not among
 * them. Follows CommonMark 0.31 in what is a top-level fence, and looks at nothing beyond that.
 */
export function scanMarkdown(lines: readonly TextLine[]): MarkdownScan {
  const fences: Fence[] = [];
  const list = new ListTracker();
  let missingEnd: string | null = null;
  let index = 0;
  while (index < lines.length) {
    const line = lines[index]?.text ?? '';
    const afterParagraph = list.inParagraph;
    if (list.contains(line)) {
      index += 1;
      continue;
    }
    const html = HTML_BLOCKS.find((block) => block.open.test(line)) ?? (!afterParagraph && LONE_TAG.open.test(line) ? LONE_TAG : undefined);
    if (html !== undefined) {
      const end = endOfHtml(lines, index, html.close);
      missingEnd = end === null ? html.end : null;
      index = end === null ? lines.length : end + 1;
      list.leave();
      continue;
    }
    const opening = openingFence(line);
    if (opening === null) {
      index += 1;
      continue;
    }
    let close: number | null = null;
    for (let i = index + 1; i < lines.length; i++) {
      if (closesFence(lines[i]?.text ?? '', opening.marker)) {
        close = i;
        break;
      }
    }
    fences.push({ open: index, close, ...opening });
    missingEnd = close === null ? ' '.repeat(opening.indent) + opening.marker : null;
    index = close === null ? lines.length : close + 1;
  }
  return { fences, missingEnd };
}

/** Index of the line that ends an HTML block; null when none does. */
function endOfHtml(lines: readonly TextLine[], first: number, close: RegExp): number | null {
  for (let i = first; i < lines.length; i++) {
    const text = lines[i]?.text ?? '';
    // "<!-->" ends itself, by the standard: what opens the block may be part of what closes it, but for its first characters.
    if (close.test(i === first ? text.replace(/^ {0,3}<!?/, '<') : text)) {
      return i;
    }
  }
  return null;
}

/** Follows the outermost list item line by line. */
class ListTracker {
  /** Column where the content of the current outermost item starts; null outside of lists. */
  #offset: number | null = null;
  #paragraph = false;

  /** The last line was text that the next line may continue. */
  get inParagraph(): boolean {
    return this.#paragraph;
  }

  /** Another block was found at the top level. */
  leave(): void {
    this.#offset = null;
    this.#paragraph = false;
  }

  /** Takes the next top-level line; true when the line belongs to a list (or a quote), so that it cannot open a top-level block. */
  contains(line: string): boolean {
    if (isBlank(line)) {
      this.#paragraph = false;
      return this.#offset !== null;
    }
    const indent = indentation(line);
    if (this.#offset !== null && indent >= this.#offset) {
      this.#paragraph = openingFence(line.trimStart()) === null;
      return true;
    }
    const item = THEMATIC_BREAK.test(line) ? null : LIST_ITEM.exec(line);
    if (item !== null && !(this.#offset === null && this.#paragraph && !interruptsParagraph(line, item))) {
      this.#offset = contentOffset(line, item);
      this.#paragraph = openingFence(line.slice(item[0].length)) === null;
      return true;
    }
    const isText = !startsBlock(line) && (indent < 4 || this.#paragraph);
    if (this.#offset !== null && this.#paragraph && isText) {
      return true;
    }
    this.#offset = null;
    this.#paragraph = isText;
    return QUOTE.test(line);
  }
}

function startsBlock(line: string): boolean {
  return (
    openingFence(line) !== null ||
    HEADING.test(line) ||
    THEMATIC_BREAK.test(line) ||
    QUOTE.test(line) ||
    HTML_BLOCKS.some((block) => block.open.test(line))
  );
}

/** Only a bullet or an item numbered 1, and only one with text, may follow a paragraph without a blank line (CommonMark 5.2). */
function interruptsParagraph(line: string, item: RegExpExecArray): boolean {
  const marker = item[2] ?? '';
  return line.length > item[0].length && (/^[-+*]$/.test(marker) || /^1[.)]$/.test(marker));
}

function contentOffset(line: string, item: RegExpExecArray): number {
  const marker = (item[1] ?? '').length + (item[2] ?? '').length;
  const spaces = indentation(' '.repeat(marker) + line.slice(marker)) - marker;
  const isEmpty = isBlank(line.slice(marker));
  return isEmpty || spaces > 4 ? marker + 1 : marker + spaces;
}
