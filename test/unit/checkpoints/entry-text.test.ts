import assert from 'node:assert/strict';
import type { StateKind } from '../../../engine/state/state-capture.ts';
import { encodeEntryKey } from '../../../engine/state/entry-codec.ts';
import { Expiring } from '../../../engine/state/expiring.ts';
import { Serialized } from '../../../engine/state/serialized.ts';
import { encodeValue } from '../../../engine/state/stored-value.ts';
import { entryJson, entryKeyText, entryValueText, operatorStateText, type ShownState } from '../../../src/checkpoints/entry-text.ts';
import { l10n } from './fixtures.ts';

const NOON = Date.UTC(2026, 2, 14, 12);
const MINUTE = 60_000;

const state = (kind: StateKind, operator = 'keyedProcess', name = 's'): ShownState => ({ operator, name, kind });
const keyOf = (shown: ShownState, namespace?: unknown, userKey?: unknown): string =>
  entryKeyText(encodeEntryKey(7, 'a', namespace, userKey), shown, l10n);
const valueOf = (shown: ShownState, value: unknown, limit = 100): string => entryValueText(encodeValue(value), shown, limit, l10n);

describe('An entry of state', () => {
  it('has its window in its key, whatever kind of state it is', () => {
    const window = [NOON, NOON + MINUTE];
    for (const kind of ['window', 'value', 'list', 'reducing', 'aggregating'] as const)
      assert.equal(keyOf(state(kind, 'triggeredWindow'), window), 'a · 12:00:00 – 12:01:00', kind);
    assert.equal(keyOf(state('map', 'triggeredWindow'), window, 'b'), 'a · 12:00:00 – 12:01:00 · b');
    assert.equal(keyOf(state('window'), [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]), 'a · GlobalWindow');
    assert.equal(keyOf(state('map'), undefined, NOON), `a · ${NOON}`, 'a number of the user is no time');
    assert.equal(keyOf(state('value')), 'a');
  });

  it('that is a timer has its time, and the window that it is of', () => {
    for (const kind of ['event-time timers', 'processing-time timers'] as const) {
      assert.equal(keyOf(state(kind), NOON + 500), 'a · 12:00:00.5');
      assert.equal(keyOf(state(kind), NOON, [NOON - MINUTE, NOON]), 'a · 12:00:00 · 11:59:00 – 12:00:00');
      assert.equal(keyOf(state(kind), Number.POSITIVE_INFINITY), 'a · end of time');
      assert.equal(valueOf(state(kind), null), '');
    }
  });

  it('that says which windows merge shows the windows', () => {
    const open = [
      [NOON, NOON + MINUTE, NOON, NOON + 1],
      [NOON + 5 * MINUTE, NOON + 6 * MINUTE, NOON + 5 * MINUTE, NOON + 6 * MINUTE],
    ];
    assert.equal(valueOf(state('list', 'triggeredWindow', 'merging windows'), open), '12:00:00 – 12:01:00, 12:05:00 – 12:06:00');
    assert.equal(valueOf(state('list', 'keyedProcess', 'merging windows'), [[1, 2]]), '[[1,2]]', 'a state of the user with this name');
  });

  it('of a session shows what is in it', () => {
    assert.equal(valueOf(state('window'), [{ n: 1 }, { n: 2 }]), '[{"n":1},{"n":2}]');
    const sessions = [
      { start: NOON, end: NOON + MINUTE, contents: 3 },
      { start: NOON + 5 * MINUTE, end: NOON + 6 * MINUTE, contents: [{ n: 1 }] },
    ];
    assert.equal(valueOf(state('window', 'sessionWindow', 'sessions'), sessions), '12:00:00 – 12:01:00: 3, 12:05:00 – 12:06:00: [{"n":1}]');
  });

  it('of a pattern shows events with their times', () => {
    assert.equal(keyOf(state('map', 'cep', 'waiting events'), undefined, NOON), 'a · 12:00:00');
    const buffered = { value: { n: 1 }, time: NOON, uses: 2 };
    assert.equal(valueOf(state('map', 'cep', 'events of partial matches'), buffered), '{"n":1} · 12:00:00');
    assert.equal(valueOf(state('map', 'keyedProcess', 'events of partial matches'), { value: 1, time: 2 }), '{"value":1,"time":2}');
  });

  it('with a time to live says when it was last used, each element of a list for itself', () => {
    assert.equal(valueOf(state('value'), new Expiring({ n: 1 }, NOON)), '{"n":1} (last used 12:00:00)');
    const list = [new Expiring('x', NOON), new Expiring('y', NOON + 1_000)];
    assert.equal(valueOf(state('list'), list), '[x (last used 12:00:00), y (last used 12:00:01)]');
  });

  it('that a serializer wrote says of what type and version', () => {
    const money = new Serialized(2, Uint8Array.of(1, 2, 3));
    assert.equal(valueOf(state('value'), money), 'written by a serializer, version 2: 3 bytes');
    const typed = { ...state('value'), type: { name: 'Money', version: 2 } };
    assert.equal(valueOf(typed, new Expiring(money, NOON)), 'Money, version 2: 3 bytes (last used 12:00:00)');
  });

  it('is cut where it is too long', () => {
    assert.equal(valueOf(state('list'), ['aaaa', new Expiring('bbbb', NOON)], 10), '[aaaa, bbb…');
  });

  it('is JSON with its window or its time', () => {
    const json = (shown: ShownState, value: unknown, namespace?: unknown, userKey?: unknown): unknown =>
      JSON.parse(entryJson(encodeEntryKey(7, 'a', namespace, userKey), encodeValue(value), shown));
    assert.deepEqual(json(state('reducing'), 5, [1, 2]), { key: 'a', window: { start: 1, end: 2 }, value: 5 });
    assert.deepEqual(json(state('window'), 5, [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]), {
      key: 'a',
      window: { start: { $number: '-Infinity' }, end: { $number: 'Infinity' } },
      value: 5,
    });
    assert.deepEqual(json(state('event-time timers'), null, 9, [1, 10]), { key: 'a', timestamp: 9, window: { start: 1, end: 10 } });
    assert.deepEqual(json(state('map'), 5, undefined, 'b'), { key: 'a', userKey: 'b', value: 5 });
  });
});

describe('State of a subtask', () => {
  it('shows the elements of a list and the entries of a broadcast map, as many as fit', () => {
    const values = [1, 2, 3].map(encodeValue);
    assert.equal(operatorStateText(values, { redistribution: 'split' }, 100, l10n), '1, 2, 3');
    const rules = [encodeValue(['a', { max: 1 }]), encodeValue(['b', { max: 2 }])];
    assert.equal(operatorStateText(rules, { redistribution: 'broadcast' }, 100, l10n), 'a → {"max":1}, b → {"max":2}');
    assert.equal(operatorStateText(rules, { redistribution: 'broadcast' }, 8, l10n), 'a → {"ma…');
    assert.equal(operatorStateText([encodeValue([1, 2])], { redistribution: 'union' }, 100, l10n), '[1,2]');
    const money = encodeValue(new Serialized(1, Uint8Array.of(0)));
    assert.equal(
      operatorStateText([money], { redistribution: 'split', type: { name: 'Money', version: 1 } }, 100, l10n),
      'Money, version 1: 1 byte',
    );
  });
});
