import { IllegalArgumentException } from '../api/errors.ts';
import type { PartRef, SinkFolder } from './part-writes.ts';

const MAX_NAME = 200;
// What Windows does not allow, so that a notebook works everywhere.
// oxlint-disable-next-line no-control-regex -- they are among what no file name may hold
const FORBIDDEN = /[\u0000-\u001F\u007F<>:"|?*\\/]/;
const RESERVED = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;

/** Why `name` cannot be that of a file or folder on every system; null when it can. */
function problemOf(name: string): string | null {
  if (name === '') return 'a name in it is empty';
  if (name === '.' || name === '..') return `'${name}' leads out of the folder or to itself`;
  if (name.length > MAX_NAME) return `a name has more than ${MAX_NAME} characters`;
  const forbidden = FORBIDDEN.exec(name);
  if (forbidden) return `it contains ${JSON.stringify(forbidden[0])}`;
  if (RESERVED.test(name)) return `'${name}' is reserved on Windows`;
  if (/[. ]$/.test(name)) return `'${name}' ends with a dot or a space`;
  return null;
}

/** Checks what a bucket assigner gave: '' or names of folders with `/` between them. Throws IllegalArgumentException. */
export function checkBucket(bucket: unknown): string {
  if (typeof bucket !== 'string') {
    throw new IllegalArgumentException(`A bucketAssigner gives the name of a folder, not ${bucket === null ? 'null' : typeof bucket}.`);
  }
  if (bucket === '') return bucket;
  for (const name of bucket.split('/')) {
    const problem = problemOf(name);
    if (problem === null) continue;
    throw new IllegalArgumentException(
      `${JSON.stringify(bucket.slice(0, MAX_NAME))} cannot be a bucket, a folder below that of the sink: ${problem}.`,
      "Give for example 'day=2026-03-14', or names with '/' between them.",
    );
  }
  return bucket;
}

/** Checks the names of a sink's files. Throws IllegalArgumentException. */
export function checkPartNames(prefix: string, suffix: string): void {
  const problem = problemOf(`${prefix}-1-0-0${suffix}`);
  if (problem !== null)
    throw new IllegalArgumentException(`partPrefix and partSuffix of a FileSink are parts of names of files, but ${problem}.`);
  if (/^[-\d]/.test(suffix)) {
    throw new IllegalArgumentException(
      `The partSuffix '${suffix}' of a FileSink would run into the number before it.`,
      "Begin it with a dot, such as '.json'.",
    );
  }
}

/** The sink's folder with one way of writing it, so that 'out', './out/' and 'out//' are the same. Throws IllegalArgumentException. */
export function checkSinkPath(path: unknown): string {
  if (typeof path !== 'string' || path.trim() === '' || path.includes('\0')) {
    throw new IllegalArgumentException(
      `The path of a FileSink is the name of a folder, not ${JSON.stringify(path)}.`,
      "Write for example 'out'.",
    );
  }
  const names = path.split('/').filter((name, at) => name !== '.' && (name !== '' || at === 0));
  return names.join('/') || (path.startsWith('/') ? '/' : '.');
}

/** The names of a part file: `run`, `subtask` and `counter` make them unique, so that nothing is ever written twice to one file. */
export function partRef(sink: SinkFolder, bucket: string, run: number, subtask: number, counter: number): PartRef {
  const name = `${sink.prefix}-${run}-${subtask}-${counter}${sink.suffix}`;
  const folder = bucket === '' ? '' : `${bucket}/`;
  return { directory: sink.directory, pending: `${folder}.${name}.inprogress`, final: folder + name };
}

/** The run that an uncommitted file of the sink belongs to, by its name without folders; null when it is none of the sink's. */
export function runOfPending({ prefix, suffix }: SinkFolder, name: string): number | null {
  const start = `.${prefix}-`;
  const end = `${suffix}.inprogress`;
  if (!name.startsWith(start) || !name.endsWith(end) || name.length < start.length + end.length) return null;
  const numbers = /^(\d+)-\d+-\d+$/.exec(name.slice(start.length, name.length - end.length));
  return numbers ? Number(numbers[1]) : null;
}
