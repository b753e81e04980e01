import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeEntryKey } from '../../../engine/state/entry-codec.ts';
import { KeyedTable } from '../../../engine/state/keyed-table.ts';
import { decodeValue } from '../../../engine/state/stored-value.ts';
import type { EncodedState } from '../../../engine/state/state-capture.ts';

type Content = Map<string, number[]>;

/** Lays an encoded state over what the ones before gave. */
function apply(content: Content, { mode, groups }: EncodedState): Content {
  const next: Content = mode === 'full' ? new Map() : new Map(content);
  for (const { keyGroup, keys, values } of groups) {
    for (const [at, bytes] of keys.entries()) {
      const { key, keyGroup: own } = decodeEntryKey(bytes);
      assert.equal(own, keyGroup);
      const value = values[at] ?? null;
      if (value === null) next.delete(String(key));
      else next.set(String(key), decodeValue(value) as number[]);
    }
  }
  return next;
}

const sorted = (content: Content): unknown => [...content].sort(([a], [b]) => (a < b ? -1 : 1));

const action = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), key: fc.nat(12), value: fc.nat(99) }),
  fc.record({ kind: fc.constant('mutate' as const), key: fc.nat(12), value: fc.nat(99) }),
  fc.record({ kind: fc.constant('remove' as const), key: fc.nat(12) }),
  fc.record({ kind: fc.constant('barrier' as const), full: fc.boolean() }),
  fc.record({ kind: fc.constant('encode' as const), budget: fc.integer({ min: 1, max: 5 }) }),
  fc.constant({ kind: 'finish' as const }),
  fc.constant({ kind: 'release' as const }),
);

describe('A table that checkpoints look at', () => {
  it('gives each checkpoint what it held at the barrier, whatever happens while it is encoded; deltas add up', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 80, size: 'max' }), (actions) => {
        const table = new KeyedTable('list', 'list', 8);
        const model: Content = new Map();
        let stored: Content = new Map();
        let expected: unknown = null;
        let capture: ReturnType<KeyedTable['capture']> | null = null;
        const finish = (): void => {
          if (capture === null) return;
          while (capture.encode(3) > 0);
          const state = capture.finish();
          stored = apply(stored, state);
          assert.deepEqual(sorted(stored), expected);
          assert.equal(state.entries, stored.size);
          capture = null;
        };
        for (const step of actions) {
          switch (step.kind) {
            case 'put': {
              const group = table.keyGroupOf(step.key);
              const slot = table.find(group, step.key);
              if (slot === undefined) table.add(group, step.key, [step.value]);
              else table.slots.write(slot, [step.value]);
              model.set(String(step.key), [step.value]);
              break;
            }
            case 'mutate': {
              const slot = table.find(table.keyGroupOf(step.key), step.key);
              if (slot === undefined) break;
              // As user code may: changes the object that it was given.
              (table.slots.read(slot) as number[]).push(step.value);
              model.set(String(step.key), [...(model.get(String(step.key)) ?? []), step.value]);
              break;
            }
            case 'remove':
              table.remove(table.keyGroupOf(step.key), step.key);
              model.delete(String(step.key));
              break;
            case 'barrier':
              finish();
              capture = table.capture(step.full);
              expected = structuredClone(sorted(model));
              break;
            case 'encode':
              capture?.encode(step.budget);
              break;
            case 'finish':
              finish();
              break;
            case 'release':
              capture?.release();
              capture = null;
          }
        }
        finish();
      }),
      { numRuns: 500 },
    );
  });

  it('counts the exact bytes of a state in which a value was replaced and another removed', () => {
    const table = new KeyedTable('value', 'value', 128);
    for (let key = 0; key < 10; key++) table.add(table.keyGroupOf(key), key, 'x');
    const full = table.capture(true);
    full.encode(100);
    const before = full.finish();
    table.remove(table.keyGroupOf(3), 3);
    table.slots.write(table.find(table.keyGroupOf(4), 4) ?? -1, 'xyz');
    const delta = table.capture(false);
    delta.encode(100);
    const after = delta.finish();
    const again = table.capture(true);
    again.encode(100);
    assert.equal(after.mode, 'delta');
    assert.equal(after.bytes, again.finish().bytes);
    assert.equal(table.slots.estimatedBytes, after.bytes);
    for (let key = 100; key < 109; key++) table.add(table.keyGroupOf(key), key, 'xy');
    assert.equal(table.slots.estimatedBytes, 2 * after.bytes, 'nine entries more, like the nine that are known');
    assert.ok(after.bytes < before.bytes);
  });

  it('keeps a value that cannot be stored from the record, and tells the checkpoint, with state and key', () => {
    const table = new KeyedTable('seen', 'value', 128);
    const slot = table.add(table.keyGroupOf('a'), 'a', { f: () => 1 });
    const capture = table.capture(true);
    assert.doesNotThrow(() => table.slots.write(slot, { n: 1 }));
    assert.throws(() => capture.encode(10), /State "seen" of key "a": A function at f cannot be stored/);
    capture.release();
    const next = table.capture(false);
    next.encode(10);
    assert.equal(next.finish().mode, 'full', 'after one that was called off the next is full');
  });
});
