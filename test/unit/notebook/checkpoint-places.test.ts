import assert from 'node:assert/strict';
import type { Memory } from '../../../src/platform/ports.ts';
import { type CheckpointPlace, CheckpointPlaces } from '../../../src/notebook/jobs/checkpoint-places.ts';

const ROOT = '/storage';

function start(remembered?: unknown): {
  readonly places: CheckpointPlaces;
  readonly memory: Memory;
  run(notebook: string): CheckpointPlace;
} {
  const values = new Map<string, unknown>([['checkpointPlaces', remembered]]);
  const memory: Memory = { get: (key) => values.get(key), set: (key, value) => void values.set(key, value) };
  const places = new CheckpointPlaces(ROOT, memory);
  const run = (notebook: string): CheckpointPlace => {
    const place = places.of(notebook, 'sums') ?? assert.fail('no place');
    places.remember(place, notebook);
    return place;
  };
  return { places, memory, run };
}

describe('the folders of checkpoints', () => {
  it('are found again by the notebook, and the notebook by them, in another window too', () => {
    const { places, memory, run } = start();
    const place = run('file:///w/a%20b.stream.md');
    assert.deepEqual(place.job, { notebook: 'a b.stream.md', cell: 'sums' });
    assert.notEqual(run('file:///other/a%20b.stream.md').directory, place.directory);
    const later = new CheckpointPlaces(ROOT, memory);
    assert.deepEqual(later.of('file:///w/a%20b.stream.md', 'sums'), place);
    assert.equal(places.notebookOf(place.directory), 'file:///w/a%20b.stream.md');
    assert.equal(places.notebookOf('/storage/unknown'), null);
  });

  it('stay with a notebook that is renamed, or moved with its folder; a new one under the old name gets its own', () => {
    const { places, run } = start();
    const place = run('file:///w/a.stream.md');
    places.rename('file:///w/a.stream.md', 'file:///w/b.stream.md');
    places.rename('file:///w', 'file:///v');
    assert.deepEqual(places.of('file:///v/b.stream.md', 'sums'), place, 'with the name that its checkpoints have in them');
    assert.equal(places.notebookOf(place.directory), 'file:///v/b.stream.md');
    assert.equal(places.nameOf(place.directory), 'b.stream.md');
    const anew = run('file:///w/a.stream.md');
    assert.notEqual(anew.directory, place.directory);
    assert.deepEqual(places.of('file:///w/a.stream.md', 'sums'), anew);
  });

  it('are unharmed by a memory that makes no sense', () => {
    for (const remembered of [null, 7, 'x', { 'file:///a': null, 'file:///b': { folder: 1 } }]) {
      const { places, run } = start(remembered);
      const place = run('file:///a');
      assert.equal(places.notebookOf(place.directory), 'file:///a');
    }
  });
});
