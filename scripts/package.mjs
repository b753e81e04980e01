/** `npm run package`: out/streambook-VERSION.vsix from a production build. */
import { ensureDependencies } from './lib/setup.mjs';

await ensureDependencies();
const { packageExtension } = await import('./lib/package.mjs');
const { file, problems } = await packageExtension();
for (const problem of problems) console.error(problem);
console.log(file);
process.exitCode = problems.length === 0 ? 0 : 1;
