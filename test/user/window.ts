import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { openBrowser } from '../../scripts/lib/browser.mjs';
import { until } from '../workbench/outside.ts';

/** What the operating system prefers, and the mark that VS Code then has. */
const COLOURS = {
  dark: [{ colorScheme: 'dark', forcedColors: 'none' }, 'vs-dark'],
  light: [{ colorScheme: 'light', forcedColors: 'none' }, 'vs'],
  'high-contrast': [{ colorScheme: 'dark', forcedColors: 'active' }, 'hc-black'],
} as const;

interface Place {
  readonly url: string;
  readonly workspace: string;
  readonly screenshots: string;
}

/** Where the window is, and what belongs to it. */
export function place(): Place {
  const json = process.env['STREAMBOOK_USER_WINDOW'];
  if (json === undefined) throw new Error('STREAMBOOK_USER_WINDOW is not set: these tests are started by npm test -- --only workbench.');
  return JSON.parse(json) as Place;
}

/** Whether something is on screen soon. For what has to be tried again when it is not. */
export async function isThere(something: Locator): Promise<boolean> {
  return await something.waitFor({ timeout: 2000 }).then(
    () => true,
    () => false,
  );
}

/** VS Code with the extension installed, as a user has it: there are a screen, a mouse and a keyboard, and nothing else. */
export class UserWindow {
  readonly page: Page;
  readonly #browser: Browser;

  constructor(page: Page, browser: Browser) {
    this.page = page;
    this.#browser = browser;
    page.setDefaultTimeout(30_000);
  }

  static async open(): Promise<UserWindow> {
    const { page, browser } = await openBrowser();
    const window = new UserWindow(page, browser);
    await page.goto(place().url);
    await window.#ready();
    return window;
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.#ready();
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({ path: path.join(place().screenshots, `${name}.png`) });
  }

  /** Opens a file of the folder with Quick Open. */
  async openFile(name: string): Promise<void> {
    await this.#pick('ControlOrMeta+P', name);
    await this.page.locator('.tab.active').filter({ hasText: name }).waitFor();
  }

  /** Chooses from the command palette. */
  async command(title: string): Promise<void> {
    await this.#pick('F1', title);
  }

  /** Types into the box that a command opened, in place of what is there. */
  async answer(text: string): Promise<void> {
    await this.page.locator('.quick-input-widget input').waitFor();
    await this.press('ControlOrMeta+A');
    await this.page.keyboard.type(text);
    await this.press('Enter');
  }

  /** Chooses from the menu that is open, by keyboard. */
  async chooseByKeys(item: string): Promise<void> {
    await this.page.getByRole('menuitem', { name: item }).waitFor();
    await until(
      `the menu to reach ${item}`,
      async () => {
        await this.press('ArrowDown');
        return this.page.locator('.monaco-menu .action-item.focused').allInnerTexts();
      },
      ([text]) => text?.includes(item) ?? false,
    );
    await this.press('Enter');
  }

  /** The modal question. */
  question(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** The words of the modal question, once it is there. */
  async asked(): Promise<string> {
    return await this.question().locator('.dialog-message-container').innerText();
  }

  /** Clicks a button of the modal question. */
  async reply(button: string): Promise<void> {
    await this.question().getByRole('button', { name: button, exact: true }).click();
    await this.question().waitFor({ state: 'detached' });
  }

  /** Errors among the notifications, also those whose toasts have gone. */
  async errors(): Promise<readonly string[]> {
    await this.command('Notifications: Show Notifications');
    const center = this.page.locator('.notifications-center.visible');
    await center.waitFor();
    const errors = await center.locator('.notification-list-item:has(.codicon-error)').allInnerTexts();
    await this.press('Escape');
    await center.waitFor({ state: 'detached' });
    return errors;
  }

  async prefer(name: keyof typeof COLOURS): Promise<void> {
    const [preference, mark] = COLOURS[name];
    await this.page.emulateMedia(preference);
    await this.page.locator(`.monaco-workbench.${mark}`).waitFor();
  }

  async #ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor();
  }

  async #pick(keys: string, text: string): Promise<void> {
    const box = this.page.locator('.quick-input-widget');
    // Keys that come before the window listens to them are lost.
    await until('the box', async () => {
      await this.press(keys);
      return await isThere(box);
    });
    await this.#choose(text);
  }

  /** Chooses from the list that is open. */
  async #choose(text: string): Promise<void> {
    const box = this.page.locator('.quick-input-widget');
    await box.locator('input').first().waitFor();
    await this.page.keyboard.type(text);
    const row = box.locator(`.monaco-list-row[aria-label^="${text}"]`);
    await row.first().waitFor();
    await until('the focus on it', async () => {
      const reached = (await row.and(box.locator('.focused')).count()) > 0;
      if (!reached) await this.press('ArrowDown');
      return reached;
    });
    await this.press('Enter');
    await row.first().waitFor({ state: 'hidden' });
  }
}
