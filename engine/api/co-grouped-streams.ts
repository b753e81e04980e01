import type { KeySelection } from '../graph/stream-graph.ts';
import { isPromise, promiseError } from '../operators/results.ts';
import type { Collector } from './collector.ts';
import type { SingleOutputStreamOperator } from './data-stream.ts';
import type { DurationLike } from './duration.ts';
import type { Evictor } from './evictor.ts';
import type { CoGroupFunction, Emits, JoinFunction, KeySelector } from './function-types.ts';
import { bySide, taggedSelector, untaggedAssigner, untaggedEvictor, untaggedTrigger } from './tagged-union.ts';
import type { Trigger } from './trigger.ts';
import { type UserFunction, userFunction } from './user-function.ts';
import type { WindowAssigner } from './window-assigner.ts';
import { checkedAssigner, checkedEvictor, checkedLateness, checkedTrigger, type WindowedStream } from './windowed-stream.ts';
import type { Window } from './windows.ts';

/** Both streams as one of tagged records, by a key of them and in windows. */
export type TaggedWindows = (keys: KeySelection, assigner: WindowAssigner<unknown, Window>) => WindowedStream<unknown, unknown, Window>;

type Selector<T, K> = KeySelector<T, K> | ((value: T) => K);

/** What `where` and `equalTo` have said of two streams. */
class KeyedPair {
  readonly #windows: TaggedWindows;
  readonly #first: UserFunction;
  constructor(windows: TaggedWindows, where: unknown) {
    this.#windows = windows;
    this.#first = userFunction(where, 'getKey', 'where');
  }
  equalTo(selector: unknown): (assigner: WindowAssigner<unknown, Window>) => WindowedStream<unknown, unknown, Window> {
    const second = userFunction(selector, 'getKey', 'equalTo');
    return (assigner) => this.#windows({ kind: 'function', selector: taggedSelector(this.#first, second) }, assigner);
  }
}

/** Two streams in windows by a common key; settings as of a WindowedStream. */
abstract class WithWindow<A, B, W extends Window> {
  readonly #make: (assigner: WindowAssigner<unknown, Window>) => WindowedStream<unknown, unknown, Window>;
  readonly #assigner: WindowAssigner<unknown, Window>;
  #trigger: Trigger<unknown, Window> | null = null;
  #evictor: Evictor<unknown, Window> | null = null;
  #lateness = 0;

  constructor(make: (assigner: WindowAssigner<unknown, Window>) => WindowedStream<unknown, unknown, Window>, assigner: unknown) {
    this.#make = make;
    this.#assigner = untaggedAssigner(checkedAssigner(assigner));
  }

  /** As `trigger` of a WindowedStream. */
  trigger(trigger: Trigger<A | B, W>): this {
    this.#trigger = untaggedTrigger(checkedTrigger(trigger, this.#assigner));
    return this;
  }
  /** As `evictor` of a WindowedStream. */
  evictor(evictor: Evictor<A | B, W>): this {
    this.#evictor = untaggedEvictor(checkedEvictor(evictor));
    return this;
  }
  /** As `allowedLateness` of a WindowedStream. */
  allowedLateness(lateness: DurationLike): this {
    this.#lateness = checkedLateness(lateness);
    return this;
  }

  protected windowed(): WindowedStream<unknown, unknown, Window> {
    const windowed = this.#make(this.#assigner).allowedLateness(this.#lateness);
    if (this.#trigger !== null) windowed.trigger(this.#trigger);
    if (this.#evictor !== null) windowed.evictor(this.#evictor);
    return windowed;
  }
}

class CoGroupedWindows<A, B, W extends Window> extends WithWindow<A, B, W> {
  /** Once per key and window with at least one record on either side. */
  apply<R>(
    coGrouper: CoGroupFunction<A, B, R> | ((first: Iterable<A>, second: Iterable<B>, out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R> {
    const own = userFunction(coGrouper, 'coGroup', 'apply');
    return this.windowed().applyFunction<R>('coGroup', {
      ...own,
      call: (_key, _window, elements, out) => {
        const { first, second } = bySide(elements);
        return own.call(first, second, out);
      },
    });
  }
}

class JoinedWindows<A, B, W extends Window> extends WithWindow<A, B, W> {
  /** Once for every pair, when the window fires. */
  apply<R>(joiner: JoinFunction<A, B, R> | ((first: A, second: B) => R)): SingleOutputStreamOperator<R> {
    const own = userFunction(joiner, 'join', 'apply');
    return this.windowed().applyFunction<R>('join', { ...own, arrow: true, call: (_key, _window, elements) => pairs(own, elements) });
  }
}

/** What the function makes of each pair, the first side's records in the outer loop. */
function* pairs(joiner: UserFunction, elements: unknown): Generator {
  const { first, second } = bySide(elements);
  for (const left of first) {
    for (const right of second) {
      const joined = joiner.call(left, right);
      if (isPromise(joined)) throw promiseError('join');
      yield joined;
    }
  }
}

/** `a.join(b).where(k).equalTo(k).window(w).apply(f)`: an inner join per key and window. */
export class JoinedStreams<A, B> {
  readonly #windows: TaggedWindows;
  constructor(windows: TaggedWindows) {
    this.#windows = windows;
  }
  where<K>(selector: Selector<A, K>): {
    equalTo(selector: Selector<B, K>): { window<W extends Window>(assigner: WindowAssigner<A | B, W>): JoinedWindows<A, B, W> };
  } {
    const pair = new KeyedPair(this.#windows, selector);
    return {
      equalTo: (other) => {
        const make = pair.equalTo(other);
        return { window: <W extends Window>(assigner: WindowAssigner<A | B, W>) => new JoinedWindows<A, B, W>(make, assigner) };
      },
    };
  }
}

/** `a.coGroup(b).where(k).equalTo(k).window(w).apply(f)`: both sides' records of a key and window, also where one side has none. */
export class CoGroupedStreams<A, B> {
  readonly #windows: TaggedWindows;
  constructor(windows: TaggedWindows) {
    this.#windows = windows;
  }
  where<K>(selector: Selector<A, K>): {
    equalTo(selector: Selector<B, K>): { window<W extends Window>(assigner: WindowAssigner<A | B, W>): CoGroupedWindows<A, B, W> };
  } {
    const pair = new KeyedPair(this.#windows, selector);
    return {
      equalTo: (other) => {
        const make = pair.equalTo(other);
        return { window: <W extends Window>(assigner: WindowAssigner<A | B, W>) => new CoGroupedWindows<A, B, W>(make, assigner) };
      },
    };
  }
}
