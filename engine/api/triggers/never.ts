import { GRAPH_DATA } from '../graph-data.ts';
import { Trigger, type TriggerResult } from '../trigger.ts';
import type { Window } from '../windows.ts';

/** The default of global windows: they never fire by themselves. */
export class NeverTrigger extends Trigger<unknown, Window> {
  readonly [GRAPH_DATA] = { data: 'NeverTrigger', functions: [] };

  override onElement(): TriggerResult {
    return 'CONTINUE';
  }
  override onEventTime(): TriggerResult {
    return 'CONTINUE';
  }
  override onProcessingTime(): TriggerResult {
    return 'CONTINUE';
  }
  override clear(): void {}
  override canMerge(): boolean {
    return true;
  }
  override onMerge(): void {}
  override toString(): string {
    return 'NeverTrigger()';
  }
}
