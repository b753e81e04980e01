import * as vscode from 'vscode';
import type { Disposable, Problem, ProblemRange, Problems } from './ports.ts';

const SEVERITIES: Readonly<Record<Problem['severity'], vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

/** Problems of cells in VS Code's diagnostics. */
export class VsCodeProblems implements Problems, Disposable {
  readonly #collection: vscode.DiagnosticCollection;
  readonly #source: string;

  constructor(name: string, source: string) {
    this.#collection = vscode.languages.createDiagnosticCollection(name);
    this.#source = source;
  }

  set(cell: string, problems: readonly Problem[]): void {
    this.#collection.set(
      vscode.Uri.parse(cell, true),
      problems.map((problem) => this.#toDiagnostic(problem)),
    );
  }

  clear(cell: string): void {
    this.#collection.delete(vscode.Uri.parse(cell, true));
  }

  dispose(): void {
    this.#collection.dispose();
  }

  #toDiagnostic(problem: Problem): vscode.Diagnostic {
    const diagnostic = new vscode.Diagnostic(toRange(problem.range), problem.message, SEVERITIES[problem.severity]);
    diagnostic.source = this.#source;
    if (problem.code !== null) {
      diagnostic.code = problem.code;
    }
    const { related } = problem;
    if (related !== null) {
      const location = new vscode.Location(vscode.Uri.parse(related.cell, true), toRange(related.range));
      diagnostic.relatedInformation = [new vscode.DiagnosticRelatedInformation(location, related.message)];
    }
    return diagnostic;
  }
}

function toRange({ start, end }: ProblemRange): vscode.Range {
  return new vscode.Range(
    Math.max(0, start.line - 1),
    Math.max(0, start.column - 1),
    Math.max(0, end.line - 1),
    Math.max(0, end.column - 1),
  );
}
