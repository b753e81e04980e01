import assert from 'node:assert/strict';
import { type Contiguous, type Repeats, type Step, bruteForce, patternOf } from './brute-force.ts';
import fc from 'fast-check';
import { AfterMatchSkipStrategy } from '../../../engine/cep/skip.ts';
import { Pattern } from '../../../engine/cep/pattern.ts';
import { type Event, is, Matching, matchesOf } from './matching.ts';

/** As in Flink's documentation on looping patterns. */
const A_THEN_BS = (): Pattern<Event> => Pattern.begin<Event>('a').where(is('a')).followedByAny('b').where(is('b')).oneOrMore();
const C_THEN_AS = (): Pattern<Event> => Pattern.begin<Event>('c').where(is('c')).followedBy('a').where(is('a')).oneOrMore();

describe('contiguity of patterns', () => {
  it('repeats as the documentation of Flink has it: strict, relaxed, and relaxed without determinism', () => {
    const then = (pattern: Pattern<Event>): Pattern<Event> => pattern.followedBy('c').where(is('c'));
    const input = 'a b1 d1 b2 d2 b3 c';
    assert.deepEqual(matchesOf(then(A_THEN_BS().consecutive()), input), ['a b1 c', 'a b2 c', 'a b3 c']);
    const relaxed = ['a b1 b2 b3 c', 'a b1 b2 c', 'a b1 c', 'a b2 b3 c', 'a b2 c', 'a b3 c'];
    assert.deepEqual(matchesOf(then(A_THEN_BS()), input), relaxed);
    assert.deepEqual(matchesOf(then(A_THEN_BS().allowCombinations()), input), [...relaxed, 'a b1 b3 c'].sort());
  });

  it('breaks a consecutive loop, and combines in one that allows it', () => {
    const then = (pattern: Pattern<Event>): Pattern<Event> => pattern.followedBy('b').where(is('b'));
    const input = 'c d a1 a2 a3 d a4 b';
    assert.deepEqual(matchesOf(then(C_THEN_AS().consecutive()), input), ['c a1 a2 a3 b', 'c a1 a2 b', 'c a1 b']);
    assert.deepEqual(matchesOf(then(C_THEN_AS()), input), ['c a1 a2 a3 a4 b', 'c a1 a2 a3 b', 'c a1 a2 b', 'c a1 b']);
    assert.deepEqual(matchesOf(then(C_THEN_AS().allowCombinations()), input), [
      'c a1 a2 a3 a4 b',
      'c a1 a2 a3 b',
      'c a1 a2 a4 b',
      'c a1 a2 b',
      'c a1 a3 a4 b',
      'c a1 a3 b',
      'c a1 a4 b',
      'c a1 b',
    ]);
  });

  it('takes as much as it can when it is greedy', () => {
    const greedy = C_THEN_AS()
      .greedy()
      .followedBy('end')
      .where((e) => e.kind !== 'c');
    assert.deepEqual(matchesOf(greedy, 'c a1 a2 a3 d'), ['c a1 a2 a3 d']);
    const optional = C_THEN_AS().optional().greedy().followedBy('d').where(is('d'));
    assert.deepEqual(matchesOf(optional, 'c a1 a2 d'), ['c a1 a2 d']);
    assert.deepEqual(matchesOf(optional, 'c d'), ['c d']);
    const range = Pattern.begin<Event>('c')
      .where(is('c'))
      .followedBy('a')
      .where(is('a'))
      .times(1, 2)
      .greedy()
      .followedBy('d')
      .where(is('d'));
    assert.deepEqual(matchesOf(range, 'c a1 a2 d'), ['c a1 a2 d']);
  });

  it('ends a loop with until, and a greedy one, too', () => {
    const stop = (e: Event): boolean => e.kind === 's';
    assert.deepEqual(matchesOf(C_THEN_AS().until(stop).followedBy('d').where(is('d')), 'c a1 s a2 d'), ['c a1 d']);
    assert.deepEqual(matchesOf(C_THEN_AS().greedy().until(stop).followedBy('d').where(is('d')), 'c a1 a2 s a3 d'), ['c a1 a2 d']);
  });

  it('repeats groups and leaves them out', () => {
    const group = (): Pattern<Event> => Pattern.begin<Event>('a').where(is('a')).next('b').where(is('b'));
    assert.deepEqual(matchesOf(Pattern.begin(group()).times(2).consecutive(), 'a1 b1 a2 b2'), ['a1 a2 b1 b2']);
    assert.deepEqual(matchesOf(Pattern.begin(group()).times(2), 'a1 b1 x a2 b2'), ['a1 a2 b1 b2']);
    assert.deepEqual(matchesOf(Pattern.begin(group()).times(2).consecutive(), 'a1 b1 x a2 b2'), []);
    const around = Pattern.begin<Event>('c').where(is('c')).followedBy(group()).optional().followedBy('d').where(is('d'));
    assert.deepEqual(matchesOf(around, 'c a b d'), ['c a b d', 'c d']);
    const looping = Pattern.begin<Event>('c').where(is('c')).followedBy(group()).oneOrMore().followedBy('d').where(is('d'));
    assert.deepEqual(matchesOf(looping, 'c a1 b1 a2 b2 d'), ['c a1 a2 b1 b2 d', 'c a1 b1 d']);
    const until = Pattern.begin<Event>('c').where(is('c')).followedBy(group()).oneOrMore().until(is('s')).followedBy('d').where(is('d'));
    assert.deepEqual(matchesOf(until, 'c a1 b1 s a2 b2 d'), ['c a1 b1 d']);
  });

  it('allows again what was forbidden before an optional pattern, once that has come', () => {
    const pattern = Pattern.begin<Event>('a')
      .where(is('a'))
      .notFollowedBy('no')
      .where(is('b'))
      .followedByAny('c')
      .where(is('c'))
      .optional()
      .followedByAny('d')
      .where(is('d'));
    assert.deepEqual(matchesOf(pattern, 'a c b d'), ['a c d']);
    assert.deepEqual(matchesOf(pattern, 'a b d'), []);
    assert.deepEqual(matchesOf(pattern, 'a x d'), ['a d']);
  });

  it('waits with a match for partial matches that began before it, when it may have to be skipped', () => {
    const pattern = Pattern.begin<Event>('a', AfterMatchSkipStrategy.skipPastLastEvent())
      .where((e) => e.kind === 'a' || e.kind === 'b')
      .followedBy('c')
      .where((e) => e.id === 'c1' || e.id === 'c2')
      .followedBy('end')
      .where(is('e'));
    assert.deepEqual(matchesOf(pattern, 'a1 b1 c1 e'), ['a1 c1 e']);
    const within = (ms: number): Pattern<Event> =>
      Pattern.begin<Event>('x', AfterMatchSkipStrategy.skipPastLastEvent())
        .where(is('a'))
        .oneOrMore()
        .consecutive()
        .greedy()
        .next('y')
        .where(is('b'))
        .within(ms);
    // a1 is still on its way when a2 a3 b would be found: of a match with a1 it would be a part.
    assert.deepEqual(matchesOf(within(10), 'a1 a2 b'), ['a1 a2 b']);
  });

  it('finds what a brute force enumeration finds, and keeps nothing that it does not need', () => {
    const contiguity = fc.constantFrom<Contiguous>('next', 'followedBy', 'followedByAny');
    const repeats = fc.constantFrom<Repeats>(
      { from: 1, to: 1 },
      { from: 1, to: 1 },
      { from: 2, to: 2 },
      { from: 1, to: 2 },
      { from: 1, to: Number.POSITIVE_INFINITY },
      { from: 2, to: Number.POSITIVE_INFINITY },
    );
    const step: fc.Arbitrary<Step> = fc.record({
      contiguity,
      kinds: fc.constantFrom('a', 'b', 'c', 'ab', 'bc', 'abc'),
      repeats,
      inner: contiguity,
      optional: fc.boolean(),
      forbidden: fc.constantFrom<Step['forbidden']>(null, null, { kind: 'x', only: 'next' }, { kind: 'x', only: 'until' }),
    });
    const event = fc.record({ kind: fc.constantFrom('a', 'b', 'c', 'x'), after: fc.nat(3) });
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 4 }),
        fc.array(event, { maxLength: 9 }),
        fc.option(fc.integer({ min: 1, max: 12 })),
        (steps, arrivals, within) => {
          let time = 0;
          const input = arrivals.map(({ kind, after }, index): Event => ({ id: `${kind}${index}`, kind, time: (time += after) }));
          const matching = new Matching(patternOf(steps, within));
          for (const one of input) matching.event(one);
          assert.deepEqual(matching.found.toSorted(), bruteForce(steps, within, input));
          const paths = matching.matches.partial.elements.filter(({ taken }) => taken !== null);
          if (paths.length === 0) assert.equal(matching.buffered.map.size + matching.links.map.size, 0);
          if (within === null) return;
          matching.advance(time + within);
          assert.deepEqual([matching.matches.kept(), matching.buffered.map.size, matching.links.map.size], [null, 0, 0]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
