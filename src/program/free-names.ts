import ts from 'typescript';
import type { UsedName } from './analysis.ts';

/** Every use, in value or type position, of a name that `file` does not declare in a scope around the use. */
export function findFreeNames(file: ts.SourceFile, checker: ts.TypeChecker): UsedName[] {
  const used: UsedName[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text !== '' && isReference(node) && !isDeclaredInCell(node, checker)) {
      used.push({ name: node.text, start: node.getStart(file), end: node.end, written: isWritten(node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return used;
}

/** False for identifiers that only name a part of something: properties, labels, parameters of function types. */
function isReference(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if ('name' in parent && parent.name === node) return false;
  if (ts.isQualifiedName(parent)) return parent.left === node;
  if (ts.isBindingElement(parent)) return parent.propertyName !== node;
  return !(
    ts.isLabeledStatement(parent) ||
    ts.isBreakOrContinueStatement(parent) ||
    ts.isImportTypeNode(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isExportSpecifier(parent)
  );
}

function isDeclaredInCell(node: ts.Identifier, checker: ts.TypeChecker): boolean {
  const symbol = ts.isShorthandPropertyAssignment(node.parent)
    ? checker.getShorthandAssignmentValueSymbol(node.parent)
    : checker.getSymbolAtLocation(node);
  return (symbol?.declarations?.length ?? 0) > 0;
}

/** True when the identifier is the target of an assignment, an update, or part of a destructuring assignment. */
function isWritten(identifier: ts.Identifier): boolean {
  let node: ts.Node = identifier;
  for (;;) {
    const parent: ts.Node = node.parent;
    if (ts.isBinaryExpression(parent)) return parent.left === node && isAssignment(parent.operatorToken.kind);
    if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) {
      return parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken;
    }
    if (ts.isForInStatement(parent) || ts.isForOfStatement(parent)) return parent.initializer === node;
    if (ts.isPropertyAssignment(parent) && parent.initializer !== node) return false;
    if (!isTransparentForWriting(parent)) return false;
    node = parent;
  }
}

/** Wrappers and patterns through which an assignment reaches the names inside. */
function isTransparentForWriting(node: ts.Node): boolean {
  return (
    ts.isParenthesizedExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isArrayLiteralExpression(node) ||
    ts.isObjectLiteralExpression(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isShorthandPropertyAssignment(node) ||
    ts.isSpreadElement(node) ||
    ts.isSpreadAssignment(node)
  );
}

function isAssignment(operator: ts.SyntaxKind): boolean {
  return operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment;
}
