import type { Collector } from '../../engine/api/collector.ts';
import { type KeyedContext, type KeyedOnTimerContext, KeyedProcessFunction } from '../../engine/api/process-functions.ts';
import { ListStateDescriptor, MapStateDescriptor, ValueStateDescriptor } from '../../engine/api/state-descriptors.ts';
import type { Input } from './inputs.ts';

/** What is known of a key between two of its timers. */
interface Tally {
  records: number;
  total: number;
}

export interface Session {
  readonly key: string;
  readonly until: number;
  readonly records: number;
  readonly total: number;
  /** Records of the key by the last digit of their time, over all sessions; each session takes one digit away. */
  readonly digits: readonly (readonly [number, number])[];
  readonly values: readonly number[];
  readonly times: readonly number[];
  /** Records of the key so far. */
  readonly seen: number;
  readonly ticks: number;
}

/** ms; a timer of a key fires at the next multiple of it. */
export const SESSION = 10;
/** Values of records at which the first attempt of a process fails: also soon after its start, wherever it went on from. */
const FAILS_AT: ReadonlySet<number> = new Set([8, 11, 14, 17]);
/** Records up to this value register timers in processing time, which all have fired long before the input ends. */
export const TICKS_UNTIL = 6;
/** ms: never comes. */
const NEVER = 8_000_000_000_000;

/** Changes values in place, takes entries away, and keeps timers of both kinds. */
export class Sessions extends KeyedProcessFunction<string, Input, Session> {
  readonly #tally = new ValueStateDescriptor<Tally>('tally');
  readonly #digits = new MapStateDescriptor<number, number>('digits');
  readonly #values = new ListStateDescriptor<number>('values');
  readonly #times = new MapStateDescriptor<number, number>('times');
  readonly #seen = new ValueStateDescriptor<number>('seen');
  readonly #ticks = new ValueStateDescriptor<number>('ticks');

  override processElement({ value, at }: Input, ctx: KeyedContext<string>): void {
    const first = this.getRuntimeContext().getTaskInfo().getAttemptNumber() === 0;
    if (first && FAILS_AT.has(value)) throw new TypeError('the first attempt fails here');
    const tally = ctx.getState(this.#tally);
    if (tally.value() === null) tally.update({ records: 0, total: 0 });
    const now = tally.value();
    if (now !== null) {
      now.records++;
      now.total += value;
    }
    const digits = ctx.getMapState(this.#digits);
    digits.put(at % 10, (digits.get(at % 10) ?? 0) + 1);
    ctx.getListState(this.#values).add(value);
    ctx.getMapState(this.#times).put(at, value);
    // Goes and comes back with every record.
    const seen = ctx.getState(this.#seen);
    const before = seen.value() ?? 0;
    seen.clear();
    seen.update(before + 1);
    const timers = ctx.timerService();
    timers.registerEventTimeTimer((Math.floor(at / SESSION) + 1) * SESSION);
    timers.registerProcessingTimeTimer(NEVER);
    // Each has a time of its own, in the past: it fires as soon as the clock moves.
    if (value <= TICKS_UNTIL) timers.registerProcessingTimeTimer(value);
  }

  override onTimer(time: number, ctx: KeyedOnTimerContext<string>, out: Collector<Session>): void {
    const ticks = ctx.getState(this.#ticks);
    if (ctx.timeDomain() === 'PROCESSING_TIME') {
      ticks.update((ticks.value() ?? 0) + 1);
      return;
    }
    const tally = ctx.getState(this.#tally);
    const digits = ctx.getMapState(this.#digits);
    const values = ctx.getListState(this.#values);
    const times = ctx.getMapState(this.#times);
    const { records, total } = tally.value() ?? { records: 0, total: 0 };
    out.collect({
      key: ctx.getCurrentKey(),
      until: time,
      records,
      total,
      digits: [...digits.entries()],
      values: [...values.get()],
      times: [...times.keys()],
      seen: ctx.getState(this.#seen).value() ?? 0,
      // In processing time: only what is certain of it is shown.
      ticks: time > 20 ? (ticks.value() ?? 0) : 0,
    });
    tally.clear();
    values.clear();
    times.clear();
    digits.remove((time - SESSION) % 7);
  }
}
