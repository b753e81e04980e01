/** The translations of user-visible texts in a thread or web page where `vscode.l10n` is not: the texts go through `@vscode/l10n`. */
import * as l10n from '@vscode/l10n';

/** Texts by their English ones, as `vscode.l10n.bundle` has them; undefined in English. */
export type Translations = Readonly<Record<string, string>> | undefined;

let current: Translations;

/** Sets the language of this thread or page. Texts that were made before stay as they are. */
export function setTranslations(translations: Translations): void {
  current = translations;
  l10n.config({ contents: { ...translations } });
}

/** What {@link setTranslations} was given last, to be handed on to workers and renderers. */
export function translations(): Translations {
  return current;
}

/** Translations out of a message; undefined, for English, when it is anything else. */
export function readTranslations(value: unknown): Translations {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return undefined;
  }
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
