import ts from 'typescript';

/** A pipeline in TypeScript as a function of the names it uses, which are the same in every call: those of cells, and those of its own; it returns the value of its last expression. */
export type GoldenProgram = (scope: Readonly<Record<string, unknown>>, streams: Readonly<Record<string, unknown>>) => unknown;

/** Compiles the `ts` field of a case: types are removed, the last expression becomes the result. Throws a SyntaxError. */
export function compileGoldenProgram(code: string): GoldenProgram {
  const options: ts.CompilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  const output = ts.transpileModule(returnLast(code), { compilerOptions: options, reportDiagnostics: true });
  const [problem] = output.diagnostics ?? [];
  if (problem !== undefined) throw new SyntaxError(ts.flattenDiagnosticMessageText(problem.messageText, '\n'));
  const body = output.outputText;
  let compiled: { readonly names: readonly string[]; readonly evaluate: unknown } | null = null;
  return (scope, streams) => {
    compiled ??= compileWith(
      [...new Set([...Object.keys(scope), ...Object.keys(streams)])].filter((name) => body.includes(name)),
      body,
    );
    const { names, evaluate } = compiled;
    if (typeof evaluate !== 'function') throw new TypeError('not a function');
    const result: unknown = Reflect.apply(
      evaluate,
      undefined,
      names.map((name) => (Object.hasOwn(streams, name) ? streams[name] : scope[name])),
    );
    return result;
  };
}

function compileWith(names: readonly string[], body: string): { readonly names: readonly string[]; readonly evaluate: unknown } {
  // The code of a case is as trusted as a test.
  // oxlint-disable-next-line typescript/no-implied-eval
  return { names, evaluate: new Function(...names, `"use strict";\n${body}\nreturn pipeline();`) };
}

function returnLast(code: string): string {
  const file = ts.createSourceFile('case.ts', code, ts.ScriptTarget.ES2022);
  const last = file.statements.at(-1);
  if (last === undefined || !ts.isExpressionStatement(last)) return `function pipeline() {\n${code}\n}`;
  const start = last.getStart(file);
  return `function pipeline() {\n${code.slice(0, start)}return (${last.expression.getText(file)});\n}`;
}
