import type { KeySelection, StreamVertex } from '../graph/stream-graph.ts';
import { NO_KEY } from '../runtime/ambient.ts';
import type { OperatorContext, OperatorInstance, OperatorSpec, Output, SubtaskRestore } from '../runtime/operator.ts';
import { MAX_WATERMARK, MIN_TIMESTAMP } from '../runtime/timestamps.ts';
import { BatchInput, type InputOrder } from './batch-input.ts';

/** Operators whose running results are only emitted once a key has no more records. */
const ROLLING: ReadonlySet<string> = new Set(['reduce', 'aggregateField']);

/**
 * The operator as it runs in BATCH mode (Flink's BatchExecutionUtils): no watermark but the last reaches it; one with keys gets its input at its end, sorted by key and
 * time, so that nothing is late; beside a broadcast input the other one waits. Running results become final ones.
 */
export function inBatch(vertex: StreamVertex): StreamVertex {
  const { role } = vertex;
  if (role.kind === 'source') return vertex;
  const orders = ordersOf(vertex);
  const { operator } = role;
  const batch: OperatorSpec = {
    ...operator,
    config: ['BATCH', operator.config],
    create: (context, output) =>
      orders.every((order) => order === null)
        ? unsorted(operator, context, output)
        : sorted(operator, orders, { ...context, batch: true }, output),
  };
  return { ...vertex, role: { kind: 'operator', operator: batch } };
}

/** How each input comes to its operator; null: as it is. */
function ordersOf({ inputs, window }: StreamVertex): readonly (InputOrder | null)[] {
  const kinds = [0, 1].map((input) => inputs.filter((edge) => edge.input === input).map(({ partitioner }) => partitioner));
  const hasBroadcast = inputs.some(
    ({ partitioner, input }) => partitioner?.kind === 'broadcast' && inputs.some((other) => other.input !== input),
  );
  return kinds.map(([partitioner]) => {
    if (partitioner?.kind === 'hash') return { keys: partitioner.selection };
    // A `windowAll`.
    if (window !== null) return { keys: ALL };
    return hasBroadcast && partitioner?.kind !== 'broadcast' ? { keys: null } : null;
  });
}

const ALL: KeySelection = { kind: 'all' };

/** As the operator saw it: no watermark but the last. */
function withoutPast(state: SubtaskRestore): SubtaskRestore {
  return state.watermark === MAX_WATERMARK ? state : { ...state, watermark: MIN_TIMESTAMP };
}

/** Nothing but the last watermark: that of a stream without a past. */
function unsorted(operator: OperatorSpec, context: OperatorContext, output: Output): OperatorInstance {
  const instance = operator.create(context, output);
  return {
    ...instance,
    watermark(watermark) {
      if (watermark === MAX_WATERMARK) instance.watermark(watermark);
    },
    ...(instance.restore && { restore: (state) => instance.restore?.(withoutPast(state)) }),
  };
}

function sorted(
  operator: OperatorSpec,
  orders: readonly (InputOrder | null)[],
  context: OperatorContext,
  output: Output,
): OperatorInstance {
  const final = ROLLING.has(operator.kind) ? new FinalResults(context, output) : null;
  // The last watermark goes on when the timers of both kinds have fired.
  const instance = operator.create(context, { ...output, ...(final && { collect: final.collect }), watermark() {} });
  const input = new BatchInput(orders, context);
  const targets = [instance.collect, instance.collectSecond ?? instance.collect];
  const collectOf = (at: 0 | 1): OperatorInstance['collect'] =>
    orders[at] === null ? (targets[at] ?? instance.collect) : (value, timestamp): void => input.add(at, value, timestamp);
  return {
    ...instance,
    collect: collectOf(0),
    ...(instance.collectSecond && { collectSecond: collectOf(1) }),
    idle() {},
    // Time stands still until the end, and there is no window before it.
    advanceTime() {},
    nextWakeUp: () => Number.POSITIVE_INFINITY,
    openWindows: () => [],
    watermark(watermark) {
      if (watermark !== MAX_WATERMARK) return;
      input.release((at, value, timestamp, key) => {
        final?.key(key);
        targets[at]?.(value, timestamp);
      });
      final?.key(NO_KEY);
      instance.watermark(MAX_WATERMARK);
      instance.advanceTime?.(Number.POSITIVE_INFINITY);
      output.watermark(MAX_WATERMARK);
    },
    operatorState: () => [...(instance.operatorState?.() ?? []), input.save()],
    writeState(writer) {
      instance.writeState?.(writer);
      input.writeState(writer);
    },
    restore(state) {
      instance.restore?.(withoutPast(state));
      input.restore(state);
    },
  };
}

/** Keeps the newest result of a key until the next key comes: it then leaves with the last timestamp, as from a timer at the end of time. */
class FinalResults {
  readonly #context: OperatorContext;
  readonly #output: Output;
  #key: unknown = NO_KEY;
  #result: { readonly value: unknown } | null = null;

  constructor(context: OperatorContext, output: Output) {
    this.#context = context;
    this.#output = output;
  }

  readonly collect = (value: unknown): void => {
    if (this.#result !== null) this.#context.counters.recordsOut--;
    this.#result = { value };
  };

  /** The records of this key come next; NO_KEY: there are no more. */
  key(key: unknown): void {
    if (key === this.#key) return;
    const result = this.#result;
    this.#result = null;
    const before = this.#key;
    this.#key = key;
    if (result === null) return;
    this.#context.ambient.set(Number.NaN, Number.NaN, before);
    this.#output.collect(result.value, MAX_WATERMARK);
    this.#context.ambient.clear();
  }
}
