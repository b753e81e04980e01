import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { LayeredConfiguration } from '../../../engine/api/configuration.ts';
import { OLD_NAMES, OPTIONS } from '../../../engine/api/options.ts';
import { NotebookCompiler } from '../../../src/program/compile.ts';
import { loadLibrary } from '../../../src/program/library.ts';

describe('names that options had in Flink 1', () => {
  it('are taken, in cells with a warning that names the one of today', () => {
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

  it('mean an option that there is', () => {
    for (const [old, current] of OLD_NAMES) {
      assert.ok(Object.hasOwn(OPTIONS, current), `${old} → ${current}`);
      const value = OPTIONS[current]?.standard === '' ? undefined : OPTIONS[current]?.standard;
      const configuration = new LayeredConfiguration({}, {});
      configuration.set(old, value);
      assert.equal(configuration.text(current), OPTIONS[current]?.standard);
    }
  });

  it('are listed in docs/options.md, below those of today with their defaults', () => {
    const rows = readFileSync(new URL('../../../docs/options.md', import.meta.url), 'utf8').matchAll(
      /^\| `([^`]+)` \| (?:`([^`]*)`|none) \|/gm,
    );
    assert.deepEqual(
      [...rows].map(([, name, standard = '']) => [name, standard]),
      [...Object.entries(OPTIONS).map(([name, { standard }]) => [name, standard]), ...OLD_NAMES],
    );
  });
});
