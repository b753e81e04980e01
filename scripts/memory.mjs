/** `npm run memory`: every way to fill the memory of test/unit/memory/shapes.ts, one after the other in one process that has to live on. Takes some minutes. */
import { ensureDependencies } from './lib/setup.mjs';

await ensureDependencies();
const { runPackage } = await import('./lib/exec.mjs');
const { code } = await runPackage(['mocha'], ['test/unit/memory/shapes.test.ts'], { env: { MEMORY_SHAPES: 'all' } });
process.exitCode = code;
