import * as l10n from '@vscode/l10n';
import type { JobFailure } from '../../engine/runtime/job.ts';
import type { ProgramCell } from '../program/types.ts';
import { fullNumber } from './text.ts';
import type { OutputError } from './types.ts';

/** Names that say nothing to a user: the message alone is the title. */
const PLAIN_NAMES = new Set(['Error', '']);

/** A job's failure as outputs, diagnostics and the command line show it; `cells` are the program's, in the order of their indexes. */
export function describeFailure(failure: JobFailure, cells: readonly ProgramCell[]): OutputError {
  const { location } = failure;
  const cell = location === null ? undefined : cells[location.cell];
  return {
    title: failureTitle(failure),
    operator: failure.operator?.name ?? null,
    place:
      location === null || cell === undefined
        ? null
        : { cell: cell.id, cellLabel: cellLabel(cell), line: location.line, column: location.column },
    recordNumber: failure.recordNumber,
    source: failure.source,
    file: failure.file === null ? null : { path: failure.file.path, line: failure.file.line },
    record: failure.record,
    hint: failure.hint,
  };
}

/** "cell word-count", or "cell 3" for a cell without a name. */
export function cellLabel(cell: Pick<ProgramCell, 'name' | 'number'>): string {
  return l10n.t('cell {0}', cell.name ?? cell.number);
}

/** The error in one line of plain text: "TypeError: … in flatMap, cell word-count, line 2, column 24, at record 7,402 of lines". */
export function errorText(error: OutputError): string {
  const where = errorPlaceParts(error).join(', ');
  const text = where === '' ? error.title : `${error.title}\n${where}`;
  return error.hint === null ? text : `${text}\n${error.hint}`;
}

function errorPlaceParts(error: OutputError): string[] {
  const { place, file } = error;
  const parts: string[] = [];
  if (error.operator !== null) {
    parts.push(l10n.t('in {0}', error.operator));
  }
  if (place !== null) {
    parts.push(l10n.t('{0}, line {1}, column {2}', place.cellLabel, place.line, place.column));
  }
  if (error.recordNumber !== null) {
    const record = fullNumber(error.recordNumber);
    parts.push(error.source === null ? l10n.t('at record {0}', record) : l10n.t('at record {0} of {1}', record, error.source));
  }
  if (file !== null) {
    parts.push(file.line === null ? file.path : l10n.t('{0}, line {1}', file.path, file.line));
  }
  return parts;
}

function failureTitle(failure: JobFailure): string {
  return PLAIN_NAMES.has(failure.errorName) ? failure.message : `${failure.errorName}: ${failure.message}`;
}
