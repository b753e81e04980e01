import { applyDelta } from '../../../output/delta.ts';
import type { OutputState } from '../../../output/types.ts';
import { ChartTextError, messageOf } from '../../../renderer/custom-spec.ts';
import { button, element, setShown, setText } from '../../../renderer/dom.ts';
import { editableSpec } from '../../../renderer/editable-spec.ts';
import { icon } from '../../../renderer/icons.ts';
import { Throttle } from '../../../renderer/throttle.ts';
import {
  CHART_EDITOR_VERSION,
  type ChartEditorState,
  type ChartPlace,
  type FromChartEditor,
  readChartEditorState,
  type ToChartEditor,
} from '../protocol.ts';
import { Preview } from './preview.ts';
import { STRINGS } from './strings.ts';
import { TextEditor, type TextProblem } from './text-editor.ts';

/** The preview follows a running job at most so often, and typing after such a pause (ms). */
const UPDATE_EVERY = 100;
const TYPING_PAUSE = 200;

/** What the text is before anything is known of the results. */
const EMPTY =
  '{\n  "$schema": "https://vega.github.io/schema/vega-lite/v6.json",\n  "data": { "name": "results" },\n  "mark": "bar",\n  "encoding": {}\n}';

/** VS Code, as a page of it sees it. */
export interface Host {
  post(message: FromChartEditor): void;
  getState(): unknown;
  setState(state: ChartEditorState): void;
}

/** The page: tool bar, text, preview. */
export class ChartEditor {
  readonly element = element('main', { class: 'editor-page' });
  readonly #host: Host;
  readonly #apply: HTMLButtonElement;
  readonly #reset: HTMLButtonElement;
  readonly #problem = button({ class: 'problem', attributes: { 'aria-live': 'polite' }, onClick: () => this.#revealProblem() });
  readonly #status = element('span', { class: 'small muted' });
  readonly #editor: TextEditor;
  readonly #preview: Preview;
  readonly #redraw = new Throttle(UPDATE_EVERY, () => this.#preview.update(this.#state));
  #place: ChartPlace;
  #stored: string | null = null;
  #state: OutputState | null = null;
  /** The text that the user started from; what differs from it is theirs. */
  #base = '';
  #problems: readonly TextProblem[] = [];
  /** Why the chart could not be stored. */
  #failure: string | null = null;
  #isGone = false;
  #isValid = false;
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(opened: Extract<ToChartEditor, { readonly type: 'open' }>, worker: string, host: Host) {
    this.#host = host;
    this.#place = opened.place;
    this.#apply = button({ class: 'btn', text: STRINGS.apply(), onClick: () => this.#store() });
    this.#reset = button({ class: 'btn second', text: STRINGS.reset(), onClick: () => this.#send('reset') });
    this.#reset.title = STRINGS.resetHint();
    const text = element('section', { class: 'text' });
    const label = STRINGS.editor(opened.place.display ?? opened.title);
    this.#preview = new Preview(
      (message) => this.#refused(message),
      () => this.#send('run'),
    );
    this.element.append(
      element('div', { class: 'bar tools', children: [this.#apply, this.#reset, this.#status, this.#problem] }),
      element('div', { class: 'panes', children: [text, this.#preview.element] }),
      element('p', { class: 'hint small muted', text: STRINGS.keys() }),
    );
    this.#editor = new TextEditor(text, label, worker, {
      changed: () => this.#changed(),
      problems: (problems) => {
        this.#problems = problems;
        this.#drawBar();
      },
      apply: () => this.#store(),
    });
    const kept = readChartEditorState(host.getState());
    this.#open(opened, kept?.place.display === opened.place.display ? kept.draft : null);
  }

  receive(message: ToChartEditor): void {
    switch (message.type) {
      case 'open':
        this.#open(message, this.#draft());
        return;
      case 'state':
        this.#setState(message.state);
        return;
      case 'delta': {
        const next = this.#state === null ? null : applyDelta(this.#state, message.delta);
        if (next === null) {
          this.#send('ready');
        } else {
          this.#setState(next);
        }
        return;
      }
      case 'stored':
        this.#failure = null;
        this.#rebase(message.text, this.#editor.text.trimEnd() === message.text ? null : this.#draft());
        return;
      case 'gone':
        this.#isGone = true;
        this.#failure = message.message;
        this.#preview.setGone(message.message);
        this.#drawBar();
        return;
      case 'failed':
        this.#failure = message.message;
        this.#drawBar();
    }
  }

  #open({ place, stored, state }: Extract<ToChartEditor, { readonly type: 'open' }>, draft: string | null): void {
    this.#place = place;
    this.#isGone = false;
    this.#failure = null;
    this.#state = state;
    this.#rebase(stored, draft);
    this.#preview.update(state);
  }

  /** The text that is the user's own; null when it is the one that they started from. */
  #draft(): string | null {
    const { text } = this.#editor;
    return text === this.#base ? null : text;
  }

  /** Starts from what the notebook has, else from the inferred chart; the user's own text stays. */
  #rebase(stored: string | null, draft: string | null): void {
    this.#stored = stored;
    this.#base = stored ?? (this.#state === null ? EMPTY : editableSpec(this.#state));
    this.#editor.setText(draft ?? this.#base);
    this.#keep();
    this.#show();
  }

  #setState(state: OutputState): void {
    const before = this.#state;
    this.#state = state;
    if (this.#stored === null && lookOf(state) !== lookOf(before)) {
      this.#rebase(null, this.#draft());
    }
    this.#redraw.request();
  }

  #changed(): void {
    this.#failure = null;
    this.#keep();
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#show(), TYPING_PAUSE);
    this.#drawBar();
  }

  #keep(): void {
    const draft = this.#draft();
    this.#host.setState({ version: CHART_EDITOR_VERSION, place: this.#place, draft });
    this.#host.post({ version: CHART_EDITOR_VERSION, type: 'edited', edited: draft !== null });
  }

  /** Draws the text, or says why not. What is not JSON is Monaco's to report. */
  #show(): void {
    clearTimeout(this.#typing);
    const { text } = this.#editor;
    this.#isValid = true;
    this.#editor.markRefused(null);
    try {
      this.#preview.setText(text);
    } catch (error) {
      this.#isValid = false;
      if (isJson(text)) {
        this.#editor.markRefused(messageOf(error instanceof ChartTextError ? error : String(error)));
      }
    }
    this.#drawBar();
  }

  #refused(message: string): void {
    this.#preview.setOutdated();
    this.#editor.markRefused(message);
    this.#drawBar();
  }

  #store(): void {
    this.#show();
    if (this.#isGone) {
      return;
    }
    if (this.#isValid) {
      this.#host.post({ version: CHART_EDITOR_VERSION, type: 'apply', text: this.#editor.text });
    } else {
      this.#revealProblem();
    }
  }

  #send(type: 'ready' | 'reset' | 'run'): void {
    this.#host.post({ version: CHART_EDITOR_VERSION, type });
  }

  #revealProblem(): void {
    const [problem] = this.#problems;
    if (problem !== undefined) {
      this.#editor.reveal(problem);
    }
  }

  #drawBar(): void {
    const [problem] = this.#problems;
    this.#apply.disabled = this.#isGone;
    setShown(this.#reset, this.#stored !== null || this.#draft() !== null);
    setText(this.#status, this.#statusText());
    const said = this.#failure ?? problem?.message ?? null;
    this.#problem.classList.toggle('none', said === null);
    this.#problem.disabled = problem === undefined;
    const isError = this.#failure !== null || problem?.isError === true;
    const parts: (Node | string)[] =
      said === null
        ? [icon('check', 'ok'), STRINGS.noProblem()]
        : [
            icon(isError ? 'error' : 'warn', isError ? 'bad' : 'warn'),
            element('span', {
              class: 'ellipsis',
              text:
                this.#failure !== null || problem === undefined
                  ? said
                  : `${STRINGS.problems(this.#problems.length)} ${said} (${STRINGS.atLine(problem.line)})`,
            }),
          ];
    this.#problem.title = said ?? '';
    this.#problem.replaceChildren(...parts);
  }

  #statusText(): string {
    if (this.#draft() !== null) {
      return STRINGS.unapplied();
    }
    if (this.#stored !== null) {
      return STRINGS.applied();
    }
    return this.#state === null ? '' : STRINGS.inferred();
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What decides the text that the editor starts with. */
function lookOf(state: OutputState | null): string {
  return state === null ? '' : JSON.stringify([state.chart.kind, state.chart.plot ?? null]);
}
