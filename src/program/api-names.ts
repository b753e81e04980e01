import ts from 'typescript';

/** The names that cells see without declaring them. */
export interface ApiNames {
  /** Names with a value at run time; they become parameters of the program where a cell uses them. */
  readonly values: ReadonlySet<string>;
  readonly types: ReadonlySet<string>;
}

/** What the engine calls into, and what the engine replaces so that a run can be replayed. */
export const HOOK_NAMES: readonly string[] = ['__cell', '__result', '__preview'];
const REPLACED_GLOBALS: readonly string[] = ['Date', 'Math'];

/** Reads the top-level names of the API's declaration file. */
export function readApiNames(declarations: string): ApiNames {
  const values = new Set<string>(REPLACED_GLOBALS);
  const types = new Set<string>();
  for (const statement of ts.createSourceFile('api.d.ts', declarations, ts.ScriptTarget.ES2022).statements) {
    if (ts.isVariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations) if (ts.isIdentifier(name)) values.add(name.text);
    } else if (ts.isFunctionDeclaration(statement) && statement.name !== undefined) values.add(statement.name.text);
    else if (ts.isClassDeclaration(statement) && statement.name !== undefined) {
      values.add(statement.name.text);
      types.add(statement.name.text);
    } else if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) types.add(statement.name.text);
  }
  return { values, types };
}
