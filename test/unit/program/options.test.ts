import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { LayeredConfiguration } from '../../../engine/api/configuration.ts';
import { OLD_NAMES, OPTIONS } from '../../../engine/api/options.ts';
import { NotebookCompiler } from '../../../src/program/compile.ts';
import { loadLibrary } from '../../../src/program/library.ts';

describe('options', () => {
  it('take their names of Flink 1, in cells with a warning that names the one of today', () => {
    const compiler = new NotebookCompiler(loadLibrary());
    const text = "env.configure({ 'state.backend': 'hashmap', 'restart-strategy': 'none' });\nenv.fromData([1])";
    const result = compiler.compile([{ id: 'a', number: 1, name: null, text }], 'a', { check: true });
    compiler.dispose();
    assert.ok(result.ok, JSON.stringify(result.diagnostics));
    assert.deepEqual(
      result.diagnostics.map(({ severity, code, range, message }) => [severity, code, range.start.column, message]),
      [
        [
          'warning',
          'streambook.deprecated-option',
          17,
          '“state.backend” is the name of this option in Flink 1. Write “state.backend.type”.',
        ],
        [
          'warning',
          'streambook.deprecated-option',
          45,
          '“restart-strategy” is the name of this option in Flink 1. Write “restart-strategy.type”.',
        ],
      ],
    );
  });

  it('have an option of today for each name of Flink 1', () => {
    for (const [old, current] of OLD_NAMES) {
      assert.ok(Object.hasOwn(OPTIONS, current), `${old} → ${current}`);
      const value = OPTIONS[current]?.standard === '' ? undefined : OPTIONS[current]?.standard;
      const configuration = new LayeredConfiguration({}, {});
      configuration.set(old, value);
      assert.equal(configuration.text(current), OPTIONS[current]?.standard);
    }
  });

  it('are listed in docs/options.md with their defaults, and then the names of Flink 1', () => {
    const rows = readFileSync(new URL('../../../docs/options.md', import.meta.url), 'utf8').matchAll(
      /^\| `([^`]+)` \| (?:`([^`]*)`|none) \|/gm,
    );
    assert.deepEqual(
      [...rows].map(([, name, standard = '']) => [name, standard]),
      [...Object.entries(OPTIONS).map(([name, { standard }]) => [name, standard]), ...OLD_NAMES],
    );
  });

  it('have in the declarations of cells, in brackets, the default that they have', () => {
    const declarations = readFileSync(new URL('../../../src/program/cells-api/api.d.ts', import.meta.url), 'utf8');
    const declared = new Map(
      [...declarations.matchAll(/\/\*\*[^\n]*?\[([^\]\n]+)\] \*\/\s+'([a-z0-9.-]+)'\?:/g)].map(([, value = '', name = '']) => [
        name,
        value.split(/[;,]| = /)[0],
      ]),
    );
    assert.equal(declared.get('restart-strategy.type'), 'fixed-delay');
    for (const [name, { standard }] of Object.entries(OPTIONS)) {
      assert.ok(declarations.includes(`'${name}'?:`), name);
      if (standard !== '' && declared.has(name)) assert.equal(declared.get(name), standard === '0 ms' ? '0' : standard, name);
    }
  });
});
