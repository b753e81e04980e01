import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const ROOT = new URL('../../../', import.meta.url);
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(new URL('docs/', ROOT)).flatMap((name) => (name.endsWith('.md') ? `docs/${name}` : [])),
];

describe('the pages', () => {
  for (const page of PAGES) {
    it(`name and link what there is: ${page}`, () => {
      const text = readFileSync(new URL(page, ROOT), 'utf8');
      const named = [...text.matchAll(/`((?:engine|src|test|scripts|bench|docs|samples)\/[\w./-]*)`/g)].map(
        ([, path = '']) => new URL(path, ROOT),
      );
      const linked = [...text.matchAll(/(?:\]\(|(?:src|srcset)=")(?!https?:|#)([^)"#]+)/g)].map(
        ([, path = '']) => new URL(path, new URL(page, ROOT)),
      );
      const missing = [...named, ...linked].filter((url) => !existsSync(url)).map(({ pathname }) => pathname);
      assert.deepEqual(missing, []);
    });
  }
});
