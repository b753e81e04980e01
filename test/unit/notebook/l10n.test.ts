import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

interface Manifest {
  readonly [field: string]: unknown;
}

function read(file: string): Manifest {
  return JSON.parse(readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8')) as Manifest;
}

/** String literals that are handed to `l10n.t(`, over all sources of the extension. */
function messages(): string[] {
  const folder = new URL('../../../src/', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return files.flatMap((file) => {
    const text = readFileSync(new URL(file.replaceAll('\\', '/'), folder), 'utf8');
    return [...text.matchAll(/l10n\.t\(\s*(?:'((?:[^'\\]|\\.)*)'|"([^"]*)")/g)].map(([, single, double]) =>
      (single ?? double ?? '').replace(/\\'/g, "'"),
    );
  });
}

describe('texts that users see', () => {
  it('are all in the bundle for translators, and nothing else is', () => {
    assert.deepEqual(Object.keys(read('l10n/bundle.l10n.json')).sort(), [...new Set(messages())].sort());
  });

  it('of the manifest are all in package.nls.json, and nothing else is', () => {
    const used = [...JSON.stringify(read('package.json')).matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key);
    assert.deepEqual(Object.keys(read('package.nls.json')).sort(), [...new Set(used)].sort());
  });
});
