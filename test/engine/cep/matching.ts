import type { Match } from '../../../engine/cep/matcher.ts';
import { Matcher } from '../../../engine/cep/matcher.ts';
import { type BufferedEvent, type Link, MatchBuffer, type Table } from '../../../engine/cep/match-buffer.ts';
import { Matches } from '../../../engine/cep/matches.ts';
import { compileNfa } from '../../../engine/cep/nfa-compiler.ts';
import { Pattern } from '../../../engine/cep/pattern.ts';

/** An event: what kind it is, which one, and when (ms). */
export interface Event {
  readonly id: string;
  readonly kind: string;
  readonly time: number;
}

/** Events of one letter each, as text: "a b1 b2 c", at 1, 2, 3 … ms. */
export function events(text: string): readonly Event[] {
  return text.split(' ').map((id, index) => ({ id, kind: id.charAt(0), time: index + 1 }));
}

export const is =
  (kind: string) =>
  (event: Event): boolean =>
    event.kind === kind;

class MapTable<V> implements Table<V> {
  readonly map = new Map<number, V>();
  get(key: number): V | null {
    return this.map.get(key) ?? null;
  }
  put(key: number, value: V): void {
    this.map.set(key, value);
  }
  remove(key: number): void {
    this.map.delete(key);
  }
}

/** A pattern at work on one key. */
export class Matching {
  readonly buffered = new MapTable<BufferedEvent>();
  readonly links = new MapTable<Link>();
  readonly found: string[] = [];
  readonly timedOut: string[] = [];
  readonly #matcher: Matcher;
  readonly matches: Matches;

  constructor(pattern: unknown) {
    const { last, skip } = Pattern.endOf(pattern);
    this.#matcher = new Matcher(compileNfa(last, skip), new MatchBuffer(this.buffered, this.links), { now: 0 }, true);
    this.matches = new Matches(null, this.#matcher.start);
  }

  event(event: Event): void {
    this.advance(event.time);
    this.found.push(...this.#matcher.process(this.matches, event, event.time).found.map(text));
  }

  advance(time: number): void {
    const { found, timedOut } = this.#matcher.advanceTime(this.matches, time);
    this.found.push(...found.map(text));
    this.timedOut.push(...timedOut.map((partial) => `${text(partial.match)} @${partial.time}`));
  }
}

function isEvent(value: unknown): value is Event {
  return typeof value === 'object' && value !== null && 'id' in value;
}

/** "a:a b:b1,b2": patterns without events are left out. */
export function text(match: Match): string {
  return Object.entries(match)
    .filter(([, taken]) => taken.length > 0)
    .map(([name, taken]) => `${name}:${taken.map((event) => (isEvent(event) ? event.id : '?')).join(',')}`)
    .join(' ');
}

/** All matches in the events, sorted; only the ids of what they took. */
export function matchesOf(pattern: unknown, input: string | readonly Event[]): readonly string[] {
  const matching = new Matching(pattern);
  for (const event of typeof input === 'string' ? events(input) : input) matching.event(event);
  return matching.found.map((match) => match.replaceAll(/\S+:/g, '').replaceAll(',', ' ')).sort();
}
