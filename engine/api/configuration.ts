import { closest } from '../formats/closest.ts';
import { formatCut } from '../runtime/format-value.ts';
import type { CheckpointStorage } from './checkpoint-storage.ts';
import { Duration, toMillis } from './duration.ts';
import { IllegalArgumentException, UnsupportedOperationException } from './errors.ts';
import { OLD_NAMES, OPTIONS, type OptionKind } from './options.ts';
import type { StateBackend } from './state-backend.ts';

/** The options whose values may be objects with methods. */
const STATE_BACKEND = 'state.backend.type';
const CHECKPOINT_STORAGE = 'execution.checkpointing.storage';

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

/**
 * Reads and normalises one value. Throws IllegalArgumentException that names the option, UnsupportedOperationException for a value that this version
 * does not have.
 */
function normalise(name: string, value: unknown): string {
  const { kind, choices, only } = OPTIONS[name] ?? { kind: 'other' };
  const text = textOf(name, kind, value);
  if (choices !== undefined && !choices.includes(text)) {
    throw new IllegalArgumentException(`Option '${name}' is one of ${choices.join(', ')}, not ${formatCut(value, 100)}.`);
  }
  if (only !== undefined && !only.includes(text)) {
    throw new UnsupportedOperationException(
      `${name}: ${text} is not part of this version of Streambook yet.`,
      only[0] === '' ? 'Leave it out.' : `It can be ${only.join(' or ')}.`,
    );
  }
  return text;
}

function textOf(name: string, kind: OptionKind, value: unknown): string {
  const wrong = (what: string): IllegalArgumentException =>
    new IllegalArgumentException(`Option '${name}' needs ${what}, not ${formatCut(value, 100)}.`);
  switch (kind) {
    case 'duration':
      if (value instanceof Duration || typeof value === 'number' || typeof value === 'string') return durationText(toMillis(value));
      throw wrong("a duration such as '10 s'");
    case 'integer':
      if (Number.isInteger(Number(value)) && String(value).trim() !== '') return String(Number(value));
      throw wrong('a whole number');
    case 'number':
      if (String(value).trim() !== '' && !Number.isNaN(Number(value))) return String(Number(value));
      throw wrong('a number');
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

/** Throws IllegalArgumentException for an object that is no state backend. */
function checkedBackend(value: object): StateBackend {
  if (isBackend(value)) return value;
  throw new IllegalArgumentException(
    `Option '${STATE_BACKEND}' needs a name, or an object with a name and the method createKeyedStateBackend, not ${formatCut(value, 100)}.`,
    'docs/custom-state-backend.md says how to write one.',
  );
}

function isBackend(value: object): value is StateBackend {
  return typeof Reflect.get(value, 'createKeyedStateBackend') === 'function' && typeof Reflect.get(value, 'name') === 'string';
}

/** Throws IllegalArgumentException for an object that is no checkpoint storage. */
function checkedStorage(value: object): CheckpointStorage {
  if (isStorage(value)) return value;
  throw new IllegalArgumentException(
    `Option '${CHECKPOINT_STORAGE}' needs a name, or an object with a name and the method createCheckpointStorage, not ${formatCut(value, 100)}.`,
    'docs/custom-checkpoint-storage.md says how to write one.',
  );
}

function isStorage(value: object): value is CheckpointStorage {
  return typeof Reflect.get(value, 'createCheckpointStorage') === 'function' && typeof Reflect.get(value, 'name') === 'string';
}

/** The option's name today. Throws IllegalArgumentException for one that there is not. */
function optionOf(name: string): string {
  if (Object.hasOwn(OPTIONS, name)) return name;
  const current = OLD_NAMES.get(name);
  if (current !== undefined) return current;
  const meant = closest(name, Object.keys(OPTIONS));
  throw new IllegalArgumentException(
    `Unknown option '${name}'.`,
    meant === null ? 'docs/options.md lists those that there are.' : `Did you mean '${meant}'?`,
  );
}

/**
 * The job's options in three layers: settings of the editor, the cells' own calls, and overrides of the command line, which win.
 */
export class LayeredConfiguration {
  readonly #settings = new Map<string, string>();
  readonly #cells = new Map<string, string>();
  readonly #overrides = new Map<string, string>();
  /** What a cell gave for `state.backend.type`, when that is no name. */
  #ownBackend: StateBackend | null = null;
  /** The same for `execution.checkpointing.storage`. */
  #ownStorage: CheckpointStorage | null = null;

  /** Throws IllegalArgumentException for an unknown name or a value of the wrong kind. */
  constructor(settings: Readonly<Record<string, string>>, overrides: Readonly<Record<string, string>>) {
    for (const [layer, values] of [
      [this.#settings, settings],
      [this.#overrides, overrides],
    ] as const) {
      for (const [given, value] of Object.entries(values)) {
        const name = optionOf(given);
        layer.set(name, normalise(name, value));
      }
    }
  }

  /** A cell's setting; a later one wins. Throws IllegalArgumentException. */
  set(given: string, value: unknown): void {
    const name = optionOf(given);
    if (value === undefined) return;
    const own = typeof value === 'object' && value !== null ? value : null;
    let ownName: string | null = null;
    if (name === STATE_BACKEND) {
      this.#ownBackend = own && checkedBackend(own);
      ownName = this.#ownBackend?.name ?? null;
    } else if (name === CHECKPOINT_STORAGE) {
      this.#ownStorage = own && checkedStorage(own);
      ownName = this.#ownStorage?.name ?? null;
    }
    this.#cells.set(name, ownName ?? normalise(name, value));
  }

  /** The name of a backend, or one that a cell brings along. */
  get stateBackend(): string | StateBackend {
    const own = this.#overrides.has(STATE_BACKEND) ? null : this.#ownBackend;
    return own ?? this.text(STATE_BACKEND);
  }

  /** The name of a checkpoint storage, or one that a cell brings along. */
  get checkpointStorage(): string | CheckpointStorage {
    const own = this.#overrides.has(CHECKPOINT_STORAGE) ? null : this.#ownStorage;
    return own ?? this.text(CHECKPOINT_STORAGE);
  }

  /** The effective value; '' when it is not set and has no default. */
  text(name: string): string {
    return this.#overrides.get(name) ?? this.#cells.get(name) ?? this.#settings.get(name) ?? OPTIONS[name]?.standard ?? '';
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
