/** `npm run samples:data`: writes the invented files of samples/data anew. */
import { writeFile } from 'node:fs/promises';
import { inRoot } from './lib/paths.mjs';
import { SAMPLE_DATA } from './lib/sample-data.mjs';

for (const [file, content] of Object.entries(SAMPLE_DATA)) await writeFile(inRoot(`samples/data/${file}`), content());
