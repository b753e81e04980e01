import ts from 'typescript';
import type { CellProblem } from './analysis.ts';

const IMPORT = 'A cell cannot import: the API is there without an import, and cells see the names of the cells above. Remove the import.';
const EXPORT = 'A cell cannot export: the cells below see its top-level names as they are. Remove “export”.';
const AWAIT = 'A cell cannot wait: it describes a pipeline and then ends. Use AsyncDataStream for asynchronous calls.';
const RETURN = 'There is nothing to return from at the top level of a cell. To show a stream, make it the last expression.';

/** Statements that a module or a function may have, but a cell may not. */
export function findForbiddenSyntax(file: ts.SourceFile): CellProblem[] {
  const problems: CellProblem[] = [];
  const report = (node: ts.Node, end: number, code: string, message: string): void => {
    problems.push({ start: node.getStart(file), end, code: `streambook.${code}`, message });
  };
  const visit = (node: ts.Node, inFunction: boolean): void => {
    if (ts.isImportDeclaration(node) || ts.isImportEqualsDeclaration(node)) {
      report(node, node.end, 'import', IMPORT);
      return;
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      report(node, node.end, 'import', 'A cell cannot load modules: everything a cell may use is there by name.');
    } else if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) {
      report(node, node.end, 'import', 'A cell is not a module: it has no “import.meta”.');
    }
    if (ts.isExportDeclaration(node) || ts.isExportAssignment(node)) {
      report(node, node.end, 'export', EXPORT);
      return;
    }
    const exportWord = ts.canHaveModifiers(node) ? ts.getModifiers(node)?.find((m) => m.kind === ts.SyntaxKind.ExportKeyword) : undefined;
    // Inside a namespace, `export` is how its names are seen from outside.
    if (exportWord !== undefined && node.parent === file) report(exportWord, exportWord.end, 'export', EXPORT);
    if (!inFunction) {
      if (ts.isAwaitExpression(node)) report(node, node.getStart(file) + 'await'.length, 'await', AWAIT);
      else if (ts.isForOfStatement(node) && node.awaitModifier !== undefined)
        report(node.awaitModifier, node.awaitModifier.end, 'await', AWAIT);
      else if (ts.isReturnStatement(node)) report(node, node.getStart(file) + 'return'.length, 'return', RETURN);
    }
    const inside = inFunction || ts.isFunctionLike(node) || ts.isClassStaticBlockDeclaration(node) || ts.isPropertyDeclaration(node);
    ts.forEachChild(node, (child) => {
      visit(child, inside);
    });
  };
  visit(file, false);
  return problems;
}
