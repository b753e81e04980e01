import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Locator, Page } from 'playwright-core';
import { openBrowser } from '../../scripts/lib/browser.mjs';
import type { OutputDelta, OutputState } from '../../src/output/types.ts';

export type Theme = 'dark-modern' | 'light-modern' | 'high-contrast';

const ORIGIN = 'http://streambook.test';
const HERE = path.dirname(fileURLToPath(import.meta.url));
const SCREENSHOTS = path.join(HERE, '../../out/screenshots');

/** No inline script or style, no eval, no network: stricter than VS Code's own output webview. */
const POLICY = `default-src 'none'; script-src ${ORIGIN}; style-src ${ORIGIN}`;

/** A page with the renderer in it, and a host to talk to it. */
export class RendererPage {
  readonly page: Page;
  readonly #browser: Browser;
  readonly errors: string[] = [];

  constructor(page: Page, browser: Browser) {
    this.page = page;
    this.#browser = browser;
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') {
        this.errors.push(message.text());
      }
    });
  }

  /** The output that was rendered under this id. */
  output(id = 'item'): Locator {
    return this.page.locator(`[id="${id}"]`);
  }

  async render(state: unknown, id = 'item'): Promise<void> {
    await this.page.evaluate(([itemId, json]) => window.fakeHost.render(itemId, json), [id, state] as const);
  }

  async sendState(state: OutputState): Promise<void> {
    await this.#send({ version: 1, type: 'state', state });
  }

  async sendDelta(delta: OutputDelta): Promise<void> {
    await this.#send({ version: 1, type: 'delta', delta });
  }

  /** Messages the renderer has posted since the last call. */
  async posted(): Promise<unknown[]> {
    return this.page.evaluate(() => window.fakeHost.posted.splice(0));
  }

  /** Opens a fresh page in a theme; what the last one left behind is gone. */
  async reset(theme: Theme = 'dark-modern', width = 1_296): Promise<void> {
    await this.page.setViewportSize({ width, height: 700 });
    await this.page.goto(`${ORIGIN}/?${theme}`);
    await this.page.locator('html[data-ready=true]').waitFor();
    this.errors.length = 0;
  }

  /** Repeats a check once per frame until it holds, at most 20 s (a loaded machine is slow, not wrong). */
  async eventually(check: () => Promise<void>): Promise<void> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      try {
        await check();
        return;
      } catch (error) {
        if (Date.now() > deadline) {
          throw error;
        }
      }
      await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    }
  }

  async screenshot(name: string): Promise<void> {
    await mkdir(SCREENSHOTS, { recursive: true });
    await this.page.mouse.move(0, 0);
    await this.page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`), fullPage: true });
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  /** The chart that the notebook has for an output. */
  async sendChart(id: string, text: string | null): Promise<void> {
    await this.#send({ version: 1, type: 'chart', id, text });
  }

  async #send(message: unknown): Promise<void> {
    await this.page.evaluate((sent) => window.fakeHost.send(sent), message);
  }
}

/** Bundles the renderer as the build does and opens a browser with it. */
export async function openRenderer(): Promise<RendererPage> {
  const { outputFiles } = await build({
    entryPoints: [path.join(HERE, 'page/host.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    write: false,
    loader: { '.css': 'text' },
  });
  const script = outputFiles[0]?.text ?? '';
  const { browser, page } = await openBrowser({ width: 1_296, height: 700 });
  await page.route(`${ORIGIN}/**`, async (route) => {
    const url = new URL(route.request().url());
    const theme = url.search.slice(1);
    if (url.pathname === '/host.js') {
      await route.fulfill({ contentType: 'text/javascript', body: script });
    } else if (url.pathname === '/theme.css') {
      await route.fulfill({ contentType: 'text/css', body: await themeCss(theme) });
    } else {
      await route.fulfill({ contentType: 'text/html', body: documentOf(theme) });
    }
  });
  return new RendererPage(page, browser);
}

async function themeCss(theme: string): Promise<string> {
  const css = await readFile(path.join(HERE, `themes/${theme}.css`), 'utf8');
  return `${css}\nbody { margin: 8px; background: var(--vscode-editor-background); color: var(--vscode-foreground); font-family: var(--vscode-font-family); }`;
}

function documentOf(theme: string): string {
  return `<!doctype html><html lang="en" data-theme="${theme}"><head><meta charset="utf-8"><title>Output</title>
<meta http-equiv="Content-Security-Policy" content="${POLICY}"><link rel="stylesheet" href="/theme.css?${theme}">
<script type="module" src="/host.js"></script></head><body></body></html>`;
}
