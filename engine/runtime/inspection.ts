import type { Accumulator } from '../api/accumulators.ts';
import { MetricGroup } from '../api/metric-group.ts';
import { RuntimeContext } from '../api/runtime-context.ts';
import { INFERRED_DISPLAY } from '../graph/display-options.ts';
import type { JobGraph } from '../graph/job-graph.ts';
import type { StreamGraph, StreamVertex } from '../graph/stream-graph.ts';
import type { DisplayBuffer } from './display-buffer.ts';
import type { DisplayDescription, Executor, JobProgram, OpenWindow, OperatorMetrics, SourceDescription, UserMetric } from './job.ts';
import { LateLog } from './late-log.ts';
import type { ChainedOperator, Subtask } from './subtask.ts';
import { MAX_WATERMARK, MIN_TIMESTAMP } from './timestamps.ts';

interface Display {
  readonly description: DisplayDescription;
  readonly vertex: StreamVertex;
  /** The window operator whose results it shows; null when there is another operator between them. */
  readonly window: StreamVertex | null;
  /** The nearest operator above it that finds records late. */
  readonly late: StreamVertex | null;
}

/** What has been shown, for a checkpoint: by operator id. */
export interface ViewState {
  /** Rows of each display. */
  readonly rows: Readonly<Record<string, number>>;
  readonly late: Readonly<Record<string, { readonly dropped: number; readonly counted: number }>>;
}

/** What can be seen of a job from outside: rows, late records, open windows, metrics. */
export class Inspection {
  readonly #program: Pick<JobProgram<never>, 'locate'>;
  readonly #vertices: readonly StreamVertex[];
  readonly #displays: readonly Display[];
  readonly #buffers = new Map<number, DisplayBuffer>();
  readonly #late = new Map<number, LateLog>();
  readonly #newBuffer: (kind: 'display' | 'preview') => DisplayBuffer;
  #operators: readonly ChainedOperator[] = [];

  constructor(program: Pick<JobProgram<never>, 'locate'>, graph: JobGraph, newBuffer: (kind: 'display' | 'preview') => DisplayBuffer) {
    this.#program = program;
    this.#newBuffer = newBuffer;
    this.#vertices = graph.vertices.flatMap(({ chain }) => chain).sort((a, b) => a.id - b.id);
    const shown = this.#vertices.filter(({ display }) => display !== null);
    this.#displays = shown.map((vertex, id) => this.#describe(vertex, id));
  }

  attach(subtasks: readonly Subtask[]): void {
    this.#operators = subtasks.flatMap(({ operators }) => operators);
  }

  save(ids: ReadonlyMap<number, string>): ViewState {
    const named = <T, R>(map: ReadonlyMap<number, T>, of: (value: T) => R): Record<string, R> =>
      Object.fromEntries([...map].map(([vertex, value]) => [ids.get(vertex) ?? '', of(value)]));
    return { rows: named(this.#buffers, ({ total }) => total), late: named(this.#late, ({ dropped, counted }) => ({ dropped, counted })) };
  }

  /** Rows of each display so far, by id. */
  rowTotals(): readonly number[] {
    return this.#displays.map(({ vertex }) => this.displayOf(vertex).total);
  }

  /** Before the first record. */
  restore({ rows, late }: ViewState, ids: ReadonlyMap<number, string>): void {
    for (const [vertex, buffer] of this.#buffers) buffer.restore(rows[ids.get(vertex) ?? ''] ?? 0);
    for (const [vertex, log] of this.#late) {
      const { dropped, counted } = late[ids.get(vertex) ?? ''] ?? { dropped: 0, counted: 0 };
      log.dropped = dropped;
      log.counted = counted;
    }
  }

  get displays(): readonly DisplayDescription[] {
    return this.#displays.map(({ description }) => description);
  }

  #describe(vertex: StreamVertex, id: number): Display {
    const [edge] = vertex.inputs;
    const input = this.#vertex(edge?.from);
    const straight = vertex.inputs.length === 1 && edge?.tag === null && input?.window ? input : null;
    return {
      vertex,
      window: straight,
      late: this.#lateAbove(vertex),
      description: {
        id,
        name: vertex.display?.name ?? vertex.name,
        operator: input?.id ?? vertex.id,
        kind: vertex.display?.kind ?? 'display',
        options: vertex.display?.options ?? INFERRED_DISPLAY,
        windowed: straight !== null,
        window: straight?.window ?? null,
        location: this.#program.locate(vertex.stack),
      },
    };
  }

  #vertex(id: number | undefined): StreamVertex | undefined {
    return this.#vertices.find((vertex) => vertex.id === id);
  }

  #lateAbove(vertex: StreamVertex): StreamVertex | null {
    for (let at: StreamVertex | undefined = vertex; at; at = at.inputs.length === 1 ? this.#vertex(at.inputs[0]?.from) : undefined) {
      if (at.window !== null || (at.role.kind === 'operator' && at.role.operator.dropsLate === true)) return at;
    }
    return null;
  }

  displayOf(vertex: StreamVertex): DisplayBuffer {
    const buffer = this.#buffers.get(vertex.id) ?? this.#newBuffer(vertex.display?.kind ?? 'display');
    this.#buffers.set(vertex.id, buffer);
    return buffer;
  }

  lateOf(vertex: StreamVertex): LateLog {
    const log = this.#late.get(vertex.id) ?? new LateLog();
    this.#late.set(vertex.id, log);
    return log;
  }

  #operatorsOf(vertex: StreamVertex | null | undefined): readonly ChainedOperator[] {
    return vertex ? this.#operators.filter((operator) => operator.vertex.id === vertex.id) : [];
  }

  sources(): readonly SourceDescription[] {
    const parallelism = (vertex: StreamVertex): number => vertex.parallelism;
    return this.#vertices.flatMap((vertex): SourceDescription[] => {
      if (vertex.role.kind !== 'source') return [];
      const { source } = vertex.role;
      const splits = source.enumeration.kind === 'fixed' ? source.splitsFor?.(parallelism(vertex)) : undefined;
      return [
        {
          source: vertex.id,
          name: vertex.name.replace(/^Source: /, ''),
          boundedness: source.boundedness,
          enumeration: splits ? { kind: 'fixed', splits } : source.enumeration,
          usesClock: source.usesClock ?? false,
          location: this.#program.locate(vertex.stack),
        },
      ];
    });
  }

  displayWatermark(display: number): number {
    const operators = this.#operatorsOf(this.#displays[display]?.vertex);
    return operators.length === 0
      ? MIN_TIMESTAMP
      : operators.reduce((least, { counters }) => Math.min(least, counters.watermark), MAX_WATERMARK);
  }

  takeRows(display: number, limit: number): ReturnType<Executor['takeRows']> {
    const vertex = this.#displays[display]?.vertex;
    if (!vertex) return { rows: [], total: 0 };
    const buffer = this.displayOf(vertex);
    return { rows: buffer.take(limit), total: buffer.total };
  }

  takeLate(display: number, limit: number): ReturnType<Executor['takeLate']> {
    const late = this.#displays[display]?.late;
    if (!late) return { records: [], dropped: 0, counted: 0 };
    const log = this.lateOf(late);
    return { records: log.take(limit), dropped: log.dropped, counted: log.counted };
  }

  /** `fresh`: the graph of an evaluation whose functions may be called. */
  openWindows(display: number, limit: number, fresh: StreamGraph): readonly OpenWindow[] {
    const shown = this.#displays[display];
    if (!shown?.description.windowed) return [];
    const role = fresh.vertices.find(({ id }) => id === shown.window?.id)?.role;
    if (role?.kind !== 'operator') return [];
    const windows = this.#operatorsOf(shown.window).flatMap(({ instance }) => instance.openWindows?.(limit, role.operator) ?? []);
    return windows.sort((a, b) => a.window.end - b.window.end || (b.count ?? 0) - (a.count ?? 0)).slice(0, limit);
  }

  /** Accumulators of user functions by name, put together over all operators and subtasks. Throws what user code throws. */
  accumulators(): ReadonlyMap<string, unknown> {
    const merged = new Map<string, Accumulator<unknown, unknown>>();
    for (const { runtime } of this.#operators) {
      for (const [name, own] of RuntimeContext.accumulatorsOf(runtime)) {
        const before = merged.get(name);
        if (before === undefined) merged.set(name, own.clone());
        else before.merge(own);
      }
    }
    return new Map([...merged].map(([name, accumulator]) => [name, accumulator.getLocalValue()]));
  }

  /** Metrics of user functions. */
  userMetrics(): readonly UserMetric[] {
    return this.#operators.flatMap(({ vertex, runtime }) =>
      MetricGroup.valuesOf(runtime.getMetricGroup()).map((metric) => ({
        ...metric,
        operator: vertex.id,
        subtask: runtime.getTaskInfo().getIndexOfThisSubtask(),
      })),
    );
  }

  metrics(): readonly OperatorMetrics[] {
    return this.#vertices.map((vertex) => {
      const operators = this.#operatorsOf(vertex);
      const counters = operators.map((operator) => operator.counters);
      const sum = (of: (counter: (typeof counters)[number]) => number): number =>
        counters.reduce((total, counter) => total + of(counter), 0);
      return {
        id: vertex.id,
        name: vertex.name,
        recordsIn: sum(({ recordsIn }) => recordsIn),
        recordsOut: sum(({ recordsOut }) => recordsOut),
        watermark: counters.reduce((least, { watermark }) => Math.min(least, watermark), MAX_WATERMARK),
        lateDropped: sum(({ lateDropped }) => lateDropped),
        stateBytes: operators.reduce((total, { instance }) => total + (instance.stateBytes?.() ?? 0), 0),
        location: this.#program.locate(vertex.stack),
      };
    });
  }
}
