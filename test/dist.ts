import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A bundle in dist/. */
export function bundlePath(name: 'cli.mjs' | 'job-worker.mjs'): string {
  return join(ROOT, 'dist', name);
}

/** Makes the bundles anew when the sources have changed since: from a bundle a process or a thread starts much sooner. Takes a minute at most. */
export function buildWhenChanged(name: 'cli.mjs' | 'job-worker.mjs'): void {
  const changed = ['src', 'engine'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => statSync(join(ROOT, folder, file)).mtimeMs),
  );
  const bundled = statSync(bundlePath(name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (bundled < Math.max(...changed)) execFileSync(process.execPath, [join(ROOT, 'scripts', 'build.mjs')], { stdio: 'ignore' });
}
