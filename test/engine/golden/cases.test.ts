import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { readGoldenFile } from '../../../engine/testkit/golden-case.ts';
import { formatGoldenResults } from '../../../engine/testkit/golden-folder.ts';
import { runGoldenCase } from '../../../engine/testkit/golden.ts';
import { PLAY_MODES, RESTORING_MODES } from '../../../engine/testkit/pipeline.ts';

/** Cases that keep something outside of Flink's state, by what they do with it: a job that is restored does not have it, on Flink neither. */
const NOT_RESTORABLE: ReadonlyMap<string, string> = new Map([['connect/co-flatmap', 'counts in a variable beside the function']]);

/** Cases, or groups of them, that show more than what is the same with other subtasks: their watermarks begin anew, and sources say theirs again. */
const NOT_RESCALABLE: ReadonlyMap<string, string> = new Map([
  ['connect/co-flatmap', 'counts in a variable beside the function'],
  ['parallel/', 'shows subtasks'],
  ['restore/event-timers', 'loses its watermark when it is restored by itself'],
  ['timers/past', 'has a timer that waits for the next watermark'],
  ['watermarks/bounded-per-record', 'makes watermarks in the middle of the stream'],
  ['watermarks/monotonous-per-record', 'makes watermarks in the middle of the stream'],
  ['watermarks/punctuated', 'makes watermarks in the middle of the stream'],
  ['watermarks/reassign-midstream', 'makes watermarks in the middle of the stream'],
  ['watermarks/timestamp-seen', 'makes watermarks in the middle of the stream'],
  ['watermarks/union-idle', 'an input that comes back from idleness counts when it has caught up'],
]);

const GOLDEN = new URL('../../golden/', import.meta.url);

describe('golden cases: what Apache Flink gives, the engine gives', () => {
  for (const file of readdirSync(GOLDEN, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!file.endsWith('.json')) continue;
    const content = readGoldenFile(readFileSync(new URL(file.replaceAll('\\', '/'), GOLDEN), 'utf8'));
    if (content.kind === 'table') continue;
    if (content.kind === 'unreadable') throw new Error(`${file}: ${content.reason}`);
    const { id } = content.case;
    const modes = [...PLAY_MODES, 'batched' as const].filter((mode) => !NOT_RESTORABLE.has(id) || !RESTORING_MODES.has(mode));
    const isRescaled = ![...NOT_RESCALABLE.keys()].some((place) => id.startsWith(place));
    for (const mode of isRescaled ? [...modes, 'rescaled' as const] : modes) {
      it(`${id}: ${content.case.title} (${mode})`, () => {
        const result = runGoldenCase(content.case, mode);
        assert.equal(result.kind, 'passed', result.kind === 'failed' ? `\n${result.details}` : JSON.stringify(result));
      });
    }
  }
});

describe('the golden runner', () => {
  const sum = readGoldenFile(readFileSync(new URL('aggregations/rolling-sum.json', GOLDEN), 'utf8'));
  assert.equal(sum.kind, 'case');
  const golden = sum.case;

  it('fails a case whose pipeline gives something else, and shows both', () => {
    const result = runGoldenCase({ ...golden, ts: "clicks.keyBy(e => e.k).max('v')" });
    assert.equal(result.kind, 'failed');
    assert.match(result.details, /- ts .*\n {2}\+ ts /);
  });

  it('fails a case that throws, that uses an unknown name, or that does not parse', () => {
    for (const ts of ['clicks.map(e => { throw new Error("no"); })', 'clicks.keyBy(e => e.k).sum(nowhere)', 'clicks.map(']) {
      assert.equal(runGoldenCase({ ...golden, ts }).kind, 'failed', ts);
    }
  });

  it('skips a case without a pipeline, or with a part of the API that is not there yet', () => {
    for (const skipped of [
      { ...golden, ts: null },
      { ...golden, ts: "clicks.map(() => secret('key'))" },
    ]) {
      assert.equal(runGoldenCase(skipped).kind, 'skipped');
    }
  });

  it('ends with the counts, after the reasons for skips', () => {
    const text = formatGoldenResults([
      { name: 'a.json', result: { kind: 'passed' } },
      { name: 'b.json', result: { kind: 'failed', details: 'different' } },
      { name: 'c.json', result: { kind: 'skipped', reason: 'not yet' } },
      { name: 'd.json', result: { kind: 'skipped', reason: 'not yet' } },
    ]);
    assert.equal(text, 'FAILED b.json\n  different\n\nskipped, not yet:\n  c.json\n  d.json\n1 passed, 1 failed, 2 skipped');
  });
});
