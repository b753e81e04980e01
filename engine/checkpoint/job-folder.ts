import type { CheckpointRef, JobIdentity } from './manifest.ts';
import { checksum } from './segment-format.ts';

/** Paths in a directory of checkpoints, relative, with `/`. */
export function jobFolder({ notebook, cell }: JobIdentity): string {
  const slug = (text: string): string =>
    text
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .toLowerCase()
      .slice(0, 40);
  const sum = checksum(new TextEncoder().encode(`${notebook}\n${cell}`))
    .toString(16)
    .padStart(8, '0');
  return `jobs/${slug(notebook.replace(/\.stream\.md$/, ''))}-${slug(cell)}-${sum}`;
}

export function runFolder(job: string, run: number): string {
  return `${job}/run-${run}`;
}

export function manifestPath(job: string, { run, checkpoint }: CheckpointRef): string {
  return `${runFolder(job, run)}/chk-${checkpoint}.json`;
}

export function blobPath(job: string, blob: string): string {
  return `${job}/blobs/${blob}`;
}

/** The number in a name such as "run-3" or "chk-12.json"; null for other names. */
export function numberIn(name: string, prefix: string, suffix = ''): number | null {
  if (!name.startsWith(prefix) || !name.endsWith(suffix)) return null;
  const digits = name.slice(prefix.length, name.length - suffix.length);
  return /^[1-9]\d{0,14}$/.test(digits) ? Number(digits) : null;
}
