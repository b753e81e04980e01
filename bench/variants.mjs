/**
 * The contestants of the engine benchmark, by name. All do the job of tight-loop.mjs on the same arrays.
 *
 * @typedef {{ key: Int32Array, ts: Float64Array, value: Float64Array }} Input
 * @typedef {(key: number, windowStart: number, count: number, sum: number) => void} Emit
 * @typedef {object} Variant
 * @property {(data: Input) => Promise<(emit: Emit) => void | Promise<void>>} prepare
 *   Brings the input where the variant reads it (not timed) and returns the job (timed). The job can run more than once.
 */

/** @type {Readonly<Record<string, () => Promise<Variant>>>} */
export const VARIANTS = {
  'tight loop': async () => (await import('./tight.mjs')).tight,
  engine: async () => (await import('../out/bench/engine.mjs')).engine,
  rxjs: async () => (await import('./rxjs.mjs')).rxjs,
  'DuckDB, 1 thread': async () => (await import('./duckdb.mjs')).duckdb,
};
