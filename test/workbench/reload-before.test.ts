import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cellWith, charts, closeAll, execute, openNotebook, reveal } from './notebooks.ts';
import { outside, seesPage, until } from './outside.ts';

describe('before the window is reloaded', () => {
  before(closeAll);

  it('a job runs and shows results', async function () {
    if (!(await seesPage())) this.skip();
    const notebook = await openNotebook('word-count.stream.md');
    const cell = cellWith(notebook, "sum('count')");
    reveal(cell);
    await execute(cell);
    const first = await until('a chart', charts, ({ length }) => length > 0);
    await until('the chart to move', charts, (now) => now.length > 0 && now[0] !== first[0]);
    const { data } = await outside('settings', {});
    await until('its results to be kept', () =>
      readdirSync(data, { encoding: 'utf8', recursive: true })
        .filter((name) => /outputs.[^/\\]+\.json$/.test(name))
        .map((name) => readFileSync(path.join(data, name), 'utf8'))
        .some((kept) => kept.includes('word-count.stream.md') && /"recordsIn":[1-9]/.test(kept)),
    );
  });
});
