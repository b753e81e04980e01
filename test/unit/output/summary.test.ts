import assert from 'node:assert/strict';
import { OutputFold } from '../../../src/output/fold.ts';
import { chartSummary, phaseText, plainText } from '../../../src/output/summary.ts';
import { addAll, ghost, late, NOON, windowRow } from './rows.ts';

function wordCount(): OutputFold {
  const fold = new OutputFold({ id: 'x', name: 'counts', kind: 'display', window: null });
  addAll(fold, [windowRow(0, 45, 'the', 30), windowRow(1, 50, 'the', 29), windowRow(2, 50, 'of', 21)]);
  fold.setGhosts([ghost(55, 'the', 18)]);
  fold.addLate([late(20, true)], 4, 3);
  fold.setStatus({ phase: 'running', elapsed: 58_000, recordsIn: 900, watermark: NOON + 58_000 });
  return fold;
}

describe('output in words', () => {
  it('sums up a chart of windows', () => {
    assert.equal(
      chartSummary(wordCount().state()),
      'Stacked bars of count per 5 s window. 2 windows have fired, 1 is open. In the last fired window, 12:00:50 – 12:00:55: the 29, of 21. ' +
        'Watermark 12:00:58. 7 late records, 4 of them dropped.',
    );
  });

  it('falls back to plain text with the newest rows', () => {
    assert.equal(
      plainText(wordCount().state()),
      'counts: 3 results\nwindow\tword\tcount\n12:00:45 – 12:00:50\tthe\t30\n12:00:50 – 12:00:55\tthe\t29\n12:00:50 – 12:00:55\tof\t21',
    );
  });

  it('names the phase with its clock', () => {
    const fold = wordCount();
    assert.equal(phaseText(fold.state()), 'Live');
    fold.setStatus({ phase: 'stopped', elapsed: 242_000, recordsIn: 900, watermark: null });
    assert.equal(phaseText(fold.state()), 'Stopped after 4 m 02 s');
  });
});
