import * as monaco from 'monaco-editor/editor/editor.api';

const THEME = 'streambook';

/** Colours that Monaco takes over from VS Code's theme; the others follow the base theme. */
const COLOURS = [
  'editor.background',
  'editor.foreground',
  'editorLineNumber.foreground',
  'editorLineNumber.activeForeground',
  'editorCursor.foreground',
  'editor.selectionBackground',
  'editor.inactiveSelectionBackground',
  'editor.lineHighlightBackground',
  'editor.lineHighlightBorder',
  'editorWidget.background',
  'editorWidget.foreground',
  'editorWidget.border',
  'editorSuggestWidget.background',
  'editorSuggestWidget.border',
  'editorSuggestWidget.foreground',
  'editorSuggestWidget.highlightForeground',
  'editorSuggestWidget.selectedBackground',
  'editorSuggestWidget.selectedForeground',
  'editorSuggestWidget.focusHighlightForeground',
  'editorHoverWidget.background',
  'editorHoverWidget.border',
  'editorHoverWidget.foreground',
  'editorError.foreground',
  'editorWarning.foreground',
  'editorBracketMatch.background',
  'editorBracketMatch.border',
  'input.background',
  'input.foreground',
  'input.border',
  'inputOption.activeBackground',
  'inputOption.activeBorder',
  'focusBorder',
  'foreground',
  'list.hoverBackground',
  'list.focusBackground',
  'menu.background',
  'menu.foreground',
  'menu.selectionBackground',
  'menu.selectionForeground',
  'menu.border',
  'scrollbarSlider.background',
  'scrollbarSlider.hoverBackground',
  'scrollbarSlider.activeBackground',
  'contrastBorder',
  'contrastActiveBorder',
  'widget.shadow',
  'icon.foreground',
] as const;

/** Gives Monaco VS Code's theme, now and whenever it changes. Gives the theme's name. */
export function followTheme(): string {
  define();
  const changes = new MutationObserver(() => {
    define();
    monaco.editor.setTheme(THEME);
  });
  changes.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  changes.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  return THEME;
}

function define(): void {
  const style = getComputedStyle(document.body);
  const colors: Record<string, string> = {};
  for (const name of COLOURS) {
    const value = hexOf(style.getPropertyValue(`--vscode-${name.replaceAll('.', '-')}`).trim());
    if (value !== null) {
      colors[name] = value;
    }
  }
  monaco.editor.defineTheme(THEME, { base: baseTheme(), inherit: true, rules: [], colors });
}

function baseTheme(): monaco.editor.BuiltinTheme {
  const { classList } = document.body;
  if (classList.contains('vscode-high-contrast-light')) {
    return 'hc-light';
  }
  if (classList.contains('vscode-high-contrast')) {
    return 'hc-black';
  }
  return classList.contains('vscode-light') ? 'vs' : 'vs-dark';
}

/** Monaco wants #rrggbb or #rrggbbaa; VS Code also writes rgba(…). */
function hexOf(colour: string): string | null {
  if (/^#(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i.test(colour)) {
    return colour;
  }
  const parts = /^rgba?\(([^)]+)\)$/
    .exec(colour)?.[1]
    ?.split(/[\s,/]+/)
    .map(Number);
  if (parts === undefined || parts.length < 3 || parts.some(Number.isNaN)) {
    return null;
  }
  const [red = 0, green = 0, blue = 0, alpha = 1] = parts;
  return `#${[red, green, blue, alpha * 255].map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}
