import assert from 'node:assert/strict';
import { type Accumulator, AccumulatorHistogram } from '../../../engine/api/accumulators.ts';
import { GlobalWindows } from '../../../engine/api/assigners/global.ts';
import type { Evictor } from '../../../engine/api/evictor.ts';
import { MetricGroup } from '../../../engine/api/metric-group.ts';
import { type Counter, DescriptiveStatisticsHistogram, type Meter, MeterView } from '../../../engine/api/metrics.ts';
import { RichMapFunction } from '../../../engine/api/rich-functions.ts';
import { Trigger, type TriggerContext, type TriggerResult } from '../../../engine/api/trigger.ts';
import type { GlobalWindow } from '../../../engine/api/windows.ts';
import { failureOf, rest, start } from '../job.ts';

class Counting extends RichMapFunction<number, number> {
  #matched: Counter | null = null;
  #meter: Meter | null = null;
  override open(): void {
    const context = this.getRuntimeContext();
    const group = context.getMetricGroup().addGroup('rules').addGroup('rule', 'odd');
    this.#matched = group.counter('matched');
    this.#meter = context.getMetricGroup().meter('records');
    context.getMetricGroup().gauge('subtask', () => context.getTaskInfo().getIndexOfThisSubtask());
    context.getMetricGroup().gauge('broken', () => {
      throw new Error('no');
    });
    context.addAccumulator('digits', new AccumulatorHistogram());
  }
  override map(value: number): number {
    const context = this.getRuntimeContext();
    context.getIntCounter('records').add(1);
    context.getDoubleCounter('sum').add(value / 2);
    context.getAccumulator<number, unknown>('digits')?.add(value % 3);
    context.getMetricGroup().histogram('values').update(value);
    if (value % 2 === 1) this.#matched?.inc();
    this.#meter?.markEvent();
    return value;
  }
}

describe('Accumulators', () => {
  it('are put together over operators and subtasks', () => {
    const executor = start((env) => {
      const numbers = env.fromSequence(1, 10).rebalance().map(new Counting()).setParallelism(3);
      env.addDisplay(numbers.map(new Counting()).setParallelism(2), 'out');
    });
    assert.equal(rest(executor), 'finished');
    const merged = executor.accumulators();
    assert.deepEqual(merged.get('records'), 20);
    assert.deepEqual(merged.get('sum'), 55);
    assert.deepEqual(
      [...(merged.get('digits') as ReadonlyMap<number, number>)],
      [
        [0, 6],
        [1, 8],
        [2, 6],
      ],
    );
    // Looking changes nothing.
    assert.deepEqual(executor.accumulators(), merged);
  });

  it('have one name each, and one kind', () => {
    class Twice extends Counting {
      override open(): void {
        super.open();
        super.open();
      }
    }
    class Confused extends Counting {
      override map(value: number): number {
        this.getRuntimeContext().getLongCounter('records');
        return super.map(value);
      }
    }
    const twice = failureOf((env) => env.addDisplay(env.fromData([1]).map(new Twice()), 'out'));
    assert.equal(twice.message, "The accumulator 'digits' already exists and cannot be added.");
    const confused = failureOf((env) => env.addDisplay(env.fromData([1]).map(new Confused()), 'out'));
    assert.equal(confused.message, "The accumulator 'records' already exists and is no IntCounter.");
  });

  it('may be of the user', () => {
    class Longest implements Accumulator<string, string> {
      #longest = '';
      add(value: string): void {
        if (value.length > this.#longest.length) this.#longest = value;
      }
      getLocalValue(): string {
        return this.#longest;
      }
      resetLocal(): void {
        this.#longest = '';
      }
      merge(other: Accumulator<string, string>): void {
        this.add(other.getLocalValue());
      }
      clone(): Longest {
        const copy = new Longest();
        copy.merge(this);
        return copy;
      }
    }
    class Words extends RichMapFunction<string, string> {
      readonly #longest = new Longest();
      override open(): void {
        this.getRuntimeContext().addAccumulator('longest', this.#longest);
      }
      override map(word: string): string {
        this.#longest.add(word);
        return word;
      }
    }
    const executor = start((env) => env.addDisplay(env.fromData(['a', 'ccc', 'bb']).rebalance().map(new Words()).setParallelism(2), 'out'));
    rest(executor);
    assert.equal(executor.accumulators().get('longest'), 'ccc');
  });
});

describe('Metrics of user functions', () => {
  it('can be read from outside, per operator and subtask, with the names of their groups', () => {
    const executor = start((env) => env.addDisplay(env.fromSequence(1, 3).map(new Counting()).name('counting'), 'out'));
    rest(executor);
    const metrics = executor.userMetrics();
    const [operator] = executor.metrics().filter(({ name }) => name === 'counting');
    assert.ok(metrics.length > 0 && metrics.every((metric) => metric.operator === operator?.id && metric.subtask === 0));
    assert.deepEqual(
      metrics.map(({ name, kind, value }) => [name, kind, value]),
      [
        ['rules.rule.odd.matched', 'counter', 2],
        ['records', 'meter', 0],
        ['subtask', 'gauge', 0],
        ['values', 'histogram', 1],
      ],
    );
  });

  it('may be of triggers and evictors', () => {
    class Counted extends Trigger<number, GlobalWindow> {
      override onElement(_n: number, _timestamp: number, _window: GlobalWindow, ctx: TriggerContext): TriggerResult {
        ctx.getMetricGroup().gauge('fires', () => true);
        return 'FIRE';
      }
      override onEventTime(): TriggerResult {
        return 'CONTINUE';
      }
      override onProcessingTime(): TriggerResult {
        return 'CONTINUE';
      }
      override clear(): void {}
    }
    const counted: Evictor<number, GlobalWindow> = {
      evictBefore: (_elements, _window, ctx) =>
        void ctx
          .getMetricGroup()
          .addGroup('evictor')
          .gauge('before', () => 1),
      evictAfter: (_elements, _window, ctx) =>
        void ctx
          .getMetricGroup()
          .addGroup('evictor')
          .gauge('after', () => 2),
    };
    const executor = start((env) => {
      const windowed = env
        .fromData([1])
        .keyBy((n) => n)
        .window(GlobalWindows.create());
      env.addDisplay(
        windowed
          .trigger(new Counted())
          .evictor(counted)
          .process((_key, _context, numbers) => numbers)
          .name('windows'),
        'out',
      );
    });
    rest(executor);
    const [operator] = executor.metrics().filter(({ name }) => name === 'windows');
    assert.deepEqual(
      executor.userMetrics().map(({ name, value, operator: id }) => [name, value, id]),
      [
        ['fires', true, operator?.id],
        ['evictor.before', 1, operator?.id],
        ['evictor.after', 2, operator?.id],
      ],
    );
  });

  it('have a meter on the clock of the job, over the last seconds', () => {
    const clock = { now: 1_000_000 };
    const meter = new MetricGroup(clock).meter('m', new MeterView(10));
    meter.markEvent(20);
    assert.equal(meter.getRate(), 0);
    clock.now += 5_000;
    assert.equal(meter.getRate(), 2);
    clock.now += 5_000;
    meter.markEvent(10);
    assert.equal(meter.getRate(), 2);
    clock.now += 5_000;
    assert.equal(meter.getRate(), 1);
    clock.now += 60_000;
    assert.equal(meter.getRate(), 0);
    assert.equal(meter.getCount(), 30);
  });

  it('have exact statistics of the last values', () => {
    const histogram = new DescriptiveStatisticsHistogram(4);
    assert.ok(Number.isNaN(histogram.getStatistics().getMean()));
    for (const value of [100, 1, 2, 3, 4]) histogram.update(value);
    const statistics = histogram.getStatistics();
    assert.deepEqual([histogram.getCount(), statistics.size()], [5, 4]);
    assert.deepEqual([statistics.getMin(), statistics.getMax(), statistics.getMean()], [1, 4, 2.5]);
    assert.deepEqual(
      [0, 0.25, 0.5, 0.9, 1].map((quantile) => statistics.getQuantile(quantile)),
      [1, 1.25, 2.5, 4, 4],
    );
    assert.ok(Math.abs(statistics.getStdDev() - Math.sqrt(5 / 3)) < 1e-12);
  });
});
