import * as l10n from '@vscode/l10n';
import { FORMER_NAMES, type Successor, successorOf } from '../../engine/api/flink-1.ts';

/** TypeScript's words for a name and for a property that is not there, with and without "Did you mean". */
const UNKNOWN_NAME: ReadonlySet<number> = new Set([2304, 2552, 2503]);
const UNKNOWN_PROPERTY: ReadonlySet<number> = new Set([2339, 2551]);

/** Which successor the name that `code` and `message` complain about has; null when it is not one of Flink 1. `name`: the text underlined. */
export function formerName(code: number, name: string, message: string): string | null {
  const successor = UNKNOWN_NAME.has(code) ? FORMER_NAMES.get(name) : UNKNOWN_PROPERTY.has(code) ? ofType(name, message) : null;
  if (successor === null || successor === undefined) return null;
  return l10n.t('There is no “{0}” here. Instead there is {1}, for example {2}', name, successor.instead, successor.example);
}

function ofType(name: string, message: string): Successor | null {
  const className = /' does not exist on type '(\w+)/.exec(message)?.[1];
  return className === undefined ? null : successorOf(className, name);
}
