import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The declaration files cells are checked against: the API and TypeScript's ES2023 library. */
export interface CellLibrary {
  /** Text of the API's declarations. */
  readonly api: string;
  /** Text of a library file such as "lib.es5.d.ts"; undefined if there is none of this name. */
  read(name: string): string | undefined;
}

/** In a bundle, `lib/` lies beside it and holds the API and TypeScript's library; in the repository each is where it belongs. */
export function findLibrary(): { readonly api: string; readonly directory: string } {
  const bundled = fileURLToPath(new URL('./lib/', import.meta.url));
  const api = join(bundled, 'api.d.ts');
  if (existsSync(api)) return { api, directory: bundled };
  return {
    api: fileURLToPath(new URL('./cells-api/api.d.ts', import.meta.url)),
    directory: dirname(createRequire(import.meta.url).resolve('typescript/lib/lib.es5.d.ts')),
  };
}

/** Reads library files when they are asked for, once each. Throws if the API's declarations cannot be read. */
export function loadLibrary(place: { readonly api: string; readonly directory: string } = findLibrary()): CellLibrary {
  const texts = new Map<string, string | undefined>();
  return {
    api: readFileSync(place.api, 'utf8'),
    read(name) {
      if (!texts.has(name)) {
        const path = join(place.directory, name);
        texts.set(name, existsSync(path) ? readFileSync(path, 'utf8') : undefined);
      }
      return texts.get(name);
    },
  };
}
