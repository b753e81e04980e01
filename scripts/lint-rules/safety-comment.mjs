/**
 * A type assertion overrules the compiler, so it says why that is right: `// SAFETY: reason` in the line(s) above the statement
 * or the assertion's own line. `as const` asserts nothing and needs no reason.
 * @type {import('oxlint/plugins-dev').Rule}
 */
export const safetyComment = {
  meta: { type: 'problem', schema: [], messages: { missing: 'Say why this assertion holds in a "// SAFETY: reason" comment above it.' } },
  create(context) {
    const { sourceCode } = context;
    const explained = new Set();
    for (const comment of sourceCode.getAllComments()) {
      if (!/^\s*SAFETY: \S/.test(comment.value)) continue;
      // The comment covers the code that follows it, past the further lines of the same comment.
      let line = comment.loc.end.line;
      explained.add(line);
      while (/^\s*\/\//.test(sourceCode.lines[line] ?? '')) line++;
      explained.add(line + 1);
    }
    return {
      TSAsExpression(node) {
        const { typeAnnotation } = node;
        if (typeAnnotation.type === 'TSTypeReference' && typeAnnotation.typeName.name === 'const') return;
        if (!explained.has(node.loc.start.line) && !explained.has(typeAnnotation.loc.start.line)) {
          context.report({ node, messageId: 'missing' });
        }
      },
    };
  },
};
