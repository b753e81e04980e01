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
