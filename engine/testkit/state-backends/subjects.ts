import {
  AggregatingStateDescriptor,
  ListStateDescriptor,
  MapStateDescriptor,
  ReducingStateDescriptor,
  ValueStateDescriptor,
} from '../../api/state-descriptors.ts';
import { aggregateField, builtIns, listAll, type WindowAggregation } from '../../operators/aggregations/window-aggregation.ts';
import { HeapWindows } from '../../operators/heap-windows.ts';
import { StoredWindows } from '../../operators/stored-windows.ts';
import type { WindowTable, WindowTables } from '../../operators/window-tables.ts';
import { ByteWriter } from '../../state/byte-writer.ts';
import { createTimers } from '../../state/create-timers.ts';
import { decodeEntryKey } from '../../state/entry-codec.ts';
import { KeyedStateBackend } from '../../state/keyed-backend.ts';
import type { MapState } from '../../state/keyed/map-state.ts';
import type { ValueState } from '../../state/keyed/value-state.ts';
import { KeyedTable, type ValueTable } from '../../state/keyed-table.ts';
import type { RestoredState, StateCapture } from '../../state/state-capture.ts';
import { freeAccount } from '../../state/state-memory.ts';
import { cachedEntries, type StateStore } from '../../state/stored/state-store.ts';
import { StoredValueTable } from '../../state/stored/stored-value-table.ts';

export const MAX_PARALLELISM = 128;

/** A keyed state as the kit handles every kind of it: a number more or less under a key and one of two namespaces. */
export interface Subject {
  /** Puts `n` to what is kept; what that comes to is the kind's own business. */
  set(key: unknown, namespace: number, n: number): void;
  clear(key: unknown, namespace: number): void;
  /** What is kept: plain data. */
  read(key: unknown, namespace: number): unknown;
  captures(full: boolean): readonly StateCapture[];
  restore(states: readonly RestoredState[]): void;
  /** The canonical bytes of everything. */
  bytes(): Uint8Array;
}

/** On the heap when `store` is null. */
export type MakeSubject = (store: StateStore | null) => Subject;

function written(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  write(writer);
  return writer.finish();
}

/** States of user code: the namespace is another state, or another key of the map. */
function userState(act: (backend: KeyedStateBackend) => Pick<Subject, 'set' | 'clear' | 'read'>): MakeSubject {
  return (store) => {
    const backend = new KeyedStateBackend(MAX_PARALLELISM, store);
    const { set, clear, read } = act(backend);
    const at = <R>(key: unknown, then: () => R): R => {
      backend.context.set(key);
      return then();
    };
    return {
      set: (key, namespace, n) => at(key, () => set(key, namespace, n)),
      clear: (key, namespace) => at(key, () => clear(key, namespace)),
      read: (key, namespace) => at(key, () => read(key, namespace)),
      captures: (full) => backend.capture(full),
      restore: (states) => {
        for (const state of states) backend.restore(state);
      },
      bytes: () => written((writer) => backend.writeState(writer)),
    };
  };
}

const value = userState((backend) => {
  const state = (namespace: number): ReturnType<typeof backend.getState> =>
    backend.getState(new ValueStateDescriptor(`value ${namespace}`));
  return {
    set: (_, namespace, n) => state(namespace).update({ n, text: 'x'.repeat(n % 50) }),
    clear: (_, namespace) => state(namespace).clear(),
    read: (_, namespace) => state(namespace).value(),
  };
});

/** Every second time an object in the state is changed in place, without `update`. */
const changedInPlace = userState((backend) => {
  const state = (): ValueState<number[][]> => backend.getState(new ValueStateDescriptor<number[][]>('changed in place'));
  return {
    set: (_, namespace, n) => {
      const kept = state().value();
      if (kept === null) state().update([[], [n]]);
      else kept[namespace]?.push(n);
    },
    clear: () => state().clear(),
    read: () => structuredClone(state().value()),
  };
});

const list = userState((backend) => {
  const state = (namespace: number): ReturnType<typeof backend.getListState> =>
    backend.getListState(new ListStateDescriptor(`list ${namespace}`));
  return {
    set: (_, namespace, n) => state(namespace).add(n),
    clear: (_, namespace) => state(namespace).clear(),
    read: (_, namespace) => [...state(namespace).get()],
  };
});

const map = userState((backend) => {
  const state = (): MapState<unknown, unknown> => backend.getMapState(new MapStateDescriptor<unknown, unknown>('map'));
  return {
    set: (key, namespace, n) => {
      state().put(`${namespace}/${n % 3}`, n);
      // −0 is the key 0, and is it again when it comes from a checkpoint.
      state().put([namespace, key === 0 ? 0 : key], { n });
    },
    clear: (_, namespace) => {
      for (const userKey of state().keys()) if (String(userKey).startsWith(`${namespace}`)) state().remove(userKey);
      if (namespace === 1) state().clear();
    },
    read: () => structuredClone([...state()]),
  };
});

const reducing = userState((backend) => {
  const state = (namespace: number): ReturnType<typeof backend.getReducingState<string>> =>
    backend.getReducingState(new ReducingStateDescriptor<string>(`reducing ${namespace}`, (a, b) => `${b}${a}`.slice(0, 40)));
  return {
    set: (_, namespace, n) => state(namespace).add(`${n}`),
    clear: (_, namespace) => state(namespace).clear(),
    read: (_, namespace) => state(namespace).get(),
  };
});

/** The accumulator is changed in place. */
const aggregating = userState((backend) => {
  const state = (namespace: number): ReturnType<typeof backend.getAggregatingState<number, number[], number>> =>
    backend.getAggregatingState(
      new AggregatingStateDescriptor<number, number[], number>(`aggregating ${namespace}`, {
        createAccumulator: () => [],
        add: (value, kept) => {
          kept.push(value);
          return kept;
        },
        getResult: (kept) => kept.reduce((sum, value) => sum + value, 0),
      }),
    );
  return {
    set: (_, namespace, n) => state(namespace).add(n),
    clear: (_, namespace) => state(namespace).clear(),
    read: (_, namespace) => state(namespace).get(),
  };
});

/** The running result of `reduce`; the namespace is another table in the same store. */
const reduce: MakeSubject = (store) => {
  const over = <Slot>(tables: readonly ValueTable<Slot>[]): Subject => {
    const change = (key: unknown, namespace: number, n: number): void => {
      const table = tables[namespace];
      const keyGroup = table?.keyGroupOf(key) ?? 0;
      const slot = table?.find(keyGroup, key);
      if (slot === undefined) table?.add(keyGroup, key, n);
      else table?.write(slot, Number(table.read(slot)) + n);
    };
    return {
      set: change,
      clear: (key, namespace) => tables[namespace]?.remove(tables[namespace].keyGroupOf(key), key),
      read: (key, namespace) => tables[namespace]?.view(tables[namespace].keyGroupOf(key), key),
      captures: (full) => tables.map((table) => table.capture(full)),
      restore: (states) => {
        for (const state of states) tables.find(({ name }) => name === state.name)?.restore(state);
      },
      bytes: () =>
        written((writer) => {
          for (const table of tables) table.writeState(writer);
        }),
    };
  };
  const names = ['reduced 0', 'reduced 1'];
  return store === null
    ? over(names.map((name) => new KeyedTable(name, 'reduce', MAX_PARALLELISM)))
    : over(names.map((name) => new StoredValueTable(cachedEntries(store, name, 'reduce'), MAX_PARALLELISM)));
};

/** The namespace is the time of a timer. */
const timers: MakeSubject = (store) => {
  const table = createTimers('event-time timers', { maxParallelism: MAX_PARALLELISM, memory: freeAccount() }, store);
  return {
    set: (key, namespace, n) => {
      table.register(key, namespace);
      table.register(key, 10 + n);
    },
    clear: (key, namespace) => table.delete(key, namespace),
    read: (key) => [table.next, table.view(key, 100)],
    captures: (full) => [table.capture(full)],
    restore: (states) => {
      for (const state of states) table.restore(state);
    },
    bytes: () => written((writer) => table.writeState(writer)),
  };
};

/** The namespace is a window. */
function windows(aggregation: WindowAggregation): MakeSubject {
  const over = <Table extends WindowTable>(tables: WindowTables<Table>): Subject => {
    const open = new Map<number, Table>();
    const window = (namespace: number): Table => {
      const known = open.get(namespace) ?? tables.open(namespace * 10, namespace * 10 + 10, 0);
      open.set(namespace, known);
      return known;
    };
    const sorted = (): readonly Table[] => [...open.values()].sort((a, b) => a.start - b.start);
    return {
      set: (key, namespace, n) => void window(namespace).add(key, { n }),
      clear: (_, namespace) => {
        tables.drop(window(namespace));
        open.delete(namespace);
      },
      read: (key, namespace) => {
        const results: unknown[] = [];
        for (const page of window(namespace).pages())
          for (const row of page.rows()) results.push(page.keyOf(row), page.result(row, page.keyOf(row)));
        return structuredClone([window(namespace).view(key), results]);
      },
      captures: (full) => [tables.capture(sorted(), full)],
      restore: (states) => {
        for (const [bytes, contents] of states.flatMap(({ entries }) => [...entries])) {
          const key = decodeEntryKey(bytes);
          const [start = 0] = Array.isArray(key.namespace) ? key.namespace.map(Number) : [];
          tables.restore(window(start / 10), key, contents);
        }
      },
      bytes: () =>
        written((writer) => {
          for (const one of sorted()) one.writeState(writer, MAX_PARALLELISM);
        }),
    };
  };
  return (store) =>
    store === null
      ? over(new HeapWindows(aggregation, MAX_PARALLELISM, freeAccount()))
      : over(new StoredWindows(store, aggregation, MAX_PARALLELISM));
}

/** Every kind of keyed state that the engine keeps. */
export const SUBJECTS: Readonly<Record<string, MakeSubject>> = {
  'a value': value,
  'a value changed in place': changedInPlace,
  'a list': list,
  'a map': map,
  'a reduced value': reducing,
  'an aggregated value': aggregating,
  'a running result': reduce,
  timers,
  'a window of numbers': windows(
    builtIns([
      { name: 'total', kind: 'sum', field: 'n' },
      { name: 'best', kind: 'max', field: 'n' },
    ]),
  ),
  'a window of accumulators': windows(aggregateField({ kind: 'sum', field: 'n', first: true })),
  'a window of records': windows(listAll()),
};
