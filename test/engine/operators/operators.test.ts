import assert from 'node:assert/strict';
import type { Collector } from '../../../engine/api/collector.ts';
import { display } from '../../../engine/api/display.ts';
import { OutputTag } from '../../../engine/api/output-tag.ts';
import { ProcessFunction, type ProcessContext } from '../../../engine/api/process-functions.ts';
import { RichMapFunction } from '../../../engine/api/rich-functions.ts';
import { Tuple2 } from '../../../engine/api/tuples.ts';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import { rest, rowsOf, start, valuesOf } from '../job.ts';

const WORDS = ['to', 'be', 'or', 'not', 'to', 'be'];

describe('Stateless operators', () => {
  it('map, flatMap and filter keep order and timestamps', () => {
    const executor = start((env) => {
      const timed = WatermarkStrategy.noWatermarks<{ t: number }>().withTimestampAssigner((r: { t: number }) => r.t);
      display(
        env
          .fromData([{ t: 5 }, { t: 7 }])
          .assignTimestampsAndWatermarks(timed)
          .map((r) => r.t * 10)
          .flatMap((n) => [n, n + 1])
          .filter((n) => n !== 70),
      );
    });
    assert.equal(rest(executor), 'finished');
    assert.deepEqual(
      rowsOf(executor).map(({ value, timestamp }) => [value, timestamp]),
      [
        [50, 5],
        [51, 5],
        [71, 7],
      ],
    );
  });

  it('flatMap takes a collector, an array or a generator', () => {
    const run = (flatMapper: (line: string, out: Collector<string>) => Iterable<string> & object): readonly unknown[] =>
      valuesOf((env) => display(env.fromData(['a b', 'c']).flatMap(flatMapper)));
    const collected = valuesOf((env) =>
      display(
        env.fromData(['a b', 'c']).flatMap((line: string, out: Collector<string>) => {
          for (const word of line.split(' ')) out.collect(word);
        }),
      ),
    );
    assert.deepEqual(collected, ['a', 'b', 'c']);
    assert.deepEqual(
      run((line) => line.split(' ')),
      ['a', 'b', 'c'],
    );
    assert.deepEqual(
      run(function* (line) {
        yield* line.split(' ');
      }),
      ['a', 'b', 'c'],
    );
  });

  it('functions may be objects and classes with open and close', () => {
    const calls: string[] = [];
    class Numbered extends RichMapFunction<string, string> {
      override open(): void {
        calls.push(`open ${this.getRuntimeContext().getTaskInfo().getIndexOfThisSubtask()}`);
      }
      override map(value: string): string {
        return `${value}@${this.getRuntimeContext().getTaskInfo().getTaskName()}`;
      }
      override close(): void {
        calls.push('close');
      }
    }
    const executor = start((env) => display(env.fromData(['x']).map(new Numbered()).name('numbers')));
    rest(executor);
    executor.close();
    executor.close();
    assert.deepEqual(rowsOf(executor)[0]?.value, 'x@numbers');
    assert.deepEqual(calls, ['open 0', 'close']);
  });

  it('process sends to side outputs and sees time', () => {
    const long = new OutputTag<string>('long');
    class Split extends ProcessFunction<string, string> {
      override processElement(word: string, ctx: ProcessContext, out: Collector<string>): void {
        if (word.length > 2) ctx.output(long, word);
        else out.collect(`${word} ${String(ctx.timestamp())} ${ctx.timerService().currentWatermark()}`);
      }
    }
    const executor = start((env) => {
      const split = env.fromData(WORDS).process(new Split());
      display(split);
      display(split.getSideOutput(long));
    });
    rest(executor);
    assert.equal(rowsOf(executor)[0]?.value, 'to null -Infinity');
    assert.deepEqual(
      rowsOf(executor, 1).map(({ value }) => value),
      ['not'],
    );
  });

  it('print writes value, identifier and, when there are several, the subtask', () => {
    const executor = start((env) => {
      env.fromData([{ a: 1 }]).print();
      env.setParallelism(2);
      env.fromData(['x', 'y']).print('id');
      env.fromData(['e']).printToErr().setParallelism(1);
    });
    rest(executor);
    const printed = executor.takePrinted().map(({ stream, line }) => `${stream} ${line.replace(/[xy]$/, '…')}`);
    assert.deepEqual(printed.toSorted(), ['stderr e', 'stdout id:1> …', 'stdout id:2> …', 'stdout {"a":1}']);
  });

  it('a union with itself doubles the elements', () => {
    const values = valuesOf((env) => {
      const numbers = env.fromData([1, 2]);
      display(numbers.union(numbers));
    });
    assert.deepEqual(values, [1, 1, 2, 2]);
  });
});

describe('Keys and running aggregates', () => {
  it('counts words as Flink’s first example', () => {
    const values = valuesOf((env) =>
      display(
        env
          .fromData(WORDS)
          .map((word) => Tuple2.of(word, 1))
          .keyBy(0)
          .sum(1),
      ),
    );
    assert.deepEqual(values, [
      ['to', 1],
      ['be', 1],
      ['or', 1],
      ['not', 1],
      ['to', 2],
      ['be', 2],
    ]);
  });

  it('keys by selector, by field and by several fields are the same', () => {
    const data = [
      { k: 'a', s: 1, v: 1 },
      { k: 'a', s: 2, v: 2 },
      { k: 'a', s: 1, v: 4 },
    ];
    const bySelector = valuesOf((env) =>
      display(
        env
          .fromData(data)
          .keyBy((r) => [r.k, r.s] as const)
          .sum('v'),
      ),
    );
    const byFields = valuesOf((env) => display(env.fromData(data).keyBy('k', 's').sum('v')));
    assert.deepEqual(bySelector, byFields);
    assert.deepEqual(
      byFields.map((r) => (r as { v: number }).v),
      [1, 2, 5],
    );
  });

  it('NaN is one key, −0 and 0 are one key, 1 and 1n and "1" are three', () => {
    const keys = [Number.NaN, Number.NaN, 0, -0, 1, 1n, '1', true];
    const values = valuesOf((env) =>
      display(
        env
          .fromData(keys.map((k) => ({ k, n: 1 })))
          .keyBy('k')
          .sum('n'),
      ),
    );
    assert.deepEqual(
      values.map((r) => (r as { n: number }).n),
      [1, 2, 1, 2, 1, 1, 1, 1],
    );
  });

  it('reduce emits the first record as it is; emitted records never change', () => {
    const values = valuesOf((env) =>
      display(
        env
          .fromData([1, 2, 3])
          .map((n) => ({ k: 0, n }))
          .keyBy('k')
          .reduce((a, b) => ({ k: 0, n: a.n + b.n })),
      ),
    );
    assert.deepEqual(
      values.map((r) => (r as { n: number }).n),
      [1, 3, 6],
    );
  });

  it('a field called __proto__ is data', () => {
    const record = JSON.parse('{"k":"a","__proto__":2}') as Record<string, number>;
    const values = valuesOf((env) => display(env.fromData([record, record]).keyBy('k').sum('__proto__')));
    assert.equal(JSON.stringify(values[1]), '{"k":"a","__proto__":4}');
    assert.equal(Object.getPrototypeOf(values[1]), Object.prototype);
  });

  it('rows carry the key they came out of', () => {
    const executor = start((env) =>
      display(
        env
          .fromData(['a', 'b'])
          .map((k) => ({ k, n: 1 }))
          .keyBy('k')
          .sum('n')
          .map((r) => r.n),
      ),
    );
    rest(executor);
    assert.deepEqual(
      rowsOf(executor).map(({ key, window }) => [key, window]),
      [
        ['a', null],
        ['b', null],
      ],
    );
  });
});
