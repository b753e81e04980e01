import type { UserFunction } from '../api/user-function.ts';
import { describeSelection } from '../graph/graph-hash.ts';
import type { KeySelection } from '../graph/stream-graph.ts';
import { isMissingKey, keyError, keyReaderOf, nullKeyError } from '../operators/key-selection.ts';
import { lifecycleOf } from '../operators/lifecycle.ts';
import { countingCollector } from '../operators/results.ts';
import type { OperatorContext, OperatorInstance, OperatorSpec, Output } from '../runtime/operator.ts';
import { MIN_TIMESTAMP, timestampOrMin } from '../runtime/timestamps.ts';
import { CepState } from './cep-state.ts';
import { MatchContext } from './match-context.ts';
import type { MatchHandler } from './match-handler.ts';
import { type Match, Matcher, type TimedOut } from './matcher.ts';
import { Matches } from './matches.ts';
import { conditionFunctions, describeNfa, type Nfa } from './nfa.ts';

export interface CepSpec {
  readonly nfa: Nfa;
  readonly keys: KeySelection;
  readonly eventTime: boolean;
  /** Order of events of one time; null = as they come. */
  readonly comparator: UserFunction | null;
  /** Id of the tag that late events go to; null = they are counted and dropped. */
  readonly lateTag: string | null;
  readonly handler: MatchHandler;
}

/** Looks for a pattern in the events of each key. */
export function cepOperator(spec: CepSpec): OperatorSpec {
  const { nfa, keys, eventTime, comparator, lateTag, handler } = spec;
  const conditions = conditionFunctions(nfa);
  const functions = [...conditions, ...handler.functions, ...(comparator === null ? [] : [comparator])];
  return {
    kind: 'cep',
    keepsState: true,
    dropsLate: eventTime,
    config: {
      keys: describeSelection(keys),
      pattern: describeNfa(nfa, conditions),
      eventTime,
      compares: comparator !== null,
      lateTag,
      handler: [handler.kind, handler.timeoutTag],
    },
    functions,
    create: (context, output) => new CepOperator(spec, functions, context, output).instance(),
  };
}

/**
 * In event time, events wait until the watermark has passed them and are then matched in order; in processing time they are matched as they come. As
 * in Flink's CepOperator.
 */
class CepOperator {
  readonly #spec: CepSpec;
  readonly #functions: readonly UserFunction[];
  readonly #context: OperatorContext;
  readonly #output: Output;
  readonly #state: CepState;
  readonly #ctx: MatchContext;
  readonly #out: ReturnType<typeof countingCollector>;
  readonly #keyOf: (record: unknown) => unknown;
  #watermark = MIN_TIMESTAMP;
  #lazyMatcher: Matcher | null = null;

  constructor(spec: CepSpec, functions: readonly UserFunction[], context: OperatorContext, output: Output) {
    this.#spec = spec;
    this.#functions = functions;
    this.#context = context;
    this.#output = output;
    this.#state = new CepState(context, spec.eventTime);
    this.#ctx = new MatchContext(context.clock, output, spec.eventTime);
    this.#out = countingCollector(context, output.collect);
    this.#keyOf = keyReaderOf(spec.keys, context);
  }

  instance(): OperatorInstance {
    const { eventTime } = this.#spec;
    const { counters } = this.#context;
    return {
      ...lifecycleOf(this.#functions, this.#context),
      collect: (value, timestamp) => {
        counters.recordsIn++;
        this.#collect(value, timestamp);
      },
      watermark: (watermark) => {
        this.#watermark = watermark;
        if (eventTime) this.#fire(watermark, watermark);
        this.#output.watermark(watermark);
      },
      idle: this.#output.idle,
      advanceTime: (now) => {
        // A processing-time timer T fires once the clock shows T + 1, as Flink's.
        if (!eventTime) this.#fire(now - 1, now);
      },
      nextWakeUp: () => (eventTime ? Number.POSITIVE_INFINITY : this.#state.timers.next + 1),
      ...this.#state.instance(),
      restore: ({ keyed, watermark }) => {
        this.#watermark = watermark;
        this.#state.restore(keyed);
      },
    };
  }

  /** Its tables are there once they have been restored. */
  get #matcher(): Matcher {
    const { nfa, handler } = this.#spec;
    this.#lazyMatcher ??= new Matcher(nfa, this.#state.buffer, this.#context.clock, handler.onTimeout !== null);
    return this.#lazyMatcher;
  }

  #collect(value: unknown, timestamp: number): void {
    const { ambient } = this.#context;
    const { windowStart, windowEnd, key: outerKey } = ambient;
    try {
      const key = this.#keyOf(value);
      if (isMissingKey(key)) throw nullKeyError(this.#spec.keys, value, key);
      this.#enter(key);
      if (!this.#spec.eventTime) this.#arriveNow(value);
      else if (timestamp > this.#watermark) this.#wait(value, timestamp);
      else this.#late(key, value, timestamp);
    } catch (error) {
      this.#context.fail(keyError(error), value);
    }
    this.#leave(windowStart, windowEnd, outerKey);
  }

  #enter(key: unknown): void {
    this.#state.enter(key);
    this.#context.ambient.set(Number.NaN, Number.NaN, key);
  }

  #leave(windowStart: number, windowEnd: number, outerKey: unknown): void {
    this.#state.leave();
    this.#context.ambient.set(windowStart, windowEnd, outerKey);
  }

  /** Processing time: at once; with a comparator when the events of this millisecond are all there. */
  #arriveNow(value: unknown): void {
    const { now } = this.#context.clock;
    if (this.#spec.comparator !== null) {
      this.#wait(value, now);
      return;
    }
    const matches = this.#matches();
    this.#advanceTime(matches, now);
    this.#process(matches, value, now);
    this.#keep(matches);
  }

  #wait(value: unknown, time: number): void {
    const events = this.#state.waiting.get(time);
    if (events === null) this.#register(time);
    this.#state.waiting.put(time, events === null ? [value] : pushed(events, value));
  }

  /** Late are events that are not ahead of the watermark; and, as in Flink, those without a timestamp. */
  #late(key: unknown, value: unknown, timestamp: number): void {
    const { late, counters } = this.#context;
    const { lateTag } = this.#spec;
    late.add({ timestamp: timestampOrMin(timestamp), watermark: this.#watermark, key, value, counted: false });
    if (lateTag === null) counters.lateDropped++;
    else this.#output.side(lateTag, value, timestamp);
  }

  #register(time: number): void {
    // The millisecond has to be over: more events may come in it.
    this.#state.timers.register(this.#state.key, this.#spec.eventTime ? time : time + 1);
  }

  /** For each key with a timer that is due: its events up to `time`, in order. */
  #fire(due: number, time: number): void {
    if (this.#state.timers.next > due) return;
    const { ambient, trace } = this.#context;
    const { windowStart, windowEnd, key: outerKey } = ambient;
    for (let timer = this.#state.timers.poll(due); timer !== null; timer = this.#state.timers.poll(due)) {
      this.#enter(timer.key);
      trace?.enter(timer.key, null);
      this.#advanceKey(time);
    }
    this.#leave(windowStart, windowEnd, outerKey);
  }

  #advanceKey(time: number): void {
    const matches = this.#matches();
    let current: unknown;
    try {
      for (const next of [...this.#state.waiting.keys()].filter((at) => at <= time).sort((a, b) => a - b)) {
        this.#advanceTime(matches, next);
        for (const event of this.#inOrder(this.#state.waiting.get(next) ?? [])) {
          current = event;
          this.#process(matches, event, next);
        }
        current = undefined;
        this.#state.waiting.remove(next);
      }
      this.#advanceTime(matches, time);
    } catch (error) {
      this.#context.fail(error, current);
    }
    this.#keep(matches);
  }

  #inOrder(events: readonly unknown[]): readonly unknown[] {
    const { comparator } = this.#spec;
    return comparator === null ? events : events.toSorted((a, b) => Number(comparator.call(a, b)));
  }

  #matches(): Matches {
    return new Matches(this.#state.kept.value(), this.#matcher.start);
  }

  #keep(matches: Matches): void {
    if (matches.changed) this.#state.kept.update(matches.kept());
  }

  #process(matches: Matches, value: unknown, time: number): void {
    const { found, begun } = this.#matcher.process(matches, value, time);
    const { window } = this.#spec.nfa;
    if (begun && window > 0) this.#register(time + window);
    this.#emit(found, time);
  }

  #advanceTime(matches: Matches, time: number): void {
    const { found, timedOut } = this.#matcher.advanceTime(matches, time);
    this.#emit(found, time);
    this.#emitTimedOut(timedOut);
  }

  #emit(found: readonly Match[], time: number): void {
    if (found.length === 0) return;
    this.#ctx.time = time;
    this.#out.timestamp = this.#spec.eventTime ? time : Number.NaN;
    for (const match of found) this.#spec.handler.onMatch(match, this.#ctx, this.#out);
  }

  #emitTimedOut(timedOut: readonly TimedOut[]): void {
    for (const { match, time } of timedOut) {
      this.#ctx.time = time;
      this.#spec.handler.onTimeout?.(match, this.#ctx);
    }
  }
}

function pushed(list: unknown[], value: unknown): unknown[] {
  list.push(value);
  return list;
}
