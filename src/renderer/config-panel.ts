import { jsonFieldOf } from '../output/columns.ts';
import { valueText } from '../output/text.ts';
import type { OutputState } from '../output/types.ts';
import { element } from './dom.ts';
import { STRINGS } from './strings.ts';

/** What a cell that only configures `env` shows: options by Flink's names, with their values. Rows are [name, value] or { name, value }. */
export class ConfigPanel {
  readonly element = element('div', { class: 'config' });
  #shown: OutputState['rows'] | null = null;

  update(state: OutputState): void {
    if (state.rows === this.#shown) {
      return;
    }
    this.#shown = state.rows;
    const heads = [STRINGS.config.option(), STRINGS.config.value()].map((text) => element('th', { text, attributes: { scope: 'col' } }));
    const rows = state.rows.map(({ value }) => {
      const name = jsonFieldOf(value, 'name') ?? jsonFieldOf(value, 'f0');
      const option = jsonFieldOf(value, 'name') === undefined ? jsonFieldOf(value, 'f1') : jsonFieldOf(value, 'value');
      return element('tr', {
        children: [element('td', { class: 'mono', text: valueText(name) }), element('td', { class: 'mono', text: valueText(option) })],
      });
    });
    const table = element('table', {
      class: 'data',
      children: [element('thead', { children: [element('tr', { children: heads })] }), element('tbody', { children: rows })],
    });
    this.element.replaceChildren(table);
  }
}
