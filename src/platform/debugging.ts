import * as vscode from 'vscode';
import type { Disposable } from './ports.ts';

/** A debug adapter in this process: messages of the debugging protocol in and out. */
export interface DebugAdapter {
  handle(message: vscode.DebugProtocolMessage): void;
  dispose(): void;
}

/** What a debug configuration says; anything may be missing or of another type, as users write it. */
export type DebugConfiguration = Readonly<Record<string, unknown>>;

/** What starting a session needs besides the adapter. */
export interface DebugSupport {
  /** Makes a session for one launch; `send` reaches VS Code. */
  createAdapter(send: (message: vscode.DebugProtocolMessage) => void): DebugAdapter;
  /** The whole configuration of what is to be debugged; null when that was explained to the user. */
  resolve(configuration: DebugConfiguration, folder: string | null): Promise<DebugConfiguration | null>;
}

class InlineAdapter extends vscode.Disposable implements vscode.DebugAdapter {
  readonly onDidSendMessage: vscode.Event<vscode.DebugProtocolMessage>;
  readonly #adapter: DebugAdapter;

  constructor(adapter: DebugAdapter, sent: vscode.EventEmitter<vscode.DebugProtocolMessage>) {
    super(() => {
      adapter.dispose();
      sent.dispose();
    });
    this.#adapter = adapter;
    this.onDidSendMessage = sent.event;
  }

  handleMessage(message: vscode.DebugProtocolMessage): void {
    this.#adapter.handle(message);
  }
}

/** Debug sessions of one type, which run in this process. */
export function registerDebugger(type: string, support: DebugSupport): Disposable {
  const factory: vscode.DebugAdapterDescriptorFactory = {
    createDebugAdapterDescriptor: () => {
      const sent = new vscode.EventEmitter<vscode.DebugProtocolMessage>();
      const adapter = support.createAdapter((message) => sent.fire(message));
      return new vscode.DebugAdapterInlineImplementation(new InlineAdapter(adapter, sent));
    },
  };
  const provider: vscode.DebugConfigurationProvider = {
    // Without a launch.json VS Code gives an empty configuration.
    resolveDebugConfiguration: (_folder, configuration) => ({
      ...configuration,
      type,
      request: 'launch',
      name: configuration.name === '' || typeof configuration.name !== 'string' ? 'Streambook' : configuration.name,
    }),
    resolveDebugConfigurationWithSubstitutedVariables: async (folder, configuration) => {
      const resolved = await support.resolve(configuration, folder?.uri.toString() ?? null);
      return resolved === null ? undefined : { ...configuration, ...resolved };
    },
  };
  return vscode.Disposable.from(
    vscode.debug.registerDebugAdapterDescriptorFactory(type, factory),
    vscode.debug.registerDebugConfigurationProvider(type, provider),
  );
}

/** Starts a session; false when it was called off or could not begin. */
export async function startDebugging(type: string, name: string, configuration: DebugConfiguration): Promise<boolean> {
  const notebook = vscode.Uri.parse(String(configuration['notebook']), true);
  const folder = vscode.workspace.getWorkspaceFolder(notebook);
  return await vscode.debug.startDebugging(folder, { ...configuration, type, request: 'launch', name });
}

/** Opens a notebook, by URI or by a path that is absolute or of the folder; gives its URI. Rejects when it cannot be opened. */
export async function openNotebookAt(place: string, folder: string | null): Promise<string> {
  const isUri = /^[a-z][a-z0-9+.-]+:\/\//i.test(place);
  const base = folder === null ? vscode.workspace.workspaceFolders?.[0]?.uri : vscode.Uri.parse(folder, true);
  const isAbsolute = /^([\\/]|[a-z]:[\\/])/i.test(place);
  const uri = isUri
    ? vscode.Uri.parse(place, true)
    : isAbsolute || base === undefined
      ? vscode.Uri.file(place)
      : vscode.Uri.joinPath(base, place);
  const document = await vscode.workspace.openNotebookDocument(uri);
  await vscode.window.showNotebookDocument(document, { preserveFocus: false });
  return document.uri.toString();
}

/** Shows a notebook that is open and makes a controller of the extension its kernel, as running a cell by hand does. */
export async function selectKernel(notebook: string, extension: string, id: string): Promise<void> {
  const document = vscode.workspace.notebookDocuments.find(({ uri }) => uri.toString() === notebook);
  if (document === undefined) return;
  const { activeNotebookEditor } = vscode.window;
  if (activeNotebookEditor?.notebook !== document) await vscode.window.showNotebookDocument(document, { preview: false });
  await vscode.commands.executeCommand('notebook.selectKernel', { extension, id, skipIfAlreadySelected: true });
}

/** Whether the notebook has never been saved. */
export function isUntitledNotebook(uri: string): boolean {
  return vscode.workspace.notebookDocuments.some((document) => document.uri.toString() === uri && document.isUntitled);
}
