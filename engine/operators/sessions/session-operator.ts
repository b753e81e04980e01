import { graphDataOf } from '../../api/graph-data.ts';
import { type SessionWindowAssigner, sessionTime } from '../../api/session-windows.ts';
import type { KeyedStateView } from '../../observe/keyed-state-view.ts';
import type { OpenWindow } from '../../runtime/job.ts';
import type { OperatorContext, OperatorInstance, OperatorSpec, Output, SubtaskRestore } from '../../runtime/operator.ts';
import { MIN_TIMESTAMP, timestampOrMin } from '../../runtime/timestamps.ts';
import type { ContentsFold } from '../aggregations/contents-fold.ts';
import { isMissingKey, keyError, keyReaderOf, nullKeyError } from '../key-selection.ts';
import { takeLate } from '../late-records.ts';
import { lifecycleOf } from '../lifecycle.ts';
import { type WindowEmitter, windowEmitter } from '../window-function.ts';
import { describeWindows, shownWindows, windowFunctions, type WindowSettings } from '../window-settings.ts';
import { ghostsOf, MAX_GHOSTS, type WindowSoFar } from '../windowing/ghosts.ts';
import { findTouched, type Session, type SessionRange, SESSIONS_STATE, sessionsOf } from './session.ts';
import { heapSessions, type SessionTables, storedSessions } from './tables.ts';

/** Everything about session windows of event time with their own trigger. */
export interface SessionSpec extends WindowSettings {
  readonly assigner: SessionWindowAssigner;
}

/** The operator; ghosts need its aggregation. */
interface SessionOperatorSpec extends OperatorSpec {
  readonly sessions: SessionSpec;
}

/** The same windows as `anyWindowOperator` makes of the assigner, faster. */
export function sessionOperator(spec: SessionSpec): SessionOperatorSpec {
  const { data, functions } = graphDataOf(spec.assigner);
  return {
    kind: 'sessionWindow',
    keepsState: true,
    config: describeWindows(spec, data),
    functions: [...windowFunctions(spec), ...functions],
    sessions: spec,
    create: (context, output) => {
      const store = context.openStore();
      return store === null
        ? new SessionOperator(spec, heapSessions(context), context, output).instance()
        : new SessionOperator(spec, storedSessions(store, context), context, output).instance();
    },
  };
}

function isSessionOperator(spec: OperatorSpec): spec is SessionOperatorSpec {
  return spec.kind === 'sessionWindow' && 'sessions' in spec;
}

/**
 * Sessions of each key in one list. A session that grows moves its end at every record; its timer stays where it was and is set anew once it is due, so
 * that there is always one that is early enough: work per session and gap, not per record.
 */
class SessionOperator<Slot> {
  readonly #spec: SessionSpec;
  readonly #context: OperatorContext;
  readonly #output: Output;
  readonly #tables: SessionTables<Slot>;
  readonly #fold: ContentsFold;
  readonly #emitter: WindowEmitter;
  readonly #keyOf: (record: unknown) => unknown;
  readonly #assigner: SessionWindowAssigner;
  readonly #lateness: number;
  readonly #touched: SessionRange = { from: 0, to: 0 };
  #watermark = MIN_TIMESTAMP;

  constructor(spec: SessionSpec, tables: SessionTables<Slot>, context: OperatorContext, output: Output) {
    this.#spec = spec;
    this.#context = context;
    this.#output = output;
    this.#tables = tables;
    this.#fold = spec.aggregation.contents;
    this.#emitter = windowEmitter(spec.windowFunction, spec.aggregation.listed, context, output, tables.states);
    this.#keyOf = keyReaderOf(spec.keys, context);
    this.#assigner = spec.assigner;
    this.#lateness = spec.allowedLateness;
    context.runtime.attachState(tables.states.global);
  }

  instance(): OperatorInstance {
    const { sessions, ends, states } = this.#tables;
    return {
      ...lifecycleOf(windowFunctions(this.#spec), this.#context),
      collect: (value, timestamp) => this.#collect(value, timestamp),
      watermark: (watermark) => {
        this.#watermark = watermark;
        if (ends.next <= watermark) this.#advance(watermark);
        this.#output.watermark(watermark);
      },
      idle: this.#output.idle,
      writeState: (writer) => {
        writer.float64(this.#watermark);
        sessions.writeState(writer);
        ends.writeState(writer);
        states.writeState(writer);
      },
      capture: (full) => [sessions.capture(full), ends.capture(full), ...states.capture(full)],
      stateBytes: () => sessions.estimatedBytes + ends.estimatedBytes + states.estimatedBytes,
      restore: (state) => this.#restore(state),
      openWindows: (limit, fresh) => this.#openWindows(limit, fresh),
      keyedState: (key, limit) => [...this.#views(key), ...states.views(key, limit)],
    };
  }

  #collect(value: unknown, timestamp: number): void {
    const { counters } = this.#context;
    const { context } = this.#tables.states;
    counters.recordsIn++;
    try {
      const key = this.#keyOf(value);
      if (isMissingKey(key)) throw nullKeyError(this.#spec.keys, value, key);
      context.set(key);
      const time = timestampOrMin(timestamp);
      const start = sessionTime(time);
      const isTaken = this.#add(key, value, start, start + this.#assigner.gapOf(value));
      if (time <= this.#watermark) this.#behind(key, value, time, isTaken);
    } catch (error) {
      this.#context.fail(keyError(error), value);
    }
    this.#tables.states.leave();
  }

  /** Gives whether the record is in a session now. */
  #add(key: unknown, value: unknown, start: number, end: number): boolean {
    const { sessions: table, states } = this.#tables;
    const { keyGroup } = states.context;
    const slot = table.find(keyGroup, key);
    if (slot === undefined) {
      if (this.#isLate(end)) return false;
      const session = { start, end, contents: this.#fold.first(value) };
      table.add(keyGroup, key, [session]);
      this.#started(key, session);
      return true;
    }
    const touched = this.#touched;
    findTouched(sessionsOf(table.peek(slot)), start, end, touched);
    const { from, to } = touched;
    if (from < to) {
      this.#extend(key, value, start, end, slot, from, to);
      return true;
    }
    if (this.#isLate(end)) return false;
    const session = { start, end, contents: this.#fold.first(value) };
    sessionsOf(table.read(slot)).splice(from, 0, session);
    this.#started(key, session);
    return true;
  }

  /** The sessions at `from` up to `to` and the record become one; the earliest one's records come first. */
  #extend(key: unknown, value: unknown, start: number, end: number, slot: Slot, from: number, to: number): void {
    const fold = this.#fold;
    const { sessions: table } = this.#tables;
    const sessions = sessionsOf(table.peek(slot));
    const session = sessions[from];
    const last = sessions[to - 1];
    if (session === undefined || last === undefined) return;
    // Before anything changes: a checkpoint may still want it as it is.
    if (to - from === 1 && fold.keepsSize(session.contents)) table.write(slot, sessions, true);
    else table.read(slot);
    const hadFired = last.end - 1 <= this.#watermark;
    for (let at = from + 1; at < to; at++) session.contents = fold.merge(session.contents, sessions[at]?.contents);
    session.contents = fold.add(session.contents, value);
    if (start < session.start) session.start = start;
    session.end = end > last.end ? end : last.end;
    if (to - from > 1) sessions.splice(from + 1, to - from - 1);
    if (hadFired) this.#started(key, session);
  }

  #isLate(end: number): boolean {
    return end - 1 + this.#lateness <= this.#watermark;
  }

  /** A session whose end nothing waits for yet; one whose end has passed gives its result with every record (Flink's EventTimeTrigger). */
  #started(key: unknown, session: Session): void {
    const isOver = session.end - 1 <= this.#watermark;
    this.#wait(key, isOver ? session.end - 1 + this.#lateness : session.end - 1);
    if (!isOver) return;
    const { ambient } = this.#context;
    const { windowStart, windowEnd, key: outerKey } = ambient;
    this.#emit(key, session);
    ambient.set(windowStart, windowEnd, outerKey);
  }

  /** Infinity: never. */
  #wait(key: unknown, time: number): void {
    if (time !== Number.POSITIVE_INFINITY) this.#tables.ends.register(key, time);
  }

  #behind(key: unknown, value: unknown, timestamp: number, counted: boolean): void {
    const record = { timestamp, watermark: this.#watermark, key, value, counted };
    takeLate(record, this.#lateness, this.#spec.lateTag, this.#context, this.#output);
  }

  #emit(key: unknown, { start, end, contents }: Session): void {
    this.#context.trace?.enter(key, { start, end });
    const shownKey = this.#spec.keys.kind === 'all' ? undefined : key;
    this.#emitter.emit(shownKey, start, end, this.#fold.result(contents, key), this.#watermark);
  }

  /** Fires and cleans up what is due, in order of time, then of keys, then of sessions. */
  #advance(watermark: number): void {
    const { ends, states } = this.#tables;
    const { ambient } = this.#context;
    const { windowStart, windowEnd, key: outerKey } = ambient;
    for (let timer = ends.poll(watermark); timer !== null; timer = ends.poll(watermark)) {
      try {
        this.#visit(timer.key, timer.time);
      } catch (error) {
        this.#context.fail(keyError(error), undefined);
      }
    }
    states.leave();
    ambient.set(windowStart, windowEnd, outerKey);
  }

  /** Does what is due at `time` for the sessions of a key, and sets a timer for what comes next. */
  #visit(key: unknown, time: number): void {
    const { sessions: table, states } = this.#tables;
    states.context.set(key);
    let next = Number.POSITIVE_INFINITY;
    let at = 0;
    for (let session = this.#sessionAt(key, at); session !== undefined; session = this.#sessionAt(key, at)) {
      const fires = session.end - 1;
      const ends = fires + this.#lateness;
      if (fires === time) {
        const slot = table.find(states.context.keyGroup, key);
        // The function gets what is kept, and may change it.
        if (slot !== undefined) table.read(slot);
        this.#emit(key, session);
        states.context.set(key);
      }
      if (ends <= time) {
        this.#drop(key, session, at);
        continue;
      }
      next = Math.min(next, fires > time ? fires : ends);
      at++;
    }
    this.#wait(key, next);
  }

  #sessionAt(key: unknown, at: number): Session | undefined {
    const { sessions: table, states } = this.#tables;
    const slot = table.find(states.context.keyGroup, key);
    return slot === undefined ? undefined : sessionsOf(table.peek(slot))[at];
  }

  #drop(key: unknown, { start, end }: Session, at: number): void {
    const { sessions: table, states } = this.#tables;
    const { keyGroup } = states.context;
    const slot = table.find(keyGroup, key);
    if (slot !== undefined) {
      if (sessionsOf(table.peek(slot)).length === 1) table.remove(keyGroup, key);
      else sessionsOf(table.read(slot)).splice(at, 1);
    }
    this.#emitter.clear?.(key, start, end, this.#watermark);
    states.context.set(key);
  }

  #restore({ keyed, watermark }: SubtaskRestore): void {
    const { sessions, ends, states } = this.#tables;
    this.#watermark = watermark;
    for (const state of keyed) {
      if (state.name === SESSIONS_STATE) sessions.restore(state);
      else if (state.kind === 'event-time timers') ends.restore(state);
      else states.restore(state);
    }
  }

  #views(key: unknown): readonly KeyedStateView[] {
    const { sessions: table } = this.#tables;
    const slot = table.find(table.keyGroupOf(key), key);
    if (slot === undefined) return [];
    return sessionsOf(table.peek(slot)).map(({ start, end, contents }) => ({
      name: 'window',
      kind: 'window',
      window: { start, end },
      size: this.#fold.count(contents),
      value: this.#fold.peek(contents),
    }));
  }

  *#open(): Generator<WindowSoFar> {
    for (const { key, value } of this.#tables.sessions.inMemory(MAX_GHOSTS)) {
      for (const { start, end, contents } of sessionsOf(value)) {
        if (end - 1 > this.#watermark) yield { window: { start, end }, key, contents };
      }
    }
  }

  #openWindows(limit: number, fresh: OperatorSpec): readonly OpenWindow[] {
    const { windowFunction, aggregation } = this.#spec;
    const freshFold = isSessionOperator(fresh) && !windowFunction && !aggregation.listed ? fresh.sessions.aggregation.contents : null;
    const found = ghostsOf(this.#open(), this.#fold, limit, freshFold);
    return shownWindows(this.#spec, found);
  }
}
