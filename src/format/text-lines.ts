/** A line of a text with its exact end. */
export interface TextLine {
  /** Without the line end. */
  readonly text: string;
  /** "\n", "\r\n", "\r", or "" for a last line without an end. */
  readonly eol: string;
  /** Offset of the line's first character. */
  readonly start: number;
}

/** Splits a text so that joining `text + eol` of all lines gives the same text. A text that ends with a line end has no empty last line. */
export function splitLines(text: string): TextLine[] {
  const lines: TextLine[] = [];
  let start = 0;
  for (const match of text.matchAll(/\r\n|\n|\r/g)) {
    lines.push({ text: text.slice(start, match.index), eol: match[0], start });
    start = match.index + match[0].length;
  }
  if (start < text.length) {
    lines.push({ text: text.slice(start), eol: '', start });
  }
  return lines;
}

/** The line end most lines use; "\n" when there is none. */
export function dominantEol(lines: readonly TextLine[]): string {
  let crlf = 0;
  let lf = 0;
  let cr = 0;
  for (const line of lines) {
    crlf += line.eol === '\r\n' ? 1 : 0;
    lf += line.eol === '\n' ? 1 : 0;
    cr += line.eol === '\r' ? 1 : 0;
  }
  if (crlf > lf) {
    return crlf >= cr ? '\r\n' : '\r';
  }
  return cr > lf ? '\r' : '\n';
}

/** What an editor makes of a text: one kind of line end and no byte order mark. Two texts that are equal after this are the same to the user. */
export function normalizeText(text: string): string {
  return (text.startsWith('\uFEFF') ? text.slice(1) : text).replace(/\r\n|\r/g, '\n');
}

/** A line of spaces and tabs only. */
export function isBlank(text: string): boolean {
  return /^[ \t]*$/.test(text);
}

/** Columns of white space before the first other character; a tab goes to the next multiple of four (CommonMark 2.2). */
export function indentation(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (character === ' ') {
      columns += 1;
    } else if (character === '\t') {
      columns += 4 - (columns % 4);
    } else {
      break;
    }
  }
  return columns;
}
