import { type DurationLike, toMillis } from './duration.ts';
import { IllegalArgumentException } from './errors.ts';
import { unsupported } from './unsupported.ts';
import { type Call, sourceOf, type UserFunction, userFunction } from './user-function.ts';
import type { TimestampAssigner, WatermarkGenerator } from './watermark.ts';

/** How watermarks are made. Bounded out-of-orderness stays data, so that the source can run it without calls. */
export type GeneratorPlan =
  /** Largest timestamp − bound − 1 ms. */
  | { readonly kind: 'bounded'; readonly bound: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'custom'; readonly create: Call; readonly source: string };

/** Sources that wait for each other. */
export interface AlignmentPlan {
  readonly group: string;
  /** ms of event time. */
  readonly maxDrift: number;
}

/** A strategy as the graph carries it. */
export interface StrategyPlan {
  readonly generator: GeneratorPlan;
  /** Event time of a record; null = the source's own timestamp. */
  readonly assigner: UserFunction | null;
  /** ms of the job's clock; null = never idle. */
  readonly idleness: number | null;
  /** null = waits for nobody. Only sources look at it, as in Flink. */
  readonly alignment: AlignmentPlan | null;
}

/** What a generator may ask for when it is made. */
export interface WatermarkStrategyContext {
  getMetricGroup(): unknown;
}

/** Where event time comes from and how far it has got. */
export abstract class WatermarkStrategy<in T> {
  abstract createWatermarkGenerator(context: WatermarkStrategyContext): WatermarkGenerator<T>;

  createTimestampAssigner(_context: WatermarkStrategyContext): TimestampAssigner<T> {
    return { extractTimestamp: (_element, recordTimestamp) => recordTimestamp };
  }

  withTimestampAssigner<E extends T>(
    assigner: TimestampAssigner<E> | ((element: E, recordTimestamp: number) => number),
  ): WatermarkStrategy<E> {
    return new PlannedStrategy<E>({ ...planOf(this), assigner: userFunction(assigner, 'extractTimestamp', 'withTimestampAssigner') });
  }

  /** A split silent for longer no longer holds the watermark back. Throws unless > 0. */
  withIdleness(idleTimeout: DurationLike): WatermarkStrategy<T> {
    const idleness = toMillis(idleTimeout);
    if (idleness <= 0) throw new IllegalArgumentException('idleTimeout must be greater than zero');
    return new PlannedStrategy<T>({ ...planOf(this), idleness });
  }

  /**
   * A source whose watermark is more than `maxAllowedDrift` ahead of the slowest of its group is not read until that has caught up. `updateInterval` is
   * taken and makes no difference: it is looked at before every record. Throws IllegalArgumentException.
   */
  withWatermarkAlignment(group: string, maxAllowedDrift: DurationLike, updateInterval: DurationLike = 1_000): WatermarkStrategy<T> {
    if (typeof group !== 'string') throw new IllegalArgumentException('The group of sources that are aligned needs a name.');
    const maxDrift = toMillis(maxAllowedDrift);
    if (maxDrift < 0 || toMillis(updateInterval) <= 0) {
      throw new IllegalArgumentException('The allowed drift of watermarks cannot be negative, and the interval must be greater than zero.');
    }
    return new PlannedStrategy<T>({ ...planOf(this), alignment: { group, maxDrift } });
  }

  /** Timestamps never go down: watermark = largest − 1 ms. */
  static forMonotonousTimestamps<T>(): WatermarkStrategy<T> {
    return new PlannedStrategy<T>({ generator: { kind: 'bounded', bound: 0 }, assigner: null, idleness: null, alignment: null });
  }

  /** Records at most this late: watermark = largest − bound − 1 ms. Throws if negative. */
  static forBoundedOutOfOrderness<T>(maxOutOfOrderness: DurationLike): WatermarkStrategy<T> {
    const bound = toMillis(maxOutOfOrderness);
    if (bound < 0) throw new IllegalArgumentException('maxOutOfOrderness cannot be negative');
    return new PlannedStrategy<T>({ generator: { kind: 'bounded', bound }, assigner: null, idleness: null, alignment: null });
  }

  static forGenerator<T>(generator: (context: WatermarkStrategyContext) => WatermarkGenerator<T>): WatermarkStrategy<T> {
    const { call, source } = userFunction(generator, 'createWatermarkGenerator', 'forGenerator');
    return new PlannedStrategy<T>({ generator: { kind: 'custom', create: call, source }, assigner: null, idleness: null, alignment: null });
  }

  /** No watermark before the end of input: for pipelines in processing time. */
  static noWatermarks<T>(): WatermarkStrategy<T> {
    return new PlannedStrategy<T>({ generator: { kind: 'none' }, assigner: null, idleness: null, alignment: null });
  }
}

/** A strategy made by the methods above. */
class PlannedStrategy<T> extends WatermarkStrategy<T> {
  readonly plan: StrategyPlan;
  constructor(plan: StrategyPlan) {
    super();
    this.plan = plan;
  }
  createWatermarkGenerator(): WatermarkGenerator<T> {
    throw unsupported('calling createWatermarkGenerator of a built-in strategy');
  }
}

/** The plan of any strategy, also of a class in user code. Throws IllegalArgumentException if it is not a strategy. */
export function planOf(strategy: unknown): StrategyPlan {
  if (strategy instanceof PlannedStrategy) return strategy.plan;
  if (!(strategy instanceof WatermarkStrategy)) {
    throw new IllegalArgumentException(
      'A WatermarkStrategy is needed here.',
      'For a pipeline without event time pass WatermarkStrategy.noWatermarks().',
    );
  }
  const context: WatermarkStrategyContext = { getMetricGroup: () => ({}) };
  const overridden = strategy.createTimestampAssigner !== WatermarkStrategy.prototype.createTimestampAssigner;
  return {
    generator: { kind: 'custom', create: () => strategy.createWatermarkGenerator(context), source: sourceOf(strategy) },
    assigner: overridden ? userFunction(strategy.createTimestampAssigner(context), 'extractTimestamp', 'createTimestampAssigner') : null,
    idleness: null,
    alignment: null,
  };
}

/** For the graph's hash: the plan as plain data. */
export function describePlan(plan: StrategyPlan): unknown {
  const generator = plan.generator.kind === 'custom' ? { kind: 'custom', source: plan.generator.source } : plan.generator;
  return {
    generator,
    assigner: plan.assigner?.source ?? null,
    idleness: plan.idleness,
    ...(plan.alignment && { alignment: plan.alignment }),
  };
}
