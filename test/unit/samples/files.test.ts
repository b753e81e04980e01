import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { SAMPLE_DATA } from '../../../scripts/lib/sample-data.mjs';
import { parseCellInfo } from '../../../src/format/cell-info.ts';
import { parseNotebook } from '../../../src/format/notebook-format.ts';
import { NotebookCompiler } from '../../../src/program/compile.ts';
import { loadLibrary } from '../../../src/program/library.ts';
import type { CellSource } from '../../../src/program/types.ts';

const SAMPLES = new URL('../../../samples/', import.meta.url);
const read = (file: string): Promise<string> => readFile(new URL(file, SAMPLES), 'utf8');

async function notebooks(): Promise<readonly string[]> {
  const files = await readdir(SAMPLES, { recursive: true });
  return files
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.stream.md') && !file.includes('.streambook'))
    .sort();
}

async function cellsOf(notebook: string): Promise<readonly CellSource[]> {
  const { cells } = parseNotebook(await read(notebook));
  return cells.flatMap(({ kind, info, value }, index) =>
    kind === 'code' ? [{ id: `cell-${index + 1}`, number: index + 1, name: parseCellInfo(info).name, text: value }] : [],
  );
}

describe('sample files', () => {
  it('are small, have LF line ends, and each is described in the README with its source and licence', async () => {
    const files = await readdir(SAMPLES, { recursive: true, withFileTypes: true });
    const readme = await read('README.md');
    let size = 0;
    // Whoever runs a sample on the command line has its checkpoints beside it.
    const own = files.filter((entry) => entry.isFile() && !entry.parentPath.includes('.streambook'));
    for (const file of own) {
      const path = `${file.parentPath}/${file.name}`;
      size += (await stat(path)).size;
      assert.ok(!(await readFile(path, 'utf8')).includes('\r'), path);
      if (file.name.endsWith('.stream.md')) assert.ok(readme.includes(`${file.name})`), file.name);
      else if (file.name !== 'README.md') assert.match(readme, new RegExp(`## data/${file.name}\\n[^#]*Source:[^#]*Licence:`));
    }
    assert.ok(size < 1_000_000, `${size} bytes`);
  });

  it('that are invented are as their generator makes them', async () => {
    for (const [file, content] of Object.entries(SAMPLE_DATA)) assert.equal(await read(`data/${file}`), content(), file);
  });

  it('has lines in the order they were spoken', async () => {
    const lines = (await read('data/lines.ndjson')).trimEnd().split('\n');
    // SAFETY: the fields that are read are checked below.
    const parsed = lines.map((line) => JSON.parse(line) as { readonly time: number; readonly speaker: string; readonly text: string });
    for (const [index, { time, speaker, text }] of parsed.entries()) {
      assert.ok(Number.isInteger(time) && speaker.length > 0 && /\w/.test(text), lines[index]);
      assert.ok(time >= (parsed[index - 1]?.time ?? Number.NEGATIVE_INFINITY), lines[index]);
    }
    const landing = parsed.find(({ text }) => text === 'THE EAGLE HAS LANDED.');
    assert.equal(new Date(landing?.time ?? 0).toISOString(), '1969-07-20T20:18:04.000Z');
  });

  it('has earthquakes in the order of publication, which is not that of the events', async () => {
    const [header = '', ...rows] = (await read('data/earthquakes.csv')).trimEnd().split('\n');
    const column = (row: string, name: string): string => row.split(',')[header.split(',').indexOf(name)] ?? '';
    assert.equal(rows.length, 1707);
    const updated = rows.map((row) => column(row, 'updated'));
    assert.deepEqual(updated, [...updated].sort());
    const times = rows.map((row) => column(row, 'time'));
    assert.ok(times.filter((time, index) => time < (times[index - 1] ?? '')).length > 500);
  });
});

describe('sample notebooks', () => {
  it('compile without any message', async function () {
    const compiler = new NotebookCompiler(loadLibrary());
    for (const notebook of await notebooks()) {
      assert.deepEqual(compiler.diagnose(await cellsOf(notebook)), [], notebook);
    }
    compiler.dispose();
  });

  it('name every cell, so that its job is found again after an edit', async () => {
    for (const notebook of await notebooks()) {
      for (const { name, number } of await cellsOf(notebook)) assert.notEqual(name, null, `${notebook}, cell ${number}`);
    }
  });
});
