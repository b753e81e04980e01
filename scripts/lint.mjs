/** `npm run lint [-- --fix]`: types and rules, format, layers and unused code. */
import { ensureDependencies } from './lib/setup.mjs';

await ensureDependencies();
const { lint } = await import('./lib/lint.mjs');
const { ok } = await lint({ fix: process.argv.includes('--fix') });
process.exitCode = ok ? 0 : 1;
