export type OptionKind = 'duration' | 'integer' | 'number' | 'boolean' | 'text' | 'memory' | 'other';

/** An option of `env.configure`. Values are text, as they are written in a configuration file. */
interface Option {
  readonly kind: OptionKind;
  /** Our default; '' = not set. */
  readonly standard: string;
  /** All values that it can have. */
  readonly choices?: readonly string[];
  /** The values that this version has; another one is refused, lest somebody rely on it. */
  readonly only?: readonly string[];
}

const duration = (standard: string): Option => ({ kind: 'duration', standard });
const integer = (standard: string): Option => ({ kind: 'integer', standard });
const number = (standard: string): Option => ({ kind: 'number', standard });
const flag = (standard: 'true' | 'false'): Option => ({ kind: 'boolean', standard });
const text = (standard: string): Option => ({ kind: 'text', standard });
const choice = (...choices: readonly [string, ...string[]]): Option => ({ kind: 'text', standard: choices[0], choices });
const only = (option: Option, ...values: readonly string[]): Option => ({ ...option, only: values });

const CHECKPOINTING: Readonly<Record<string, Option>> = {
  'execution.checkpointing.interval': duration(''),
  // Without effect, as the two below: barriers pass between two records, so that there is nothing to align.
  'execution.checkpointing.mode': choice('EXACTLY_ONCE', 'AT_LEAST_ONCE'),
  'execution.checkpointing.timeout': duration('10 min'),
  'execution.checkpointing.min-pause': duration('0 ms'),
  // An upper bound: one at a time is under way.
  'execution.checkpointing.max-concurrent-checkpoints': integer('1'),
  'execution.checkpointing.tolerable-failed-checkpoints': integer('0'),
  'execution.checkpointing.externalized-checkpoint-retention': choice(
    'RETAIN_ON_CANCELLATION',
    'DELETE_ON_CANCELLATION',
    'NO_EXTERNALIZED_CHECKPOINTS',
  ),
  'execution.checkpointing.num-retained': integer('10'),
  // Without effect: each checkpoint writes what has changed, and everything now and then.
  'execution.checkpointing.incremental': flag('false'),
  'execution.checkpointing.unaligned.enabled': flag('false'),
  'execution.checkpointing.aligned-checkpoint-timeout': duration('0 ms'),
  'execution.checkpointing.checkpoints-after-tasks-finish': flag('true'),
  'execution.checkpointing.storage': choice('filesystem', 'jobmanager'),
  'execution.checkpointing.dir': text(''),
  'execution.checkpointing.savepoint-dir': text(''),
  'execution.checkpointing.snapshot-compression': flag('false'),
  'execution.state-recovery.path': text(''),
  'execution.state-recovery.claim-mode': choice('NO_CLAIM', 'CLAIM'),
  'execution.state-recovery.ignore-unclaimed-state': flag('false'),
};

const RESTARTS: Readonly<Record<string, Option>> = {
  'restart-strategy.type': choice('fixed-delay', 'failure-rate', 'exponential-delay', 'none', 'off', 'disable'),
  'restart-strategy.fixed-delay.attempts': integer('3'),
  'restart-strategy.fixed-delay.delay': duration('1 s'),
  'restart-strategy.failure-rate.max-failures-per-interval': integer('1'),
  'restart-strategy.failure-rate.failure-rate-interval': duration('1 min'),
  'restart-strategy.failure-rate.delay': duration('1 s'),
  'restart-strategy.exponential-delay.initial-backoff': duration('1 s'),
  'restart-strategy.exponential-delay.max-backoff': duration('1 min'),
  'restart-strategy.exponential-delay.backoff-multiplier': number('1.5'),
  'restart-strategy.exponential-delay.reset-backoff-threshold': duration('1 h'),
  'restart-strategy.exponential-delay.jitter-factor': number('0.1'),
  'restart-strategy.exponential-delay.attempts-before-reset-backoff': number('Infinity'),
  // Without effect: a job restarts as a whole.
  'jobmanager.execution.failover-strategy': choice('region', 'full'),
};

/** Every option, by Flink's name. */
export const OPTIONS: Readonly<Record<string, Option>> = {
  ...CHECKPOINTING,
  'execution.runtime-mode': choice('STREAMING', 'BATCH', 'AUTOMATIC'),
  // Without effect: nothing waits in a buffer.
  'execution.buffer-timeout.interval': duration('0 ms'),
  ...RESTARTS,
  'state.backend.type': choice('hashmap', 'leveldb', 'rocksdb', 'postgresql'),
  'streambook.state.postgresql.url': text(''),
  'parallelism.default': integer('1'),
  'pipeline.max-parallelism': integer(''),
  'pipeline.name': text(''),
  'pipeline.auto-watermark-interval': duration('0 ms'),
  // Without effect: records are never copied.
  'pipeline.object-reuse': flag('false'),
  'pipeline.operator-chaining.enabled': flag('true'),
  'pipeline.auto-generate-uids': flag('true'),
  'pipeline.global-job-parameters': { kind: 'other', standard: '' },
  'streambook.state.max-size': { kind: 'memory', standard: '256 mb' },
  'streambook.state.max-window-size': { kind: 'memory', standard: '1 gb' },
  'streambook.state.check-mutations': only(flag('false'), 'false'),
  'streambook.checkpoint.store-watermarks': flag('true'),
  'streambook.state-recovery.match': text(''),
  'streambook.seed': integer('1'),
};

/** Names that options had in Flink 1, and have now. */
export const OLD_NAMES: ReadonlyMap<string, string> = new Map([
  ['state.checkpoints.dir', 'execution.checkpointing.dir'],
  ['state.checkpoint-storage', 'execution.checkpointing.storage'],
  ['state.savepoints.dir', 'execution.checkpointing.savepoint-dir'],
  ['state.checkpoints.num-retained', 'execution.checkpointing.num-retained'],
  ['state.backend', 'state.backend.type'],
  ['state.backend.incremental', 'execution.checkpointing.incremental'],
  ['execution.checkpointing.unaligned', 'execution.checkpointing.unaligned.enabled'],
  ['execution.savepoint.path', 'execution.state-recovery.path'],
  ['execution.savepoint-restore-mode', 'execution.state-recovery.claim-mode'],
  ['execution.savepoint.ignore-unclaimed-state', 'execution.state-recovery.ignore-unclaimed-state'],
  ['execution.buffer-timeout', 'execution.buffer-timeout.interval'],
  ['restart-strategy', 'restart-strategy.type'],
]);
