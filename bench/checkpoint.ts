/** What checkpoints cost, and what going on from one takes. Figures are medians of rounds in which those that are compared take turns. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { costs } from './checkpoint/costs.ts';
import { deltas } from './checkpoint/deltas.ts';
import { explorer } from './checkpoint/explorer.ts';
import { intervals } from './checkpoint/intervals.ts';
import { recovery } from './checkpoint/recovery.ts';
import { restoreAlone, restores } from './checkpoint/restores.ts';
import { Report } from './checkpoint/rounds.ts';

const SECTIONS = { costs, deltas, restores, recovery, explorer, intervals };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    backend: { type: 'string', default: 'hashmap' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

async function measureAll(): Promise<void> {
  const rounds = Number(values.rounds);
  const only = values.only?.split(',') ?? Object.keys(SECTIONS);
  const unknown = only.find((name) => !Object.hasOwn(SECTIONS, name));
  if (unknown !== undefined) throw new Error(`no part is called "${unknown}": there are ${Object.keys(SECTIONS).join(', ')}`);
  const folder = mkdtempSync(join(tmpdir(), 'streambook-bench-'));
  const report = new Report(values.json);
  try {
    for (const [name, measure] of Object.entries(SECTIONS)) {
      if (only.includes(name)) await measure(values.backend.split(','), rounds, folder, report);
    }
    report.end({ rounds });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (positionals[0] === 'alone') await restoreAlone(positionals.slice(1));
else await measureAll();
