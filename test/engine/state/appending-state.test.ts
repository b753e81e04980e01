import assert from 'node:assert/strict';
import { AbstractRichFunction } from '../../../engine/api/rich-functions.ts';
import { AggregatingStateDescriptor, ReducingStateDescriptor } from '../../../engine/api/state-descriptors.ts';
import { KeyedStateBackend } from '../../../engine/state/keyed-backend.ts';

function backendAt(key: unknown): KeyedStateBackend {
  const backend = new KeyedStateBackend(128);
  backend.context.set(key);
  return backend;
}

const average = new AggregatingStateDescriptor<number, { n: number; sum: number }, number>('average', {
  createAccumulator: () => ({ n: 0, sum: 0 }),
  add: (value, { n, sum }) => ({ n: n + 1, sum: sum + value }),
  getResult: ({ n, sum }) => sum / n,
});

describe('Reducing and aggregating state', () => {
  it('reduces what is kept with what comes, per key', () => {
    const backend = backendAt('a');
    const state = backend.getReducingState(new ReducingStateDescriptor<string>('text', (kept, value) => `${kept}${value}`));
    assert.equal(state.get(), null);
    state.add('x');
    state.add('y');
    assert.equal(state.get(), 'xy');
    backend.context.set('b');
    assert.equal(state.get(), null);
    backend.context.set('a');
    state.clear();
    assert.equal(state.get(), null);
  });

  it('keeps an accumulator and gives its result', () => {
    const state = backendAt('a').getAggregatingState(average);
    assert.equal(state.get(), null);
    state.add(1);
    state.add(4);
    assert.equal(state.get(), 2.5);
  });

  it('is cleared by null, and by a function that keeps nothing', () => {
    const backend = backendAt('a');
    const sum = backend.getReducingState(
      new ReducingStateDescriptor<number | null>('sum', (a, b) => (b === 0 ? null : Number(a) + Number(b))),
    );
    sum.add(1);
    sum.add(null);
    assert.equal(sum.get(), null);
    sum.add(1);
    sum.add(0);
    assert.equal(sum.get(), null);
  });

  it('takes objects with the methods as well, and refuses what cannot do it', () => {
    const state = backendAt('a').getReducingState(
      new ReducingStateDescriptor<number>('least', {
        reduce(a, b) {
          return Math.min(a, b);
        },
      }),
    );
    for (const value of [3, 1, 2]) state.add(value);
    assert.equal(state.get(), 1);
    class Rich extends AbstractRichFunction {
      reduce(a: number, b: number): number {
        return a + b;
      }
    }
    assert.throws(() => new ReducingStateDescriptor<number>('rich', new Rich()), {
      name: 'UnsupportedOperationException',
      message: 'ReduceFunction of ReducingState can not be a RichFunction.',
    });
    assert.throws(() => Reflect.construct(ReducingStateDescriptor, ['none']), { name: 'IllegalArgumentException' });
    for (const wrong of [undefined, () => 1, { add: () => 1 }]) {
      assert.throws(() => Reflect.construct(AggregatingStateDescriptor, ['wrong', wrong]), { name: 'IllegalArgumentException' });
    }
  });

  it('is not taken for another kind of state', () => {
    const backend = backendAt('a');
    backend.getAggregatingState(average);
    assert.throws(() => backend.getReducingState(new ReducingStateDescriptor<number>('average', (a, b) => a + b)), {
      name: 'IllegalStateException',
      message: /State "average" is an aggregating state of this operator, and cannot be used as a reducing state/,
    });
  });
});
