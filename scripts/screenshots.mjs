/** `npm run docs:screenshots`: the pictures in docs/images, of the samples in a real VS Code. */
import { ensureDependencies } from './lib/setup.mjs';

await ensureDependencies();
const { build } = await import('./lib/build.mjs');
const { takePictures } = await import('./lib/workbench.mjs');
await build({ production: true });
const { passed, failed, output, failures } = await takePictures();
process.stdout.write(`${output}${failures.map((failure) => `${failure}\n`).join('')}`);
console.log(`${passed} pictures taken, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
