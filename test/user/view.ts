import type { Locator } from 'playwright-core';
import { until } from '../workbench/outside.ts';
import { isThere, type UserWindow } from './window.ts';

/** A view of the sidebar. Rows go by the words that a screen reader says. */
export class View {
  readonly #window: UserWindow;
  readonly #name: string;

  constructor(window: UserWindow, name: string) {
    this.#window = window;
    this.#name = name;
  }

  async focus(): Promise<void> {
    // The first time VS Code focuses what stands in for the rows, and lets the focus go when they come.
    await until('the focus', async () => {
      await this.#window.command(`Streambook: Focus on ${this.#name} View`);
      return await isThere(this.#focusedList());
    });
  }

  /** Rows on screen. */
  async rows(): Promise<readonly string[]> {
    return await this.#list()
      .getByRole('treeitem')
      .evaluateAll((items) => items.map((item) => item.getAttribute('aria-label') ?? ''));
  }

  /** The row that has the focus. */
  async focused(): Promise<string> {
    return (await this.#focused().getAttribute('aria-label')) ?? '';
  }

  row(name: RegExp): Locator {
    return this.#list().getByRole('treeitem', { name });
  }

  /** Goes down until the row has the focus, from the top or from where the focus is. */
  async walkTo(name: RegExp, from: 'top' | 'here' = 'top'): Promise<void> {
    await this.row(name).first().waitFor();
    if ((await this.#focusedList().count()) === 0) await this.focus();
    if (from === 'top') await this.#window.press('Home');
    await until(
      `the focus on ${String(name)}`,
      async () => {
        const row = await this.focused();
        if (!name.test(row)) await this.#window.press('ArrowDown');
        return row;
      },
      (row) => name.test(row),
    );
  }

  /** Opens these rows, each below the one before, by keyboard. */
  async open(...names: readonly RegExp[]): Promise<void> {
    for (const [at, name] of names.entries()) {
      await this.walkTo(name, at === 0 ? 'top' : 'here');
      const opened = this.#focused().and(this.#window.page.locator('[aria-expanded=true]'));
      // While a job runs or has just ended the view is refreshed, and a row may stay closed.
      await until(`${String(name)} to open`, async () => {
        if (!(await opened.isVisible())) await this.#window.press('ArrowRight');
        return await isThere(opened);
      });
    }
  }

  /** Chooses from the context menu of a row, with the mouse. */
  async choose(name: RegExp, item: string): Promise<void> {
    const chosen = this.#window.page.getByRole('menuitem', { name: item });
    // Right after a window was loaded VS Code does not know yet that its folder is trusted, nor right after a verb what that makes possible; and a menu stays as
    // it was when it opened.
    await until(`${item} to be offered`, async () => {
      await this.row(name).first().click({ button: 'right' });
      await this.#window.page.getByRole('menuitem').first().waitFor();
      const isOffered = (await chosen.isVisible()) && (await chosen.isEnabled());
      if (!isOffered) await this.#window.press('Escape');
      return isOffered;
    });
    // A menu that has just opened is deaf to clicks, lest the one that opened it choose something.
    await until(`${item} to be chosen`, async () => {
      if (await chosen.isVisible()) await chosen.click();
      return !(await chosen.isVisible());
    });
  }

  /** Chooses from a menu of the context menu of a row, with the mouse. */
  async chooseBelow(name: RegExp, menu: string, item: string): Promise<void> {
    const { page } = this.#window;
    const chosen = page.getByRole('menuitem', { name: item });
    await until(`${item} to be offered`, async () => {
      await this.row(name).first().click({ button: 'right' });
      const opener = page.getByRole('menuitem', { name: menu });
      await page.getByRole('menuitem').first().waitFor();
      if (await opener.isVisible()) await opener.click();
      const isOffered = await isThere(chosen);
      if (!isOffered) await this.#window.press('Escape', 'Escape');
      return isOffered;
    });
    await until(`${item} to be chosen`, async () => {
      if (await chosen.isVisible()) await chosen.click();
      return !(await chosen.isVisible());
    });
  }

  #list(): Locator {
    return this.#window.page.getByRole('tree', { name: this.#name });
  }

  #focusedList(): Locator {
    return this.#list().and(this.#window.page.locator(':focus'));
  }

  #focused(): Locator {
    return this.#list().locator('.monaco-list-row.focused');
  }
}
