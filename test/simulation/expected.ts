import type { Input } from './inputs.ts';

/** What a job has to give: as JSON, each sorted. Worked out by sorting and grouping; nothing of the engine is used. */
export interface Expected {
  readonly committed: readonly string[];
  /** Rows of each display. */
  readonly displays: readonly (readonly string[])[];
}

const WINDOW = 10;

function json(rows: readonly unknown[]): readonly string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

function windowOf(at: number): number {
  return Math.floor(at / WINDOW);
}

/** Records that are not late: a window is closed once the largest time before a record is `bound` behind its end. */
function inTime(inputs: readonly Input[], bound: number): readonly Input[] {
  return inputs.filter(({ at }, index) => {
    const largest = Math.max(...inputs.slice(0, index).map((before) => before.at));
    return (windowOf(at) + 1) * WINDOW - 1 > largest - bound - 1;
  });
}

function grouped(inputs: readonly Input[], group: (input: Input) => number): ReadonlyMap<string, readonly Input[]> {
  const groups = new Map<string, Input[]>();
  for (const input of inputs) {
    const name = `${group(input)} ${input.key}`;
    groups.set(name, [...(groups.get(name) ?? []), input]);
  }
  return groups;
}

function sum(inputs: readonly Input[]): number {
  return inputs.reduce((total, { value }) => total + value, 0);
}

export function expectedWindows(inputs: readonly Input[]): Expected {
  const groups = grouped(inTime(inputs, 5), ({ at }) => windowOf(at));
  const rows = json([...groups.values()].map((group) => ({ key: group[0]?.key, n: group.length, total: sum(group) })));
  return { committed: rows, displays: [rows, rows] };
}

/** A session ends with the timer at the next multiple of ten, which fires when the watermark has come there. */
export function expectedSessions(inputs: readonly Input[]): Expected {
  const rows = [...new Set(inputs.map(({ key }) => key))].flatMap((key) => sessionsOf(key, inputs));
  return { committed: json(rows), displays: [json(rows)] };
}

function sessionsOf(key: string, inputs: readonly Input[]): readonly unknown[] {
  const digits = new Map<number, number>();
  let open: Input[] = [];
  let seen = 0;
  const timers = new Set<number>();
  const rows: unknown[] = [];
  const ticks = inputs.filter((input) => input.key === key && input.value <= 6).length;
  const fire = (watermark: number): void => {
    for (const until of [...timers].filter((time) => time <= watermark).sort((a, b) => a - b)) {
      timers.delete(until);
      rows.push({
        key,
        until,
        records: open.length,
        total: sum(open),
        digits: [...digits].sort(([a], [b]) => a - b),
        values: open.map(({ value }) => value),
        times: [...new Set(open.map(({ at }) => at))].sort((a, b) => a - b),
        seen,
        ticks: until > 20 ? ticks : 0,
      });
      open = [];
      digits.delete((until - 10) % 7);
    }
  };
  let largest = 0;
  for (const input of inputs) {
    if (input.key === key) {
      open.push(input);
      seen++;
      digits.set(input.at % 10, (digits.get(input.at % 10) ?? 0) + 1);
      timers.add((windowOf(input.at) + 1) * 10);
    }
    largest = Math.max(largest, input.at);
    fire(largest - 3 - 1);
  }
  fire(Number.POSITIVE_INFINITY);
  return rows;
}

/** The sources are merged by the time of their next records; the watermark is that of the source that is behind, and one that has ended waits for none. */
export function expectedUnion(left: readonly Input[], right: readonly Input[], notes: readonly Input[]): Expected {
  const rest = [[...left], [...right]];
  const largest = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const kept: Input[] = [];
  const late: Input[] = [];
  for (;;) {
    const times = rest.map(([head]) => head?.at ?? Number.POSITIVE_INFINITY);
    const next = (times[1] ?? 0) < (times[0] ?? 0) ? 1 : 0;
    const input = rest[next]?.shift();
    if (input === undefined) break;
    const watermark = Math.min(...largest.map((time) => time - 2 - 1));
    ((windowOf(input.at) + 1) * WINDOW - 1 > watermark ? kept : late).push(input);
    largest[next] = Math.max(largest[next] ?? 0, input.at);
    if (rest[next]?.length === 0) largest[next] = Number.POSITIVE_INFINITY;
  }
  const sums = [...grouped(kept, ({ at }) => windowOf(at)).values()].map((group) => ({
    key: group[0]?.key,
    at: Math.max(...group.map(({ at }) => at)),
    value: sum(group),
  }));
  return { committed: json([...sums, ...notes]), displays: [json(sums), json(late), json(notes)] };
}
