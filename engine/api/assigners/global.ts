import { GRAPH_DATA } from '../graph-data.ts';
import type { Trigger } from '../trigger.ts';
import { EndOfStreamTrigger } from '../triggers/end-of-stream.ts';
import { NeverTrigger } from '../triggers/never.ts';
import { WindowAssigner } from '../window-assigner.ts';
import { GlobalWindow, type Window } from '../windows.ts';

class OneWindow extends WindowAssigner<unknown, GlobalWindow> {
  readonly [GRAPH_DATA] = { data: 'GlobalWindows', functions: [] };
  readonly #trigger: Trigger<unknown, Window>;

  constructor(trigger: Trigger<unknown, Window>) {
    super();
    this.#trigger = trigger;
  }
  override assignWindows(): readonly GlobalWindow[] {
    return [GlobalWindow.get()];
  }
  override getDefaultTrigger(): Trigger<unknown, GlobalWindow> {
    return this.#trigger;
  }
  override isEventTime(): boolean {
    return false;
  }
  override toString(): string {
    return 'GlobalWindows()';
  }
}

/** One window per key. */
export const GlobalWindows = {
  /** Never fires by itself: set a trigger. */
  create: (): WindowAssigner<unknown, GlobalWindow> => new OneWindow(new NeverTrigger()),
  /** Fires at the end of a bounded input, with the records in order of their timestamps. */
  createWithEndOfStreamTrigger: (): WindowAssigner<unknown, GlobalWindow> => new OneWindow(new EndOfStreamTrigger()),
};
