import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { FileSource } from '../../../engine/connectors/file-source.ts';
import { END, RECORD, type Source } from '../../../engine/connectors/source.ts';
import { FileFeed, openOnDisk } from '../../../engine/node/file-feed.ts';
import { listFiles } from '../../../engine/node/list-files.ts';
import { splitOf } from '../../../engine/node/split-of.ts';
import { TempFolder } from './temp-folder.ts';

interface Reading {
  readonly records: readonly unknown[];
  /** Where a reader goes on, before the first record and after each. */
  readonly offsets: readonly number[];
}

describe('a file that is read on from any record', () => {
  let folder: TempFolder;
  beforeEach(() => {
    folder = new TempFolder();
  });
  afterEach(() => folder.remove());

  /** Reads a file from `offset` on through a feed, as a job does. */
  async function read(source: Source<unknown>, name: string, offset: number, readBytes: number): Promise<Reading> {
    const [file] = await listFiles(folder.path, [name]);
    assert.ok(file);
    let wake = (): void => undefined;
    const feed = new FileFeed(openOnDisk, readBytes, () => wake());
    feed.add(0, file);
    const reader = source.createReader({ subtask: 0, parallelism: 1, seed: 1, currentProcessingTime: () => 0, countParseError() {} });
    reader.addSplits([{ ...splitOf(file), offset }]);
    reader.noMoreSplits();
    const records: unknown[] = [];
    const offsets = [offset];
    try {
      for (;;) {
        const advance = reader.advance();
        if (advance === END) break;
        if (advance === RECORD) {
          records.push(reader.current);
          offsets.push(reader.positions()[0]!.offset);
          assert.ok(reader.positionsBeforeCurrent()[0]!.offset >= offsets.at(-2)!);
          continue;
        }
        for (const { split, offset: wanted } of reader.wanted()) feed.request(0, split, wanted);
        if (!feed.hasDeliveries) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        for (const delivery of feed.take()) {
          assert.ok(delivery.kind === 'source-data', JSON.stringify(delivery));
          reader.supply(delivery.split, delivery.offset, delivery.bytes, delivery.end);
        }
      }
    } finally {
      await feed.close();
    }
    return { records, offsets };
  }

  const word = fc.string({ unit: fc.constantFrom('a', 'ü', '€', '😀', ' ', ','), maxLength: 8 });
  const formats: Record<string, { readonly source: (path: string) => Source<unknown>; readonly text: fc.Arbitrary<string> }> = {
    text: {
      source: (path) => FileSource.text(path),
      text: fc.tuple(fc.array(fc.tuple(word, fc.constantFrom('\n', '\r\n'))), word).map(([lines, last]) => lines.flat().join('') + last),
    },
    ndjson: {
      source: (path) => FileSource.ndjson(path),
      text: fc.array(fc.oneof(word, fc.integer())).map((values) => values.map((value) => `${JSON.stringify(value)}\n`).join('\n')),
    },
    csv: {
      source: (path) => FileSource.csv(path),
      text: fc
        .array(fc.tuple(word, fc.constantFrom('x', 'a\nb', 'a""b', '')))
        .map((rows) => `id,note\r\n${rows.map(([id, note]) => `"${id}","${note}"\r\n`).join('')}`),
    },
  };
  for (const [name, { source, text }] of Object.entries(formats)) {
    for (const gzip of [false, true]) {
      it(`gives exactly the records that follow: ${name}${gzip ? ', gzip' : ''}`, async () => {
        const file = `in.${name}${gzip ? '.gz' : ''}`;
        await fc.assert(
          fc.asyncProperty(
            text,
            fc.integer({ min: 1, max: 40 }),
            fc.double({ min: 0, max: 1, noNaN: true }),
            async (content, readBytes, cut) => {
              const bytes = Buffer.from(content);
              const at = Math.floor(cut * bytes.length);
              folder.write(file, gzip ? Buffer.concat([gzipSync(bytes.subarray(0, at)), gzipSync(bytes.subarray(at))]) : bytes);
              const whole = await read(source(file), file, 0, 65_536);
              assert.deepEqual((await read(source(file), file, 0, readBytes)).records, whole.records);
              for (const [count, offset] of whole.offsets.entries()) {
                assert.deepEqual((await read(source(file), file, offset, readBytes)).records, whole.records.slice(count));
              }
            },
          ),
          { numRuns: 12 },
        );
      });
    }
  }

  it('says so when a compressed file has become shorter than what was read of it', async () => {
    folder.write('a.gz', gzipSync('one\ntwo\n'));
    await assert.rejects(
      read(FileSource.text('a.gz'), 'a.gz', 9, 100),
      /The checkpoint had read a.gz up to 9, but what it holds now ends at 8/,
    );
  });
});
