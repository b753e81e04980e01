import type { KeySelection, StreamEdge } from '../graph/stream-graph.ts';
import { coFlatMap, coMap, coOperator, coProcess, type CoWork, keyedCoOperator } from '../operators/co-process.ts';
import type { OperatorSpec } from '../runtime/operator.ts';
import type { SingleOutputStreamOperator } from './data-stream.ts';
import { UnsupportedOperationException } from './errors.ts';
import type { CoFlatMapFunction, CoMapFunction } from './function-types.ts';
import { type KeyChoice, selectionOf } from './key-selections.ts';
import { type CoProcessFunction, KeyedCoProcessFunction } from './process-functions.ts';
import { coFunction } from './user-function.ts';

/** Two streams that meet in one operator. */
export interface StreamPair {
  readonly first: readonly StreamEdge[];
  readonly second: readonly StreamEdge[];
  /** Adds the operator to the graph. */
  add<R>(name: string, operator: OperatorSpec, first: readonly StreamEdge[], second: readonly StreamEdge[]): SingleOutputStreamOperator<R>;
}

/** The same edges, dealt out by key. */
export function hashed(edges: readonly StreamEdge[], selection: KeySelection): readonly StreamEdge[] {
  return edges.map((edge) => ({ ...edge, partitioner: { kind: 'hash', selection } }));
}

/** Two streams with one operator on both. The order between the two is undefined, as is that of Flink. */
export class ConnectedStreams<out A, out B> {
  readonly #pair: StreamPair;
  constructor(pair: StreamPair) {
    this.#pair = pair;
  }

  /** One record out for each record in; the timestamp stays. */
  map<R>(mapper: CoMapFunction<A, B, R>): SingleOutputStreamOperator<R> {
    return this.#add('Co-Map', coMap(coFunction(mapper, 'map1', 'map2', 'map')));
  }

  /** Any number of records out, by `out.collect`. */
  flatMap<R>(flatMapper: CoFlatMapFunction<A, B, R>): SingleOutputStreamOperator<R> {
    return this.#add('Co-Flat Map', coFlatMap(coFunction(flatMapper, 'flatMap1', 'flatMap2', 'flatMap')));
  }

  /** Records with side outputs and the current time. */
  process<R>(fn: CoProcessFunction<A, B, R>): SingleOutputStreamOperator<R> {
    if (fn instanceof KeyedCoProcessFunction) {
      throw new UnsupportedOperationException(
        'KeyedCoProcessFunction can only be applied on keyed streams.',
        'Call keyBy on both streams before connect, or on the connected streams.',
      );
    }
    return this.#add('Co-Process', coProcess(coFunction(fn, 'processElement1', 'processElement2', 'process')));
  }

  /** Partitions both streams by keys of the same type: by functions, or by a field of each. */
  keyBy<K>(selector1: KeyChoice<A, K>, selector2: KeyChoice<B, K>): KeyedConnectedStreams<A, B, K> {
    return new KeyedConnectedStreams<A, B, K>(this.#pair, selectionOf([selector1]), selectionOf([selector2]));
  }

  #add<R>(name: string, work: CoWork): SingleOutputStreamOperator<R> {
    const { first, second } = this.#pair;
    return this.#pair.add<R>(name, coOperator(work), first, second);
  }
}

/** Two streams with the same key: one operator on both, with keyed state and timers that they share. */
export class KeyedConnectedStreams<out A, out B, out K> {
  declare protected readonly keyType: K;
  readonly #pair: StreamPair;
  readonly #keys: readonly [KeySelection, KeySelection];
  constructor(pair: StreamPair, keys1: KeySelection, keys2: KeySelection) {
    this.#pair = pair;
    this.#keys = [keys1, keys2];
  }

  /** As that of ConnectedStreams; a RichCoMapFunction has keyed state. */
  map<R>(mapper: CoMapFunction<A, B, R>): SingleOutputStreamOperator<R> {
    return this.#add('Co-Map', coMap(coFunction(mapper, 'map1', 'map2', 'map')));
  }

  flatMap<R>(flatMapper: CoFlatMapFunction<A, B, R>): SingleOutputStreamOperator<R> {
    return this.#add('Co-Flat Map', coFlatMap(coFunction(flatMapper, 'flatMap1', 'flatMap2', 'flatMap')));
  }

  /** Records of a key from either side, with keyed state, timers and side outputs. */
  process<R>(fn: KeyedCoProcessFunction<K, A, B, R> | CoProcessFunction<A, B, R>): SingleOutputStreamOperator<R> {
    const name = fn instanceof KeyedCoProcessFunction ? 'Co-Keyed-Process' : 'Co-Process';
    return this.#add(name, coProcess(coFunction(fn, 'processElement1', 'processElement2', 'process')));
  }

  #add<R>(name: string, work: CoWork): SingleOutputStreamOperator<R> {
    const [keys1, keys2] = this.#keys;
    const { first, second } = this.#pair;
    return this.#pair.add<R>(name, keyedCoOperator(work, keys1, keys2), hashed(first, keys1), hashed(second, keys2));
  }
}
