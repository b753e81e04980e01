import type { Dialogs, Disposable, Localizer, Log, RendererChannel } from '../../platform/ports.ts';
import { PROTOCOL_VERSION, readFromRenderer, type ToRenderer } from '../../renderer/protocol.ts';
import type { CellRuns } from '../running/cell-runs.ts';
import { exportRows } from './export-rows.ts';

/** Answers the renderers: full states, and the buttons and links of outputs. Messages that are not ours are ignored. */
export function serveRenderers(channel: RendererChannel, runs: CellRuns, dialogs: Dialogs, log: Log, l10n: Localizer): Disposable {
  const failed = (error: unknown): void => log.warn(`A request of an output failed: ${String(error)}`);
  return channel.onMessage((received, editor) => {
    const message = readFromRenderer(received);
    if (message === null) {
      return;
    }
    if (message.type === 'reveal') {
      dialogs.reveal(message.cell, message.line, message.column).catch(failed);
      return;
    }
    const output = runs.findOutput(message.id);
    if (output === null) {
      return;
    }
    const { cell, state } = output;
    switch (message.type) {
      case 'ready': {
        const answer: ToRenderer = { version: PROTOCOL_VERSION, type: 'state', state };
        channel.post(answer, editor);
        return;
      }
      case 'editChart':
        // The chart editor listens for itself.
        return;
      case 'run':
        runs.run([cell]);
        return;
      case 'stop':
        runs.stop(cell);
        return;
      case 'replay':
        runs.control(cell, message.action);
        return;
      case 'export': {
        const label = message.format === 'csv' ? l10n.t('CSV') : l10n.t('JSON lines');
        const name = `${state.name.replace(/[^\w.-]+/g, '-')}.${message.format}`;
        dialogs.saveFile(name, { label, extension: message.format }, exportRows(state, message.format)).catch(failed);
      }
    }
  });
}
