import type { LateRecord } from '../runtime/job.ts';
import type { OperatorContext, Output } from '../runtime/operator.ts';

/**
 * A record behind the watermark of windows that are kept `lateness` ms longer: made visible; if it was put in no window it is sent to the side output of
 * `lateTag`, or counted and dropped. One that is in no window and not late was in a gap between windows, and is gone as in Flink.
 */
export function takeLate(
  record: LateRecord,
  lateness: number,
  lateTag: string | null,
  context: Pick<OperatorContext, 'late' | 'counters'>,
  output: Pick<Output, 'side'>,
): void {
  const { timestamp, watermark, value, counted } = record;
  if (!counted && timestamp + lateness > watermark) return;
  context.late.add(record);
  if (counted) return;
  if (lateTag === null) context.counters.lateDropped++;
  else output.side(lateTag, value, timestamp);
}
