import type { LayeredConfiguration } from './configuration.ts';
import { Duration, type DurationLike, toMillis } from './duration.ts';
import { IllegalArgumentException } from './errors.ts';

const PREFIX = 'execution.checkpointing.';

/** Settings of checkpoints; the same options as `env.configure` sets by name. */
export class CheckpointConfig {
  readonly #configuration: LayeredConfiguration;
  constructor(configuration: LayeredConfiguration) {
    this.#configuration = configuration;
  }
  /** At least 10 ms. */
  setCheckpointInterval(interval: DurationLike): void {
    if (toMillis(interval) < 10) throw new IllegalArgumentException('Checkpoint interval must be larger than or equal to 10 ms');
    this.#set('interval', interval);
  }
  /** Zero while checkpoints are off. */
  getCheckpointInterval(): Duration {
    return Duration.ofMillis(this.isCheckpointingEnabled() ? this.#configuration.duration(`${PREFIX}interval`) : 0);
  }
  setCheckpointingConsistencyMode(mode: string): void {
    if (mode !== 'EXACTLY_ONCE' && mode !== 'AT_LEAST_ONCE') throw new IllegalArgumentException(`${mode} is not a CheckpointingMode.`);
    this.#set('mode', mode);
  }
  getCheckpointingConsistencyMode(): string {
    return this.#configuration.text(`${PREFIX}mode`);
  }
  isCheckpointingEnabled(): boolean {
    return this.#configuration.isSet(`${PREFIX}interval`);
  }
  setCheckpointTimeout(timeout: DurationLike): void {
    this.#set('timeout', timeout);
  }
  setMinPauseBetweenCheckpoints(pause: DurationLike): void {
    this.#set('min-pause', pause);
  }
  setMaxConcurrentCheckpoints(count: number): void {
    this.#set('max-concurrent-checkpoints', count);
  }
  setTolerableCheckpointFailureNumber(count: number): void {
    this.#set('tolerable-failed-checkpoints', count);
  }
  setExternalizedCheckpointRetention(retention: string): void {
    this.#set('externalized-checkpoint-retention', retention);
  }
  enableUnalignedCheckpoints(enabled = true): void {
    this.#set('unaligned.enabled', enabled);
  }
  setAlignedCheckpointTimeout(timeout: DurationLike): void {
    this.#set('aligned-checkpoint-timeout', timeout);
  }
  #set(name: string, value: unknown): void {
    this.#configuration.set(PREFIX + name, value);
  }
}
