import type { JobSnapshot, OperatorState } from '../checkpoint/snapshot.ts';
import { type SavedSink, SINK_STATE, type SinkLane, type SinkLanes, type SinkPlace, type UserSink } from '../connectors/user-sink.ts';
import { encodeValue } from '../state/stored-value.ts';
import type { UserSinkError } from './user-sink-error.ts';
import { UserSinkLane } from './user-sink-lane.ts';

/** Records that may wait for writers before the job waits for them. */
const MAX_WAITING = 1_000;

/**
 * The writers and committers of the sinks that the user brings, of one attempt at a job. Order, as for part files: `recover` before the job runs; `prepare` at a
 * checkpoint, before it is published; `commit` once it is.
 */
export class UserSinks implements SinkLanes {
  readonly #lanes: UserSinkLane[] = [];
  readonly #wait: (ms: number) => Promise<void>;
  #wake: () => void = () => undefined;

  /** `wait`: on the clock of the job's runner. */
  constructor(wait: (ms: number) => Promise<void>) {
    this.#wait = wait;
  }

  open(sink: UserSink<unknown>, place: SinkPlace): SinkLane {
    const lane = new UserSinkLane(sink, place, this.#wait, () => this.#wake());
    this.#lanes.push(lane);
    return lane;
  }

  /** `wake` is called when writers have done something that the job may wait for. */
  onWork(wake: () => void): void {
    this.#wake = wake;
  }

  /** Writers have so much to do that the job should wait. */
  get isCongested(): boolean {
    return this.#lanes.reduce((sum, lane) => sum + lane.waiting, 0) > MAX_WAITING;
  }

  /** Writers have done all that they were given. */
  get isIdle(): boolean {
    return this.#lanes.every((lane) => lane.waiting === 0);
  }

  /** Why the job has to fail; null while all is well. */
  get failure(): UserSinkError | null {
    for (const lane of this.#lanes) if (lane.failure !== null) return lane.failure;
    return null;
  }

  /** Commits what the restored checkpoint holds, then makes the writers. Rejects with UserSinkError. */
  async recover(checkpoint: number | null): Promise<void> {
    for (const lane of this.#lanes) await lane.begin(checkpoint);
  }

  /** The snapshot with what the writers have for it: waits until they have written everything before its barriers. Rejects with UserSinkError. */
  async prepare(snapshot: JobSnapshot): Promise<JobSnapshot> {
    if (this.#lanes.length === 0) return snapshot;
    const saved = new Map<UserSinkLane, SavedSink>();
    for (const lane of this.#lanes) saved.set(lane, await lane.prepared(snapshot.checkpoint));
    const operators = snapshot.operators.map((operator) => {
      const lanes = this.#lanes.filter(({ place }) => place.vertex === operator.vertex);
      if (lanes.length === 0) return operator;
      const subtasks = operator.subtasks.map((subtask) => {
        const lane = lanes.find(({ place }) => place.subtask === subtask.subtask);
        const state = lane === undefined ? undefined : saved.get(lane);
        if (state === undefined) return subtask;
        const added: OperatorState = { name: SINK_STATE, redistribution: 'union', values: [encodeValue(state)] };
        return { ...subtask, operator: [...subtask.operator, added] };
      });
      return { ...operator, subtasks };
    });
    return { ...snapshot, operators };
  }

  /** Commits what the checkpoint and those before it hold. Rejects with UserSinkError. */
  async commit(checkpoint: number): Promise<void> {
    for (const lane of this.#lanes) await lane.commit(checkpoint);
  }

  /** Ends writers and committers; what they have not committed is theirs to drop. Never rejects. */
  async close(): Promise<void> {
    for (const lane of this.#lanes) await lane.close();
  }
}
