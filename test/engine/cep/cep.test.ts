import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Collector } from '../../../engine/api/collector.ts';
import type { DataStream } from '../../../engine/api/data-stream.ts';
import { display } from '../../../engine/api/display.ts';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import { OutputTag } from '../../../engine/api/output-tag.ts';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import { RichIterativeCondition, SimpleCondition } from '../../../engine/cep/conditions.ts';
import { type PatternMatch, type PatternProcessContext, PatternProcessFunction } from '../../../engine/cep/functions.ts';
import { Pattern } from '../../../engine/cep/pattern.ts';
import { CEP } from '../../../engine/cep/pattern-stream.ts';
import { AfterMatchSkipStrategy } from '../../../engine/cep/skip.ts';
import { type Output, PLAY_MODES, type PipelineContext, runPipeline } from '../../../engine/testkit/pipeline.ts';
import { clock, end, record, restore, type ScriptStep, watermark } from '../../../engine/testkit/script.ts';
import { failureOf, rest, start, startFailure } from '../job.ts';
import { type Event, is } from './matching.ts';

interface Keyed extends Event {
  readonly k: string;
}

const event = (id: string, time: number, k = 'k'): ScriptStep => record('events', { id, kind: id.charAt(0), time, k }, time);

/** Plays the script in every mode, which must all give the same. */
function play(describe: (context: PipelineContext) => void, script: readonly ScriptStep[]): Readonly<Record<string, Output>> {
  const runs = PLAY_MODES.map((mode) => runPipeline(describe, script, mode));
  const [first] = runs;
  assert.ok(first);
  for (const run of runs) {
    assert.equal(run.failure, null);
    assert.deepEqual(run.outputs, first.outputs);
    assert.deepEqual(run.stateBytes, first.stateBytes);
  }
  return first.outputs;
}

function isKeyed(value: unknown): value is Keyed {
  return typeof value === 'object' && value !== null && 'k' in value;
}

const rows = (output: Output | undefined): readonly unknown[] => output?.rows.map(({ value, timestamp }) => [value, timestamp]) ?? [];

/** The ids of a match. */
const ids = (match: PatternMatch<Event>): string =>
  Object.entries(match)
    .map(([name, taken]) => `${name}:${taken.map(({ id }) => id).join(',')}`)
    .join(' ');

const A_THEN_B = (): Pattern<Keyed, Keyed, 'a' | 'b'> => Pattern.begin<Keyed, 'a'>('a').where(is('a')).followedBy('b').where(is('b'));

describe('CEP', () => {
  it('gives select one result a match and sends timeouts to the tag, in every mode', () => {
    const tag = new OutputTag<string>('timeouts');
    const outputs = play(
      ({ input, show }) => {
        const matches = CEP.pattern(input<Keyed>('events').keyBy('k'), A_THEN_B().within('10 ms')).select(
          tag,
          (match, time) => `${ids(match)} @${time}`,
          (match) => ids(match),
        );
        show('main', matches);
        show('timeouts', matches.getSideOutput(tag));
      },
      [event('a1', 1), event('a2', 4), event('x', 5), event('b1', 12), watermark('events', 20), event('a3', 30), end('events')],
    );
    assert.deepEqual(rows(outputs['main']), [['a:a2 b:b1', 12]]);
    assert.deepEqual(rows(outputs['timeouts']), [
      ['a:a1 b: @11', 11],
      ['a:a3 b: @40', 40],
    ]);
  });

  it('gives flatSelect any number of results, as a function, a generator or an object', () => {
    const tag = new OutputTag<string>('timeouts');
    const outputs = play(
      ({ input, show }) => {
        const stream = CEP.pattern(input<Keyed>('events').keyBy('k'), A_THEN_B().within('5 ms'));
        show(
          'list',
          stream.flatSelect((match) => [...match.a, ...match.b].map(({ id }) => id)),
        );
        const lazily = stream.flatSelect(
          tag,
          function* (match, time) {
            yield `${match.a.length} at ${time}`;
          },
          { flatSelect: (match: PatternMatch<Keyed, 'a' | 'b'>, out: Collector<number>) => out.collect(match.a.length) },
        );
        show('object', lazily);
        show('timeouts', lazily.getSideOutput(tag));
      },
      [event('a1', 1), event('b1', 2), event('a2', 3), end('events')],
    );
    assert.deepEqual(rows(outputs['list']), [
      ['a1', 2],
      ['b1', 2],
    ]);
    assert.deepEqual(rows(outputs['object']), [[1, 2]]);
    assert.deepEqual(rows(outputs['timeouts']), [['1 at 8', 8]]);
  });

  it('matches in processing time as events come, with timeouts on the clock', () => {
    const tag = new OutputTag<string>('timeouts');
    class Report extends PatternProcessFunction<Keyed, string> {
      override processMatch(match: PatternMatch<Keyed>, ctx: PatternProcessContext, out: Collector<string>): void {
        out.collect(`${ids(match)} @${ctx.timestamp()}`);
      }
      processTimedOutMatch(match: PatternMatch<Keyed>, ctx: PatternProcessContext): void {
        ctx.output(tag, `${ids(match)} @${ctx.timestamp()}`);
      }
    }
    const outputs = play(
      ({ input, show }) => {
        const matches = CEP.pattern(input<Keyed>('events').keyBy('k'), A_THEN_B().within('10 ms')).inProcessingTime().process(new Report());
        show('main', matches);
        show('timeouts', matches.getSideOutput(tag));
      },
      [
        clock(5),
        event('a1', 900),
        event('b1', 1),
        clock(20),
        event('a2', 0),
        clock(30),
        event('b2', 0),
        clock(40),
        event('a3', 0),
        clock(52),
      ],
    );
    assert.deepEqual(rows(outputs['main']), [['a:a1 b:b1 @5', null]]);
    assert.deepEqual(rows(outputs['timeouts']), [
      ['a:a2 b: @30', null],
      ['a:a3 b: @50', null],
    ]);
  });

  it('drops late events, counts them, or sends them to a side output', () => {
    const late = new OutputTag<Keyed>('late');
    const script = [
      event('a1', 5),
      watermark('events', 5),
      event('b1', 5),
      event('b2', 6),
      record('events', { id: 'a2', kind: 'a', k: 'k' }),
      end('events'),
    ];
    const outputs = play(({ input, show }) => {
      const stream = CEP.pattern(input<Keyed>('events').keyBy('k'), A_THEN_B());
      show('main', stream.select(ids));
      show('late', stream.sideOutputLateData(late).select(ids).getSideOutput(late));
    }, script);
    assert.deepEqual(rows(outputs['main']), [['a:a1 b:b2', 6]]);
    assert.deepEqual(
      outputs['late']?.rows.map(({ value }) => isKeyed(value) && value.id),
      ['b1', 'a2'],
    );
    assert.equal(outputs['main']?.late.dropped, 2);
  });

  it('orders events of one time with a comparator, in event time and in processing time', () => {
    const byId = (x: Keyed, y: Keyed): number => (x.id < y.id ? -1 : 1);
    const outputs = play(
      ({ input, show }) => {
        const keyed = input<Keyed>('events').keyBy('k');
        const pair = (): Pattern<Keyed> => Pattern.begin<Keyed>('first').next('second');
        show('event', CEP.pattern(keyed, pair(), byId).select(ids));
        show('processing', CEP.pattern(keyed, pair(), { compare: byId }).inProcessingTime().select(ids));
      },
      [clock(1), event('c', 7), event('a', 7), event('b', 7), watermark('events', 7), clock(3), clock(4)],
    );
    const expected = ['first:a second:b', 'first:b second:c'];
    assert.deepEqual(
      outputs['event']?.rows.map(({ value }) => value),
      expected,
    );
    assert.deepEqual(
      outputs['processing']?.rows.map(({ value }) => value),
      expected,
    );
  });

  it('looks for a pattern across all events of a stream without keys', () => {
    const describe = ({ input, show, env }: PipelineContext): void => {
      env.setParallelism(3);
      show('main', CEP.pattern(input<Keyed>('events'), A_THEN_B()).select(ids));
    };
    const outputs = play(describe, [event('a1', 1, 'x'), event('b1', 2, 'y'), end('events')]);
    assert.deepEqual(rows(outputs['main']), [['a:a1 b:b1', 2]]);
  });

  it('opens and closes conditions, and shows them what has been taken', () => {
    const calls: string[] = [];
    class Rising extends RichIterativeCondition<Keyed> {
      override open(): void {
        calls.push(`open ${this.getRuntimeContext().getTaskInfo().getIndexOfThisSubtask()}`);
      }
      override filter(value: Keyed, ctx: Parameters<RichIterativeCondition<Keyed>['filter']>[1]): boolean {
        return ctx.getEventsForPattern('up').every(({ id }) => id < value.id) && ctx.timestamp() === value.time;
      }
      override close(): void {
        calls.push('close');
      }
    }
    const describe = ({ input, show }: PipelineContext): void => {
      const up = Pattern.begin<Keyed>('up', AfterMatchSkipStrategy.skipPastLastEvent()).where(new Rising()).times(3).consecutive();
      show('main', CEP.pattern(input<Keyed>('events').keyBy('k'), up).select(ids));
    };
    const run = runPipeline(describe, ['a1', 'a2', 'a0', 'a3', 'a4'].map((id, index) => event(id, index)).concat(end('events')));
    assert.deepEqual(rows(run.outputs['main']), [['up:a0,a3,a4', 4]]);
    assert.deepEqual(calls, ['open 0', 'close']);
  });

  it('goes on after a restore without watermarks, as Flink does', () => {
    const script = [event('a1', 1), event('x', 2), watermark('events', 3), restore(), event('b1', 5), watermark('events', 9)];
    const run = runPipeline(
      ({ input, show }) => show('main', CEP.pattern(input<Keyed>('events').keyBy('k'), A_THEN_B()).select(ids)),
      script,
    );
    assert.deepEqual(rows(run.outputs['main']), [['a:a1 b:b1', 5]]);
  });

  it('finds the same for each of many keys as for the key alone, at any parallelism, in every mode', () => {
    const describe =
      (parallelism: number) =>
      ({ input, show, env }: PipelineContext): void => {
        env.setParallelism(parallelism);
        const pattern = Pattern.begin<Keyed>('a', AfterMatchSkipStrategy.skipToNext())
          .where(is('a'))
          .oneOrMore()
          .followedBy('b')
          .where(is('b'))
          .within(20);
        show(
          'main',
          CEP.pattern(input<Keyed>('events').keyBy('k'), pattern).select((match) => `${match['a']?.[0]?.k} ${ids(match)}`),
        );
      };
    const step = fc.record({
      kind: fc.constantFrom('a', 'b', 'x'),
      k: fc.constantFrom('p', 'q', 'r', 's'),
      after: fc.integer({ min: -3, max: 6 }),
      mark: fc.nat(4),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 10 }), (steps) => {
        let time = 5;
        const script = steps.flatMap(({ kind, k, after, mark }, index): ScriptStep[] => {
          time = Math.max(0, time + after);
          return [event(`${kind}${index}`, time, k), ...(mark === 0 ? [watermark('events', time - 2)] : [])];
        });
        const all = play(describe(1), [...script, end('events')]);
        const values = (output: Output | undefined): readonly string[] => (output?.rows ?? []).map(({ value }) => String(value));
        const wide = runPipeline(describe(4), [...script, end('events')]);
        assert.deepEqual(values(wide.outputs['main']).toSorted(), values(all['main']).toSorted());
        for (const key of ['p', 'q', 'r', 's']) {
          const own = script.filter(
            (one) => one.kind !== 'element' || one.element.kind !== 'record' || (isKeyed(one.element.value) && one.element.value.k === key),
          );
          const alone = runPipeline(describe(1), [...own, end('events')]);
          assert.deepEqual(
            values(alone.outputs['main']),
            values(all['main']).filter((line) => line.startsWith(key)),
          );
        }
      }),
      { numRuns: 6 },
    );
  });
});

describe('state of CEP', () => {
  const sequence = (env: StreamExecutionEnvironment, count: number): DataStream<Keyed> =>
    env
      .fromSequence(1, count)
      .map((n): Keyed => ({ id: `a${n}`, kind: 'a', time: n, k: 'k' }))
      .assignTimestampsAndWatermarks(WatermarkStrategy.forMonotonousTimestamps<Keyed>().withTimestampAssigner(({ time }) => time));

  it('is bounded by within: a match on its way is forgotten when its time is over', () => {
    const bytes = (count: number): number => {
      const executor = start((env) => display(CEP.pattern(sequence(env, count).keyBy('k'), A_THEN_B().within(50)).select(ids)));
      while (executor.recordCount < count) executor.step(100);
      return executor.stateBytes().length;
    };
    const [short, long] = [bytes(500), bytes(3_000)];
    assert.ok(long < short * 1.1, `${short} and ${long}`);
  });

  it('grows without within, until the limit says so', () => {
    const executor = start((env) => display(CEP.pattern(sequence(env, 100_000).keyBy('k'), A_THEN_B()).select(ids)), {
      settings: { 'streambook.state.max-size': '300000 b' },
    });
    assert.equal(rest(executor), 'failed');
    assert.equal(executor.failure?.errorName, 'StateTooLargeException');
    assert.match(executor.failure.message, /CepOperator/);
  });

  it('is gone when nothing is on its way', () => {
    const describe = ({ input, show }: PipelineContext): void =>
      show('main', CEP.pattern(input<Keyed>('events').keyBy('k'), A_THEN_B().within(5)).select(ids));
    const idle = runPipeline(describe, [event('x', 1), watermark('events', 100)]);
    const done = runPipeline(describe, [event('a1', 1), event('b1', 2), event('a2', 3), watermark('events', 100)]);
    assert.deepEqual(done.stateBytes, idle.stateBytes);
  });
});

describe('errors of CEP', () => {
  const begin = (): Pattern<Event> => Pattern.begin<Event>('a').where(is('a'));
  const MALFORMED: readonly (readonly [string, (pattern: Pattern<Event>) => unknown])[] = [
    ['MalformedPatternException: Duplicate pattern name: a. Names must be unique.', (a) => a.next('a')],
    ['MalformedPatternException: Duplicate pattern name: a. Names must be unique.', (a) => a.next(begin().next('b'))],
    [
      'MalformedPatternException: NotFollowedBy is not supported without windowTime as a last part of a Pattern!',
      (a) => a.notFollowedBy('b'),
    ],
    [
      'UnsupportedOperationException: Specifying a pattern with an optional path to NOT condition is not supported yet. You can simulate such pattern with two independent patterns, one with and the other without the optional part.',
      (a) => a.optional().notFollowedBy('b'),
    ],
    [
      'UnsupportedOperationException: Specifying a pattern with an optional path to NOT condition is not supported yet. You can simulate such pattern with two independent patterns, one with and the other without the optional part.',
      (a) => a.optional().notNext('b'),
    ],
    [
      'MalformedPatternException: The pattern name specified in AfterMatchSkipStrategy can not be found in the given Pattern',
      () => Pattern.begin<Event>('x', AfterMatchSkipStrategy.skipToFirst('y')),
    ],
    ['IllegalArgumentException: You should give a positive number greater than 0.', (a) => a.times(0)],
    ['IllegalArgumentException: The to should be a number greater than or equal to from: 3.', (a) => a.times(3, 2)],
    ['IllegalArgumentException: The from should be a positive number greater than 0.', (a) => a.timesOrMore(0)],
    [
      'MalformedPatternException: Already applied quantifier to this Pattern. Current quantifier is: 1 or more',
      (a) => a.oneOrMore().times(2),
    ],
    ['MalformedPatternException: Option not applicable to NOT pattern', (a) => a.notNext('b').oneOrMore()],
    ['MalformedPatternException: Optional already applied!', (a) => a.optional().optional()],
    ['MalformedPatternException: NOT pattern cannot be optional', (a) => a.notNext('b').optional()],
    [
      'MalformedPatternException: Optional pattern cannot be preceded by greedy pattern',
      (a) => a.oneOrMore().greedy().next('b').optional(),
    ],
    ['MalformedPatternException: Option not applicable to singleton quantifier', (a) => a.greedy()],
    ['MalformedPatternException: Option not applicable to group pattern', (a) => Pattern.begin(a).oneOrMore().greedy()],
    ['MalformedPatternException: The until condition is only applicable to looping states.', (a) => a.until(is('b'))],
    ['MalformedPatternException: Only one until condition can be applied.', (a) => a.oneOrMore().until(is('b')).until(is('c'))],
    [
      'MalformedPatternException: You can apply apply either combinations or consecutive, not both!',
      (a) => a.oneOrMore().consecutive().allowCombinations(),
    ],
    ['MalformedPatternException: Combinations not applicable to a pattern that does not repeat!', (a) => a.allowCombinations()],
    [
      'MalformedPatternException: The window length between the previous and current event cannot be larger than the window length between the first and last event for a Pattern.',
      (a) => a.next('b').within(10).next('c').within(20, 'PREVIOUS_AND_CURRENT'),
    ],
    ['UnsupportedOperationException: GroupPattern does not support where, or and subtype clauses.', (a) => Pattern.begin(a).where(is('b'))],
    ['NullPointerException: The condition cannot be null.', (a) => Reflect.apply(a.where.bind(a), null, [null])],
    ['IllegalArgumentException: This is not a Pattern.', () => ({})],
    [
      'IllegalArgumentException: A pattern needs a name, or another pattern as a group, not 7.',
      (a) => Reflect.apply(a.next.bind(a), null, [7]),
    ],
  ];

  it('come when the pipeline is described, in the words of Flink, and with a place', () => {
    for (const [message, make] of MALFORMED) {
      const failure = startFailure((env) => {
        const events = env.fromData<Event>([]);
        display(Reflect.apply(CEP.pattern.bind(CEP), null, [events, make(begin())]).select(() => 1));
      });
      assert.equal(`${failure.errorName}: ${failure.message}`, message);
      assert.notEqual(failure.location, null, message);
    }
  });

  const run = (pattern: Pattern<Event>): { readonly name: string; readonly record: string | null } => {
    const failure = failureOf((env) => {
      const input = env.fromData([
        { id: 'a1', kind: 'a', time: 1 },
        { id: 'a2', kind: 'a', time: 2 },
      ]);
      display(
        CEP.pattern(input, pattern)
          .inProcessingTime()
          .select((match) => Object.keys(match).length),
      );
    });
    return { name: `${failure.errorName}: ${failure.message}`, record: failure.record };
  };

  it('come from a condition with the event', () => {
    const throwing = Pattern.begin<Event>('a').where(({ id }) => {
      if (id === 'a2') throw new TypeError('no seconds');
      return true;
    });
    assert.deepEqual(run(throwing), { name: 'TypeError: no seconds', record: '{"id":"a2","kind":"a","time":2}' });
    // SAFETY: what untyped code can do.
    const late = SimpleCondition.of((() => Promise.resolve(true)) as unknown as (event: Event) => boolean);
    assert.match(run(Pattern.begin<Event>('a').where(late)).name, /returned a Promise/);
  });

  it('come when a match has nothing to skip to, if that was asked for', () => {
    const pattern = (skip: AfterMatchSkipStrategy): Pattern<Event> =>
      Pattern.begin<Event>('a', skip).where(is('a')).next('b').where(is('b')).optional();
    assert.match(
      run(pattern(AfterMatchSkipStrategy.skipToFirst('b').throwExceptionOnMiss())).name,
      /^FlinkRuntimeException: Could not skip to b\. No such element/,
    );
    assert.equal(
      run(pattern(AfterMatchSkipStrategy.skipToLast('a').throwExceptionOnMiss())).name,
      'FlinkRuntimeException: Could not skip to first element of a match.',
    );
  });
});
