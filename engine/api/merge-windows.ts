import { TimeWindow } from './windows.ts';

/** Brings windows that intersect or touch together (Flink's `TimeWindow.mergeWindows`): `merge` gets those that become one in order of time, two at least. */
export function mergeTimeWindows(
  windows: Iterable<TimeWindow>,
  merge: (toBeMerged: readonly TimeWindow[], result: TimeWindow) => void,
): void {
  let group: TimeWindow[] = [];
  let result = new TimeWindow(0, 0);
  const finish = (): void => {
    if (group.length > 1) merge(group, result);
  };
  for (const window of [...windows].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (group.length > 0 && result.intersects(window)) {
      const last = group.at(-1);
      if (last?.start !== window.start || last.end !== window.end) group.push(window);
      result = result.cover(window);
      continue;
    }
    finish();
    group = [window];
    result = window;
  }
  finish();
}
