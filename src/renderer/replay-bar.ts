import { fullNumber, timeText } from '../output/text.ts';
import type { ReplayAction, ReplayStatus } from '../output/types.ts';
import { button, element, setShown, setText } from './dom.ts';
import { icon, type IconName } from './icons.ts';
import { STRINGS } from './strings.ts';

/** Where a replay stands, and what it can be told: buttons, a slider over the records, and the checkpoints to run again from. */
export class ReplayBar {
  readonly element = element('div', { class: 'bar replay', role: 'toolbar', title: STRINGS.replay.bar() });
  readonly #act: (action: ReplayAction) => void;
  readonly #play: HTMLButtonElement;
  readonly #back: HTMLButtonElement;
  readonly #on: readonly HTMLButtonElement[];
  readonly #slider = element('input', { title: STRINGS.replay.position(), attributes: { type: 'range', step: '1' } });
  readonly #position = element('span', { class: 'position' });
  readonly #checkpoints = element('select', { title: STRINGS.replay.fromCheckpoint() });
  #shown: ReplayStatus | null = null;
  #checkpointsKey = '';

  constructor(act: (action: ReplayAction) => void, leave: () => void) {
    this.#act = act;
    const tool = (name: IconName, title: string, onClick: () => void): HTMLButtonElement =>
      button({ class: 'tool', title, children: [icon(name)], onClick });
    const first = tool('first', STRINGS.replay.first(), () => this.#seek((status) => status.first));
    this.#back = tool('stepBack', STRINGS.replay.stepBack(), () => act({ kind: 'step-back' }));
    this.#play = tool('play', STRINGS.replay.play(), () => act({ kind: this.#shown?.state === 'playing' ? 'pause' : 'play' }));
    const step = tool('step', STRINGS.replay.step(), () => act({ kind: 'step' }));
    const output = tool('toOutput', STRINGS.replay.nextOutput(), () => act({ kind: 'next-output' }));
    const last = tool('last', STRINGS.replay.last(), () => this.#seek(() => 'end'));
    this.#on = [step, output, last];
    this.#slider.addEventListener('input', () =>
      this.#seek(({ last: end }) => (this.#slider.valueAsNumber > end ? 'end' : this.#slider.valueAsNumber)),
    );
    this.#checkpoints.addEventListener('change', () => this.#runFrom());
    const close = button({ class: 'tool txt', title: STRINGS.replay.leaveTitle(), children: [STRINGS.replay.leave()], onClick: leave });
    this.element.append(first, this.#back, this.#play, step, output, last, this.#slider, this.#position, this.#checkpoints, close);
  }

  /** Null: this is no replay. */
  update(status: ReplayStatus | null): void {
    setShown(this.element, status !== null);
    if (status === null) {
      return;
    }
    const { state, record, first, last, atEnd, checkpoints } = status;
    if (this.#shown?.state !== state) {
      this.#play.replaceChildren(icon(state === 'playing' ? 'pause' : 'play'));
      const title = state === 'playing' ? STRINGS.replay.pause() : STRINGS.replay.play();
      this.#play.title = title;
      this.#play.setAttribute('aria-label', title);
    }
    this.#shown = status;
    this.#back.disabled = !atEnd && record <= first;
    for (const on of this.#on) {
      on.disabled = atEnd;
    }
    this.#slider.min = String(first);
    this.#slider.max = String(last + 1);
    this.#slider.value = String(atEnd ? last + 1 : record);
    const text = positionText(status);
    this.#slider.setAttribute('aria-valuetext', text);
    setText(this.#position, text);
    this.#drawCheckpoints(checkpoints);
  }

  #drawCheckpoints(checkpoints: ReplayStatus['checkpoints']): void {
    const key = JSON.stringify(checkpoints);
    if (key === this.#checkpointsKey) {
      return;
    }
    this.#checkpointsKey = key;
    const options = checkpoints.map(({ checkpoint, record }, at) =>
      element('option', { text: STRINGS.replay.checkpoint(fullNumber(checkpoint), fullNumber(record)), attributes: { value: String(at) } }),
    );
    this.#checkpoints.replaceChildren(element('option', { text: STRINGS.replay.fromCheckpoint(), attributes: { value: '' } }), ...options);
    setShown(this.#checkpoints, checkpoints.length > 0);
  }

  #runFrom(): void {
    const chosen = this.#checkpoints.value === '' ? undefined : this.#shown?.checkpoints[Number(this.#checkpoints.value)];
    this.#checkpoints.value = '';
    if (chosen !== undefined) {
      this.#act({ kind: 'run-from', record: chosen.record });
    }
  }

  #seek(to: (status: ReplayStatus) => number | 'end'): void {
    if (this.#shown !== null) {
      this.#act({ kind: 'seek', to: to(this.#shown) });
    }
  }
}

/** "record 123 of 5,000 · next 12:00:34". */
function positionText({ record, last, atEnd, timestamp, full }: ReplayStatus): string {
  const where = atEnd ? STRINGS.replay.end(fullNumber(last)) : STRINGS.replay.record(fullNumber(record), fullNumber(last));
  const next = timestamp === null || atEnd ? '' : ` · ${STRINGS.replay.next(timeText(timestamp))}`;
  return `${where}${next}${full ? ` · ${STRINGS.replay.full()}` : ''}`;
}
