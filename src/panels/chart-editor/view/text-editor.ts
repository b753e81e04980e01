/** Monaco with the parts that editing a specification needs. */
import * as monaco from 'monaco-editor/editor/editor.api';
import 'monaco-editor/features/bracketMatching/register';
import 'monaco-editor/features/caretOperations/register';
import 'monaco-editor/features/clipboard/register';
import 'monaco-editor/features/codicon/register';
import 'monaco-editor/features/contextmenu/register';
import 'monaco-editor/features/cursorUndo/register';
import 'monaco-editor/features/find/register';
import 'monaco-editor/features/folding/register';
import 'monaco-editor/features/format/register';
import 'monaco-editor/features/gotoError/register';
import 'monaco-editor/features/hover/register';
import 'monaco-editor/features/indentation/register';
import 'monaco-editor/features/linesOperations/register';
import 'monaco-editor/features/multicursor/register';
// `features/suggest` has only the suggestions inside the line.
import 'monaco-editor/editor/contrib/suggest/browser/suggestController';
import 'monaco-editor/features/toggleTabFocusMode/register';
import 'monaco-editor/features/wordHighlighter/register';
import 'monaco-editor/features/wordOperations/register';
import { jsonDefaults } from 'monaco-editor/languages/features/json/register';
import schemaText from 'vega-lite/vega-lite-schema.json';
import { followTheme } from './editor-theme.ts';

const SCHEMA_URI = 'https://vega.github.io/schema/vega-lite/';

/** Owner of the markers for what Vega-Lite refuses. */
const OWNER = 'vega-lite';

/** Something wrong with the text, at its place; lines and columns from 1. */
export interface TextProblem {
  readonly message: string;
  readonly isError: boolean;
  readonly line: number;
  readonly column: number;
}

export interface TextEditorEvents {
  /** The text was changed by the user. */
  changed(): void;
  problems(problems: readonly TextProblem[]): void;
  apply(): void;
}

/** The editor of the text. */
export class TextEditor {
  readonly #editor: monaco.editor.IStandaloneCodeEditor;
  readonly #model: monaco.editor.ITextModel;
  #isOurs = false;

  constructor(container: HTMLElement, label: string, workerAddress: string, events: TextEditorEvents) {
    startWorkersFrom(workerAddress);
    // SAFETY: the schema of a release of vega-lite is an object
    const schema = JSON.parse(schemaText) as object;
    const schemas = ['v6.json', 'v5.json'].map((name) => ({
      uri: SCHEMA_URI + name,
      schema,
      ...(name === 'v6.json' ? { fileMatch: ['*'] } : {}),
    }));
    jsonDefaults.setDiagnosticsOptions({
      validate: true,
      allowComments: false,
      enableSchemaRequest: false,
      schemaRequest: 'ignore',
      schemaValidation: 'error',
      schemas,
    });
    this.#model = monaco.editor.createModel('', 'json', monaco.Uri.parse('streambook:/chart.vl.json'));
    this.#model.updateOptions({ tabSize: 2, insertSpaces: true });
    const fonts = getComputedStyle(document.body);
    this.#editor = monaco.editor.create(container, {
      model: this.#model,
      theme: followTheme(),
      ariaLabel: label,
      automaticLayout: true,
      minimap: { enabled: false },
      scrollBeyondLastLine: false,
      fixedOverflowWidgets: true,
      fontFamily: fonts.getPropertyValue('--vscode-editor-font-family') || 'monospace',
      fontSize: Number.parseFloat(fonts.getPropertyValue('--vscode-editor-font-size')) || 13,
      quickSuggestions: { strings: true, other: true, comments: false },
      wordBasedSuggestions: 'off',
      suggest: { showWords: false },
      padding: { top: 8 },
      renderLineHighlight: 'line',
      lineNumbersMinChars: 3,
      scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10 },
    });
    this.#model.onDidChangeContent(() => {
      if (!this.#isOurs) {
        events.changed();
      }
    });
    monaco.editor.onDidChangeMarkers(() => events.problems(this.#problems()));
    this.#editor.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.KeyS, () => events.apply());
  }

  get text(): string {
    return this.#model.getValue();
  }

  /** Replaces the text; `changed` is not told. It can be undone. */
  setText(text: string): void {
    if (text === this.text) {
      return;
    }
    this.#isOurs = true;
    if (this.text === '') {
      this.#model.setValue(text);
    } else {
      this.#model.pushEditOperations([], [{ range: this.#model.getFullModelRange(), text }], () => null);
    }
    this.#isOurs = false;
  }

  setReadOnly(readOnly: boolean): void {
    this.#editor.updateOptions({ readOnly });
  }

  /** Marks what Vega-Lite refuses: where the name that it quotes stands, else at the first line. */
  markRefused(message: string | null): void {
    monaco.editor.setModelMarkers(
      this.#model,
      OWNER,
      message === null ? [] : [{ ...this.#placeOf(message), message, severity: monaco.MarkerSeverity.Error }],
    );
  }

  /** Moves the cursor to a place, and shows it. */
  reveal({ line, column }: { readonly line: number; readonly column: number }): void {
    this.#editor.setPosition({ lineNumber: line, column });
    this.#editor.revealLineInCenterIfOutsideViewport(line);
    this.#editor.focus();
  }

  focus(): void {
    this.#editor.focus();
  }

  #problems(): readonly TextProblem[] {
    const markers = monaco.editor.getModelMarkers({ resource: this.#model.uri });
    // What the schema says is closer to the cause than what Vega-Lite stumbles over.
    const sorted = markers.toSorted(
      (a, b) => Number(a.owner === OWNER) - Number(b.owner === OWNER) || a.startLineNumber - b.startLineNumber,
    );
    return sorted.map(({ message, severity, startLineNumber, startColumn }) => ({
      message,
      isError: severity === monaco.MarkerSeverity.Error,
      line: startLineNumber,
      column: startColumn,
    }));
  }

  #placeOf(message: string): monaco.IRange {
    const quoted = /"([^"]+)"/.exec(message)?.[1];
    const found = quoted === undefined ? [] : this.#model.findMatches(`"${quoted}"`, false, false, true, null, false, 1);
    return found[0]?.range ?? { startLineNumber: 1, startColumn: 1, endLineNumber: 1, endColumn: 2 };
  }
}

/** A worker may only start from a blob: the page's policy, and the webview's origin, allow nothing else. */
function startWorkersFrom(address: string): void {
  let script: Promise<string> | null = null;
  const load = async (): Promise<string> => {
    const response = await fetch(address);
    return URL.createObjectURL(new Blob([await response.text()], { type: 'text/javascript' }));
  };
  self.MonacoEnvironment = {
    getWorker: async (_id, label) => {
      script ??= load();
      return new Worker(await script, { name: label });
    },
  };
}
