import { run } from './tight-loop.mjs';

/** @type {import('./variants.mjs').Variant} */
export const tight = {
  async prepare(data) {
    return (emit) => void run(data, { emit });
  },
};
