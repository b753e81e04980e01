import type { Collector } from './collector.ts';

/** What arrow functions may return as their output; `void`, so that one that only calls `out.collect` fits. */
// oxlint-disable-next-line typescript/no-invalid-void-type
export type Emits<R> = (Iterable<R> & object) | undefined | void;

export interface MapFunction<IN, OUT> {
  map(value: IN): OUT;
}
export interface FlatMapFunction<IN, OUT> {
  flatMap(value: IN, out: Collector<OUT>): void;
}
export interface MapPartitionFunction<IN, OUT> {
  mapPartition(values: Iterable<IN>, out: Collector<OUT>): void;
}
export interface CoMapFunction<A, B, OUT> {
  map1(value: A): OUT;
  map2(value: B): OUT;
}
export interface CoFlatMapFunction<A, B, OUT> {
  flatMap1(value: A, out: Collector<OUT>): void;
  flatMap2(value: B, out: Collector<OUT>): void;
}
export interface FilterFunction<T> {
  filter(value: T): boolean;
}
export interface ReduceFunction<T> {
  reduce(a: T, b: T): T;
}
export interface JoinFunction<A, B, OUT> {
  join(first: A, second: B): OUT;
}
export interface CoGroupFunction<A, B, OUT> {
  coGroup(first: Iterable<A>, second: Iterable<B>, out: Collector<OUT>): void;
}
/** `Partitioner` of api.d.ts. */
export interface KeyPartitioner<KEY> {
  /** The subtask for a key: 0 to numPartitions − 1. */
  partition(key: KEY, numPartitions: number): number;
}
export interface KeySelector<IN, KEY> {
  getKey(value: IN): KEY;
}

/** Incremental aggregation. */
export interface AggregateFunction<IN, ACC, OUT> {
  createAccumulator(): ACC;
  add(value: IN, accumulator: ACC): ACC;
  getResult(accumulator: ACC): OUT;
  merge?(a: ACC, b: ACC): ACC;
}

/** Names of results, each 'count' or a function of a numeric field. */
export type BuiltInAggregates = Readonly<Record<string, 'count' | readonly ['sum' | 'min' | 'max' | 'avg', string | number]>>;
export type BuiltInResult<K, S> = { key: K } & { -readonly [N in keyof S]: number };
