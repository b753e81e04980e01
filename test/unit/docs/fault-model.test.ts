import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

const MUTANTS = new URL('../../mutants/', import.meta.url);

describe('docs/fault-model.md', () => {
  it('lists the planted bugs in the words of their files', () => {
    const page = readFileSync(new URL('../../../docs/fault-model.md', import.meta.url), 'utf8');
    const files = readdirSync(MUTANTS).filter((name) => name.endsWith('.json'));
    const bugs = files.map((name) => {
      const { what } = JSON.parse(readFileSync(new URL(name, MUTANTS), 'utf8')) as { readonly what: string };
      return `| \`${name.slice(0, -'.json'.length)}\` | ${what} |`;
    });
    const [, table = ''] = page.split('| Bug | What it is |\n| --- | --- |\n');
    assert.deepEqual(table.split('\n\n')[0]?.split('\n').sort(), bugs.sort());
  });
});
