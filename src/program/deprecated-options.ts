import * as l10n from '@vscode/l10n';
import ts from 'typescript';
import { OLD_NAMES } from '../../engine/api/options.ts';
import type { CellProblem } from './analysis.ts';

/** Options that `configure({ … })` sets by a name of Flink 1. They are taken all the same. */
export function findDeprecatedOptions(file: ts.SourceFile): CellProblem[] {
  const problems: CellProblem[] = [];
  const look = (name: ts.PropertyName): void => {
    if (!ts.isStringLiteral(name)) return;
    const current = OLD_NAMES.get(name.text);
    if (current === undefined) return;
    const message = l10n.t('“{0}” is the name of this option in Flink 1. Write “{1}”.', name.text, current);
    problems.push({ start: name.getStart(file), end: name.end, code: 'streambook.deprecated-option', message, severity: 'warning' });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === 'configure') {
      for (const argument of node.arguments) {
        if (!ts.isObjectLiteralExpression(argument)) continue;
        for (const { name } of argument.properties) if (name !== undefined) look(name);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return problems;
}
