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
  const interval = asked === '' ? DEFAULT_INTERVAL : toMillis(asked);
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

/** Of the strategies, 'none' and 'fixed-delay' are there; any other counts as 'fixed-delay'. */
export function restartStrategy(configuration: Configuration): RestartStrategy {
  const type = configuration['restart-strategy.type'] ?? 'fixed-delay';
  if (['none', 'off', 'disable'].includes(type)) return { type: 'none' };
  return {
    type: 'fixed-delay',
    attempts: Number(configuration['restart-strategy.fixed-delay.attempts'] ?? 3),
    delay: toMillis(configuration['restart-strategy.fixed-delay.delay'] ?? '1 s'),
  };
}
