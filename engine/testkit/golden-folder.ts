import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { readGoldenFile } from './golden-case.ts';
import { type GoldenResult, runGoldenCase } from './golden.ts';

/** A file of a golden folder and what became of it. `name` is the path below the folder, with slashes. */
export interface GoldenFileResult {
  readonly name: string;
  readonly result: GoldenResult;
}

/** The JSON files below a folder, at any depth, sorted. Throws when the folder cannot be read. */
export async function goldenFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => path.join(entry.parentPath, entry.name));
  return files.sort();
}

/** Plays every case below a folder. */
export async function runGoldenFolder(folder: string): Promise<readonly GoldenFileResult[]> {
  const results: GoldenFileResult[] = [];
  for (const file of await goldenFiles(folder)) {
    const name = path.relative(folder, file).split(path.sep).join('/');
    results.push({ name, result: runGoldenFile(await readFile(file, 'utf8')) });
  }
  return results;
}

function runGoldenFile(text: string): GoldenResult {
  const content = readGoldenFile(text);
  if (content.kind === 'table') return { kind: 'skipped', reason: 'tables have tests of their own' };
  if (content.kind === 'unreadable') return { kind: 'failed', details: `not a golden case: ${content.reason}` };
  return runGoldenCase(content.case);
}

/** The results for a person: differences, then the reasons for skips, and as the last line exactly "N passed, N failed, N skipped". */
export function formatGoldenResults(results: readonly GoldenFileResult[]): string {
  const lines: string[] = [];
  const skipped = new Map<string, string[]>();
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, result } of results) {
    counts[result.kind]++;
    if (result.kind === 'failed') lines.push(`FAILED ${name}`, result.details.replace(/^/gm, '  '), '');
    if (result.kind === 'skipped') skipped.set(result.reason, [...(skipped.get(result.reason) ?? []), name]);
  }
  for (const [reason, names] of skipped) lines.push(`skipped, ${reason}:`, ...names.map((name) => `  ${name}`));
  return [...lines, `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`].join('\n');
}
