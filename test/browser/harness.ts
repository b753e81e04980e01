import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Locator } from 'playwright-core';
import type { OutputDelta, OutputState } from '../../src/output/types.ts';
import { openSite, SitePage, type Theme } from './site.ts';

const HERE = path.dirname(fileURLToPath(import.meta.url));

/** A page with the renderer in it, and a host to talk to it. */
export class RendererPage extends SitePage {
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
    await this.open(theme, width, 700);
    await this.page.locator('html[data-ready=true]').waitFor();
    this.errors.length = 0;
  }

  /** Of the whole page, with the pointer out of the way. */
  override async screenshot(name: string): Promise<void> {
    await this.page.mouse.move(0, 0);
    await super.screenshot(name, true);
  }

  /** The chart that the notebook has for an output. */
  async sendChart(id: string, text: string | null): Promise<void> {
    await this.#send({ version: 1, type: 'chart', id, text });
  }

  async #send(message: unknown): Promise<void> {
    await this.page.evaluate((sent) => window.fakeHost.send(sent), message);
  }
}

let bundle: Promise<string> | null = null;

/** The renderer as the build bundles it, with a host for it. */
async function bundledHost(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(HERE, 'page/host.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    write: false,
    loader: { '.css': 'text' },
  });
  return outputFiles[0]?.text ?? '';
}

/** Opens a browser with the renderer. */
export async function openRenderer(): Promise<RendererPage> {
  bundle ??= bundledHost();
  const site = await openSite({
    assets: new Map([['/host.js', await bundle]]),
    documentOf,
    styles:
      'body { margin: 8px; background: var(--vscode-editor-background); color: var(--vscode-foreground); font-family: var(--vscode-font-family); }',
    width: 1_296,
    height: 700,
  });
  return new RendererPage(site);
}

/** No inline script or style, no eval, no network: stricter than VS Code's own output webview. */
function documentOf(theme: Theme, origin: string): string {
  const policy = `default-src 'none'; script-src ${origin}; style-src ${origin}`;
  return `<!doctype html><html lang="en" data-theme="${theme}"><head><meta charset="utf-8"><title>Output</title>
<meta http-equiv="Content-Security-Policy" content="${policy}"><link rel="stylesheet" href="/theme.css?${theme}">
<script type="module" src="/host.js"></script></head><body></body></html>`;
}
