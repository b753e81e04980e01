/** The same job with rxjs: map and filter are its own, the keyed event-time window, which it lacks, is an operator of two Maps. */
import { filter, map, Observable, range } from 'rxjs';

const SIZE = 10_000;
const BOUND = 200;

/** Tumbling windows of event time per key: count and sum; the watermark follows BOUND ms behind the newest record. */
const countAndSum = (source) =>
  new Observable((subscriber) => {
    const windows = new Map();
    let maxTimestamp = Number.NEGATIVE_INFINITY;
    let nextEnd = Number.POSITIVE_INFINITY;
    const fire = (watermark) => {
      nextEnd = Number.POSITIVE_INFINITY;
      for (const [start, groups] of [...windows].sort((a, b) => a[0] - b[0])) {
        if (start + SIZE - 1 <= watermark) {
          for (const [key, { count, sum }] of groups) subscriber.next({ key, start, count, sum });
          windows.delete(start);
        } else if (start + SIZE < nextEnd) nextEnd = start + SIZE;
      }
    };
    return source.subscribe({
      next({ key, ts, value }) {
        const start = ts - (ts % SIZE);
        let groups = windows.get(start);
        if (groups === undefined) {
          windows.set(start, (groups = new Map()));
          if (start + SIZE < nextEnd) nextEnd = start + SIZE;
        }
        const group = groups.get(key);
        if (group === undefined) groups.set(key, { count: 1, sum: value });
        else {
          group.count++;
          group.sum += value;
        }
        if (ts > maxTimestamp) {
          maxTimestamp = ts;
          if (ts - BOUND - 1 >= nextEnd - 1) fire(ts - BOUND - 1);
        }
      },
      error: (error) => subscriber.error(error),
      complete() {
        fire(Number.POSITIVE_INFINITY);
        subscriber.complete();
      },
    });
  });

/** @type {import('./variants.mjs').Variant} */
export const rxjs = {
  async prepare({ key, ts, value }) {
    return (emit) =>
      void range(0, key.length)
        .pipe(
          map((i) => ({ key: key[i], ts: ts[i], value: value[i] * 1.1 })),
          filter((record) => record.value > 0.05),
          countAndSum,
        )
        .subscribe((result) => emit(result.key, result.start, result.count, result.sum));
  },
};
