import { toMillis } from '../../api/duration.ts';
import type { CheckpointSettings } from '../../checkpoint/coordinator.ts';
import type { RestartStrategy } from '../../failover/restart-strategy.ts';

type Configuration = Readonly<Record<string, string>>;

/** Ours: often enough to have something to look at. Flink's own default is no checkpoints at all. */
const DEFAULT_INTERVAL = 2_000;
/** Ours, while nobody has asked for checkpoints: one that fails is shown, and the job goes on. */
const TOLERATED_BY_DEFAULT = Number.MAX_SAFE_INTEGER;

function option(configuration: Configuration, name: string): string {
  return configuration[`execution.checkpointing.${name}`] ?? '';
}

/** What the effective configuration of a job says about checkpoints. An interval of 0 turns them off. */
export function checkpointSettings(configuration: Configuration): CheckpointSettings {
  const asked = option(configuration, 'interval');
  // As in Flink: what BATCH has in between is of no use to anybody.
  const isBatch = configuration['execution.runtime-mode'] === 'BATCH';
  const interval = isBatch ? 0 : asked === '' ? DEFAULT_INTERVAL : toMillis(asked);
  return {
    interval: interval > 0 ? interval : null,
    minPause: toMillis(option(configuration, 'min-pause') || 0),
    timeout: toMillis(option(configuration, 'timeout') || '10 min'),
    tolerableFailures: asked === '' ? TOLERATED_BY_DEFAULT : Number(option(configuration, 'tolerable-failed-checkpoints') || 0),
    afterTasksFinish: option(configuration, 'checkpoints-after-tasks-finish') !== 'false',
  };
}

/** Automatic checkpoints kept per run. */
export function retainedCheckpoints(configuration: Configuration): number {
  const retained = Number(option(configuration, 'num-retained') || 10);
  return Number.isSafeInteger(retained) && retained > 0 ? retained : 1;
}

/** Keyed state is compressed in checkpoints. */
export function compressesState(configuration: Configuration): boolean {
  return option(configuration, 'snapshot-compression') === 'true';
}

/** The run takes over what it is restored from (Flink's claim mode CLAIM). */
export function claimsRestored(configuration: Configuration): boolean {
  return configuration['execution.state-recovery.claim-mode'] === 'CLAIM';
}

/**
 * Whether the automatic checkpoints of a run go when it has ended like this. As in Flink's CheckpointRetentionPolicy, but for those of a run that has
 * finished, which stay unless the user says otherwise.
 */
export function discardsCheckpoints(configuration: Configuration, end: 'finished' | 'stopped' | 'failed'): boolean {
  switch (option(configuration, 'externalized-checkpoint-retention')) {
    case 'NO_EXTERNALIZED_CHECKPOINTS':
      return true;
    case 'DELETE_ON_CANCELLATION':
      return end !== 'failed';
    default:
      return false;
  }
}

/** What the effective configuration of a job says about restarts. */
export function restartStrategy(configuration: Configuration): RestartStrategy {
  const text = (name: string): string => configuration[`restart-strategy.${name}`] ?? '';
  const number = (name: string, standard: number): number => (text(name) === '' ? standard : Number(text(name)));
  const millis = (name: string, standard: string): number => toMillis(text(name) || standard);
  switch (text('type')) {
    case 'none':
    case 'off':
    case 'disable':
      return { type: 'none' };
    case 'failure-rate':
      return {
        type: 'failure-rate',
        maxFailuresPerInterval: number('failure-rate.max-failures-per-interval', 1),
        interval: millis('failure-rate.failure-rate-interval', '1 min'),
        delay: millis('failure-rate.delay', '1 s'),
      };
    case 'exponential-delay':
      return {
        type: 'exponential-delay',
        initialBackoff: millis('exponential-delay.initial-backoff', '1 s'),
        maxBackoff: millis('exponential-delay.max-backoff', '1 min'),
        multiplier: number('exponential-delay.backoff-multiplier', 1.5),
        resetThreshold: millis('exponential-delay.reset-backoff-threshold', '1 h'),
        jitterFactor: number('exponential-delay.jitter-factor', 0.1),
        attemptsBeforeReset: number('exponential-delay.attempts-before-reset-backoff', Number.POSITIVE_INFINITY),
      };
    default:
      return { type: 'fixed-delay', attempts: number('fixed-delay.attempts', 3), delay: millis('fixed-delay.delay', '1 s') };
  }
}
