import assert from 'node:assert/strict';
import fc from 'fast-check';
import { OutputTag } from '../../../engine/api/output-tag.ts';
import {
  AggregatingStateDescriptor,
  ListStateDescriptor,
  MapStateDescriptor,
  ReducingStateDescriptor,
  ValueStateDescriptor,
} from '../../../engine/api/state-descriptors.ts';
import { StateTtlConfig } from '../../../engine/api/state-ttl-config.ts';
import { genericType } from '../../../engine/api/generic-type.ts';
import { type TypeInformation, Types } from '../../../engine/api/type-information.ts';
import { ByteWriter } from '../../../engine/state/byte-writer.ts';
import { KeyedStateBackend } from '../../../engine/state/keyed-backend.ts';
import type { EncodedState } from '../../../engine/state/state-capture.ts';
import { MEMORY_STATE_BACKEND } from '../../../engine/testkit/memory-state-backend.ts';
import { changeText, refusal, type StateTypeChange, typeChange } from '../../../engine/state/type-change.ts';
import { StateDescriptor } from '../../../engine/api/state-descriptors.ts';
import { OperatorStateBackend } from '../../../engine/state/operator/operator-state-backend.ts';
import { openStore } from '../../../engine/testkit/state-backends/store-contract.ts';

function backend(isStored: boolean, onChange?: (change: StateTypeChange) => void): KeyedStateBackend {
  const made = new KeyedStateBackend(
    128,
    isStored ? { backend: openStore(MEMORY_STATE_BACKEND), cache: { entries: 1, bytes: 100 } } : null,
    undefined,
    undefined,
    onChange,
  );
  made.context.set('k');
  return made;
}

function captured(from: KeyedStateBackend): readonly EncodedState[] {
  return from.capture(true).map((state) => {
    while (state.encode(7) > 0);
    return state.finish();
  });
}

function goOn(from: KeyedStateBackend, isStored: boolean, onChange?: (change: StateTypeChange) => void): KeyedStateBackend {
  const to = backend(isStored, onChange);
  for (const { name, kind, type, groups } of captured(from)) {
    const entries = [...groups].flatMap(({ keys, values }) => keys.map((bytes, at) => [bytes, values[at] ?? new Uint8Array(0)] as const));
    to.restore({ name, kind, entries, ...(type === undefined ? {} : { type }) });
  }
  return to;
}

function digest(of: KeyedStateBackend): string {
  const writer = new ByteWriter();
  of.writeState(writer);
  return Buffer.from(writer.finish()).toString('hex');
}

const state = <T>(of: KeyedStateBackend, type?: TypeInformation<T>) => of.getState(new ValueStateDescriptor<T>('s', type));

class Money {
  readonly cents: number;
  constructor(cents: number) {
    this.cents = cents;
  }
  get euros(): number {
    return this.cents / 100;
  }
}

/** The second version has another field, and reads the first. */
function money(version: 1 | 2): TypeInformation<Money> {
  return {
    createSerializer: () => ({
      version,
      serialize: ({ cents }) => new TextEncoder().encode(JSON.stringify(version === 1 ? { amount: cents } : { cents })),
      deserialize: (bytes, written) => {
        if (written > version) throw new Error(`version ${written} is newer`);
        const read = JSON.parse(new TextDecoder().decode(bytes)) as { amount: number; cents: number };
        return new Money(written === 1 ? read.amount : read.cents);
      },
    }),
  };
}

const typeOf = (type: TypeInformation<never>) => StateDescriptor.typeOf(new ValueStateDescriptor('s', type))?.description ?? null;

describe('What a type has become', () => {
  const cases: readonly (readonly [was: unknown, is: unknown, says: string])[] = [
    [Types.INT, Types.INT, 'nothing'],
    [Types.INT, Types.DOUBLE, 'State "s": its value was INT and is DOUBLE.'],
    [Types.INT, Types.STRING, 'State "s" was written with another type: it was INT, and is now STRING.'],
    [Types.INT, Types.OPTIONAL(Types.INT), 'State "s": its value was INT and is OPTIONAL<INT>.'],
    [Types.OPTIONAL(Types.INT), Types.STRING, 'State "s" was written with another type: it was INT, and is now STRING.'],
    [
      Types.MAP(Types.STRING, Types.LIST(Types.POJO({ a: Types.INT }))),
      Types.MAP(Types.STRING, Types.LIST(Types.POJO({ b: Types.INT }))),
      'State "s": value.element.b is new; value.element.a is left behind.',
    ],
    [
      Types.POJO({ a: Types.BOOLEAN, m: money(1) }),
      Types.POJO({ m: money(2), a: Types.BOOLEAN }),
      'State "s": m was a type of its own serializer (version 1) and is a type of its own serializer (version 2).',
    ],
    [
      Types.POJO({ m: money(1) }),
      Types.POJO({ m: Types.BYTES }),
      'State "s" was written with another type: m was a type of its own serializer (version 1), and is now BYTES.',
    ],
    [money(1), null, 'State "s" was written with another type: it was a type of its own serializer, and is now a state without a type.'],
    [genericType(), Types.INT, 'State "s": its value was GENERIC and is INT.'],
    [Types.LIST(Types.INT), genericType(), 'State "s": its value was LIST<INT> and is GENERIC.'],
    [
      Types.LIST(money(1)),
      genericType(),
      'State "s" was written with another type: it was LIST<a type of its own serializer>, and is now GENERIC.',
    ],
    [Types.INT, null, 'nothing'],
    [null, Types.INT, 'nothing'],
  ];
  for (const [was, is, says] of cases) {
    it(`is told: ${says}`, () => {
      const description = (type: unknown) => (type === null ? null : typeOf(type as TypeInformation<never>));
      const change = typeChange(description(was), description(is));
      assert.equal(change === null ? 'nothing' : (refusal({ state: 's', change }) ?? changeText({ state: 's', change })), says);
    });
  }
});

describe('Types', () => {
  it('write and read what belongs to them, and nothing else', () => {
    const both = <T>(type: TypeInformation<T>, value: T): void => {
      const serializer = type.createSerializer();
      assert.deepEqual(serializer.deserialize(serializer.serialize(value), serializer.version), value);
    };
    fc.assert(
      fc.property(fc.string(), fc.integer(), fc.double(), fc.bigInt(), fc.boolean(), (text, int, double, big, flag) => {
        both(Types.STRING, text);
        both(Types.INT, int);
        both(Types.DOUBLE, double);
        both(Types.BIG_INT, big);
        both(Types.BOOLEAN, flag);
        both(Types.INSTANT, new Date(int));
        both(Types.BYTES, Uint8Array.of(1, 2));
        both(Types.LIST(Types.OPTIONAL(Types.INT)), [int, null]);
        both(Types.MAP(Types.STRING, Types.LONG), new Map([[text, int]]));
        both(Types.POJO({ text: Types.STRING, inner: Types.POJO({ flag: Types.BOOLEAN }) }), { text, inner: { flag } });
      }),
    );
    const refused = <T>(type: TypeInformation<T>, value: unknown, message: RegExp): void =>
      assert.throws(() => type.createSerializer().serialize(value as T), { name: 'StateEncodingError', message });
    refused(Types.INT, 2 ** 31, /2147483648 is no INT\./);
    refused(Types.LONG, 2 ** 53, /is no LONG/);
    refused(Types.LONG, 1.5, /is no LONG/);
    refused(Types.POJO({ list: Types.LIST(Types.STRING) }), { list: ['a', 1] }, /list\.1: 1 is no STRING/);
    refused(Types.POJO({ a: Types.INT }), { a: 1, b: 2 }, /b is no field of POJO<a: INT>/);
    refused(Types.STRING, null, /null is no STRING/);
  });

  it('are asked for where a type is wanted', () => {
    assert.throws(() => Reflect.construct(ValueStateDescriptor, ['s', 'number']), {
      name: 'IllegalArgumentException',
      message: /is no type information/,
    });
    assert.throws(() => Reflect.construct(OutputTag, ['s', 1]), { name: 'IllegalArgumentException' });
    assert.throws(() => Reflect.apply(Types.LIST, Types, [undefined]), { name: 'IllegalArgumentException' });
    assert.ok(new OutputTag('late', Types.STRING));
  });
});

for (const [from, to] of [
  [false, false],
  [true, true],
  [false, true],
] as const) {
  describe(`State with a type, written ${from ? 'in a store' : 'on the heap'} and read ${to ? 'in a store' : 'on the heap'}`, () => {
    it('may have fields more and fields less', () => {
      const before = backend(from);
      const old = Types.POJO({ id: Types.STRING, gone: Types.INT, inner: Types.LIST(Types.POJO({ n: Types.INT })) });
      state(before, old).update({ id: 'a', gone: 1, inner: [{ n: 2 }] });
      const now = Types.POJO({
        id: Types.STRING,
        inner: Types.LIST(Types.POJO({ n: Types.INT, text: Types.STRING })),
        count: Types.LONG,
        note: Types.OPTIONAL(Types.STRING),
      });
      const changes: string[] = [];
      const after = goOn(before, to, (change) => changes.push(changeText(change)));
      assert.deepEqual(state(after, now).value(), { id: 'a', inner: [{ n: 2, text: '' }], count: 0, note: null });
      assert.deepEqual(changes, ['State "s": inner.element.text, count, note are new; gone is left behind.']);
      // What was read is what is stored from now on.
      assert.deepEqual(state(goOn(after, to)).value(), { id: 'a', inner: [{ n: 2, text: '' }], count: 0, note: null });
    });

    it('is refused as another type, with the state, the field and what was stored', () => {
      const before = backend(from);
      state(before, Types.POJO({ order: Types.POJO({ amount: Types.INT }) })).update({ order: { amount: 3 } });
      assert.throws(() => state(goOn(before, to), Types.POJO({ order: Types.POJO({ amount: Types.STRING }) })), {
        name: 'StateMigrationException',
        message: 'State "s" was written with another type: order.amount was INT, and is now STRING.',
      });
      const wide = backend(from);
      state(wide, Types.POJO({ amount: Types.LONG })).update({ amount: 2 ** 40 });
      assert.throws(() => state(goOn(wide, to), Types.POJO({ amount: Types.INT })), {
        name: 'StateMigrationException',
        message:
          'State "s" was written as POJO<amount: LONG>, and cannot be read as POJO<amount: INT>: amount: 1099511627776 was stored, which is no INT.',
      });
    });

    it('is refused by its values where a checkpoint does not tell the type', () => {
      const before = backend(from);
      state<unknown>(before).update({ order: { amount: 3 } });
      assert.throws(() => state(goOn(before, to), Types.POJO({ order: Types.POJO({ amount: Types.STRING }) })), {
        name: 'StateMigrationException',
        message: 'State "s" cannot be read as POJO<order: POJO<amount: STRING>>: order.amount: 3 was stored, which is no STRING.',
      });
    });

    it('is told by later checkpoints as long as nobody asks for it', () => {
      const before = backend(from);
      state(before, Types.LIST(Types.INT)).update([1]);
      const types = captured(goOn(goOn(before, to), to)).map(({ type }) => type);
      assert.deepEqual(types, [{ name: 'LIST', of: [{ type: { name: 'INT' } }] }]);
    });

    it('is renamed, and what is no plain data stored, by a serializer', () => {
      const before = backend(from);
      state(before, money(1)).update(new Money(250));
      const after = goOn(before, to);
      assert.equal(digest(after), digest(before));
      const read = state(after, money(2)).value();
      assert.ok(read instanceof Money);
      assert.equal(read.euros, 2.5);
      const again = goOn(after, to);
      assert.equal(state(again, money(2)).value()?.cents, 250);
      assert.throws(() => state(goOn(again, to), money(1)), {
        name: 'StateMigrationException',
        message: /its serializer could not read version 2: version 2 is newer/,
      });
      assert.throws(() => state(goOn(again, to), Types.STRING as TypeInformation<unknown>), { name: 'StateMigrationException' });
    });

    it('is of any kind, also with a time to live', () => {
      const use = (of: KeyedStateBackend) => {
        const ttl = StateTtlConfig.newBuilder('1 h').build();
        const list = new ListStateDescriptor<Money>('list', money(1));
        const map = new MapStateDescriptor<string, Money>('map', Types.STRING, money(1));
        const least = new ReducingStateDescriptor<Money>('least', (a, b) => (a.cents < b.cents ? a : b), money(1));
        const sum = new AggregatingStateDescriptor<number, Money, number>(
          'sum',
          { createAccumulator: () => new Money(0), add: (n, kept) => new Money(kept.cents + n), getResult: (kept) => kept.euros },
          money(1),
        );
        list.enableTimeToLive(ttl);
        map.enableTimeToLive(ttl);
        least.enableTimeToLive(ttl);
        return {
          list: of.getListState(list),
          map: of.getMapState(map),
          least: of.getReducingState(least),
          sum: of.getAggregatingState(sum),
        };
      };
      const before = backend(from);
      const first = use(before);
      first.list.addAll([new Money(1), new Money(2)]);
      first.map.put('a', new Money(3));
      for (const cents of [5, 4]) first.least.add(new Money(cents));
      first.sum.add(700);
      const after = goOn(before, to);
      assert.equal(digest(after), digest(before));
      const { list, map, least, sum } = use(after);
      assert.equal(digest(after), digest(before));
      assert.deepEqual(
        [...list.get()].map(({ euros }) => euros),
        [0.01, 0.02],
      );
      assert.equal(map.get('a')?.euros, 0.03);
      assert.equal(least.get()?.cents, 4);
      assert.equal(sum.get(), 7);
    });

    it('is of a subtask, too', () => {
      const use = (of: OperatorStateBackend) => ({
        list: of.getListState(new ListStateDescriptor<Money>('list', money(1))),
        rules: of.getBroadcastState(new MapStateDescriptor<string, Money>('rules', Types.STRING, money(1))),
      });
      const before = new OperatorStateBackend();
      const first = use(before);
      first.list.add(new Money(100));
      first.rules.put('a', new Money(200));
      before.capture();
      const after = new OperatorStateBackend();
      after.restore(before.captured);
      const { list, rules } = use(after);
      assert.deepEqual([[...list.get()].map(({ euros }) => euros), rules.get('a')?.euros], [[1], 2]);
    });

    it('fails the checkpoint, not the access, with a value of another type', () => {
      const states = backend(from);
      state<unknown>(states, Types.INT).update('seven');
      assert.throws(() => captured(states), { name: 'StateEncodingError', message: 'State "s" of key "k": "seven" is no INT.' });
    });
  });
}
