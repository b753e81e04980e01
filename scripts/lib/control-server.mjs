/**
 * The eyes and hands of the workbench tests. The suite runs in VS Code's extension host, which sees neither the page nor the
 * outputs' frames; it asks over a loopback HTTP server for what a user would see and do there.
 */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

/**
 * @typedef {object} Query
 * @property {'page' | 'outputs'} where the workbench itself, or the frames that show outputs
 * @property {string} selector CSS
 * @property {string} [text] only elements whose text contains this
 */

/** Runs in the page: what the elements show. Pixels of a canvas count as its content. */
function facts(/** @type {Element[]} */ elements, /** @type {string | undefined} */ text) {
  return elements
    .filter((element) => text === undefined || (element.textContent ?? '').includes(text))
    .slice(0, 200)
    .map((element) => {
      const { width, height } = element.getBoundingClientRect();
      return {
        text: (element.innerText ?? element.textContent ?? '').slice(0, 5000),
        html: element instanceof HTMLCanvasElement ? element.toDataURL() : element.outerHTML.slice(0, 200_000),
        width,
        height,
      };
    });
}

/**
 * @typedef {object} Results what a suite hands in
 * @property {number} passed
 * @property {number} failed
 * @property {readonly string[]} skipped
 * @property {readonly string[]} failures
 */

/**
 * @param {object} options
 * @param {() => import('playwright-core').Page | null} options.page
 * @param {string} options.screenshots folder
 * @param {() => object} options.settings what the suite wants to know first
 */
export async function startControlServer({ page, screenshots, settings }) {
  await mkdir(screenshots, { recursive: true });
  const secret = randomBytes(8).toString('hex');
  /** @type {(results: Results) => void} */
  let handIn = () => {};
  /** @type {string[]} */
  let notes = [];

  const currentPage = () => {
    const current = page();
    if (current === null) throw new Error('What users see is out of reach in this VS Code.');
    return current;
  };

  /** @param {Query['where']} where */
  const frames = (where) => {
    const [main, ...others] = currentPage().frames();
    return where === 'page' ? [main] : others.filter((frame) => !frame.isDetached());
  };

  const actions = {
    /** @param {{ name: string, folder?: string, selector?: string }} request */
    screenshot: async ({ name, folder = screenshots, selector }) => {
      const file = path.join(folder, `${name}.png`);
      await mkdir(folder, { recursive: true });
      const target = selector === undefined ? currentPage() : currentPage().locator(selector).first();
      await target.screenshot({ path: file });
      return { file };
    },
    /** @param {Query} query */
    query: async ({ where, selector, text }) => {
      const found = await Promise.all(
        frames(where).map((frame) =>
          frame
            .locator(selector)
            .evaluateAll(facts, text)
            .catch(() => []),
        ),
      );
      return found.flat();
    },
    /** @param {Query} query */
    click: async ({ where, selector, text }) => {
      for (const frame of frames(where)) {
        const locator = text === undefined ? frame.locator(selector) : frame.locator(selector).filter({ hasText: text });
        const element = locator.first();
        if (!(await element.isVisible().catch(() => false))) continue;
        await element.click({ timeout: 30_000 });
        return { clicked: true };
      }
      return { clicked: false };
    },
    /** @param {{ keys: string }} request */
    press: async ({ keys }) => {
      await currentPage().keyboard.press(keys);
      return {};
    },
    settings: async () => settings(),
    /** @param {{ text: string }} note */
    note: async ({ text }) => {
      notes.push(text);
      return {};
    },
    /** @param {Results} results */
    results: async (results) => {
      handIn(results);
      return {};
    },
  };

  const server = createServer((request, response) => {
    const [, given, name = ''] = (request.url ?? '').split('/');
    let body = '';
    request.setEncoding('utf8').on('data', (text) => {
      body += text;
    });
    request.on('end', async () => {
      try {
        if (given !== secret || !Object.hasOwn(actions, name)) throw new Error(`There is no action ${name}.`);
        response.end(JSON.stringify(await actions[name](JSON.parse(body))));
      } catch (error) {
        response.statusCode = 500;
        response.end(JSON.stringify({ message: String(error.message ?? error) }));
      }
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return {
    url: `http://127.0.0.1:${server.address().port}/${secret}`,
    /** Measured values that the suite wants printed, since the last call. */
    takeNotes: () => {
      const taken = notes;
      notes = [];
      return taken;
    },
    /** @returns {Promise<Results>} the results that are handed in next */
    nextResults: () =>
      new Promise((resolve) => {
        handIn = resolve;
      }),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
