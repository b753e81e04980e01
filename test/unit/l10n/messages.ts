import ts from 'typescript';

/** A call of `l10n.t`. */
export interface Message {
  /** The English text, which is the key; null when it is not written out in the call. */
  readonly text: string | null;
  /** Arguments after the text. */
  readonly count: number;
  /** "src/cli/main.ts:12". */
  readonly place: string;
}

/** Every call of `l10n.t` in a source, whatever `l10n` is reached through. */
export function messagesOf(file: string, source: string): readonly Message[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ES2022, true);
  const messages: Message[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isLocalizer(node.expression)) {
      const [text, ...rest] = node.arguments;
      const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
      messages.push({
        text: text !== undefined && ts.isStringLiteralLike(text) ? text.text : null,
        count: rest.length,
        place: `${file}:${line + 1}`,
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return messages;
}

/** How many different places {0}, {1} … a text has. */
export function placesIn(text: string): number {
  return new Set(Array.from(text.matchAll(/\{(\d+)\}/g), ([place]) => place)).size;
}

function isLocalizer(callee: ts.Expression): boolean {
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== 't') {
    return false;
  }
  const { expression } = callee;
  const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
  return (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)) && /^#?l10n$/.test(name.text);
}
