import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../../scripts/lib/browser.mjs';

export type Theme = 'dark-modern' | 'light-modern' | 'high-contrast';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const SCREENSHOTS = path.join(HERE, '../../out/screenshots');

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html' };

interface Site {
  /** What is the same for every document, by path; the browser keeps it. */
  readonly assets: ReadonlyMap<string, string>;
  /** The document, at `/?theme`. */
  readonly documentOf: (theme: Theme, origin: string) => string;
  /** Styles added to those of the theme, which are at `/theme.css?theme`. */
  readonly styles?: string;
  readonly width: number;
  readonly height: number;
  /** Runs in each document before its own scripts. Source, not a function: what transpiles the tests would call helpers that the page lacks. */
  readonly script?: string;
}

interface Opened {
  readonly page: Page;
  readonly browser: Browser;
  readonly origin: string;
  readonly stop: () => void;
}

/** Serves a site on loopback and opens a browser for it. */
export async function openSite({ assets, documentOf, styles = '', width, height, script }: Site): Promise<Opened> {
  let origin = '';
  const answer = async (url: URL): Promise<string> => {
    const asset = assets.get(url.pathname);
    if (asset !== undefined) return asset;
    const theme = url.search.slice(1) as Theme;
    return url.pathname === '/theme.css'
      ? `${await readFile(path.join(HERE, `themes/${theme}.css`), 'utf8')}\n${styles}`
      : documentOf(theme, origin);
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', origin);
    response.setHeader('Content-Type', `${TYPES[path.extname(url.pathname)] ?? 'text/html'}; charset=utf-8`);
    response.setHeader('Cache-Control', assets.has(url.pathname) ? 'max-age=3600, immutable' : 'no-store');
    void answer(url).then(
      (body) => response.end(body),
      (error: unknown) => {
        response.statusCode = 500;
        response.end(String(error));
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { browser, page } = await openBrowser({ width, height });
  if (script !== undefined) await page.addInitScript({ content: script });
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { page, browser, origin, stop };
}

/** A page of a site, and what went wrong on it. */
export class SitePage {
  readonly page: Page;
  readonly #opened: Opened;
  /** Errors of the page, and requests to other places. */
  readonly errors: string[] = [];

  constructor(opened: Opened) {
    this.#opened = opened;
    const { page, origin } = opened;
    this.page = page;
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${origin}/`) && !/^(blob|data):/.test(url)) this.errors.push(`request: ${url}`);
    });
  }

  /** Repeats a check once per frame until it holds, at most 20 s (a loaded machine is slow, not wrong). */
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

  async screenshot(name: string, fullPage = false): Promise<void> {
    await mkdir(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`), fullPage });
  }

  async close(): Promise<void> {
    await this.#opened.browser.close();
    this.#opened.stop();
  }

  /** Opens the document anew in a theme and a width. */
  protected async open(theme: Theme, width: number, height: number): Promise<void> {
    await this.page.setViewportSize({ width, height });
    await this.page.goto(`${this.#opened.origin}/?${theme}`);
  }
}
