/**
 * Stands for the extension host: runs one shape after the other in a worker of its own, in the one process, which has to live on. Writes what became of
 * each as a line of JSON. Arguments: the file of the worker, then names of shapes.
 */
import type { JobFailure } from '../../../engine/runtime/job.ts';
import { JobClient } from '../../../src/host/job-client.ts';
import { awaited } from '../host/awaited-port.ts';
import { ON_REAL_TIME, SILENT } from '../host/silent-listener.ts';
import { startJobWorker } from '../../../src/host/worker-thread.ts';
import { compileCells } from '../../../src/program/compile.ts';
import { cellsOf } from '../program/compiling.ts';
import { SHAPES } from './shapes.ts';

const MEGABYTE = 1024 * 1024;
const LIMITS = { live: 128 * MEGABYTE, growth: 128 * MEGABYTE };

function failureText(failure: JobFailure | null): string {
  return failure === null ? 'no failure' : `${failure.errorName}: ${failure.message} [${failure.hint ?? ''}]`;
}

/** How the job of a shape ends, in words. */
async function run(entry: string, code: string): Promise<string> {
  const compiled = compileCells(cellsOf(code), 'c1', { check: false });
  if (!compiled.ok) return `it does not compile: ${JSON.stringify(compiled.diagnostics)}`;
  const { program } = compiled;
  const { port, gone } = awaited(startJobWorker(entry, () => undefined, { limits: LIMITS }));
  const end = await new Promise<string>((resolve) => {
    const client = new JobClient(
      port,
      {
        ...SILENT,
        onEnded: (phase, failure) => resolve(phase === 'failed' ? failureText(failure) : phase),
        onLost: (failure) => resolve(failureText(failure)),
      },
      ON_REAL_TIME,
    );
    client.start({
      program,
      baseDirectory: '.',
      pace: { kind: 'full' },
      outputPrefix: 'n',
      settings: { 'streambook.state.max-size': '8 mb' },
      checkpoints: null,
      recording: null,
      replay: null,
    });
  });
  await gone;
  return end;
}

const [entry = '', ...names] = process.argv.slice(2);
for (const { name, code } of SHAPES.filter((shape) => names.includes(shape.name))) {
  console.log(JSON.stringify({ name, end: await run(entry, code) }));
}
