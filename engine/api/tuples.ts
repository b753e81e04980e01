/** Flink's tuples are arrays here; positions are field names: `keyBy(0)`, `sum(1)`. */
export type Tuple2<T0, T1> = [T0, T1];
export type Tuple3<T0, T1, T2> = [T0, T1, T2];
export type Tuple4<T0, T1, T2, T3> = [T0, T1, T2, T3];

export const Tuple2 = { of: <T0, T1>(f0: T0, f1: T1): Tuple2<T0, T1> => [f0, f1] };
export const Tuple3 = { of: <T0, T1, T2>(f0: T0, f1: T1, f2: T2): Tuple3<T0, T1, T2> => [f0, f1, f2] };
export const Tuple4 = { of: <T0, T1, T2, T3>(f0: T0, f1: T1, f2: T2, f3: T3): Tuple4<T0, T1, T2, T3> => [f0, f1, f2, f3] };
