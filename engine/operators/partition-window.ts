import { IllegalStateException } from '../api/errors.ts';
import { ListStateDescriptor } from '../api/state-descriptors.ts';
import type { UserFunction } from '../api/user-function.ts';
import type { OperatorContext, OperatorInstance, OperatorSpec, Output } from '../runtime/operator.ts';
import type { ListState } from '../state/keyed/list-state.ts';
import type { Fold } from './aggregations/folded.ts';
import { aggregationFold, reductionFold } from './aggregations/window-aggregation.ts';
import { lifecycleOf } from './lifecycle.ts';
import { countingCollector, emitReturned, type TimestampedCollector } from './results.ts';
import { type PartitionOrder, sortedBy } from './sort-partition.ts';

/** What a partition keeps until the end of its input: records, or one accumulator. */
const PARTITION = new ListStateDescriptor<unknown>('full-window partition');

/** Takes the records of a subtask, and at the end emits what becomes of them. Both may throw what user code throws. */
interface Partition {
  add(record: unknown, state: ListState<unknown>): void;
  end(state: ListState<unknown>, out: TimestampedCollector): void;
}

/** All records of a subtask as one window, at the end of a bounded input. Its results have no timestamp. */
function partitionOperator(
  kind: string,
  config: unknown,
  functions: readonly UserFunction[],
  create: (context: OperatorContext) => Partition,
): OperatorSpec {
  return {
    kind,
    config,
    functions,
    keepsState: true,
    create: (context, output) => partitionInstance(create(context), functions, context, output),
  };
}

function partitionInstance(
  partition: Partition,
  functions: readonly UserFunction[],
  context: OperatorContext,
  output: Output,
): OperatorInstance {
  const { counters, operatorState, ambient } = context;
  const out = countingCollector(context, output.collect);
  // Asked for when it is used, which is after it has been restored.
  const state = (): ListState<unknown> => operatorState.getListState(PARTITION);
  return {
    ...lifecycleOf(functions, context),
    collect(value) {
      counters.recordsIn++;
      try {
        partition.add(value, state());
      } catch (error) {
        context.fail(error, value);
      }
    },
    watermark: output.watermark,
    idle: output.idle,
    finish() {
      ambient.clear();
      try {
        partition.end(state(), out);
      } catch (error) {
        context.fail(error, undefined);
      }
      state().clear();
    },
  };
}

/** Calls the function once with all records, in the order in which they came; also when there are none (Flink's MapPartitionOperator). */
export function mapPartitionOperator(mapper: UserFunction): OperatorSpec {
  return partitionOperator('mapPartition', null, [mapper], () => ({
    add: (record, state) => state.add(record),
    end(state, out) {
      const returned = mapper.call(state.get(), out);
      if (returned !== undefined) emitReturned(returned, mapper, out, 'mapPartition');
    },
  }));
}

/** Emits the records in order (Flink's SortPartitionOperator). */
export function sortPartitionOperator(order: PartitionOrder): OperatorSpec {
  const { selector, field, direction } = order;
  return partitionOperator('sortPartition', [field, direction], selector === null ? [] : [selector], () => ({
    add: (record, state) => state.add(record),
    end(state, out) {
      for (const record of sortedBy(order, state.get())) out.collect(record);
    },
  }));
}

/** Emits the one record that they were reduced to; nothing where there were none (Flink's PartitionReduceOperator would send a null). */
export function partitionReduceOperator(reducer: UserFunction): OperatorSpec {
  return partitionOperator('partitionReduce', null, [reducer], () => foldingPartition(reductionFold(reducer)));
}

/**
 * Emits the result of the accumulator, also where there were no records (Flink's PartitionAggregateOperator). Throws IllegalArgumentException for what is no
 * AggregateFunction.
 */
export function partitionAggregateOperator(aggregator: unknown): OperatorSpec {
  const { add, fold, merges } = aggregationFold(aggregator);
  return partitionOperator('partitionAggregate', null, [add], () => foldingPartition(fold, merges));
}

/** With fewer subtasks than before there are accumulators of several. */
function foldingPartition(fold: Fold, merges = true): Partition {
  const folded = (state: ListState<unknown>): { readonly accumulator: unknown } | null => {
    const [first, ...others] = state.get();
    if (first === undefined) return null;
    if (others.length > 0 && !merges) {
      throw new IllegalStateException(
        'There are accumulators of several subtasks, as the parallelism was reduced, and the AggregateFunction has no merge method.',
        'Add one, or restore the job with the parallelism that it had.',
      );
    }
    return { accumulator: others.reduce((all, other) => fold.merge(all, other), first) };
  };
  return {
    add(record, state) {
      const before = folded(state);
      state.update([before === null ? fold.first(record) : fold.add(before.accumulator, record)]);
    },
    end(state, out) {
      const all = folded(state);
      if (all !== null) out.collect(fold.result(all.accumulator));
      else if (fold.empty !== null) out.collect(fold.empty());
    },
  };
}
