import type { KeySelection, StreamEdge } from '../graph/stream-graph.ts';
import { broadcastProcessOperator, keyedBroadcastProcessOperator } from '../operators/broadcast-process.ts';
import { hashed, type StreamPair } from './connected-streams.ts';
import type { SingleOutputStreamOperator } from './data-stream.ts';
import type { StreamExecutionEnvironment } from './environment.ts';
import { IllegalArgumentException } from './errors.ts';
import { BroadcastProcessFunction, KeyedBroadcastProcessFunction } from './process-functions.ts';
import { MapStateDescriptor } from './state-descriptors.ts';
import { type CoFunction, coFunction } from './user-function.ts';

/** A stream whose records every subtask gets, to be kept as broadcast state of the operator that it is connected to. */
export class BroadcastStream<out T> {
  declare protected readonly elementType: T;
  /** For the engine: where the records come from. */
  readonly upstreams: readonly StreamEdge[];
  readonly #env: StreamExecutionEnvironment;
  readonly #descriptors: readonly MapStateDescriptor<unknown, unknown>[];

  /** Throws IllegalArgumentException for anything but descriptors of map states. */
  constructor(env: StreamExecutionEnvironment, upstreams: readonly StreamEdge[], descriptors: readonly unknown[]) {
    this.#env = env;
    this.upstreams = upstreams;
    this.#descriptors = descriptors.map((descriptor) => {
      if (descriptor instanceof MapStateDescriptor) return descriptor;
      throw new IllegalArgumentException('broadcast needs descriptors of map states.', "For example new MapStateDescriptor('rules').");
    });
  }

  getExecutionEnvironment(): StreamExecutionEnvironment {
    return this.#env;
  }

  getBroadcastStateDescriptors(): readonly MapStateDescriptor<unknown, unknown>[] {
    return this.#descriptors;
  }
}

/** A stream with broadcast state beside it; K is the key of a keyed stream. */
export class BroadcastConnectedStream<out A, out B, out K = unknown> {
  declare protected readonly keyType: K;
  readonly #pair: StreamPair;
  readonly #states: readonly string[];
  readonly #keys: KeySelection | null;

  /** `keys` null: the stream is not keyed. */
  constructor(pair: StreamPair, broadcast: BroadcastStream<B>, keys: KeySelection | null) {
    this.#pair = pair;
    this.#states = [...new Set(broadcast.getBroadcastStateDescriptors().map((descriptor) => descriptor.getName()))];
    this.#keys = keys;
  }

  /** Records of the stream with the broadcast state to read; records of the broadcast stream to change it. */
  process<R>(fn: BroadcastProcessFunction<A, B, R> | KeyedBroadcastProcessFunction<K, A, B, R>): SingleOutputStreamOperator<R> {
    const { first, second } = this.#pair;
    const keys = this.#keys;
    if (keys === null) {
      if (fn instanceof KeyedBroadcastProcessFunction) {
        throw new IllegalArgumentException(
          'A KeyedBroadcastProcessFunction can only be used on a keyed stream.',
          'Call keyBy before connect, or extend BroadcastProcessFunction.',
        );
      }
      return this.#pair.add<R>('Co-Process-Broadcast', broadcastProcessOperator(bothSides(fn), this.#states), first, second);
    }
    if (fn instanceof BroadcastProcessFunction) {
      throw new IllegalArgumentException(
        'A BroadcastProcessFunction can only be used on a non-keyed stream.',
        'Extend KeyedBroadcastProcessFunction, or leave keyBy out.',
      );
    }
    const operator = keyedBroadcastProcessOperator(bothSides(fn), this.#states, keys);
    return this.#pair.add<R>('Co-Process-Broadcast-Keyed', operator, hashed(first, keys), second);
  }
}

function bothSides(fn: unknown): CoFunction {
  return coFunction(fn, 'processElement', 'processBroadcastElement', 'process');
}
