/** `n` records with keys below `keys`: pseudo-random, the same every time. */
export function generate(n: number, keys: number): { readonly key: Int32Array; readonly ts: Float64Array; readonly value: Float64Array };
