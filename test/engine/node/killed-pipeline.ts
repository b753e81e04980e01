import { TumblingEventTimeWindows } from '../../../engine/api/assigners/tumbling-event-time.ts';
import type { Collector } from '../../../engine/api/collector.ts';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import { type KeyedContext, type KeyedOnTimerContext, KeyedProcessFunction } from '../../../engine/api/process-functions.ts';
import { ListStateDescriptor, MapStateDescriptor, ValueStateDescriptor } from '../../../engine/api/state-descriptors.ts';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import { CollectionSource } from '../../../engine/connectors/collection-source.ts';
import { FileSink } from '../../../engine/connectors/file-sink.ts';

interface Input {
  readonly key: string;
  readonly value: number;
  /** ms of event time. */
  readonly at: number;
}

/** Folder of the sink. */
export const SINK = 'visits';

/** Up to 11 ms out of order, of which 2 are waited for: some come too late. */
const INPUTS: readonly Input[] = Array.from({ length: 202 }, (_, i) => ({
  key: 'abcde'.charAt((i * 7 + (i >> 3)) % 5),
  value: i + 1,
  at: i * 2 + 11 - ((i * 5) % 12),
}));

/** ms of event time without a record after which a visit is over. */
const GAP = 9;
/** ms of the job's clock between two reports of a key. */
const REPORT = 100;

interface Visit {
  records: number;
  total: number;
  ends: number;
  readonly values: number[];
}

interface Row {
  readonly key: string;
  readonly kind: 'visit' | 'report';
  readonly time: number;
  readonly visit: Visit | null;
  readonly digits: readonly (readonly [number, number])[];
  readonly late: readonly number[];
}

/** Visits end by timers in event time, which each record moves; reports come by timers in processing time. Values are changed in place, without an update. */
class Visits extends KeyedProcessFunction<string, Input, Row> {
  readonly #visit = new ValueStateDescriptor<Visit>('visit');
  readonly #reportDue = new ValueStateDescriptor<boolean>('report due');
  readonly #digits = new MapStateDescriptor<number, number>('digits');
  readonly #late = new ListStateDescriptor<number>('late');

  override processElement({ value, at }: Input, ctx: KeyedContext<string>): void {
    const timers = ctx.timerService();
    const digits = ctx.getMapState(this.#digits);
    digits.put(value % 10, (digits.get(value % 10) ?? 0) + 1);
    if (at <= timers.currentWatermark()) ctx.getListState(this.#late).add(value);
    const state = ctx.getState(this.#visit);
    const visit = state.value();
    if (visit === null) state.update({ records: 1, total: value, ends: at + GAP, values: [value] });
    else {
      visit.records++;
      visit.total += value;
      visit.values.push(value);
      timers.deleteEventTimeTimer(visit.ends);
      visit.ends = Math.max(visit.ends, at + GAP);
    }
    timers.registerEventTimeTimer(visit?.ends ?? at + GAP);
    const due = ctx.getState(this.#reportDue);
    if (due.value() === true) return;
    due.update(true);
    timers.registerProcessingTimeTimer(timers.currentProcessingTime() + REPORT);
  }

  override onTimer(time: number, ctx: KeyedOnTimerContext<string>, out: Collector<Row>): void {
    const state = ctx.getState(this.#visit);
    const digits = ctx.getMapState(this.#digits);
    const late = ctx.getListState(this.#late);
    const kind = ctx.timeDomain() === 'EVENT_TIME' ? 'visit' : 'report';
    const now = state.value();
    // Rows are shown later: what is changed in place must not change in them.
    const visit = now && { ...now, values: [...now.values] };
    out.collect({ key: ctx.getCurrentKey(), kind, time, visit, digits: [...digits.entries()], late: [...late.get()] });
    if (kind === 'visit') {
      state.clear();
      digits.remove(time % 10);
    } else {
      ctx.getState(this.#reportDue).clear();
      late.clear();
    }
  }
}

/** Of the records in a window; changed in place. */
interface Count {
  records: number;
  readonly remainders: Map<number, number>;
}

interface CountRow {
  readonly records: number;
  readonly remainders: readonly (readonly [number, number])[];
}

/** Keyed state of every kind, timers of both, windows, late records, a sink and two displays. Checkpoints are only those that are asked for. */
export function describePipeline(env: StreamExecutionEnvironment): void {
  env.configure({ 'execution.checkpointing.interval': '0', 'execution.checkpointing.num-retained': 2 });
  const strategy = WatermarkStrategy.forBoundedOutOfOrderness<Input>(2).withTimestampAssigner<Input>(({ at }) => at);
  const keyed = env.fromSource(new CollectionSource(INPUTS), strategy, 'events').keyBy('key');
  const visits = keyed.process(new Visits());
  visits.sinkTo(FileSink.ndjson(SINK));
  env.addDisplay(visits, 'visits');
  const counts = keyed
    .window(TumblingEventTimeWindows.of(24))
    .allowedLateness(3)
    .aggregate<Count, CountRow>({
      createAccumulator: () => ({ records: 0, remainders: new Map() }),
      add({ value }, count) {
        count.records++;
        count.remainders.set(value % 4, (count.remainders.get(value % 4) ?? 0) + 1);
        return count;
      },
      getResult: ({ records, remainders }) => ({ records, remainders: [...remainders] }),
    });
  env.addDisplay(counts, 'counts');
}
