import assert from 'node:assert/strict';
import { FileSource } from '../../../engine/connectors/file-source.ts';
import { END, RECORD, WAITING, type Source, type SourceReader } from '../../../engine/connectors/source.ts';

function open<T>(source: Source<T>, splits: readonly { id: string; offset: number }[]) {
  const counted = { errors: 0 };
  const reader = source.createReader({
    subtask: 0,
    parallelism: 1,
    seed: 1,
    currentProcessingTime: () => 0,
    countParseError: () => counted.errors++,
  });
  reader.addSplits(splits);
  reader.noMoreSplits();
  return { reader, counted };
}

/** Reads until `most` records or the end; gives record and split. */
function drain<T>(reader: SourceReader<T>, files: Readonly<Record<string, string>>, most = Number.POSITIVE_INFINITY): [number, T][] {
  const found: [number, T][] = [];
  while (found.length < most) {
    const advance = reader.advance();
    if (advance === END) break;
    if (advance === RECORD) {
      found.push([reader.currentSplit, reader.current]);
      continue;
    }
    for (const { split, offset } of reader.wanted()) {
      const bytes = new TextEncoder().encode(files[split]);
      reader.supply(split, offset, bytes.subarray(offset, offset + 3), offset + 3 >= bytes.length);
    }
  }
  return found;
}

describe('a file source', () => {
  const files = { 'a.txt': 'one\ntwo\n', 'b.txt': 'three\n', 'c.txt': '' };
  const splits = Object.keys(files).map((id) => ({ id, offset: 0 }));

  it('reads file after file; one that is not begun takes no part in watermarks', () => {
    const { reader } = open(FileSource.text('x'), splits);
    assert.equal(reader.advance(), WAITING);
    assert.equal(reader.splitCount, 1);
    assert.deepEqual(reader.wanted(), [{ split: 'a.txt', offset: 0 }]);
    assert.deepEqual(drain(reader, files), [
      [0, 'one'],
      [0, 'two'],
      [1, 'three'],
    ]);
    assert.equal(reader.splitCount, 3);
    assert.ok([0, 1, 2].every((split) => reader.isSplitFinished(split)));
    assert.equal(reader.advance(), END);
  });

  it('goes on from its positions with exactly the records that follow', () => {
    const whole = drain(open(FileSource.text('x'), splits).reader, files).map(([, record]) => record);
    for (let read = 0; read <= whole.length; read++) {
      const { reader } = open(FileSource.text('x'), splits);
      drain(reader, files, read);
      const rest = open(
        FileSource.text('x'),
        reader.positions().map(({ split, offset }) => ({ id: split, offset })),
      );
      assert.deepEqual(
        drain(rest.reader, files).map(([, record]) => record),
        whole.slice(read),
      );
    }
  });

  it('counts what it skips', () => {
    const { reader, counted } = open(FileSource.ndjson('x', { ignoreParseErrors: true }), [{ id: 'a', offset: 0 }]);
    assert.deepEqual(drain(reader, { a: '1\noops\n2' }), [
      [0, 1],
      [0, 2],
    ]);
    assert.equal(counted.errors, 1);
  });

  it('is described by its paths and refuses what it cannot do', () => {
    const source = FileSource.text(['a', 'b/*.txt']);
    assert.equal(source.description, 'FileSource(a, b/*.txt)');
    assert.deepEqual(source.enumeration, { kind: 'files', paths: ['a', 'b/*.txt'] });
    assert.deepEqual(FileSource.text('a', { monitorInterval: '5 s' }).enumeration, {
      kind: 'files',
      paths: ['a'],
      watch: { interval: 5_000, follow: false },
    });
    assert.throws(() => FileSource.text('a', { charset: 'cp500' }), {
      name: 'IllegalArgumentException',
      message: "The charset 'cp500' is not supported.",
    });
    assert.throws(() => FileSource.text([]), { name: 'IllegalArgumentException' });
    assert.throws(() => FileSource.text(' '), { name: 'IllegalArgumentException' });
  });
});
