/** The Table's filter box: texts and conditions like `count > 20`, joined by commas or "and". Pure. */
import type { DisplayRow, TableColumn } from './table-model.ts';

export type RowFilter = (row: DisplayRow) => boolean;

const CONDITION = /^(.+?)\s*(>=|<=|!=|=|>|<)\s*(.*)$/;

/** A filter for what was typed; null when it lets everything pass. What names no column is searched as text in every cell. */
export function parseFilter(text: string, columns: readonly TableColumn[]): RowFilter | null {
  const terms = text
    .split(/,|\s+and\s+/i)
    .map((term) => term.trim())
    .filter((term) => term !== '');
  const filters = terms.map((term) => condition(term, columns) ?? contains(term, columns));
  return filters.length === 0 ? null : (row) => filters.every((filter) => filter(row));
}

function contains(term: string, columns: readonly TableColumn[]): RowFilter {
  const searched = term.toLowerCase();
  return (row) => columns.some((column) => column.text(row).toLowerCase().includes(searched));
}

function condition(term: string, columns: readonly TableColumn[]): RowFilter | null {
  const [, name = '', operator = '', literal = ''] = CONDITION.exec(term) ?? [];
  const column = columns.find((candidate) => candidate.name.toLowerCase() === name.trim().toLowerCase());
  if (column === undefined || literal === '') {
    return null;
  }
  const wanted = literal.replace(/^(["'])(.*)\1$/, '$2');
  const number = Number(wanted.replace(/[,_\s]/g, ''));
  return (row) => {
    const key = column.sortKey(row);
    if (typeof key === 'number' && !Number.isNaN(number)) {
      return holds(operator, key - number);
    }
    const text = column.text(row).toLowerCase();
    const other = wanted.toLowerCase();
    if (operator === '=' || operator === '!=') {
      const equal = text === other || (typeof key === 'number' && text.startsWith(other));
      return (operator === '=') === equal;
    }
    return text !== '' && holds(operator, text < other ? -1 : text > other ? 1 : 0);
  };
}

function holds(operator: string, order: number): boolean {
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '>':
      return order > 0;
    case '<':
      return order < 0;
    case '>=':
      return order >= 0;
    default:
      return order <= 0;
  }
}
