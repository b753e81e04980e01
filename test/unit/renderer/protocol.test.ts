import assert from 'node:assert/strict';
import { OutputFold } from '../../../src/output/fold.ts';
import { readFromRenderer, readOutputState, readToRenderer } from '../../../src/renderer/protocol.ts';

const fold = new OutputFold({ id: 'x', name: 'x', kind: 'display', window: null });

describe('renderer protocol', () => {
  it('takes its own messages', () => {
    const state = { version: 1, type: 'state', state: fold.state() };
    assert.deepEqual(readToRenderer(state), state);
    const delta = { version: 1, type: 'delta', delta: fold.takeDelta() };
    assert.deepEqual(readToRenderer(delta), delta);
    assert.deepEqual(readOutputState(fold.state()), fold.state());
  });

  it('refuses everything else', () => {
    const messages = [
      null,
      'x',
      {},
      [],
      { version: 2, type: 'state', state: fold.state() },
      { version: 1, type: 'state', state: {} },
      { version: 1, type: 'delta', delta: { id: 'x' } },
    ];
    assert.deepEqual(
      messages.map(readToRenderer),
      messages.map(() => null),
    );
    assert.equal(readOutputState({ ...fold.state(), version: 9 }), null);
  });

  it('takes requests of the renderer apart, and drops what does not belong', () => {
    assert.deepEqual(readFromRenderer({ version: 1, type: 'ready', id: 'a', extra: 1 }), { version: 1, type: 'ready', id: 'a' });
    assert.deepEqual(readFromRenderer({ version: 1, type: 'reveal', cell: 'c', line: 2, column: 3 }), {
      version: 1,
      type: 'reveal',
      cell: 'c',
      line: 2,
      column: 3,
    });
    const wrong = [
      undefined,
      { version: 1, type: 'run' },
      { version: 1, type: 'delete', id: 'a' },
      { version: 1, type: 'export', id: 'a', format: 'exe' },
      { version: 1, type: 'reveal', cell: 'c', line: 0, column: 3 },
      { type: 'ready', id: 'a' },
    ];
    assert.deepEqual(
      wrong.map(readFromRenderer),
      wrong.map(() => null),
    );
  });
});
