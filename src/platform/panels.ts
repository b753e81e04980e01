import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Disposable, Panel, PanelKind, Panels } from './ports.ts';

/** Web pages of the extension in editors of VS Code. */
export class VsCodePanels implements Panels {
  readonly #root: vscode.Uri;

  constructor(extension: vscode.Uri) {
    this.#root = vscode.Uri.joinPath(extension, 'dist');
  }

  open(kind: PanelKind, title: string): Panel {
    const column = vscode.ViewColumn.Active;
    return this.#fill(kind, vscode.window.createWebviewPanel(kind.id, title, column, {}));
  }

  onDidRestore(kind: PanelKind, listener: (panel: Panel, state: unknown) => void): Disposable {
    return vscode.window.registerWebviewPanelSerializer(kind.id, {
      deserializeWebviewPanel: (panel, state: unknown) => {
        listener(this.#fill(kind, panel), state);
        return Promise.resolve();
      },
    });
  }

  #fill(kind: PanelKind, panel: vscode.WebviewPanel): Panel {
    const { webview } = panel;
    const address = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(this.#root, name)).toString();
    webview.options = { enableScripts: true, localResourceRoots: [this.#root] };
    const view: Panel = {
      post: (message) => void webview.postMessage(message),
      onMessage: (listener) => webview.onDidReceiveMessage(listener),
      onDidClose: (listener) => panel.onDidDispose(listener),
      setTitle: (title) => {
        panel.title = title;
      },
      reveal: () => panel.reveal(),
    };
    webview.html = kind.page(address, webview.cspSource, randomBytes(16).toString('base64'));
    return view;
  }
}
