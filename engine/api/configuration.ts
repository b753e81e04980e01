import { Duration, toMillis } from './duration.ts';
import { formatCut } from '../runtime/format-value.ts';
import { IllegalArgumentException } from './errors.ts';

type OptionKind = 'duration' | 'integer' | 'boolean' | 'text' | 'memory' | 'other';

/** Every option of `env.configure`: Flink's name, what its values are, and our default as text ('' = not set). */
const OPTIONS: Readonly<Record<string, readonly [OptionKind, string]>> = {
  'execution.checkpointing.interval': ['duration', ''],
  'execution.checkpointing.mode': ['text', 'EXACTLY_ONCE'],
  'execution.checkpointing.timeout': ['duration', '10 min'],
  'execution.checkpointing.min-pause': ['duration', '0 ms'],
  'execution.checkpointing.max-concurrent-checkpoints': ['integer', '1'],
  'execution.checkpointing.tolerable-failed-checkpoints': ['integer', '0'],
  'execution.checkpointing.externalized-checkpoint-retention': ['text', 'RETAIN_ON_CANCELLATION'],
  'execution.checkpointing.num-retained': ['integer', '10'],
  'execution.checkpointing.incremental': ['boolean', 'false'],
  'execution.checkpointing.unaligned.enabled': ['boolean', 'false'],
  'execution.checkpointing.aligned-checkpoint-timeout': ['duration', '0 ms'],
  'execution.checkpointing.checkpoints-after-tasks-finish': ['boolean', 'true'],
  'execution.checkpointing.dir': ['text', ''],
  'execution.checkpointing.savepoint-dir': ['text', ''],
  'execution.checkpointing.snapshot-compression': ['boolean', 'false'],
  'execution.state-recovery.path': ['text', ''],
  'execution.state-recovery.claim-mode': ['text', 'NO_CLAIM'],
  'execution.state-recovery.ignore-unclaimed-state': ['boolean', 'false'],
  'execution.runtime-mode': ['text', 'STREAMING'],
  'execution.buffer-timeout.interval': ['duration', '0 ms'],
  'restart-strategy.type': ['text', 'fixed-delay'],
  'restart-strategy.fixed-delay.attempts': ['integer', '3'],
  'restart-strategy.fixed-delay.delay': ['duration', '1 s'],
  'restart-strategy.failure-rate.max-failures-per-interval': ['integer', '1'],
  'restart-strategy.failure-rate.failure-rate-interval': ['duration', '1 min'],
  'restart-strategy.failure-rate.delay': ['duration', '1 s'],
  'restart-strategy.exponential-delay.initial-backoff': ['duration', '1 s'],
  'restart-strategy.exponential-delay.max-backoff': ['duration', '1 min'],
  'restart-strategy.exponential-delay.backoff-multiplier': ['other', '1.5'],
  'restart-strategy.exponential-delay.reset-backoff-threshold': ['duration', '1 h'],
  'restart-strategy.exponential-delay.jitter-factor': ['other', '0.1'],
  'restart-strategy.exponential-delay.attempts-before-reset-backoff': ['other', 'Infinity'],
  'jobmanager.execution.failover-strategy': ['text', 'region'],
  'state.backend.type': ['other', 'hashmap'],
  'streambook.state.postgresql.url': ['text', ''],
  'parallelism.default': ['integer', '1'],
  'pipeline.max-parallelism': ['integer', ''],
  'pipeline.name': ['text', ''],
  'pipeline.auto-watermark-interval': ['duration', '0 ms'],
  'pipeline.object-reuse': ['boolean', 'false'],
  'pipeline.operator-chaining.enabled': ['boolean', 'true'],
  'pipeline.auto-generate-uids': ['boolean', 'true'],
  'pipeline.global-job-parameters': ['other', ''],
  'streambook.state.max-size': ['memory', '256 mb'],
  'streambook.state.check-mutations': ['boolean', 'true'],
  'streambook.checkpoint.store-watermarks': ['boolean', 'true'],
  'streambook.seed': ['integer', '1'],
};

/** ms as in Flink's configuration: "10 s", "100 ms". */
function durationText(millis: number): string {
  const units: readonly [number, string][] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
  ];
  const unit = millis === 0 ? undefined : units.find(([size]) => millis % size === 0);
  return unit ? `${millis / unit[0]} ${unit[1]}` : `${millis} ms`;
}

/** Reads and normalises one value. Throws IllegalArgumentException that names the option. */
function normalise(name: string, value: unknown): string {
  const [kind] = OPTIONS[name] ?? ['other'];
  const wrong = (what: string): IllegalArgumentException =>
    new IllegalArgumentException(`Option '${name}' needs ${what}, not ${formatCut(value, 100)}.`);
  switch (kind) {
    case 'duration':
      if (value instanceof Duration || typeof value === 'number' || typeof value === 'string') return durationText(toMillis(value));
      throw wrong("a duration such as '10 s'");
    case 'integer':
      if (Number.isInteger(Number(value)) && String(value).trim() !== '') return String(Number(value));
      throw wrong('a whole number');
    case 'boolean':
      if (/^(true|false)$/i.test(String(value))) return String(value).toLowerCase();
      throw wrong('true or false');
    case 'memory':
      if (typeof value === 'number' || /^\s*\d+\s*(b|kb|mb|gb)?\s*$/i.test(String(value))) return String(value);
      throw wrong("a size such as '64 mb'");
    case 'text':
      return String(value);
    default:
      return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
  }
}

function checkName(name: string): void {
  if (Object.hasOwn(OPTIONS, name)) return;
  throw new IllegalArgumentException(
    `Unknown option '${name}'.`,
    "Streambook's options are those that completion offers in env.configure({ … }).",
  );
}

/**
 * The job's options in three layers: settings of the editor, the cells' own calls, and overrides of the command line, which win.
 */
export class LayeredConfiguration {
  readonly #settings = new Map<string, string>();
  readonly #cells = new Map<string, string>();
  readonly #overrides = new Map<string, string>();

  /** Throws IllegalArgumentException for an unknown name or a value of the wrong kind. */
  constructor(settings: Readonly<Record<string, string>>, overrides: Readonly<Record<string, string>>) {
    for (const [layer, values] of [
      [this.#settings, settings],
      [this.#overrides, overrides],
    ] as const) {
      for (const [name, value] of Object.entries(values)) {
        checkName(name);
        layer.set(name, normalise(name, value));
      }
    }
  }

  /** A cell's setting; a later one wins. Throws IllegalArgumentException. */
  set(name: string, value: unknown): void {
    checkName(name);
    if (value !== undefined) this.#cells.set(name, normalise(name, value));
  }

  /** The effective value; '' when it is not set and has no default. */
  text(name: string): string {
    return this.#overrides.get(name) ?? this.#cells.get(name) ?? this.#settings.get(name) ?? OPTIONS[name]?.[1] ?? '';
  }
  integer(name: string): number {
    return Number(this.text(name));
  }
  boolean(name: string): boolean {
    return this.text(name) === 'true';
  }
  /** In ms. */
  duration(name: string): number {
    return toMillis(this.text(name));
  }
  isSet(name: string): boolean {
    return this.text(name) !== '';
  }

  /** All effective options that have a value. */
  effective(): Readonly<Record<string, string>> {
    const entries = Object.keys(OPTIONS)
      .map((name): [string, string] => [name, this.text(name)])
      .filter(([, value]) => value !== '');
    return Object.fromEntries(entries);
  }
}
