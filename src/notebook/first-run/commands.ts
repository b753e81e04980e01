import type { CommandId } from '../../platform/command-ids.ts';
import type { CellView, Dialogs, Localizer, NotebookView } from '../../platform/ports.ts';
import { isRunnable } from '../cells.ts';
import { type Template, templates } from './templates.ts';

/** What making and running a first notebook needs. */
export interface FirstRunPorts {
  readonly dialogs: Pick<Dialogs, 'pick'>;
  readonly l10n: Localizer;
  /** Opens a notebook that is not saved yet; gives it. Null when it was closed at once. */
  openUntitled(text: string): Promise<NotebookView | null>;
  /** The notebook in the active editor, when it is one of ours. */
  activeNotebook(): NotebookView | null;
  /** As the arrow beside the cell does: VS Code chooses our kernel before. */
  execute(notebook: string, cell: CellView): Promise<void>;
  reveal(cell: string): Promise<void>;
}

type FirstRunCommandId = Extract<CommandId, 'streambook.newNotebook' | 'streambook.showLiveChart'>;

/** The commands of the first minutes, by their ids. The argument of the first may name a template; without one the user is asked. */
export function firstRunCommands(ports: FirstRunPorts): Readonly<Record<FirstRunCommandId, (argument: unknown) => Promise<void>>> {
  const { dialogs, l10n } = ports;
  const offered = templates(l10n);
  return {
    'streambook.newNotebook': async (argument) => {
      const template = offered.find(({ name }) => name === argument) ?? (await choose(offered, dialogs, l10n));
      if (template !== null) {
        await ports.openUntitled(template.text);
      }
    },
    'streambook.showLiveChart': async () => {
      const [liveChart] = offered;
      const active = ports.activeNotebook();
      const notebook = active !== null && lastRunnable(active) !== null ? active : await ports.openUntitled(liveChart?.text ?? '');
      const cell = notebook === null ? null : lastRunnable(notebook);
      if (notebook !== null && cell !== null) {
        await ports.reveal(cell.uri);
        await ports.execute(notebook.uri, cell);
      }
    },
  };
}

function choose(offered: readonly Template[], dialogs: FirstRunPorts['dialogs'], l10n: Localizer): Promise<Template | null> {
  return dialogs.pick(
    l10n.t('New stream notebook'),
    offered.map((value) => ({ label: value.label, description: value.description, value })),
  );
}

function lastRunnable({ cells }: NotebookView): CellView | null {
  return cells.findLast(isRunnable) ?? null;
}
