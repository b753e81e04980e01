import ts from 'typescript';
import { formerName } from './flink-1.ts';
import type { NotebookGraph } from './graph.ts';
import type { CellLibrary } from './library.ts';
import { rangeAt } from './positions.ts';
import type { CellDiagnostic } from './types.ts';

const LIBRARY_FOLDER = '/lib';
const API_FILE = `${LIBRARY_FOLDER}/api.d.ts`;

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  lib: ['lib.es2023.d.ts'],
  types: [],
  strict: true,
  skipLibCheck: true,
  noEmit: true,
};

/** Problems the graph reports in its own words: TypeScript's version of the same would only be noise. */
const REPORTED_BY_GRAPH: ReadonlySet<number> = new Set([
  2632, // Cannot assign to 'x' because it is an import.
]);

/** One cell as a module: the cell's text unchanged, with imports and exports appended so that positions stay. */
interface CellModule {
  readonly path: string;
  text: string;
  version: number;
}

/** A registry shares the parsed library between notebooks; without it each would parse 70 files again. */
const registry = ts.createDocumentRegistry(true, '/');
let notebooks = 0;

/** Type errors of one notebook's cells, incremental: what did not change between two calls is not checked again. */
export class CellTypeChecker {
  readonly #library: CellLibrary;
  readonly #service: ts.LanguageService;
  /** The registry knows documents by path, so that each notebook needs a folder of its own. */
  readonly #folder = `/notebook-${++notebooks}`;
  readonly #modules = new Map<string, CellModule>();
  #nextModule = 1;
  #projectVersion = 0;

  constructor(library: CellLibrary) {
    this.#library = library;
    this.#service = ts.createLanguageService(this.#createHost(), registry);
  }

  /** Takes over the current text of all cells. */
  update(graph: NotebookGraph): void {
    const ids = new Set(graph.cells.map((cell) => cell.id));
    for (const id of [...this.#modules.keys()]) if (!ids.has(id)) this.#modules.delete(id);
    for (const cell of graph.cells) {
      if (!this.#modules.has(cell.id)) {
        this.#modules.set(cell.id, { path: `${this.#folder}/${this.#nextModule++}.ts`, text: '', version: 0 });
      }
    }
    graph.cells.forEach((cell, index) => {
      const module = this.#module(cell.id);
      const text = this.#moduleText(graph, index);
      if (module.text === text) return;
      module.text = text;
      module.version++;
    });
    this.#projectVersion++;
  }

  /** Type errors of one cell, top to bottom. Call `update` before. */
  check(graph: NotebookGraph, index: number): readonly CellDiagnostic[] {
    const cell = graph.cells[index];
    if (cell === undefined) return [];
    const diagnostics: CellDiagnostic[] = [];
    for (const diagnostic of this.#service.getSemanticDiagnostics(this.#module(cell.id).path)) {
      if (diagnostic.category !== ts.DiagnosticCategory.Error || REPORTED_BY_GRAPH.has(diagnostic.code)) continue;
      if (diagnostic.start === undefined || diagnostic.start > cell.text.length) continue;
      const related = this.#relatedPlace(graph, diagnostic);
      const end = diagnostic.start + (diagnostic.length ?? 0);
      const message = readable(diagnostic.messageText);
      const former = formerName(diagnostic.code, cell.text.slice(diagnostic.start, end), message);
      diagnostics.push({
        cell: cell.id,
        range: rangeAt(cell.text, diagnostic.start, end),
        severity: 'error',
        message: former ?? message,
        code: former === null ? `TS${diagnostic.code}` : 'streambook.flink-1',
        ...(related === null ? {} : { related }),
      });
    }
    return diagnostics;
  }

  dispose(): void {
    this.#service.dispose();
  }

  #moduleText(graph: NotebookGraph, index: number): string {
    const parts: string[] = [];
    for (const [name, from] of graph.imports[index] ?? []) {
      parts.push(`import { ${name} } from '${this.#module(graph.cells[from]?.id ?? '').path}';`);
    }
    const exported = new Set(graph.analyses[index]?.declared.map(({ name }) => name));
    parts.push(`export { ${[...exported].join(', ')} };`);
    return `${graph.cells[index]?.text ?? ''}\n;${parts.join(' ')}`;
  }

  #relatedPlace(graph: NotebookGraph, diagnostic: ts.Diagnostic): NonNullable<CellDiagnostic['related']> | null {
    for (const { file, start, length, messageText } of diagnostic.relatedInformation ?? []) {
      const cell = graph.cells.find(({ id }) => this.#modules.get(id)?.path === file?.fileName);
      if (cell === undefined || start === undefined || start > cell.text.length) continue;
      return { cell: cell.id, range: rangeAt(cell.text, start, start + (length ?? 0)), message: readable(messageText) };
    }
    return null;
  }

  #module(id: string): CellModule {
    const module = this.#modules.get(id);
    if (module === undefined) throw new Error(`Cell ${id} is not known to the type checker`);
    return module;
  }

  #read(path: string): string | undefined {
    if (path === API_FILE) return this.#library.api;
    if (path.startsWith(`${LIBRARY_FOLDER}/`)) return this.#library.read(path.slice(LIBRARY_FOLDER.length + 1));
    return this.#find(path)?.text;
  }

  #find(path: string): CellModule | undefined {
    for (const module of this.#modules.values()) if (module.path === path) return module;
    return undefined;
  }

  #createHost(): ts.LanguageServiceHost {
    return {
      getCompilationSettings: () => OPTIONS,
      getProjectVersion: () => String(this.#projectVersion),
      getScriptFileNames: () => [API_FILE, ...[...this.#modules.values()].map(({ path }) => path)],
      getScriptVersion: (path) => String(this.#find(path)?.version ?? 0),
      getScriptSnapshot: (path) => {
        const text = this.#read(path);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => '/',
      getDefaultLibFileName: () => `${LIBRARY_FOLDER}/lib.es2023.d.ts`,
      fileExists: (path) => this.#read(path) !== undefined,
      readFile: (path) => this.#read(path),
      useCaseSensitiveFileNames: () => true,
      resolveModuleNameLiterals: (literals) =>
        literals.map(({ text }) => ({
          resolvedModule: this.#find(text) === undefined ? undefined : { resolvedFileName: text, extension: ts.Extension.Ts },
        })),
    };
  }
}

/** TypeScript's nested messages as indented lines, without the paths of our virtual modules and without advice that cells cannot follow. */
function readable(message: string | ts.DiagnosticMessageChain): string {
  return ts
    .flattenDiagnosticMessageText(message, '\n')
    .replaceAll(/import\("\/notebook-[^"]*"\)\./g, '')
    .replace(/ Do you need to (?:install type definitions|change your target library).*$/s, '');
}
