import { EventTimeSessionWindows } from '../../engine/api/assigners/event-time-session.ts';
import { BOUND, type Columns, into, type OperatorCase, rows, type Sum, whole } from './case.ts';

/** A key has a record every 100 ms on average: some twenty of them are a session. */
const GAP = 300;

interface Session {
  start: number;
  end: number;
  total: number;
}

/** Sums of sessions by hand: a short list of sessions per key, and the keys to look at by the ms in which one of their sessions may end. */
function sessionSums({ key, ts, value }: Columns, sum: Sum): void {
  const open = new Map<number, Session[]>();
  const due = new Map<number, number[]>();
  const wait = (id: number, end: number): void => {
    const ids = due.get(end);
    if (ids === undefined) due.set(end, [id]);
    else ids.push(id);
  };
  let newest = Number.NEGATIVE_INFINITY;
  let fired = (ts[0] ?? 0) - BOUND - GAP;
  const fire = (until: number): void => {
    for (; fired <= until && due.size > 0; fired++) {
      const ids = due.get(fired);
      if (ids === undefined) continue;
      due.delete(fired);
      for (const id of ids) {
        const sessions = open.get(id) ?? [];
        const [first] = sessions;
        if (first !== undefined && first.end === fired) {
          sum.add(first.total);
          sessions.shift();
        }
        const [next] = sessions;
        if (next === undefined) open.delete(id);
        else wait(id, next.end);
      }
    }
  };
  for (let i = 0; i < key.length; i++) {
    const id = key[i] ?? 0;
    const time = ts[i] ?? 0;
    const end = time + GAP;
    const total = whole(value[i] ?? 0);
    let sessions = open.get(id);
    if (sessions === undefined) open.set(id, (sessions = []));
    let to = sessions.length;
    while (to > 0 && (sessions[to - 1]?.start ?? 0) > end) to--;
    let from = to;
    while (from > 0 && (sessions[from - 1]?.end ?? 0) >= time) from--;
    const first = sessions[from];
    if (from === to || first === undefined) {
      sessions.splice(from, 0, { start: time, end, total });
      wait(id, end);
    } else {
      for (let at = from + 1; at < to; at++) first.total += sessions[at]?.total ?? 0;
      first.total += total;
      first.start = Math.min(first.start, time);
      first.end = Math.max(sessions[to - 1]?.end ?? 0, end);
      if (to - from > 1) sessions.splice(from + 1, to - from - 1);
    }
    if (time > newest) {
      newest = time;
      fire(time - BOUND);
    }
  }
  fire(Number.POSITIVE_INFINITY);
}

/** Session windows of event time. */
export const SESSIONS: readonly OperatorCase[] = [
  {
    name: 'session window: built-in aggregates',
    records: 2_000_000,
    pipeline: (env, data, sum) =>
      into(
        rows(env, data)
          .keyBy('key')
          .window(EventTimeSessionWindows.withGap(GAP))
          .aggregate({ total: ['sum', 'value'] }),
        sum,
        (r) => r.total,
      ),
    loop: sessionSums,
  },
  {
    name: 'session window: AggregateFunction',
    records: 2_000_000,
    pipeline: (env, data, sum) =>
      into(
        rows(env, data)
          .keyBy('key')
          .window(EventTimeSessionWindows.withGap(GAP))
          .aggregate({
            createAccumulator: () => ({ total: 0 }),
            add: (row, acc: { total: number }) => {
              acc.total += row.value;
              return acc;
            },
            getResult: (acc) => acc.total,
            merge: (a, b) => ({ total: a.total + b.total }),
          }),
        sum,
        (total) => total,
      ),
    loop: sessionSums,
  },
];
