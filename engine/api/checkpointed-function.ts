import type { KeyedStateStore } from '../state/keyed-state-access.ts';
import type { OperatorStateStore } from '../state/operator/operator-state-backend.ts';

/** For any function class: takes part in checkpoints with state of its subtask. */
export interface CheckpointedFunction {
  /** At the barrier of a checkpoint, before state is captured. */
  snapshotState(context: FunctionSnapshotContext): void;
  /** Before `open`. */
  initializeState(context: FunctionInitializationContext): void;
}

export interface FunctionSnapshotContext {
  getCheckpointId(): number;
  /** The job's clock when it was triggered, ms. */
  getCheckpointTimestamp(): number;
}

export interface FunctionInitializationContext {
  /** The job goes on from a checkpoint that knew this operator. */
  isRestored(): boolean;
  getRestoredCheckpointId(): number | null;
  getOperatorStateStore(): OperatorStateStore;
  /** Its states can be used once there is a current key. */
  getKeyedStateStore(): KeyedStateStore;
}

/** For any function class. Notifications may be skipped; a later one covers the earlier. */
export interface CheckpointListener {
  notifyCheckpointComplete(checkpointId: number): void;
  notifyCheckpointAborted?(checkpointId: number): void;
}
