import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { runSample, SAMPLES } from './run-sample.ts';

/** With UPDATE_GUIDE=1 the chapters are given the results that their cells have now. */
const UPDATE = process.env['UPDATE_GUIDE'] === '1';
const GUIDE = new URL('guide/', SAMPLES);

/** A cell, and the results that are shown below it. */
const CELL = /^```ts id=(\S+)[^\n]*\n[\s\S]*?^```\n(?:\n```jsonl\n([\s\S]*?)^```\n)?/gm;

async function resultsOf(notebook: string, cell: string): Promise<string> {
  const { displays, printed } = await runSample(notebook, cell);
  const rows = displays.filter(({ shown }) => shown.kind === 'display').flatMap((display) => display.rows);
  return [...rows.map(({ value }) => JSON.stringify(value)), ...printed].map((line) => `${line}\n`).join('');
}

describe('the guide', () => {
  for (const chapter of readdirSync(GUIDE).sort()) {
    const text = readFileSync(new URL(chapter, GUIDE), 'utf8');
    for (const [whole, cell = '', expected = ''] of text.matchAll(CELL)) {
      it(`${chapter}: ${cell} gives what is written below it`, async () => {
        const results = await resultsOf(`guide/${chapter}`, cell);
        if (UPDATE) {
          const now = readFileSync(new URL(chapter, GUIDE), 'utf8');
          const code = whole.slice(0, whole.indexOf('\n```\n') + 5);
          const block = results === '' ? '' : `\n\`\`\`jsonl\n${results}\`\`\`\n`;
          writeFileSync(
            new URL(chapter, GUIDE),
            now.replace(whole, () => code + block),
          );
        } else {
          assert.equal(results, expected);
        }
      });
    }
  }
});
