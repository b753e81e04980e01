import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import { AsyncCalls } from '../../../engine/node/async-calls.ts';
import { JobRunner } from '../../../engine/node/job-runner.ts';
import { createExecutor } from '../../../engine/runtime/executor.ts';
import type { DisplayDescription, JobProgram, ResultRow } from '../../../engine/runtime/job.ts';
import { parseCellInfo } from '../../../src/format/cell-info.ts';
import { parseNotebook } from '../../../src/format/notebook-format.ts';
import { NotebookCompiler } from '../../../src/program/compile.ts';
import { loadLibrary } from '../../../src/program/library.ts';
import { loadProgram } from '../../../src/program/load.ts';
import type { CellSource } from '../../../src/program/types.ts';
import { VirtualClock } from '../../engine/node/virtual-clock.ts';

export const SAMPLES = new URL('../../../samples/', import.meta.url);

/** What a display of a cell got. */
export interface SampleDisplay {
  readonly shown: DisplayDescription;
  readonly rows: readonly ResultRow[];
  readonly late: { readonly dropped: number; readonly counted: number };
}

export interface SampleRun {
  readonly displays: readonly SampleDisplay[];
  readonly printed: readonly string[];
}

/** The code cells of a notebook below samples/, by their names. */
export async function cellsOf(notebook: string): Promise<readonly CellSource[]> {
  const { cells } = parseNotebook(await readFile(new URL(notebook, SAMPLES), 'utf8'));
  return cells
    .filter(({ kind }) => kind === 'code')
    .map(({ info, value }, index) => ({
      id: parseCellInfo(info).name ?? '',
      number: index + 1,
      name: parseCellInfo(info).name,
      text: value,
    }));
}

/** The program of a cell of a sample. */
export async function programOf(notebook: string, cell: string): Promise<JobProgram<StreamExecutionEnvironment>> {
  const compiler = new NotebookCompiler(loadLibrary());
  const compiled = compiler.compile(await cellsOf(notebook), cell, { check: false });
  compiler.dispose();
  assert.ok(compiled.ok);
  return loadProgram(compiled.program);
}

/** Runs a cell of a sample as fast as possible, on the real files. */
export async function runSample(notebook: string, cell: string, overrides: Readonly<Record<string, string>> = {}): Promise<SampleRun> {
  const clock = new VirtualClock();
  const calls = new AsyncCalls();
  const options = { settings: {}, overrides, startTime: clock.now(), journal: false, calls };
  const started = createExecutor(await programOf(notebook, cell), options);
  assert.ok(started.ok, started.ok ? '' : started.failure.message);
  const { executor } = started;
  const baseDirectory = fileURLToPath(new URL('.', new URL(notebook, SAMPLES)));
  const runner = new JobRunner(executor, { baseDirectory, pace: { kind: 'full' }, onProgress: () => {}, calls, ports: { clock } });
  assert.equal(await runner.run(), 'finished', executor.failure?.message);
  const displays = executor.displays.map((shown) => {
    const { dropped, counted } = executor.takeLate(shown.id, 0);
    return { shown, rows: executor.takeRows(shown.id, 100_000).rows, late: { dropped, counted } };
  });
  const printed = executor.takePrinted().map(({ line }) => line);
  executor.close();
  return { displays, printed };
}
