import { fullNumber } from '../output/text.ts';
import type { OutputError } from '../output/types.ts';
import { button, element, withNodes } from './dom.ts';
import { icon } from './icons.ts';
import { STRINGS } from './strings.ts';

/** What an error card asks of the host. */
export interface ErrorActions {
  reveal(cell: string, line: number, column: number): void;
  runAgain(): void;
}

/** An error with its place as a link, the record it happened on, and what to do. Without `actions` nothing can be clicked. */
export function errorCard(error: OutputError, actions: ErrorActions | null): HTMLElement {
  const body = element('div', { children: [element('h3', { text: error.title })] });
  const where = whereParts(error, actions);
  if (where.length > 0) {
    body.append(element('p', { class: 'muted', children: where.flatMap((part, at) => (at === 0 ? part : [', ', ...part])) }));
  }
  if (error.record !== null) {
    body.append(element('pre', { class: 'record', text: error.record, attributes: { tabindex: '0' } }));
  }
  if (error.hint !== null) {
    body.append(element('p', { text: error.hint }));
  }
  if (actions !== null) {
    body.append(
      element('div', {
        class: 'acts',
        children: [button({ class: 'btn second', text: STRINGS.runAgain(), onClick: () => actions.runAgain() })],
      }),
    );
  }
  return element('div', { class: 'note error', role: 'alert', children: [icon('error', 'bad'), body] });
}

type Part = readonly (Node | string)[];

function whereParts(error: OutputError, actions: ErrorActions | null): Part[] {
  const parts: Part[] = [];
  const { place, file } = error;
  if (error.operator !== null) {
    parts.push(withNodes(STRINGS.error.in(), [element('b', { text: error.operator })]));
  }
  if (place !== null) {
    const text = STRINGS.error.place(place.cellLabel, place.line, place.column);
    parts.push([
      actions === null ? text : button({ class: 'link', text, onClick: () => actions.reveal(place.cell, place.line, place.column) }),
    ]);
  }
  if (error.recordNumber !== null) {
    const record = fullNumber(error.recordNumber);
    const { source } = error;
    parts.push(
      source === null ? withNodes(STRINGS.error.at(), [record]) : withNodes(STRINGS.error.atOf(), [record, element('b', { text: source })]),
    );
  }
  if (file !== null) {
    parts.push([file.line === null ? file.path : STRINGS.error.line(file.path, fullNumber(file.line))]);
  }
  return parts;
}
