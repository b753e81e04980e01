import ts from 'typescript';
import { findFreeNames } from './free-names.ts';
import { findDeprecatedOptions } from './deprecated-options.ts';
import { findForbiddenSyntax } from './forbidden-syntax.ts';

/** A name the cell declares at its top level. Offsets into the cell's text. */
export interface DeclaredName {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** False for an interface, a type alias or a `declare`d variable, which do not exist at run time. */
  readonly value: boolean;
  /** Declared by const, let or var: something that may hold a stream. */
  readonly variable: boolean;
}

/** A place where the cell uses a name that it does not declare. `written`: it is assigned or updated there. */
export interface UsedName {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly written: boolean;
}

/** A problem that is in the cell alone. */
export interface CellProblem {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly code: string;
  /** Absent: an error. */
  readonly severity?: 'warning';
}

/** What can be said about a cell without looking at the others: a pure function of its text. */
export interface CellAnalysis {
  /** In order of appearance; a name can appear more than once (overloads, an interface and a class). */
  readonly declared: readonly DeclaredName[];
  /** In order of appearance. */
  readonly used: readonly UsedName[];
  readonly problems: readonly CellProblem[];
  /** Every statement is a call that sets something on `env`, and there is at least one. */
  readonly onlySettings: boolean;
  /** The cell shows or writes something by itself: its last expression, `display(…)`, `.print()`, `.sinkTo(…)`; or it has problems to report. */
  readonly producesOutput: boolean;
}

const FILE = 'cell.ts';

const OPTIONS: ts.CompilerOptions = {
  noLib: true,
  noResolve: true,
  types: [],
  moduleDetection: ts.ModuleDetectionKind.Force,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
};

/** Names, uses and problems of one cell. TypeScript's own binder and checker say which declaration a name belongs to. */
export function analyseCell(text: string): CellAnalysis {
  const { program, file } = parse(text);
  const problems = program.getSyntacticDiagnostics(file).map(
    (diagnostic): CellProblem => ({
      start: diagnostic.start,
      end: diagnostic.start + diagnostic.length,
      message: ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'),
      code: `TS${diagnostic.code}`,
    }),
  );
  // With a broken syntax tree the other findings would mostly be consequences of the first error.
  if (problems.length === 0) problems.push(...findForbiddenSyntax(file), ...findDeprecatedOptions(file));
  return {
    declared: findDeclaredNames(file),
    used: findFreeNames(file, program.getTypeChecker()),
    problems,
    onlySettings: file.statements.length > 0 && file.statements.every(isSetting),
    producesOutput: problems.some(({ severity }) => severity === undefined) || findsOutput(file),
  };
}

function parse(text: string): { program: ts.Program; file: ts.SourceFile } {
  const host: ts.CompilerHost = {
    getSourceFile: (name, options) => (name === FILE ? ts.createSourceFile(FILE, text, options, true) : undefined),
    getDefaultLibFileName: () => 'lib.d.ts',
    writeFile: () => undefined,
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (name) => name === FILE,
    readFile: () => undefined,
  };
  const program = ts.createProgram([FILE], OPTIONS, host);
  const file = program.getSourceFile(FILE);
  if (file === undefined) throw new Error('TypeScript did not parse the cell');
  return { program, file };
}

function findDeclaredNames(file: ts.SourceFile): DeclaredName[] {
  const names: DeclaredName[] = [];
  const add = (name: ts.Identifier, value: boolean, variable: boolean): void => {
    // A missing name (`const = 1`) is parsed as an empty identifier.
    if (name.text !== '') names.push({ name: name.text, start: name.getStart(file), end: name.end, value, variable });
  };
  const addBinding = (name: ts.BindingName): void => {
    if (ts.isIdentifier(name)) add(name, true, true);
    else for (const element of name.elements) if (!ts.isOmittedExpression(element)) addBinding(element.name);
  };
  const addHoisted = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return;
    if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) === 0) {
      for (const declaration of node.declarations) addBinding(declaration.name);
    }
    ts.forEachChild(node, addHoisted);
  };
  for (const statement of file.statements) {
    if (ts.isVariableStatement(statement)) {
      const ambient = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword) === true;
      for (const { name } of statement.declarationList.declarations) {
        if (!ambient) addBinding(name);
        else if (ts.isIdentifier(name)) add(name, false, false);
      }
    } else if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
      if (statement.name !== undefined) add(statement.name, true, false);
    } else if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) add(statement.name, false, false);
    else if (ts.isEnumDeclaration(statement)) add(statement.name, true, false);
    else if (ts.isModuleDeclaration(statement)) {
      if (ts.isIdentifier(statement.name)) add(statement.name, true, false);
    } else addHoisted(statement);
  }
  return names;
}

/** Methods of `env` that begin a stream or start the job instead of setting something. */
function startsStream(method: string): boolean {
  return method.startsWith('from') || method === 'socketTextStream' || method === 'execute' || method === 'getExecutionPlan';
}

function isSetting(statement: ts.Statement): boolean {
  if (ts.isEmptyStatement(statement)) return true;
  if (!ts.isExpressionStatement(statement) || !ts.isCallExpression(statement.expression)) return false;
  let node: ts.Expression = statement.expression;
  let firstMethod: string | null = null;
  while (ts.isCallExpression(node) || ts.isPropertyAccessExpression(node)) {
    if (ts.isPropertyAccessExpression(node)) firstMethod = node.name.text;
    node = node.expression;
  }
  return ts.isIdentifier(node) && node.text === 'env' && firstMethod !== null && !startsStream(firstMethod);
}

const SINKS: ReadonlySet<string> = new Set(['print', 'printToErr', 'sinkTo', 'addSink', 'executeAndCollect']);

/**
 * True when running the cell gives more than a preview, as far as the text tells: the command line runs such cells.
 * A last expression counts when it is not a setting of `env`.
 */
function findsOutput(file: ts.SourceFile): boolean {
  const last = file.statements.at(-1);
  if (last !== undefined && ts.isExpressionStatement(last) && !isSetting(last)) return true;
  let found = false;
  const visit = (node: ts.Node): void => {
    if (found) return;
    if (ts.isCallExpression(node)) {
      const callee = node.expression;
      if (ts.isIdentifier(callee)) found = callee.text === 'display';
      else if (ts.isPropertyAccessExpression(callee)) found = SINKS.has(callee.name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
