/**
 * Loaded before every mocha run: property tests draw the same cases every time, so that a run can be repeated. `FC_SEED=N npm test`
 * draws others; a failing property prints its own seed.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['FC_SEED'] ?? 1) });
