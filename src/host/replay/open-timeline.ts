import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import { jobFolder } from '../../../engine/checkpoint/job-folder.ts';
import type { CheckpointRef } from '../../../engine/checkpoint/manifest.ts';
import type { JobRestore } from '../../../engine/checkpoint/snapshot.ts';
import { DISCARDED_PARTS, type PartWrites } from '../../../engine/connectors/part-writes.ts';
import { loadCheckpoint } from '../../../engine/node/checkpoints/checkpoint-load.ts';
import { CheckpointReader, readable } from '../../../engine/node/checkpoints/checkpoint-reader.ts';
import { FileDisk } from '../../../engine/node/checkpoints/file-disk.ts';
import { RecordingError } from '../../../engine/node/recordings/format.ts';
import { readRecording } from '../../../engine/node/recordings/read-recording.ts';
import { Timeline } from '../../../engine/observe/timeline.ts';
import type { CreateExecutor, JobFailure, JobProgram } from '../../../engine/runtime/job.ts';
import type { JournalEntry } from '../../../engine/runtime/mail.ts';
import type { ReplayStatus } from '../../output/types.ts';
import type { ReplayJob, StartJob } from '../protocol.ts';
import { stateBackends } from '../state-backends.ts';

/** The program of a recording does not start: why. */
export class ReplayFailure extends Error {
  override readonly name = 'ReplayFailure';
  readonly failure: JobFailure;
  constructor(failure: JobFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

export interface OpenedTimeline<Mark> {
  readonly timeline: Timeline<Mark>;
  readonly full: boolean;
  readonly checkpoints: ReplayStatus['checkpoints'];
}

/** Checkpoints of a run that a replay can be sent to; older ones are left out. */
const MAX_CHECKPOINTS = 1_000;

/** Reads a recording and makes its timeline, at the beginning. Rejects with RecordingError, CheckpointError, DiskError or ReplayFailure. */
export async function openTimeline<Mark>(
  job: StartJob,
  replay: ReplayJob,
  program: JobProgram<StreamExecutionEnvironment>,
  createExecutor: CreateExecutor<StreamExecutionEnvironment>,
  marks: { mark(): Mark; onRestart(mark: Mark | null): void },
): Promise<OpenedTimeline<Mark>> {
  const { recording, full } = await readRecording(replay.recording, job.baseDirectory, (ref) => restoreOf(job, ref));
  let writesFiles = false;
  const parts: PartWrites = {
    ...DISCARDED_PARTS,
    announce: () => {
      writesFiles = true;
    },
  };
  const timeline = new Timeline<Mark>({
    recording,
    create: (restore, startTime) => {
      const backends = stateBackends(job.checkpoints?.directory ?? null);
      const created = createExecutor(program, {
        settings: job.settings,
        overrides: {},
        startTime,
        restore,
        journal: false,
        parts,
        stateBackends: backends,
      });
      if (created.ok) return created.executor;
      throw new ReplayFailure(created.failure);
    },
    writesFiles: () => writesFiles,
    mark: () => marks.mark(),
    onRestart: (mark) => marks.onRestart(mark),
  });
  return { timeline, full, checkpoints: checkpointsIn(recording.journal) };
}

function checkpointsIn(journal: readonly JournalEntry[]): ReplayStatus['checkpoints'] {
  return journal
    .flatMap(({ record, mail }) => (mail.kind === 'checkpoint' ? [{ checkpoint: mail.checkpoint, record }] : []))
    .slice(-MAX_CHECKPOINTS);
}

async function restoreOf({ checkpoints }: StartJob, ref: CheckpointRef): Promise<JobRestore> {
  if (checkpoints === null) throw gone(ref);
  const disk = new FileDisk(checkpoints.directory);
  const folder = jobFolder(checkpoints.job);
  const listed = await new CheckpointReader(disk).checkpoint(folder, ref, true);
  if (listed.reason === 'missing' || (await disk.size(listed.path)) === null) throw gone(ref);
  return await loadCheckpoint(disk, folder, readable(listed));
}

function gone({ run, checkpoint }: CheckpointRef): RecordingError {
  return new RecordingError(
    `The run cannot be replayed: it went on from checkpoint ${checkpoint} of run ${run}, which is not there any more. Run the cell again to record it anew.`,
  );
}
