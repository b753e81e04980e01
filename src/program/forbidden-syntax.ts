import * as l10n from '@vscode/l10n';
import ts from 'typescript';
import type { CellProblem } from './analysis.ts';

const importText = (): string =>
  l10n.t('A cell cannot import: the API is there without an import, and cells see the names of the cells above. Remove the import.');
const exportText = (): string => l10n.t('A cell cannot export: the cells below see its top-level names as they are. Remove “export”.');
const awaitText = (): string =>
  l10n.t('A cell cannot wait: it describes a pipeline and then ends. Put what it would wait for in a file, and read that with FileSource.');
const returnText = (): string =>
  l10n.t('There is nothing to return from at the top level of a cell. To show a stream, make it the last expression.');

/** Statements that a module or a function may have, but a cell may not. */
export function findForbiddenSyntax(file: ts.SourceFile): CellProblem[] {
  const problems: CellProblem[] = [];
  const report = (node: ts.Node, end: number, code: string, message: string): void => {
    problems.push({ start: node.getStart(file), end, code: `streambook.${code}`, message });
  };
  const visit = (node: ts.Node, inFunction: boolean): void => {
    if (ts.isImportDeclaration(node) || ts.isImportEqualsDeclaration(node)) {
      report(node, node.end, 'import', importText());
      return;
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      report(node, node.end, 'import', l10n.t('A cell cannot load modules: everything a cell may use is there by name.'));
    } else if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) {
      report(node, node.end, 'import', l10n.t('A cell is not a module: it has no “import.meta”.'));
    }
    if (ts.isExportDeclaration(node) || ts.isExportAssignment(node)) {
      report(node, node.end, 'export', exportText());
      return;
    }
    const exportWord = ts.canHaveModifiers(node) ? ts.getModifiers(node)?.find((m) => m.kind === ts.SyntaxKind.ExportKeyword) : undefined;
    // Inside a namespace, `export` is how its names are seen from outside.
    if (exportWord !== undefined && node.parent === file) report(exportWord, exportWord.end, 'export', exportText());
    if (!inFunction) {
      if (ts.isAwaitExpression(node)) report(node, node.getStart(file) + 'await'.length, 'await', awaitText());
      else if (ts.isForOfStatement(node) && node.awaitModifier !== undefined)
        report(node.awaitModifier, node.awaitModifier.end, 'await', awaitText());
      else if (ts.isReturnStatement(node)) report(node, node.getStart(file) + 'return'.length, 'return', returnText());
    }
    const inside = inFunction || ts.isFunctionLike(node) || ts.isClassStaticBlockDeclaration(node) || ts.isPropertyDeclaration(node);
    ts.forEachChild(node, (child) => {
      visit(child, inside);
    });
  };
  visit(file, false);
  return problems;
}
