import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Duration, toMillis } from '../../../engine/api/duration.ts';
import { IllegalArgumentException } from '../../../engine/api/errors.ts';

describe('Duration', () => {
  it('reads what Flink’s configuration and java.time read', () => {
    const texts = {
      '10 s': 10_000,
      '100ms': 100,
      '5 min': 300_000,
      '2 hours': 7_200_000,
      '1 day': 86_400_000,
      '7': 7,
      PT5S: 5_000,
      PT1H30M: 5_400_000,
      'P1DT0.5S': 86_400_500,
      '-PT2S': -2_000,
    };
    for (const [text, millis] of Object.entries(texts)) assert.equal(Duration.parse(text).toMillis(), millis, text);
  });

  it('refuses the rest', () => {
    for (const text of ['', '10 x', 'PT', 'P1DT', 'ten s', '1.5 ms'])
      assert.throws(() => Duration.parse(text), IllegalArgumentException, text);
    assert.throws(() => Duration.ofMillis(Number.NaN), IllegalArgumentException);
    assert.throws(() => Duration.ofSeconds(0.0005), IllegalArgumentException);
  });

  it('writes ISO-8601 that it can read', () => {
    assert.equal(Duration.ofSeconds(5).toString(), 'PT5S');
    fc.assert(fc.property(fc.integer(), (millis) => assert.equal(Duration.parse(Duration.ofMillis(millis).toString()).toMillis(), millis)));
  });

  it('computes', () => {
    assert.equal(Duration.ofMinutes(1).plus('30 s').minus(1_000).multipliedBy(2).negated().toMillis(), -178_000);
    assert.equal(Duration.between(10, 25).toMillis(), 15);
    assert.equal(toMillis(Duration.ZERO), 0);
  });
});
