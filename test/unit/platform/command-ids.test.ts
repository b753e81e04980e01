import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { COMMAND_IDS } from '../../../src/platform/command-ids.ts';

const { contributes } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command?: string; readonly submenu?: string }[]>>;
    readonly submenus: readonly { readonly id: string }[];
    readonly keybindings: readonly { readonly command?: string }[];
  };
};

// That each of COMMAND_IDS is registered, and no other, is a matter of types: see `commands` in src/notebook/start.ts.
describe('the commands that are registered', () => {
  it('are those that package.json contributes', () => {
    assert.deepEqual([...COMMAND_IDS].sort(), contributes.commands.map(({ command }) => command).sort());
  });

  it('are in menus that there are', () => {
    const opened = Object.values(contributes.menus).flatMap((items) => items.flatMap(({ submenu }) => submenu ?? []));
    assert.deepEqual(
      opened,
      contributes.submenus.map(({ id }) => id),
    );
    for (const id of opened) assert.ok(Object.hasOwn(contributes.menus, id), id);
  });

  it('have all that menus and keys name', () => {
    const named = [...Object.values(contributes.menus).flat(), ...contributes.keybindings].flatMap(({ command }) => command ?? []);
    assert.deepEqual(
      named.filter((id) => id.startsWith('streambook.') && !contributes.commands.some(({ command }) => command === id)),
      [],
    );
  });
});
