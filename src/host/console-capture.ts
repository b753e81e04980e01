import { format, inspect } from 'node:util';
import type { OutputState } from '../output/types.ts';

type LogLine = OutputState['log'][number];

/** Lines kept between two looks at the log; older ones give way, and a line says how many. */
const MAX_PENDING = 10_000;

/** Collects what cells write to the console, so that it ends up in the log of their output. */
export class ConsoleCapture {
  #lines: LogLine[] = [];
  #dropped = 0;

  /** A console for cells. Methods that make no sense without a terminal do nothing. */
  console(): Console {
    const write =
      (stream: LogLine['stream']) =>
      (...values: unknown[]): void =>
        this.add(stream, safeFormat(values));
    const out = write('stdout');
    const error = write('stderr');
    const methods: Readonly<Record<string, (...values: unknown[]) => void>> = {
      log: out,
      info: out,
      debug: out,
      dir: (value: unknown) => out(inspect(value)),
      table: out,
      warn: error,
      error,
      trace: error,
      assert: (condition: unknown, ...values: unknown[]) => (condition === true ? undefined : error('Assertion failed:', ...values)),
    };
    // SAFETY: a proxy answers every method of Console; those that are not in the table do nothing.
    return new Proxy(methods, {
      get: (target, name) => (typeof name === 'string' ? target[name] : undefined) ?? ignore,
    }) as unknown as Console;
  }

  /** Adds text; each line of it becomes a line of the log. */
  add(stream: LogLine['stream'], text: string): void {
    for (const line of text.split(/\r\n|\n/)) {
      this.#lines.push({ stream, line });
    }
    if (this.#lines.length > 2 * MAX_PENDING) {
      this.#dropped += this.#lines.length - MAX_PENDING;
      this.#lines = this.#lines.slice(-MAX_PENDING);
    }
  }

  /** The lines since the last call. */
  take(): readonly LogLine[] {
    const lines = this.#lines;
    const dropped = this.#dropped;
    this.#lines = [];
    this.#dropped = 0;
    return dropped === 0 ? lines : [{ stream: 'stderr', line: `… ${dropped} lines were written too fast to keep` }, ...lines];
  }
}

function ignore(): void {
  // A console method without a place to write to.
}

/** A value's own `inspect` or a getter may throw: writing to the log must not fail the job. */
function safeFormat(values: readonly unknown[]): string {
  try {
    return format(...values);
  } catch {
    return '[a value that cannot be shown]';
  }
}
