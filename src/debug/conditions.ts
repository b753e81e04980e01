import { HOOK_SYMBOL } from '../host/debug-hook.ts';

/** Finds the hook in the job's worker, from anywhere in its code. */
export const HOOK = `globalThis[Symbol.for(${JSON.stringify(HOOK_SYMBOL)})]`;

const HIT_CONDITION = /^\s*(>=|<=|>|<|={1,3}|%)?\s*(\d+)\s*$/;

/** When a breakpoint is to stop, as the user wrote it. */
export interface StopCondition {
  /** JavaScript; null = always. */
  readonly condition: string | null;
  /** "5", ">= 5", "% 100"; null = always. */
  readonly hits: string | null;
  /** Text with {expressions} to be written to the console instead of stopping; null = stop. */
  readonly message: string | null;
}

/** Whether a hit condition can be read. */
export function isHitCondition(text: string): boolean {
  return HIT_CONDITION.test(text);
}

/** One JavaScript expression for V8: true where it is to stop. `id` tells the counters of breakpoints apart. */
export function stopExpression(id: number, { condition, hits, message }: StopCondition): string {
  const parts = [`${HOOK}.stops()`];
  if (condition !== null) parts.push(`(${condition}\n)`);
  if (hits !== null) {
    const [, operator = '==', count = '1'] = HIT_CONDITION.exec(hits) ?? [];
    const hit = `${HOOK}.hit(${id})`;
    parts.push(operator === '%' ? `${hit} % ${Math.max(1, Number(count))} === 0` : `${hit} ${operator} ${count}`);
  }
  if (message !== null) parts.push(`${HOOK}.log([${logParts(message).join(', ')}])`);
  return parts.join(' && ');
}

/** "in {word}: {count}" as expressions: 'in ', (word), ': ', (count). Braces are matched, so that an expression may hold an object. */
function logParts(message: string): readonly string[] {
  const parts: string[] = [];
  let text = '';
  for (let at = 0; at < message.length; at++) {
    const end = message[at] === '{' ? closing(message, at) : -1;
    if (end < 0) {
      text += message[at] ?? '';
      continue;
    }
    if (text !== '') parts.push(JSON.stringify(text));
    text = '';
    const expression = message.slice(at + 1, end).trim();
    if (expression !== '') parts.push(`${HOOK}.text(${expression}\n)`);
    at = end;
  }
  if (text !== '') parts.push(JSON.stringify(text));
  return parts;
}

function closing(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return -1;
}
