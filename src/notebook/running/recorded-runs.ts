import { readRecordingHeader } from '../../../engine/node/recordings/read-recording.ts';
import type { Localizer, NotebookView } from '../../platform/ports.ts';
import type { CompiledProgram, ProgramCell } from '../../program/types.ts';
import { programCells } from '../cells.ts';
import type { RecordedRun, Recordings } from './run-ports.ts';

/** Recordings on this machine. */
export class RecordedRuns implements Recordings {
  readonly #l10n: Localizer;

  constructor(l10n: Localizer) {
    this.#l10n = l10n;
  }

  async read(file: string, notebook: NotebookView): Promise<RecordedRun | null> {
    const header = await readRecordingHeader(file);
    if (header === null) {
      return null;
    }
    const { run, recorded, settings, program } = header;
    if (!isProgram(program)) {
      throw new Error(this.#l10n.t('The recording of the run is of another version of Streambook. Run the cell again to record it anew.'));
    }
    return { run, recorded, settings, program: { ...program, cells: program.cells.map((cell) => inNotebook(cell, notebook)) } };
  }
}

/** The cell under the name that it has in this window: the one with the same text, or in the same place. */
function inNotebook(cell: ProgramCell, notebook: NotebookView): ProgramCell {
  const cells = programCells(notebook);
  const same = cells.filter(({ text }) => text === cell.text);
  const now = same.find(({ number }) => number === cell.number) ?? same[0] ?? cells.find(({ number }) => number === cell.number);
  return now === undefined ? cell : { ...cell, id: now.id, number: now.number };
}

function isProgram(program: Partial<CompiledProgram>): program is CompiledProgram {
  const { jobName, parameters, code, cells } = program;
  const isCell = (cell: Partial<ProgramCell>): boolean => typeof cell.text === 'string' && typeof cell.sourceMap === 'string';
  return (
    typeof jobName === 'string' && typeof code === 'string' && Array.isArray(parameters) && Array.isArray(cells) && cells.every(isCell)
  );
}
