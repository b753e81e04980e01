/** The chart editor's page. */
import { setTranslations } from '../../../l10n/translations.ts';
import '../../../renderer/styles.css';
import { CHART_EDITOR_VERSION, readToChartEditor } from '../protocol.ts';
import { ChartEditor, type Host } from './chart-editor.ts';
import './page.css';

declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
};

const vscode = acquireVsCodeApi();
const host: Host = {
  post: (message) => vscode.postMessage(message),
  getState: () => vscode.getState(),
  setState: (state) => vscode.setState(state),
};
let editor: ChartEditor | null = null;

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const message = readToChartEditor(data);
  if (message === null) {
    return;
  }
  if (editor !== null) {
    editor.receive(message);
  } else if (message.type === 'open') {
    setTranslations(message.strings);
    editor = new ChartEditor(message, document.body.dataset['worker'] ?? '', host);
    document.body.replaceChildren(editor.element);
  } else if (message.type === 'gone') {
    document.body.replaceChildren(message.message);
  }
});
host.post({ version: CHART_EDITOR_VERSION, type: 'ready' });
