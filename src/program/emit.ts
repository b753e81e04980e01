import ts from 'typescript';

/** JavaScript of one cell. */
export interface EmittedCell {
  readonly code: string;
  /** TypeScript's source map from `code` to the cell's text, as JSON. */
  readonly sourceMap: string;
}

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  // A cell becomes a part of a function body: neither a module nor a script with a prologue of its own.
  moduleDetection: ts.ModuleDetectionKind.Legacy,
  alwaysStrict: false,
  ignoreDeprecations: '6.0',
  // Comments would make the sources of functions, and so the job's hash, depend on them.
  removeComments: true,
  sourceMap: true,
};

/** Strips the types. The last expression of a `target` is handed to the engine's `__result`. */
export function emitCell(text: string, target: boolean): EmittedCell {
  const output = ts.transpileModule(text, {
    fileName: 'cell.ts',
    compilerOptions: OPTIONS,
    transformers: target ? { before: [handOverResult] } : {},
  });
  const code = output.outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, '').trimEnd();
  return { code, sourceMap: output.sourceMapText ?? '' };
}

/** `counts` as the last statement becomes `__result(counts, 'counts')`; nodes keep their positions. */
const handOverResult: ts.TransformerFactory<ts.SourceFile> =
  ({ factory }) =>
  (file) => {
    const last = file.statements.at(-1);
    if (last === undefined || !ts.isExpressionStatement(last)) return file;
    const inner = unwrap(last.expression);
    const name = ts.isIdentifier(inner) ? factory.createStringLiteral(inner.text) : factory.createNull();
    const call = factory.createCallExpression(factory.createIdentifier('__result'), undefined, [last.expression, name]);
    const statement = factory.updateExpressionStatement(last, ts.setTextRange(call, last.expression));
    return factory.updateSourceFile(file, [...file.statements.slice(0, -1), statement]);
  };

function unwrap(expression: ts.Expression): ts.Expression {
  if (ts.isParenthesizedExpression(expression) || ts.isAsExpression(expression) || ts.isSatisfiesExpression(expression)) {
    return unwrap(expression.expression);
  }
  return ts.isNonNullExpression(expression) ? unwrap(expression.expression) : expression;
}
