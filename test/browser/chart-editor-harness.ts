/** The chart editor's page in a real browser, under its own policy, with a stand-in for VS Code. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { BUNDLES } from '../../scripts/lib/bundles.mjs';
import { chartEditorPage } from '../../src/panels/chart-editor/page.ts';
import type { ToChartEditor } from '../../src/panels/chart-editor/protocol.ts';
import type { OutputState } from '../../src/output/types.ts';
import { openSite, SitePage, type Theme } from './site.ts';

const HERE = path.dirname(fileURLToPath(import.meta.url));

/** VS Code's class for the kind of theme. */
const KINDS: Readonly<Record<Theme, string>> = {
  'dark-modern': 'vscode-dark',
  'light-modern': 'vscode-light',
  'high-contrast': 'vscode-high-contrast',
};

const FAKE_VS_CODE = `
  window.fakeVsCode = { posted: [], violations: [], state: JSON.parse(sessionStorage.getItem('kept') ?? 'null') };
  document.addEventListener('securitypolicyviolation', (event) =>
    window.fakeVsCode.violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample));
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => window.fakeVsCode.posted.push(message),
    getState: () => window.fakeVsCode.state,
    setState: (state) => {
      window.fakeVsCode.state = state;
      sessionStorage.setItem('kept', JSON.stringify(state));
    },
  });
`;

declare global {
  interface Window {
    fakeVsCode: { readonly posted: unknown[]; readonly violations: string[]; state: unknown };
  }
}

export class ChartEditorPage extends SitePage {
  /** Opens a fresh page; what the last one kept is gone. */
  async reset(theme: Theme = 'dark-modern', width = 1_380): Promise<void> {
    if (this.page.url().startsWith('http')) await this.page.evaluate(() => sessionStorage.clear());
    await this.open(theme, width, 820);
    this.errors.length = 0;
  }

  /** The page is hidden and shown again, which loads it anew. */
  async reload(): Promise<void> {
    await this.page.reload();
    this.errors.length = 0;
  }

  async send(message: ToChartEditor): Promise<void> {
    const data: unknown = message;
    await this.page.evaluate((sent) => window.postMessage(sent, '*'), data);
  }

  /** What the host answers to `ready`. */
  async begin(state: OutputState | null, stored: string | null = null): Promise<void> {
    const place = { notebook: 'file:///n.stream.md', cell: 'word-count', display: state?.name ?? null };
    await this.send({ version: 1, type: 'open', place, title: 'word-count', stored, state, strings: undefined });
    await this.page.locator('.monaco-editor .view-line').first().waitFor();
  }

  /** Messages of the page since the last call, without those about its being edited. */
  async posted(): Promise<unknown[]> {
    const posted = await this.page.evaluate(() => window.fakeVsCode.posted.splice(0));
    return posted.filter((message) => (message as { type: string }).type !== 'edited');
  }

  /** The text in the editor, as it is kept or applied. */
  async text(): Promise<string> {
    await this.posted();
    await this.page.getByRole('button', { name: 'Apply to Notebook' }).click();
    const [message] = await this.posted();
    return (message as { text: string } | undefined)?.text ?? '';
  }

  /** Replaces the whole text by typing. */
  async type(text: string): Promise<void> {
    await this.page.locator('.monaco-editor .view-lines').click();
    await this.page.keyboard.press('ControlOrMeta+A');
    await this.page.keyboard.insertText(text);
    // The editor closes the first bracket by itself.
    await this.page.keyboard.press('ControlOrMeta+Shift+End');
    await this.page.keyboard.press('Delete');
  }
}

/** Bundles the page as the build does and opens a browser for it. */
export async function openChartEditor(): Promise<ChartEditorPage> {
  const files = new Map<string, string>();
  for (const name of ['chart-editor', 'chart-editor-worker']) {
    const bundle = BUNDLES[name];
    if (bundle === undefined) throw new Error(`no bundle ${name}`);
    const { outputFiles } = await build({
      absWorkingDir: path.join(HERE, '../..'),
      entryPoints: [bundle.entry],
      outfile: bundle.output,
      bundle: true,
      minify: true,
      write: false,
      define: { 'process.env.NODE_ENV': '"production"' },
      ...bundle.options,
    });
    for (const file of outputFiles ?? []) files.set(`/${path.basename(file.path)}`, file.text);
  }
  return new ChartEditorPage(await openSite({ assets: files, documentOf, width: 1_380, height: 820, script: FAKE_VS_CODE }));
}

/** The page as VS Code shows it: with the theme's variables and class. */
function documentOf(theme: Theme, origin: string): string {
  const html = chartEditorPage({
    source: origin,
    script: `${origin}/chart-editor.js`,
    style: `${origin}/chart-editor.css`,
    worker: `${origin}/chart-editor-worker.js`,
    nonce: 'dGVzdA==',
  });
  return html
    .replace('<html ', `<html data-theme="${theme}" `)
    .replace('<link ', `<link rel="stylesheet" href="${origin}/theme.css?${theme}">\n<link `)
    .replace('<body ', `<body class="${KINDS[theme]}" `);
}
