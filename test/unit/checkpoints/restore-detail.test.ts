import assert from 'node:assert/strict';
import type { CheckpointManifest } from '../../../engine/checkpoint/manifest.ts';
import { restoreDetail } from '../../../src/checkpoints/restore-detail.ts';
import { catalogOf, JOB, l10n, manifest } from './fixtures.ts';

/** A checkpoint that commits these files. */
function withFiles(checkpoint: number, files: readonly string[]): CheckpointManifest {
  const { operators, ...rest } = manifest(checkpoint, []);
  const committables = files.map((final) => ({ directory: 'out', pending: `.${final}`, final, bytes: 1 }));
  const [source] = operators;
  assert.ok(source);
  return { ...rest, operators: [{ ...source, subtasks: source.subtasks.map((subtask) => ({ ...subtask, committables })) }] };
}

describe('The question before a restore', () => {
  it('names the files of later checkpoints, each once, in the order in which they were written', async () => {
    const first = withFiles(1, ['a']);
    const catalog = catalogOf([withFiles(3, ['c', 'd']), withFiles(2, ['b', 'c']), first], () => []);
    assert.match(await restoreDetail(catalog, JOB, first, l10n), /The files stay: out\/b, out\/c, out\/d\.$/);
  });

  it('says that there are more where checkpoints have been deleted, not where they have failed', async () => {
    const first = withFiles(1, ['a']);
    const detail = (...later: readonly CheckpointManifest[]): Promise<string> =>
      restoreDetail(
        catalogOf([...later, first], () => []),
        JOB,
        first,
        l10n,
      );
    assert.match(await detail(withFiles(4, ['d'])), /out\/d, and those of checkpoints that are gone\.$/);
    // In this catalog the second has failed.
    assert.match(await detail(withFiles(3, ['c'])), /out\/c\.$/);
  });
});
