import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareNamespaces, type Namespace } from '../../../engine/state/namespace.ts';
import { compareKeys } from '../../../engine/state/key-codec.ts';
import type { EncodedState, StateCapture } from '../../../engine/state/state-capture.ts';
import { StoredTimers } from '../../../engine/state/stored/stored-timers.ts';
import { type TimerTable, Timers } from '../../../engine/state/timers.ts';
import { MEMORY_STATE_BACKEND } from '../../../engine/testkit/memory-state-backend.ts';

interface Timer {
  readonly key: unknown;
  readonly time: number;
  readonly namespace: Namespace | undefined;
}

const key = fc.oneof(fc.nat(3), fc.constantFrom('a', 'b'), fc.tuple(fc.nat(1), fc.constant('x')));
const time = fc.integer({ min: -1, max: 2 });
const namespace = fc.constantFrom<Namespace | undefined>(
  undefined,
  [0, 10],
  [-5, 10],
  [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
);

function order(a: Namespace | undefined, b: Namespace | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return compareNamespaces(a, b);
}
const action = fc.oneof(
  fc.record({ kind: fc.constant('register' as const), key, time, namespace }),
  fc.record({ kind: fc.constant('delete' as const), key, time, namespace }),
  fc.record({ kind: fc.constant('poll' as const), time }),
  fc.constant({ kind: 'restore' as const }),
);

/** What a plain list would do. */
class Model {
  #timers: Timer[] = [];
  register(timer: Timer): void {
    this.delete(timer);
    this.#timers.push(timer);
    this.#timers.sort((a, b) => a.time - b.time || compareKeys(a.key, b.key) || order(a.namespace, b.namespace));
  }
  delete({ key: gone, time: at, namespace: of }: Timer): void {
    this.#timers = this.#timers.filter(
      (timer) => timer.time !== at || compareKeys(timer.key, gone) !== 0 || order(timer.namespace, of) !== 0,
    );
  }
  poll(until: number): Timer | null {
    return this.next <= until ? (this.#timers.shift() ?? null) : null;
  }
  get next(): number {
    return this.#timers[0]?.time ?? Number.POSITIVE_INFINITY;
  }
}

function finish(capture: StateCapture): EncodedState {
  while (capture.encode(2) > 0);
  return capture.finish();
}

function restored(timers: TimerTable, make: () => TimerTable): TimerTable {
  const { name, kind, groups } = finish(timers.capture(true));
  const entries = [...groups].flatMap(({ keys, values }) => keys.map((bytes, at) => [bytes, values[at] ?? new Uint8Array(0)] as const));
  const again = make();
  again.restore({ name, kind, entries });
  return again;
}

function storedTimers(): TimerTable {
  const backend = MEMORY_STATE_BACKEND.createKeyedStateBackend({
    jobName: 'test',
    run: 1,
    operatorName: 'test',
    operator: 1,
    subtask: 0,
    keyGroupRange: { startKeyGroup: 0, endKeyGroup: 127 },
  });
  return new StoredTimers({ backend, cache: { entries: 3, bytes: 1_000 } }, 'event-time timers', 128);
}

const PLACES: readonly (readonly [string, () => TimerTable])[] = [
  ['on the heap', (): TimerTable => new Timers('event-time timers', 128)],
  ['in a store', storedTimers],
];

describe('Timers', () => {
  for (const [place, make] of PLACES) {
    it(`are one per key, namespace and time, come in that order, time first, and are the same after a restore, ${place}`, () => {
      fc.assert(
        fc.property(fc.array(action, { maxLength: 60, size: 'max' }), (actions) => {
          let timers = make();
          const model = new Model();
          for (const step of actions) {
            switch (step.kind) {
              case 'register':
                timers.register(step.key, step.time, step.namespace);
                model.register(step);
                break;
              case 'delete':
                timers.delete(step.key, step.time, step.namespace);
                model.delete(step);
                break;
              case 'poll': {
                const timer = model.poll(step.time);
                const polled = timers.poll(step.time);
                assert.deepEqual(polled && [polled.key, polled.time, polled.namespace], timer && [timer.key, timer.time, timer.namespace]);
                break;
              }
              case 'restore':
                timers = restored(timers, make);
            }
            assert.equal(timers.next, model.next);
          }
        }),
        { numRuns: 300 },
      );
    });
  }

  it('that are moved again and again fire once, at their last time', () => {
    const timers = new Timers('event-time timers', 128);
    timers.register('still', 5);
    for (let at = 10; at < 1_000; at++) {
      timers.register('a', at);
      timers.delete('a', at - 1);
      // The same time, too: it must not be queued once per move.
      timers.register('b', 2_000);
      if (at < 999) timers.delete('b', 2_000);
    }
    const fired: unknown[] = [];
    for (let timer = timers.poll(Infinity); timer !== null; timer = timers.poll(Infinity)) fired.push(timer);
    assert.deepEqual(fired, [
      { key: 'still', time: 5, namespace: undefined },
      { key: 'a', time: 999, namespace: undefined },
      { key: 'b', time: 2_000, namespace: undefined },
    ]);
    assert.equal(timers.next, Number.POSITIVE_INFINITY);
  });

  it('in a delta are only those that are new or gone', () => {
    const timers = new Timers('event-time timers', 1);
    for (let at = 0; at < 100; at++) timers.register('a', at);
    finish(timers.capture(true));
    timers.poll(0);
    timers.register('a', 100);
    timers.register('a', 50);
    const { mode, groups, entries, next } = finish(timers.capture(false));
    assert.equal(mode, 'delta');
    assert.equal(next, 1);
    assert.equal(entries, 100);
    assert.deepEqual(
      [...groups][0]?.values.map((value) => value === null),
      [true, false],
    );
  });
});
