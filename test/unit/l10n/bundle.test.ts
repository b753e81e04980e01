import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { messagesOf, placesIn } from './messages.ts';

interface Fields {
  readonly [field: string]: unknown;
}

/** Where the extension host's translator is handed on as a port: the text comes from the caller. */
const PORT = /^src\/platform\/workbench\.ts:/;

function read(file: string): Fields {
  return JSON.parse(readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8'));
}

function allMessages(): ReturnType<typeof messagesOf> {
  const folder = new URL('../../../src/', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.d.ts'),
  );
  return files
    .map((file) => file.replaceAll('\\', '/'))
    .flatMap((file) => messagesOf(`src/${file}`, readFileSync(new URL(file, folder), 'utf8')))
    .filter(({ place }) => !PORT.test(place));
}

describe('texts that users see', () => {
  it('are found wherever the translator comes from', () => {
    const source = `l10n.t('a', l10n.t("b")); this.#l10n.t(\`c {0}\`, 1); ports.l10n.t(d ? 'd' : 'e'); t('f'); other.t('g');`;
    assert.deepEqual(
      messagesOf('x.ts', source).map(({ text, count, place }) => [text, count, place]),
      [
        ['a', 1, 'x.ts:1'],
        ['b', 0, 'x.ts:1'],
        ['c {0}', 1, 'x.ts:1'],
        [null, 0, 'x.ts:1'],
      ],
    );
  });

  it('are written out in the call, with a place for every argument', () => {
    const wrong = allMessages().filter(({ text, count }) => text === null || (count > 0 && placesIn(text) !== count));
    assert.deepEqual(wrong, []);
  });

  it('are all in the bundle for translators, and nothing else is', () => {
    const used = new Map(allMessages().map(({ text, place }) => [text ?? '', place]));
    const bundle = read('l10n/bundle.l10n.json');
    const missing = [...used].filter(([text]) => !Object.hasOwn(bundle, text));
    const unused = Object.keys(bundle).filter((text) => !used.has(text));
    assert.deepEqual({ missing, unused }, { missing: [], unused: [] }, 'l10n/bundle.l10n.json');
    assert.deepEqual(
      Object.entries(bundle).filter(([text, english]) => text !== english),
      [],
    );
  });

  it('of the manifest are all in package.nls.json, and nothing else is', () => {
    const used = [...JSON.stringify(read('package.json')).matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key);
    assert.deepEqual(Object.keys(read('package.nls.json')).sort(), [...new Set(used)].sort());
  });
});
