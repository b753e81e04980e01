const MESSAGE = "The engine's core is deterministic and synchronous; engine/node brings the outside in as mail.";

/**
 * The engine's core awaits nothing and asks no clock.
 * @type {import('oxlint/plugins-dev').Rule}
 */
export const synchronousCore = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const report = (node) => context.report({ node, message: MESSAGE });
    const unlessSynchronous = (node) => {
      if (node.async) report(node);
    };
    return {
      FunctionDeclaration: unlessSynchronous,
      FunctionExpression: unlessSynchronous,
      ArrowFunctionExpression: unlessSynchronous,
      AwaitExpression: report,
      NewExpression(node) {
        if (node.callee.name === 'Date' && node.arguments.length === 0) report(node);
      },
    };
  },
};
