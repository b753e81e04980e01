import type { OutputState } from '../output/types.ts';
import { columnStats } from './column-stats.ts';
import { button, element, handled, setShown, setText } from './dom.ts';
import { icon } from './icons.ts';
import { parseFilter } from './row-filter.ts';
import { STRINGS } from './strings.ts';
import { type DisplayRow, rowId, sortRows, type TableColumn, tableColumns, tableRows } from './table-model.ts';

/** Height of a row in px, as in the style sheet. */
const ROW = 22;

/** Rows that are drawn above and below what is visible. */
const SPARE = 8;

/** The table scrolls beyond this height. */
const MAX_HEIGHT = 400;

const HEADER = 62;

/** What the foot says about the table. */
export interface TableStatus {
  readonly selected: boolean;
  /** Rows that pass the filter; null without a filter. */
  readonly matching: number | null;
  /** Results that came since the reader scrolled away from the newest. */
  readonly waiting: number;
}

interface Header {
  readonly cell: HTMLTableCellElement;
  readonly name: HTMLElement;
  readonly note: HTMLElement;
  readonly arrow: HTMLElement;
  readonly bars: HTMLElement;
  readonly stats: HTMLElement;
}

/** The Table tab: virtual rows in a real table, sortable, filterable, newest first. */
export class TablePanel {
  readonly element = element('div', { class: 'tablepanel' });
  readonly #scroller = element('div', { class: 'scroller' });
  readonly #table = element('table', { class: 'data', role: 'grid', attributes: { tabindex: '0', 'aria-multiselectable': 'false' } });
  readonly #headRow = element('tr', { attributes: { 'aria-rowindex': '1' } });
  readonly #body = element('tbody');
  readonly #above = element('tr', { class: 'space', attributes: { 'aria-hidden': 'true' } });
  readonly #below = element('tr', { class: 'space', attributes: { 'aria-hidden': 'true' } });
  readonly #nothing = element('p', { class: 'nothing muted', text: STRINGS.table.nothing() });
  readonly #filterBox = element('input', {
    attributes: { type: 'text', 'aria-label': STRINGS.table.filterLabel(), spellcheck: 'false' },
  });
  readonly #bar: HTMLElement;
  readonly #onStatus: () => void;
  readonly #prefix: string;
  #latest: OutputState | null = null;
  #shown: OutputState | null = null;
  #columns: readonly TableColumn[] = [];
  #headers: Header[] = [];
  #rows: readonly DisplayRow[] = [];
  #sort: { readonly id: string; readonly descending: boolean } | null = null;
  #selected: string | null = null;
  #filtered = false;
  #height = 0;

  constructor(prefix: string, onStatus: () => void) {
    this.#prefix = prefix;
    this.#onStatus = onStatus;
    this.#bar = element('div', {
      class: 'bar',
      children: [element('label', { class: 'field', children: [icon('filter'), this.#filterBox] })],
    });
    this.#body.append(this.#above, this.#below);
    this.#table.append(element('thead', { children: [this.#headRow] }), this.#body);
    this.#scroller.append(this.#table);
    this.element.append(this.#bar, this.#scroller, this.#nothing);
    this.#scroller.addEventListener('scroll', () => this.#onScroll());
    this.#filterBox.addEventListener('input', () => this.#refresh());
    this.#filterBox.addEventListener('keydown', (event) => event.stopPropagation());
    this.#table.addEventListener('keydown', (event) => this.#onKey(event));
    this.#body.addEventListener('click', (event) => this.#onClick(event));
  }

  update(state: OutputState): void {
    this.#latest = state;
    // A reader who scrolled away from the newest rows keeps what is under the eyes.
    if (this.#shown === null || this.#scroller.scrollTop < ROW || state.totalRows < this.#shown.totalRows) {
      this.#refresh();
    }
  }

  status(): TableStatus {
    return {
      selected: this.#selected !== null,
      matching: this.#filtered ? this.#rows.filter((row) => !row.ghost).length : null,
      waiting: (this.#latest?.totalRows ?? 0) - (this.#shown?.totalRows ?? 0),
    };
  }

  /** Back to the newest rows. */
  follow(): void {
    this.#scroller.scrollTop = 0;
    this.#refresh();
  }

  #refresh(): void {
    const state = this.#latest;
    if (state === null) {
      return;
    }
    this.#shown = state;
    this.#setColumns(tableColumns(state));
    const filter = parseFilter(this.#filterBox.value, this.#columns);
    const all = tableRows(state, filter !== null || this.#sort !== null);
    const kept = filter === null ? all : all.filter(filter);
    const by = this.#columns.find((column) => column.id === this.#sort?.id);
    this.#rows = by === undefined || this.#sort === null ? kept : sortRows(kept, by, this.#sort.descending);
    this.#filtered = filter !== null;
    setShown(this.#nothing, filter !== null && kept.length === 0);
    this.#setStats(state);
    this.#setHeight();
    this.#draw();
    this.#onStatus();
  }

  #setColumns(columns: readonly TableColumn[]): void {
    this.#columns = columns;
    if (this.#headers.length !== columns.length || columns.some((column, at) => this.#headers[at]?.name.textContent !== column.name)) {
      this.#headers = columns.map((column) => this.#header(column));
      this.#headRow.replaceChildren(...this.#headers.map((header) => header.cell));
      this.#table.style.minWidth = `${columns.reduce((width, column) => width + { narrow: 84, normal: 110, wide: 190 }[column.width], 0)}px`;
      this.#table.setAttribute('aria-colcount', String(columns.length));
    }
    this.#filterBox.placeholder = STRINGS.table.filter(examplesFor(columns));
    for (const [at, column] of columns.entries()) {
      const header = this.#headers[at];
      const sorted = this.#sort?.id === column.id ? (this.#sort.descending ? 'descending' : 'ascending') : 'none';
      header?.cell.setAttribute('aria-sort', sorted);
      header?.arrow.classList.toggle('shown', sorted !== 'none');
      header?.arrow.classList.toggle('up', sorted === 'ascending');
      if (header !== undefined) {
        setText(header.note, column.note);
        header.cell.classList.toggle('num', column.numeric);
      }
    }
  }

  #header(column: TableColumn): Header {
    const name = element('b', { text: column.name });
    const note = element('span', { class: 'small muted' });
    const arrow = element('span', { class: 'arrow', children: [icon('down')] });
    const bars = element('div', { class: 'd', attributes: { 'aria-hidden': 'true' } });
    const stats = element('div', { class: 's' });
    const sort = button({
      class: 'h',
      title: STRINGS.table.sortBy(column.name),
      children: [name, note, arrow],
      onClick: () => this.#sortBy(column.id),
    });
    const cell = element('th', { class: column.width, attributes: { scope: 'col' }, children: [sort, bars, stats] });
    return { cell, name, note, arrow, bars, stats };
  }

  #setStats(state: OutputState): void {
    const rows = tableRows(state, true);
    for (const [at, column] of this.#columns.entries()) {
      const header = this.#headers[at];
      if (header === undefined) {
        continue;
      }
      const { bars, text } = columnStats(column, rows);
      setText(header.stats, text);
      while (header.bars.childElementCount > bars.length) {
        header.bars.lastElementChild?.remove();
      }
      while (header.bars.childElementCount < bars.length) {
        header.bars.append(element('i'));
      }
      for (const [bar, height] of bars.entries()) {
        const drawn = header.bars.children[bar];
        if (drawn instanceof HTMLElement) {
          drawn.style.height = `${Math.round(height * 100)}%`;
        }
      }
    }
  }

  /** As high as the rows need, up to a bound; never lower again, so that the cells below stay where they are. */
  #setHeight(): void {
    const rows = this.#rows.length === 0 ? 0 : this.#rows.length;
    this.#height = Math.max(this.#height, Math.min(MAX_HEIGHT, HEADER + rows * ROW + 12));
    this.#scroller.style.height = `${this.#height}px`;
  }

  #draw(): void {
    const top = this.#scroller.scrollTop;
    const first = Math.max(0, Math.min(this.#rows.length, Math.floor(top / ROW)) - SPARE);
    const last = Math.min(this.#rows.length, Math.ceil((top + MAX_HEIGHT) / ROW) + SPARE);
    const rows = this.#rows.slice(first, last);
    while (this.#body.childElementCount - 2 > rows.length) {
      this.#below.previousElementSibling?.remove();
    }
    while (this.#body.childElementCount - 2 < rows.length) {
      this.#below.before(element('tr'));
    }
    this.#above.style.height = `${first * ROW}px`;
    this.#below.style.height = `${(this.#rows.length - last) * ROW}px`;
    setShown(this.#above, first > 0);
    setShown(this.#below, last < this.#rows.length);
    this.#table.setAttribute('aria-rowcount', String(this.#rows.length + 1));
    for (const [at, row] of rows.entries()) {
      const drawn = this.#body.children[at + 1];
      if (drawn instanceof HTMLTableRowElement) {
        this.#drawRow(drawn, row, first + at);
      }
    }
    const selected = this.#rows.findIndex((row) => rowId(row) === this.#selected);
    if (selected < 0) {
      this.#table.removeAttribute('aria-activedescendant');
    } else {
      this.#table.setAttribute('aria-activedescendant', `${this.#prefix}-row-${selected}`);
    }
  }

  #drawRow(drawn: HTMLTableRowElement, row: DisplayRow, at: number): void {
    const selected = rowId(row) === this.#selected;
    drawn.id = `${this.#prefix}-row-${at}`;
    drawn.className = `${row.ghost ? 'ghost' : ''} ${selected ? 'sel' : ''}`.trim();
    drawn.setAttribute('aria-rowindex', String(at + 2));
    drawn.setAttribute('aria-selected', String(selected));
    drawn.dataset['at'] = String(at);
    while (drawn.childElementCount > this.#columns.length) {
      drawn.lastElementChild?.remove();
    }
    while (drawn.childElementCount < this.#columns.length) {
      drawn.append(element('td'));
    }
    for (const [cellAt, column] of this.#columns.entries()) {
      const cell = drawn.children[cellAt];
      if (cell !== undefined) {
        setText(cell, column.text(row));
        cell.classList.toggle('num', column.numeric);
      }
    }
  }

  #sortBy(id: string): void {
    const sort = this.#sort;
    this.#sort = sort?.id !== id ? { id, descending: true } : sort.descending ? { id, descending: false } : null;
    this.#refresh();
  }

  #onScroll(): void {
    if (this.#scroller.scrollTop < ROW && this.#latest !== this.#shown) {
      this.#refresh();
    } else {
      this.#draw();
    }
  }

  #onClick(event: Event): void {
    const row = event.target instanceof Element ? event.target.closest('tr') : null;
    const at = row?.dataset['at'];
    if (at !== undefined) {
      this.#select(Number(at));
    }
  }

  #onKey(event: KeyboardEvent): void {
    const at = this.#rows.findIndex((row) => rowId(row) === this.#selected);
    const page = Math.floor((this.#scroller.clientHeight - HEADER) / ROW);
    const last = this.#rows.length - 1;
    const target = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: last }[event.key];
    if (target !== undefined) {
      handled(event);
      this.#select(Math.max(0, Math.min(last, target)));
    } else if (event.key === 'Escape' && this.#selected !== null) {
      handled(event);
      this.#selected = null;
      this.#draw();
      this.#onStatus();
    }
  }

  #select(at: number): void {
    const row = this.#rows[at];
    if (row === undefined) {
      return;
    }
    this.#selected = rowId(row);
    const top = at * ROW;
    const visible = this.#scroller.clientHeight - HEADER - ROW;
    if (top < this.#scroller.scrollTop) {
      this.#scroller.scrollTop = top;
    } else if (top > this.#scroller.scrollTop + visible) {
      this.#scroller.scrollTop = top - visible;
    }
    this.#draw();
    this.#onStatus();
  }
}

/** Conditions to learn from: ", count > 20, window = 12:00:50". */
function examplesFor(columns: readonly TableColumn[]): string {
  const number = columns.find((column) => column.numeric && column.id !== STRINGS.table.number());
  const windowed = columns.some((column) => column.id === STRINGS.table.window());
  return `${number === undefined ? '' : `, ${number.name} > 20`}${windowed ? `, ${STRINGS.table.window()} = 12:00:50` : ''}`;
}
