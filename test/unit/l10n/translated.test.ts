import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { FromWorker } from '../../../src/host/protocol.ts';
import { startJobWorker } from '../../../src/host/worker-thread.ts';
import { readTranslations, setTranslations } from '../../../src/l10n/translations.ts';
import { LanguageClient } from '../../../src/language/client.ts';
import { errorState } from '../../../src/output/error-state.ts';
import { outputContent, plainError } from '../../../src/notebook/outputs/output-states.ts';
import { phaseText } from '../../../src/output/summary.ts';
import { countText, durationText } from '../../../src/output/text.ts';
import type { OutputState } from '../../../src/output/types.ts';
import { compileCells } from '../../../src/program/compile.ts';
import { sourceWorker } from '../language/worker-entry.ts';
import { cellsOf } from '../program/compiling.ts';

const GERMAN = {
  'cell {0}': 'Zelle {0}',
  '“{0}” is already declared in {1}. A name can be declared once in a notebook: choose another name.':
    '„{0}“ gibt es schon in {1}. Ein Name kann in einem Notebook nur einmal vergeben werden: bitte einen anderen wählen.',
  'The results have no number to draw. The table shows them.': 'In den Ergebnissen ist keine Zahl zum Zeichnen. Die Tabelle zeigt sie.',
  '{0} results': '{0} Ergebnisse',
  '{0} m {1} s': '{0} Min. {1} s',
  'Failed after {0}': 'Nach {0} gescheitert',
};

describe('translated texts', function () {
  beforeEach(() => setTranslations(GERMAN));
  afterEach(() => setTranslations(undefined));

  it('are used where there are some; the others stay English', () => {
    assert.equal(countText(2_280, 'result'), '2,280 Ergebnisse');
    assert.equal(countText(2_280, 'record'), '2,280 records');
    assert.equal(durationText(242_000), '4 Min. 02 s');
    setTranslations(undefined);
    assert.equal(countText(2_280, 'result'), '2,280 results');
  });

  it('reach the problems that the language worker finds', async () => {
    const client = new LanguageClient(sourceWorker('src/language/language-worker.ts'), { eval: true });
    try {
      const result = await client.compile('n', cellsOf('const a = 1;', 'const a = 2;\na'), 'c2', false);
      assert.deepEqual(
        result.diagnostics.map(({ message }) => message),
        ['„a“ gibt es schon in Zelle 1. Ein Name kann in einem Notebook nur einmal vergeben werden: bitte einen anderen wählen.'],
      );
    } finally {
      await client.dispose();
    }
  });

  it('reach what a job says about its outputs', async () => {
    const worker = startJobWorker(fileURLToPath(new URL('job-worker.mjs', import.meta.url)), () => undefined);
    try {
      const chart = new Promise<OutputState['chart'] | undefined>((resolve) => {
        worker.onMessage((message: FromWorker) => {
          const changed = message.type === 'deltas' ? message.deltas[0] : undefined;
          if (changed !== undefined && changed.totalRows > 0) {
            resolve(changed.chart);
          }
        });
      });
      const compiled = compileCells(cellsOf("env.fromData(['a', 'b'])"), 'c1', { check: false });
      assert.ok(compiled.ok);
      worker.postMessage({
        id: 1,
        type: 'start',
        job: {
          program: compiled.program,
          baseDirectory: '.',
          pace: { kind: 'full' },
          outputPrefix: 'n',
          settings: {},
          checkpoints: null,
          recording: null,
          replay: null,
        },
      });
      assert.equal((await chart)?.reason, GERMAN['The results have no number to draw. The table shows them.']);
    } finally {
      await worker.terminate();
    }
  });

  it('go to the renderer with an output, and are not there in English', () => {
    const state = errorState('x', 'counts', 'failed', plainError('No such file'));
    const json = (): OutputState & { readonly strings?: unknown } => JSON.parse(outputContent(state).items[0]?.text ?? '');
    assert.deepEqual(json().strings, GERMAN);
    assert.equal(phaseText(json()), 'Nach 0 s gescheitert');
    setTranslations(undefined);
    assert.equal('strings' in json(), false);
    assert.equal(phaseText(json()), 'Failed after 0 s');
  });

  it('are texts, whatever a message holds', () => {
    assert.equal(readTranslations(undefined), undefined);
    assert.equal(readTranslations('Live'), undefined);
    assert.equal(readTranslations(['Live']), undefined);
    assert.deepEqual(readTranslations({ Live: 'Läuft', Stop: 7, Chart: null }), { Live: 'Läuft' });
  });
});
