import type { CellSource } from './types.ts';

/**
 * Stable key of a cell's job: its id, else the first name that it declares, else its ordinal among all cells. Looks at the text alone, so that the editor,
 * which has no compiler, comes to the same name as the compiler.
 */
export function jobNameOf({ name, text, number }: Pick<CellSource, 'name' | 'text' | 'number'>): string {
  return name ?? firstDeclaredName(text) ?? `cell-${number}`;
}

/** What may hold words that declare nothing: comments, strings, templates. */
const QUOTED = /\/\*[\s\S]*?(?:\*\/|$)|\/\/.*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g;

const IDENTIFIER = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*`;
const TOKEN = new RegExp(`${IDENTIFIER}|[{}()[\\]]`, 'gu');

/** What follows the word that begins a declaration, up to its name. */
const DECLARED: Readonly<Record<string, RegExp>> = {
  const: new RegExp(`\\s+(?!enum\\b)(${IDENTIFIER})|\\s*([[{])`, 'uy'),
  let: new RegExp(`\\s+(${IDENTIFIER})|\\s*([[{])`, 'uy'),
  var: new RegExp(`\\s+(${IDENTIFIER})|\\s*([[{])`, 'uy'),
  function: new RegExp(`\\s*\\*?\\s*(${IDENTIFIER})`, 'uy'),
  class: new RegExp(`\\s+(?!extends\\b)(${IDENTIFIER})`, 'uy'),
  enum: new RegExp(`\\s+(${IDENTIFIER})\\s*\\{`, 'uy'),
  interface: new RegExp(`\\s+(${IDENTIFIER})\\s*(?:\\{|<|extends\\b)`, 'uy'),
  namespace: new RegExp(`\\s+(${IDENTIFIER})\\s*[.{]`, 'uy'),
  type: new RegExp(`\\s+(${IDENTIFIER})\\s*[=<]`, 'uy'),
};

/** The first name that is declared outside all brackets; null if there is none. */
function firstDeclaredName(text: string): string | null {
  const code = text.replace(QUOTED, (quoted) => (quoted.startsWith('/') ? ' ' : "''"));
  let depth = 0;
  for (const { 0: token, index } of code.matchAll(TOKEN)) {
    if ('{(['.includes(token)) depth++;
    else if ('})]'.includes(token)) depth--;
    else if (depth === 0 && Object.hasOwn(DECLARED, token) && !/[.$]\s*$/.test(code.slice(Math.max(0, index - 2), index))) {
      const name = nameAfter(code, token, index + token.length);
      if (name !== null) return name;
    }
  }
  return null;
}

function nameAfter(code: string, word: string, at: number): string | null {
  const pattern = DECLARED[word];
  if (pattern === undefined) return null;
  pattern.lastIndex = at;
  const [all, name, bracket] = pattern.exec(code) ?? [];
  if (all === undefined) return null;
  return bracket === undefined ? (name ?? null) : firstBound(code, at + all.length, bracket);
}

const IN_ARRAY = new RegExp(`[\\s,]*(?:\\.\\.\\.\\s*)?(?:([[{])|(${IDENTIFIER}))`, 'uy');
const IN_OBJECT = new RegExp(
  `\\s*(?:\\.\\.\\.\\s*)?(?:(?:${IDENTIFIER}|''|\\d+)\\s*:\\s*(?:([[{])|(${IDENTIFIER}))|(${IDENTIFIER}))`,
  'uy',
);

/** The first name that a destructuring pattern binds; `at` is behind its bracket. */
function firstBound(code: string, at: number, bracket: string): string | null {
  const pattern = bracket === '[' ? IN_ARRAY : IN_OBJECT;
  pattern.lastIndex = at;
  const [all, inner, name, short] = pattern.exec(code) ?? [];
  if (all === undefined) return null;
  return inner === undefined ? (name ?? short ?? null) : firstBound(code, at + all.length, inner);
}
