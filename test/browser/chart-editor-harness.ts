/** The chart editor's page in a real browser, under its own policy, with a stand-in for VS Code. */
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../../scripts/lib/browser.mjs';
import { BUNDLES } from '../../scripts/lib/bundles.mjs';
import { chartEditorPage } from '../../src/panels/chart-editor/page.ts';
import type { ToChartEditor } from '../../src/panels/chart-editor/protocol.ts';
import type { OutputState } from '../../src/output/types.ts';
import type { Theme } from './harness.ts';

const ORIGIN = 'http://streambook.test';
const HERE = path.dirname(fileURLToPath(import.meta.url));
const SCREENSHOTS = path.join(HERE, '../../out/screenshots');

/** VS Code's class for the kind of theme. */
const KINDS: Readonly<Record<Theme, string>> = {
  'dark-modern': 'vscode-dark',
  'light-modern': 'vscode-light',
  'high-contrast': 'vscode-high-contrast',
};

/** Source, not a function: what transpiles the tests would call helpers that the page does not have. */
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

export class ChartEditorPage {
  readonly page: Page;
  readonly #browser: Browser;
  /** Errors of the page, and requests that it should not make. */
  readonly errors: string[] = [];

  constructor(page: Page, browser: Browser) {
    this.page = page;
    this.#browser = browser;
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
    page.on('request', (request) => {
      if (!/^(http:\/\/streambook\.test\/|blob:|data:)/.test(request.url())) this.errors.push(`request: ${request.url()}`);
    });
  }

  /** Opens a fresh page; what the last one kept is gone. */
  async reset(theme: Theme = 'dark-modern', width = 1_380): Promise<void> {
    await this.page.setViewportSize({ width, height: 820 });
    if (this.page.url().startsWith(ORIGIN)) await this.page.evaluate(() => sessionStorage.clear());
    await this.page.goto(`${ORIGIN}/?${theme}`);
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
  async open(state: OutputState | null, stored: string | null = null): Promise<void> {
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

  /** Repeats a check once per frame until it holds, at most 20 s. */
  async eventually(check: () => Promise<void>): Promise<void> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      try {
        await check();
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
      await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    }
  }

  async screenshot(name: string): Promise<void> {
    await mkdir(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
  }

  async close(): Promise<void> {
    await this.#browser.close();
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
  const { browser, page } = await openBrowser({ width: 1_380, height: 820 });
  await page.addInitScript({ content: FAKE_VS_CODE });
  await page.route(`${ORIGIN}/**`, async (route) => {
    const url = new URL(route.request().url());
    // SAFETY: only `reset` opens the page
    const theme = url.search.slice(1) as Theme;
    const file = files.get(url.pathname);
    if (file !== undefined) {
      await route.fulfill({ contentType: url.pathname.endsWith('.css') ? 'text/css' : 'text/javascript', body: file });
    } else if (url.pathname === '/theme.css') {
      await route.fulfill({ contentType: 'text/css', body: await readFile(path.join(HERE, `themes/${theme}.css`), 'utf8') });
    } else {
      await route.fulfill({ contentType: 'text/html', body: documentOf(theme) });
    }
  });
  return new ChartEditorPage(page, browser);
}

/** The page as VS Code shows it: with the theme's variables and class. */
function documentOf(theme: Theme): string {
  const html = chartEditorPage({
    source: ORIGIN,
    script: `${ORIGIN}/chart-editor.js`,
    style: `${ORIGIN}/chart-editor.css`,
    worker: `${ORIGIN}/chart-editor-worker.js`,
    nonce: 'dGVzdA==',
  });
  return html
    .replace('<html ', `<html data-theme="${theme}" `)
    .replace('<link ', `<link rel="stylesheet" href="${ORIGIN}/theme.css?${theme}">\n<link `)
    .replace('<body ', `<body class="${KINDS[theme]}" `);
}
