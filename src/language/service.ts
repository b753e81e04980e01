import { NotebookCompiler } from '../program/compile.ts';
import type { CellLibrary } from '../program/library.ts';
import type { LanguageReply, LanguageRequest } from './protocol.ts';

/** Each compiler keeps a checked program in memory, some 30 MB: only the notebooks used last have one. */
const MAX_NOTEBOOKS = 8;

/** Answers requests about cells. An exception becomes an error reply. */
export class LanguageService {
  readonly #loadLibrary: () => CellLibrary;
  #library: CellLibrary | null = null;
  /** Least recently used first. */
  readonly #compilers = new Map<string, NotebookCompiler>();

  constructor(load: () => CellLibrary) {
    this.#loadLibrary = load;
  }

  handle(request: LanguageRequest): LanguageReply {
    const { id } = request;
    try {
      const compiler = this.#compiler(request.notebook);
      if (request.type === 'diagnose') return { id, ok: true, type: 'diagnose', diagnostics: compiler.diagnose(request.cells) };
      return { id, ok: true, type: 'compile', result: compiler.compile(request.cells, request.target, { check: request.check }) };
    } catch (error) {
      return { id, ok: false, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  }

  #compiler(notebook: string): NotebookCompiler {
    this.#library ??= this.#loadLibrary();
    const compiler = this.#compilers.get(notebook) ?? new NotebookCompiler(this.#library);
    this.#compilers.delete(notebook);
    this.#compilers.set(notebook, compiler);
    for (const [oldest, unused] of this.#compilers) {
      if (this.#compilers.size <= MAX_NOTEBOOKS) break;
      unused.dispose();
      this.#compilers.delete(oldest);
    }
    return compiler;
  }
}
