import { IllegalArgumentException } from '../../api/errors.ts';
import { GlobalWindow, TimeWindow, type Window } from '../../api/windows.ts';
import type { Namespace } from '../../state/namespace.ts';

const GLOBAL: Namespace = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

/** The namespace of a window's state. Throws IllegalArgumentException for windows of a class of the user's own, which no checkpoint could give back. */
export function namespaceOfWindow(window: unknown): Namespace {
  if (window instanceof TimeWindow) return [window.start, window.end];
  if (window instanceof GlobalWindow) return GLOBAL;
  throw new IllegalArgumentException(
    'A window assigner gave something that is neither a TimeWindow nor the GlobalWindow.',
    'Give new TimeWindow(start, end) or GlobalWindow.get().',
  );
}

/** The window whose state a namespace holds. */
export function windowOfNamespace([start, end]: Namespace): Window {
  return isGlobal(start, end) ? GlobalWindow.get() : new TimeWindow(start, end);
}

/** Whether a window is the global one, by its start and end in ms. */
export function isGlobal(start: number, end: number): boolean {
  return start === Number.NEGATIVE_INFINITY && end === Number.POSITIVE_INFINITY;
}
