import type {
  CheckpointedFunction,
  CheckpointListener,
  FunctionInitializationContext,
  FunctionSnapshotContext,
} from '../api/checkpointed-function.ts';
import { AbstractRichFunction } from '../api/rich-functions.ts';
import { type Call, methodOf, type UserFunction } from '../api/user-function.ts';
import { FailedCapture } from '../state/failed-capture.ts';
import type { OperatorContext, OperatorInstance } from './operator.ts';

type Hook = keyof CheckpointedFunction | keyof CheckpointListener;
const HOOKS: readonly Hook[] = ['initializeState', 'snapshotState', 'notifyCheckpointComplete', 'notifyCheckpointAborted'];

/** Some of the functions are told of checkpoints: a CheckpointedFunction, a CheckpointListener. */
export function noticesCheckpoints(functions: readonly UserFunction[]): boolean {
  return functions.some(({ target }) => HOOKS.some((hook) => hook in target));
}

/** The same operator, whose user functions take part in checkpoints, and with it the state of the subtask that belongs to no key. */
export function withCheckpointedFunctions(
  instance: OperatorInstance,
  functions: readonly UserFunction[],
  context: OperatorContext,
): OperatorInstance {
  const { operatorState, runtime, clock } = context;
  let restored: number | null = null;
  const methods = new Map(HOOKS.map((hook) => [hook, methodsOf(functions, hook)]));
  const callAll = (hook: Hook, argument: unknown): void => {
    for (const method of methods.get(hook) ?? []) {
      try {
        method(argument);
      } catch (error) {
        context.fail(error, undefined);
      }
    }
  };
  return {
    ...instance,
    open() {
      for (const { target } of functions) AbstractRichFunction.attach(target, runtime);
      const initialization: FunctionInitializationContext = {
        isRestored: () => restored !== null,
        getRestoredCheckpointId: () => restored,
        getOperatorStateStore: () => operatorState,
        getKeyedStateStore: () => runtime,
      };
      callAll('initializeState', initialization);
      instance.open?.();
    },
    prepareSnapshot(checkpoint) {
      const snapshot: FunctionSnapshotContext = { getCheckpointId: () => checkpoint, getCheckpointTimestamp: () => clock.now };
      callAll('snapshotState', snapshot);
      operatorState.capture();
    },
    capture: (full) => {
      const captures = instance.capture?.(full) ?? [];
      return operatorState.error === null ? captures : [...captures, new FailedCapture(operatorState.error)];
    },
    operatorState: () => [...(instance.operatorState?.() ?? []), ...operatorState.captured],
    checkpointComplete(checkpoint) {
      instance.checkpointComplete?.(checkpoint);
      callAll('notifyCheckpointComplete', checkpoint);
    },
    checkpointAborted(checkpoint) {
      instance.checkpointAborted?.(checkpoint);
      callAll('notifyCheckpointAborted', checkpoint);
    },
    writeState(writer) {
      instance.writeState?.(writer);
      operatorState.writeState(writer);
    },
    restore(state) {
      restored = state.checkpoint;
      operatorState.restore(state.operator.filter(({ ofFunction }) => ofFunction === true));
      instance.restore?.({ ...state, operator: state.operator.filter(({ ofFunction }) => ofFunction !== true) });
    },
  };
}

function methodsOf(functions: readonly UserFunction[], hook: Hook): readonly Call[] {
  // An object that was given as two functions is told once.
  const targets = new Set(functions.map(({ target }) => target));
  return [...targets].flatMap((target) => methodOf(target, hook) ?? []);
}
