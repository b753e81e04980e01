import type * as vscode from 'vscode';
import { setTranslations } from '../l10n/translations.ts';
import { LanguageClient } from '../language/client.ts';
import { extensionFile, isTestMode, storageFolder } from '../platform/context.ts';
import { Controller } from '../platform/controller.ts';
import { VsCodeDialogs } from '../platform/dialogs.ts';
import { VsCodeFileStore } from '../platform/file-store.ts';
import { VsCodeNotebooks } from '../platform/notebooks.ts';
import { VsCodeProblems } from '../platform/problems.ts';
import { registerSerializer } from '../platform/serializer.ts';
import * as workbench from '../platform/workbench.ts';
import { RENDERER_ID } from '../renderer/protocol.ts';
import { CELL_LANGUAGE, findCell, NOTEBOOK_TYPE } from './cells.ts';
import { decodeNotebook, encodeNotebook } from './notebook-codec.ts';
import { NotebookService } from './notebook-service.ts';
import { createTestApi, type StreambookTestApi } from './test-api.ts';

/** The extension as it runs. */
export interface StreambookExtension {
  /** In test mode only. */
  readonly testApi: StreambookTestApi | undefined;
  close(): Promise<void>;
}

/** Wires the services by hand. Loads neither the engine nor TypeScript nor Vega: they live in workers and the renderer. */
export function startExtension(context: vscode.ExtensionContext): StreambookExtension {
  const begin = performance.now();
  setTranslations(workbench.translations);
  const { localizer: l10n } = workbench;
  const notebooks = new VsCodeNotebooks(NOTEBOOK_TYPE);
  const log = workbench.createLog('Streambook');
  const controller = new Controller(
    {
      id: 'streambook',
      notebookType: NOTEBOOK_TYPE,
      label: 'Streambook',
      language: CELL_LANGUAGE,
      run: (cells) => service.runs.run(cells),
    },
    notebooks,
  );
  const statusBar = workbench.registerStatusBar(NOTEBOOK_TYPE, notebooks, (notebook, cell) => service.statusItems(notebook, cell));
  const compileProblems = new VsCodeProblems('streambook', 'Streambook');
  const runProblems = new VsCodeProblems('streambook-run', 'Streambook');
  const service = new NotebookService({
    notebooks,
    executions: controller,
    language: new LanguageClient(extensionFile(context, 'dist', 'language-worker.mjs')),
    workerEntry: extensionFile(context, 'dist', 'job-worker.mjs'),
    compileProblems,
    runProblems,
    channel: workbench.rendererChannel(RENDERER_ID),
    files: new VsCodeFileStore(storageFolder(context), 'outputs'),
    memory: workbench.memoryOf(context.workspaceState),
    settings: workbench.settingsOf('streambook'),
    trust: workbench.trust,
    dialogs: new VsCodeDialogs(notebooks),
    clock: workbench.systemClock,
    log,
    l10n,
    refreshStatus: () => statusBar.refresh(),
  });
  const notUtf8 = l10n.t('The file is not UTF-8 text. Reopen it with a text editor and save it with the encoding UTF-8.');
  context.subscriptions.push(
    log,
    controller,
    statusBar,
    compileProblems,
    runProblems,
    registerSerializer(NOTEBOOK_TYPE, { decode: (bytes) => decodeNotebook(bytes, notUtf8), encode: encodeNotebook }),
    ...Object.entries(service.commands).map(([id, run]) =>
      workbench.registerCommand(id, (argument) => run(workbench.cellOfArgument(argument), workbench.activeNotebook())),
    ),
  );
  const testApi = isTestMode(context) ? createTestApi(service, (uri) => findCell(notebooks, uri), performance.now() - begin) : undefined;
  return { testApi, close: () => service.close() };
}
