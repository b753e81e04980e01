import type * as vscode from 'vscode';
import { setTranslations } from '../l10n/translations.ts';
import { LanguageClient } from '../language/client.ts';
import { type CommandId, mapCommands } from '../platform/command-ids.ts';
import { checkpointFolder, extensionFile, isTestMode, storageFolder } from '../platform/context.ts';
import { Controller } from '../platform/controller.ts';
import { VsCodeDialogs } from '../platform/dialogs.ts';
import { VsCodeFileStore } from '../platform/file-store.ts';
import { VsCodeNotebooks } from '../platform/notebooks.ts';
import { VsCodePanels } from '../platform/panels.ts';
import { VsCodeProblems } from '../platform/problems.ts';
import { openUntitledNotebook, registerSerializer } from '../platform/serializer.ts';
import { isUntitledNotebook, openNotebookAt, registerDebugger, selectKernel, startDebugging } from '../platform/debugging.ts';
import * as workbench from '../platform/workbench.ts';
import { RENDERER_ID } from '../renderer/protocol.ts';
import { isTreeNode } from '../checkpoints/nodes.ts';
import { startCheckpoints } from '../checkpoints/start.ts';
import { checkpointDialogs } from '../platform/checkpoint-dialogs.ts';
import { nodeOfArgument, showTree } from '../platform/tree-view.ts';
import { registerDocuments } from '../platform/virtual-documents.ts';
import { CELL_LANGUAGE, findCell, NOTEBOOK_TYPE } from './cells.ts';
import { startChartEditing } from './charts/chart-editing.ts';
import { CheckpointPlaces } from './jobs/checkpoint-places.ts';
import { jobCommands, targetOfRow } from './jobs/job-commands.ts';
import { firstRunCommands } from './first-run/commands.ts';
import { JobViews } from './jobs/job-views.ts';
import { DEBUG_TYPE, Debugging } from './debugging.ts';
import { decodeNotebook, encodeNotebook } from './notebook-codec.ts';
import { NotebookService } from './notebook-service.ts';
import { ShownMessages } from './outputs/shown-messages.ts';
import { createTestApi, type StreambookTestApi } from './test-api.ts';

const KERNEL_ID = 'streambook';

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
      id: KERNEL_ID,
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
  const memory = workbench.memoryOf(context.workspaceState);
  const places = new CheckpointPlaces(checkpointFolder(context), memory);
  void places.tidy();
  const jobs = new JobViews(notebooks, places, l10n, () => service.runs);
  const checkpoints = startCheckpoints({
    root: places.root,
    nameOf: (directory) => places.nameOf(directory),
    session: places.session,
    jobs,
    running: (job) => jobs.running(job),
    restore: (job, ref) => jobs.restore(job, ref, checkpointDialogs.openNotebook),
    replay: (job, ref, record) => jobs.replay(job, ref, record, checkpointDialogs.openNotebook),
    openCell: async (job) => dialogs.reveal(await jobs.cellOf(job, checkpointDialogs.openNotebook), 1, 1),
    showTree,
    registerDocuments,
    setContext: workbench.setContext,
    dialogs: checkpointDialogs,
    clock: workbench.editorClock,
    l10n,
  });
  const dialogs = new VsCodeDialogs(notebooks);
  const channel = new ShownMessages(workbench.rendererChannel(RENDERER_ID));
  const service = new NotebookService({
    notebooks,
    executions: controller,
    language: new LanguageClient(extensionFile(context, 'dist', 'language-worker.mjs')),
    jobEntries: {
      process: extensionFile(context, 'dist', 'job-process.mjs'),
      worker: extensionFile(context, 'dist', 'job-worker.mjs'),
    },
    compileProblems,
    runProblems,
    channel,
    files: new VsCodeFileStore(storageFolder(context), 'outputs'),
    memory,
    places,
    settings: workbench.settingsOf('streambook'),
    trust: workbench.trust,
    dialogs,
    clock: workbench.editorClock,
    log,
    l10n,
    refreshStatus: () => statusBar.refresh(),
    onJobs: () => jobs.changed(),
    onCheckpoint: () => checkpoints.refreshSoon(),
  });
  const chartProblems = new VsCodeProblems('streambook-chart', 'Streambook');
  const charts = startChartEditing({
    notebooks,
    runs: service.runs,
    channel,
    panels: new VsCodePanels(context.extensionUri),
    problems: chartProblems,
    dialogs,
    log,
    l10n,
    openNotebook: workbench.openNotebook,
  });
  const debugging = new Debugging({
    notebooks,
    runs: () => service.runs,
    activeCell: () => workbench.cellOfArgument(undefined),
    openNotebook: openNotebookAt,
    isUntitled: isUntitledNotebook,
    selectKernel: (notebook) => selectKernel(notebook, context.extension.id, KERNEL_ID),
    start: startDebugging,
    onPaused: () => statusBar.refresh(),
    trust: workbench.trust,
    dialogs,
    log,
    l10n,
  });
  const notUtf8 = l10n.t('The file is not UTF-8 text. Reopen it with a text editor and save it with the encoding UTF-8.');
  const { cellOfArgument, activeNotebook } = workbench;
  const commands: Readonly<Record<CommandId, (argument: unknown) => unknown>> = {
    'streambook.debugCell': (argument) => debugging.debugCell(cellOfArgument(argument)),
    ...mapCommands(charts.commands, (run) => (argument: unknown) => run(cellOfArgument(argument))),
    ...mapCommands(service.commands, (run) => (argument: unknown) => run(cellOfArgument(argument), activeNotebook())),
    ...firstRunCommands({
      dialogs,
      l10n,
      openUntitled: async (text) => notebooks.get(await openUntitledNotebook(decodeNotebook(new TextEncoder().encode(text), notUtf8))),
      activeNotebook: () => notebooks.get(activeNotebook() ?? ''),
      execute: (notebook, cell) => workbench.executeCell(notebook, cell.index),
      reveal: (cell) => dialogs.reveal(cell, 1, 1),
    }),
    ...mapCommands(checkpoints.commands, (run) => (argument: unknown) => {
      const node = nodeOfArgument(argument);
      return run(isTreeNode(node) ? node : null);
    }),
    ...mapCommands(
      jobCommands(service, jobs, dialogs, checkpointDialogs.input, l10n),
      (run) => (argument: unknown) => run(targetOfRow(nodeOfArgument(argument))),
    ),
  };
  context.subscriptions.push(
    log,
    checkpoints,
    controller,
    statusBar,
    compileProblems,
    runProblems,
    chartProblems,
    charts,
    registerDebugger(DEBUG_TYPE, debugging),
    registerSerializer(NOTEBOOK_TYPE, { decode: (bytes) => decodeNotebook(bytes, notUtf8), encode: encodeNotebook }),
    ...Object.entries(commands).map(([id, run]) => workbench.registerCommand(id, run)),
  );
  const testApi = isTestMode(context)
    ? createTestApi(service, checkpoints, (uri) => findCell(notebooks, uri), performance.now() - begin)
    : undefined;
  return { testApi, close: () => service.close() };
}
