import assert from 'node:assert/strict';
import { DataGeneratorSource, type DataGeneratorOptions } from '../../../engine/connectors/data-generator-source.ts';
import { RateLimiterStrategy } from '../../../engine/connectors/rate-limiter.ts';
import { END, RECORD, WAITING, type SourceReader } from '../../../engine/connectors/source.ts';

/** A reader with its split of `parallelism`, going on from `offset` if given. */
function open<T>(
  options: DataGeneratorOptions<T>,
  { subtask = 0, parallelism = 1, offset = undefined as number | undefined, seed = 1, now = { time: 0 } } = {},
) {
  const source = DataGeneratorSource(options);
  const reader = source.createReader({
    subtask,
    parallelism,
    seed,
    currentProcessingTime: () => now.time,
    countParseError: () => undefined,
  });
  const split = source.splitsFor!(parallelism)[subtask]!;
  reader.addSplits([{ ...split, offset: offset ?? split.offset }]);
  reader.noMoreSplits();
  return { source, reader };
}

function take<T>(reader: SourceReader<T>, most = Number.POSITIVE_INFINITY): T[] {
  const records: T[] = [];
  while (records.length < most && reader.advance() === RECORD) records.push(reader.current);
  return records;
}

describe('a data generator source', () => {
  const squares = { generatorFunction: (index: number): number => index * index, count: 7 };

  it('makes one record per index, then ends for good', () => {
    const { source, reader } = open(squares);
    assert.equal(source.boundedness, 'BOUNDED');
    assert.deepEqual(take(reader), [0, 1, 4, 9, 16, 25, 36]);
    assert.equal(reader.advance(), END);
    assert.equal(reader.advance(), END);
    assert.equal(reader.isSplitFinished(0), true);
    assert.equal(DataGeneratorSource({ generatorFunction: () => 1 }).boundedness, 'CONTINUOUS_UNBOUNDED');
    assert.deepEqual(take(open({ ...squares, count: 0 }).reader), []);
  });

  it('shares the indexes out evenly', () => {
    const parts = [0, 1, 2].map((subtask) => take(open(squares, { subtask, parallelism: 3 }).reader));
    assert.deepEqual(parts, [
      [0, 9, 36],
      [1, 16],
      [4, 25],
    ]);
  });

  it('goes on from a position with the same records, random ones too', () => {
    const options = {
      generatorFunction: (index: number, random: { nextInt(bound: number): number }) => `${index}:${random.nextInt(1_000_000)}`,
      count: 50,
    };
    const whole = take(open(options).reader);
    assert.equal(new Set(whole.map((record) => record.split(':')[1])).size, 50);
    const { reader } = open(options);
    take(reader, 20);
    const [position] = reader.positions();
    assert.deepEqual(take(open(options, { offset: position!.offset }).reader), whole.slice(20));
    assert.notDeepEqual(take(open(options, { seed: 2 }).reader), whole);
  });

  it('keeps to its rate on the job clock, without a burst after a pause', () => {
    const now = { time: 1_000 };
    const { reader } = open({ generatorFunction: (index) => index, rateLimiterStrategy: RateLimiterStrategy.perSecond(4) }, { now });
    assert.deepEqual(take(reader), [0]);
    assert.equal(reader.advance(), WAITING);
    assert.equal(reader.nextWakeUp(), 1_250);
    now.time = 1_249;
    assert.equal(reader.advance(), WAITING);
    now.time = 1_600;
    assert.deepEqual(take(reader), [1, 2]);
    assert.equal(reader.nextWakeUp(), 1_750);
    now.time = 60_000;
    assert.equal(take(reader).length, 5);
    assert.equal(reader.nextWakeUp(), 60_250);
  });

  it('refuses what makes no sense, and what is not there yet', () => {
    assert.throws(() => DataGeneratorSource({ ...squares, count: 1.5 }), {
      name: 'IllegalArgumentException',
      message: 'count is a whole number from 0, not 1.5.',
    });
    assert.throws(() => RateLimiterStrategy.perSecond(0), { name: 'IllegalArgumentException' });
    assert.throws(() => DataGeneratorSource({ ...squares, rateLimiterStrategy: RateLimiterStrategy.perCheckpoint(5) }), {
      name: 'UnsupportedOperationException',
    });
  });
});
