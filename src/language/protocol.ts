/** Messages between the extension host (or the command line) and the language worker, which owns TypeScript. */
import type { CellDiagnostic, CellSource, CompileResult } from '../program/types.ts';

export type LanguageRequest =
  /** All `ts` cells of a notebook in file order (not the `no-run` ones), and which one to run. `check: false` skips type errors. */
  | {
      readonly id: number;
      readonly type: 'compile';
      readonly notebook: string;
      readonly cells: readonly CellSource[];
      readonly target: string;
      readonly check: boolean;
    }
  /** Every problem of every cell, for underlining while typing. */
  | { readonly id: number; readonly type: 'diagnose'; readonly notebook: string; readonly cells: readonly CellSource[] };

export type LanguageReply =
  | { readonly id: number; readonly ok: true; readonly type: 'compile'; readonly result: CompileResult }
  | { readonly id: number; readonly ok: true; readonly type: 'diagnose'; readonly diagnostics: readonly CellDiagnostic[] }
  | { readonly id: number; readonly ok: false; readonly message: string };
