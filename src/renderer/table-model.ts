/** The rows and columns of the Table, from an output's state. Pure. */
import { jsonFieldOf, looksLikeTime } from '../output/columns.ts';
import { firedAtText } from '../output/summary.ts';
import { fullNumber, keyText, rangeText, sizeText, timeText, valueText } from '../output/text.ts';
import type { ColumnKind, GhostRow, JsonValue, OutputState, TableRow } from '../output/types.ts';
import { STRINGS } from './strings.ts';

/** A result, or an open window shown before them. */
export type DisplayRow = { readonly ghost: false; readonly row: TableRow } | { readonly ghost: true; readonly row: GhostRow };

/** One column: how a row reads in it, and how it compares. */
export interface TableColumn {
  readonly id: string;
  readonly name: string;
  /** Small print beside the name: a type, a window size. */
  readonly note: string;
  readonly numeric: boolean;
  readonly width: 'narrow' | 'wide' | 'normal';
  text(row: DisplayRow): string;
  /** null sorts last. */
  sortKey(row: DisplayRow): number | string | null;
}

/** The columns that this state needs: number, window, change, key, the fields, fired at. */
export function tableColumns(state: OutputState): readonly TableColumn[] {
  const days = new Set(state.rows.map((row) => Math.floor((row.window?.start ?? row.timestamp ?? 0) / 86_400_000)));
  const withDate = days.size > 1;
  const windowed = state.ghosts.length > 0 || state.rows.some((row) => row.window !== null);
  return [
    column(STRINGS.table.number(), '', { width: 'narrow', numeric: true }, (row) => (row.ghost ? null : row.row.index + 1)),
    ...(windowed ? [windowColumn(state, withDate)] : timeColumns(state, withDate)),
    ...(state.view === 'changelog' || state.rows.some((row) => row.kind !== '+I') ? [changeColumn()] : []),
    ...(hasKeyOfItsOwn(state) ? [keyColumn()] : []),
    ...state.columns.map((field) => fieldColumn(field.name, field.kind, withDate)),
    ...(windowed ? [firedColumn(withDate)] : []),
  ];
}

/** Open windows above the results; sorting and filtering show all of them. */
const FEW_GHOSTS = 5;

/** All rows in the order they are shown in: a few open windows, the next to fire first, then the newest result first. */
export function tableRows(state: OutputState, allGhosts: boolean): readonly DisplayRow[] {
  const inOrder = [...state.ghosts].sort((a, b) => a.window.end - b.window.end);
  const ghosts = inOrder.slice(0, allGhosts ? inOrder.length : FEW_GHOSTS).map((row): DisplayRow => ({ ghost: true, row }));
  const rows = state.rows.map((row): DisplayRow => ({ ghost: false, row }));
  return [...ghosts, ...rows.reverse()];
}

/** Rows sorted by a column; open windows stay first, ties keep their order, empty cells come last. */
export function sortRows(rows: readonly DisplayRow[], by: TableColumn, descending: boolean): readonly DisplayRow[] {
  const keyed = rows.map((row) => ({ row, key: by.sortKey(row) }));
  keyed.sort((a, b) => Number(b.row.ghost) - Number(a.row.ghost) || compareKeys(a.key, b.key, descending));
  return keyed.map(({ row }) => row);
}

/** Identity of a row while the table changes under the selection. */
export function rowId(row: DisplayRow): string {
  return row.ghost ? `ghost ${row.row.window.start} ${row.row.window.end} ${keyText(row.row.key)}` : `row ${row.row.index}`;
}

type Cell = number | string | null;

function column(
  name: string,
  note: string,
  look: { readonly width?: TableColumn['width']; readonly numeric?: boolean },
  read: (row: DisplayRow) => Cell,
  text: (row: DisplayRow) => string = (row) => cellText(read(row)),
): TableColumn {
  return { id: name, name, note, numeric: look.numeric ?? false, width: look.width ?? 'normal', text, sortKey: read };
}

function cellText(cell: Cell): string {
  return cell === null ? '' : typeof cell === 'number' ? fullNumber(cell) : cell;
}

function windowColumn(state: OutputState, withDate: boolean): TableColumn {
  const { window } = state;
  const size = window?.size ?? state.chart.windowSize;
  const time = window?.eventTime === false ? STRINGS.table.processingTime() : STRINGS.table.eventTime();
  const note = size === null ? time : `${sizeText(size)}, ${time}`;
  return column(
    STRINGS.table.window(),
    note,
    { width: 'wide' },
    (row) => row.row.window?.start ?? null,
    (row) => (row.row.window === null ? '' : rangeText(row.row.window.start, row.row.window.end, withDate)),
  );
}

function timeColumns(state: OutputState, withDate: boolean): readonly TableColumn[] {
  const times = state.rows.filter((row) => row.timestamp !== null);
  const shownAnyway = state.columns.some(
    (field) => times.length > 0 && times.every((row) => jsonFieldOf(row.value, field.name) === row.timestamp),
  );
  if (times.length === 0 || shownAnyway) {
    return [];
  }
  const read = (row: DisplayRow): number | null => (row.ghost ? null : row.row.timestamp);
  return [column(STRINGS.table.time(), STRINGS.table.eventTime(), {}, read, (row) => timeText(read(row) ?? Number.NaN, withDate))];
}

function changeColumn(): TableColumn {
  return column(STRINGS.table.change(), '', { width: 'narrow' }, (row) => (row.ghost ? null : STRINGS.changes[row.row.kind]()));
}

function hasKeyOfItsOwn(state: OutputState): boolean {
  if (state.ghosts.some((ghost) => ghost.value === undefined && ghost.key !== undefined && ghost.key !== null)) {
    return true;
  }
  const keyed = state.rows.filter((row) => row.key !== undefined && row.key !== null);
  if (keyed.length === 0) {
    return false;
  }
  const parts = keyed
    .slice(-20)
    .map((row) => ({ key: keyText(row.key), cells: state.columns.map((field) => valueText(jsonFieldOf(row.value, field.name))) }));
  return !parts.every(({ key, cells }) => cells.includes(key)) && new Set(parts.map(({ key }) => key)).size > 1;
}

function keyColumn(): TableColumn {
  return column(STRINGS.table.key(), '', {}, (row) => keyText(row.row.key));
}

function fieldColumn(name: string, kind: ColumnKind, withDate: boolean): TableColumn {
  const read = (row: DisplayRow): JsonValue | undefined => (row.row.value === undefined ? undefined : jsonFieldOf(row.row.value, name));
  return {
    ...column(
      name,
      kind,
      { numeric: kind === 'number' },
      (row) => comparable(read(row)),
      (row) => {
        const value = read(row);
        return looksLikeTime(name, value) && kind === 'timestamp' ? timeText(Number(value), withDate) : valueText(value);
      },
    ),
    id: `field ${name}`,
  };
}

function firedColumn(withDate: boolean): TableColumn {
  return column(
    STRINGS.table.firedAt(),
    STRINGS.table.watermark(),
    {},
    (row) => (row.ghost ? null : row.row.firedAt),
    (row) => (row.ghost ? openText(row.row) : firedAtText(row.row, withDate)),
  );
}

/** Of a window function that sees all records at the end, only their number is known before. */
function openText(ghost: GhostRow): string {
  return ghost.value === undefined && ghost.count !== null ? STRINGS.table.records(fullNumber(ghost.count)) : STRINGS.table.open();
}

function comparable(value: JsonValue | undefined): Cell {
  if (typeof value === 'number') {
    return value;
  }
  if (value === undefined || value === null) {
    return null;
  }
  const bigint = typeof value === 'object' && '$bigint' in value ? value.$bigint : null;
  return typeof bigint === 'string' ? Number(bigint) : valueText(value);
}

function compareKeys(a: Cell, b: Cell, descending: boolean): number {
  if (a === null || b === null) {
    return Number(a === null) - Number(b === null);
  }
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
  return descending ? -order : order;
}
