import * as l10n from '@vscode/l10n';
import type { JobClient } from '../host/job-client.ts';
import type { StartJob } from '../host/protocol.ts';
import type { CompiledProgram } from '../program/types.ts';

/** A job as its run uses it. */
export type Job = Pick<
  JobClient,
  'start' | 'stop' | 'setPace' | 'checkpoint' | 'stopWithSavepoint' | 'inject' | 'label' | 'deleteCheckpoint' | 'replay' | 'kill'
>;

/** What a job's debugger does when the run asks something of the job. */
export interface JobDebugger {
  readonly paused: boolean;
  /** Settles when breakpoints are set and the code may run. Rejects when there can be no debugging. */
  prepare(program: CompiledProgram): Promise<void>;
  /** Lets the job go on to its end without stopping any more. Settles when it does. */
  release(): Promise<void>;
  /** Tells the user something. */
  say(text: string): void;
}

/**
 * A job under a debugger: it starts when breakpoints are set; stopping or killing it lets it go on first, as a worker that stands still hears nothing.
 * Everything else that is asked of it while it is paused waits, and says so.
 */
export function debuggedJob(job: Job, jobDebugger: JobDebugger): Job {
  let isKilled = false;
  let isEnding = false;
  const waiting = (what: string): void => {
    if (jobDebugger.paused) jobDebugger.say(l10n.t('{0} waits until the job goes on.', what));
  };
  const begin = async (start: StartJob): Promise<void> => {
    let debug = true;
    try {
      await jobDebugger.prepare(start.program);
    } catch (error) {
      debug = false;
      if (!isEnding)
        jobDebugger.say(l10n.t('The job runs without a debugger: {0}', error instanceof Error ? error.message : String(error)));
    }
    if (!isKilled) job.start({ ...start, debug });
  };
  return {
    start: (start) => void begin(start),
    stop: async () => {
      isEnding = true;
      await jobDebugger.release();
      await job.stop();
    },
    kill: async () => {
      isKilled = true;
      isEnding = true;
      await jobDebugger.release();
      await job.kill();
    },
    replay: (action) => job.replay(action),
    setPace: (pace) => {
      waiting(l10n.t('The new pace'));
      return job.setPace(pace);
    },
    checkpoint: (kind, label) => {
      waiting(l10n.t('The checkpoint'));
      return job.checkpoint(kind, label);
    },
    stopWithSavepoint: (label, drain) => {
      waiting(l10n.t('The savepoint'));
      return job.stopWithSavepoint(label, drain);
    },
    inject: (injection) => {
      waiting(l10n.t('The failure'));
      return job.inject(injection);
    },
    label: (ref, label) => {
      waiting(l10n.t('Naming the checkpoint'));
      return job.label(ref, label);
    },
    deleteCheckpoint: (ref) => {
      waiting(l10n.t('Deleting the checkpoint'));
      return job.deleteCheckpoint(ref);
    },
  };
}
