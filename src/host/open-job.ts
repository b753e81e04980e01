import type { StreamExecutionEnvironment } from '../../engine/api/environment.ts';
import type { CheckpointKind, CheckpointManifest, CheckpointRef, FailedCheckpoint } from '../../engine/checkpoint/manifest.ts';
import type { ExceptionEntry } from '../../engine/failover/exception-history.ts';
import type { JobStatus } from '../../engine/failover/job-status.ts';
import { FilePartDisk } from '../../engine/node/file-part-disk.ts';
import { type Attempt, type Injection, type JobEnd, JobMaster } from '../../engine/node/job-master.ts';
import { PartFiles } from '../../engine/node/part-files.ts';
import { RECORDING_FORMAT, type RecordingHeader } from '../../engine/node/recordings/format.ts';
import { Recorder } from '../../engine/node/recordings/recorder.ts';
import { createExecutor } from '../../engine/runtime/executor.ts';
import type { Executor, JobProgram } from '../../engine/runtime/job.ts';
import type { Pace } from '../../engine/runtime/pace.ts';
import type { CompiledProgram } from '../program/types.ts';
import { debugHook } from './debug-hook.ts';
import { openCheckpoints } from './open-checkpoints.ts';
import type { StartJob } from './protocol.ts';
import { stateBackends } from './state-backends.ts';

/** What a session hears of its job. */
export interface MasterEvents {
  onAttempt(attempt: Attempt): void;
  /** Between steps, at most every 100 ms. */
  onProgress(): void;
  onPublished(manifest: CheckpointManifest): void;
  onFailed(failed: FailedCheckpoint): void;
  onException(entry: ExceptionEntry): void;
  /** Its status has changed. */
  onStatus(): void;
}

/** A job with its checkpoints, as a session drives it. */
export interface Master {
  readonly run: number;
  readonly status: JobStatus;
  readonly fraction: number | null;
  /** Ms, about. */
  readonly timeLeft: number | null;
  /** Runs the job to its end; call once. */
  start(): Promise<JobEnd>;
  stop(): void;
  setPace(pace: Pace): void;
  checkpoint(kind: CheckpointKind, label: string | null): Promise<CheckpointManifest>;
  /** JobMaster.stopWith. */
  stopWith(kind: CheckpointKind, label: string | null, drain?: boolean): Promise<CheckpointManifest>;
  /** JobMaster.inject. */
  inject(injection: Injection): void;
  label(ref: CheckpointRef, label: string | null): Promise<void>;
  delete(ref: CheckpointRef): Promise<void>;
}

/**
 * Opens the job's checkpoints and reads the one it starts from. `configured`: what its cells say of them. Rejects with CheckpointError, CheckpointStorageError or
 * DiskError, naming the file.
 */
export async function openMaster(
  job: StartJob,
  program: JobProgram<StreamExecutionEnvironment>,
  configured: Pick<Executor, 'configuration' | 'checkpointStorage'>,
  events: MasterEvents,
): Promise<Master> {
  const { checkpoints, baseDirectory } = job;
  const { store, restore } = await openCheckpoints(job, configured);
  const recorder = job.recording === null ? null : new Recorder<CompiledProgram>(job.recording);
  const close = async (): Promise<void> => {
    await recorder?.close();
    await store.close();
  };
  try {
    const master = new JobMaster<StreamExecutionEnvironment>({
      program,
      createExecutor,
      executor: {
        settings: job.settings,
        overrides: {},
        journal: recorder !== null,
        trace: job.debug ? debugHook().trace : null,
        stateBackends: stateBackends(checkpoints?.directory ?? null),
      },
      baseDirectory,
      pace: job.pace,
      store,
      parts: new PartFiles(new FilePartDisk(baseDirectory)),
      restore,
      events,
      onException: (entry) => events.onException(entry),
      onStatus: () => events.onStatus(),
      onAttempt: (attempt) => {
        recorder?.begin(headerOf(job, store.run, attempt), attempt.executor);
        events.onAttempt(attempt);
      },
      onProgress: () => {
        recorder?.take();
        events.onProgress();
      },
    });
    return {
      run: store.run,
      get status() {
        return master.status;
      },
      get fraction() {
        return master.fraction;
      },
      get timeLeft() {
        return master.timeLeft;
      },
      start: async () => {
        try {
          return await master.run();
        } finally {
          await close();
        }
      },
      stop: () => master.stop(),
      setPace: (pace) => master.setPace(pace),
      checkpoint: (kind, label) => master.checkpoint(kind, label),
      stopWith: (kind, label, drain) => master.stopWith(kind, label, drain),
      inject: (injection) => master.inject(injection),
      label: (ref, label) => store.setLabel(ref, label),
      delete: (ref) => store.delete(ref),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function headerOf({ program, settings }: StartJob, run: number, { restored, startTime }: Attempt): RecordingHeader<CompiledProgram> {
  const from = restored === null ? null : { run: restored.run, checkpoint: restored.checkpoint };
  return { format: RECORDING_FORMAT, run, recorded: Date.now(), startTime, restored: from, settings, program };
}
