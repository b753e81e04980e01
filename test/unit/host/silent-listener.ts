import type { JobClientOptions, JobListener } from '../../../src/host/job-client.ts';

/** Hears everything and does nothing: tests say what they listen to. */
export const SILENT: JobListener = {
  onOutputs: () => undefined,
  onDeltas: () => undefined,
  onStarted: () => undefined,
  onRewound: () => undefined,
  onCheckpoint: () => undefined,
  onException: () => undefined,
  onEnded: () => undefined,
  onLost: () => undefined,
  onSilent: () => undefined,
  onResponsive: () => undefined,
};

/** For a client of a real worker. */
export const ON_REAL_TIME: JobClientOptions = {
  every: (ms, tick) => {
    const timer = setInterval(tick, ms);
    return () => clearInterval(timer);
  },
};
