import { UnsupportedOperationException } from './errors.ts';

/** The error for a part of the API that this version does not have. `what` reads in a sentence: "session windows". */
export function unsupported(what: string): UnsupportedOperationException {
  return new UnsupportedOperationException(
    `${what} ${/[^s]s$/.test(what.split(' ').at(-1) ?? '') ? 'are' : 'is'} not part of this version of Streambook yet.`,
  );
}

/** Names of api.d.ts that this version does not have, by what they belong to. Using one in any way throws. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  formats: ['Format'],
  'Kafka connectors': ['KafkaSource', 'KafkaSink', 'OffsetsInitializer'],
  'database sinks': ['PostgresSink'],
  secrets: ['secret'],
};

/** Methods of api.d.ts that this version does not have: class, then what they belong to. */
const METHODS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  DataStream: {
    'full-window partitions': ['fullWindowPartition'],
    'type information': ['getType'],
  },
  KeyedStream: {
    'type information': ['getKeyType'],
  },
  TriggerContext: { 'user metrics': ['getMetricGroup'] },
};

/** Gives `prototype` the methods of `className` that are missing, each throwing UnsupportedOperationException. */
export function addUnsupportedMethods(className: string, prototype: object): void {
  for (const [feature, methods] of Object.entries(METHODS[className] ?? {})) {
    for (const method of methods) {
      if (method in prototype) continue;
      Object.defineProperty(prototype, method, {
        configurable: true,
        value: () => {
          throw unsupported(feature);
        },
      });
    }
  }
}

/** Values for the names of api.d.ts that are missing: extending works, any other use throws. */
export function unsupportedNames(): ReadonlyMap<string, unknown> {
  const names = new Map<string, unknown>();
  for (const [feature, list] of Object.entries(NAMES)) for (const name of list) names.set(name, unsupportedName(name, feature));
  return names;
}

function unsupportedName(name: string, feature: string): unknown {
  const fail = (): never => {
    throw unsupported(feature);
  };
  // A class, so that a class of user code may extend it: the error then comes where the class is used.
  const Missing = class {
    constructor() {
      fail();
    }
  };
  Object.defineProperty(Missing, 'name', { value: name });
  return new Proxy(Missing, {
    apply: fail,
    get(target, property, receiver): unknown {
      if (typeof property !== 'symbol' && property !== 'prototype' && property !== 'name') fail();
      const value: unknown = Reflect.get(target, property, receiver);
      return value;
    },
  });
}
