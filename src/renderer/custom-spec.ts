import * as l10n from '@vscode/l10n';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { PLOT_HEIGHT } from './chart-spec.ts';
import { CUSTOM_CONFIG } from './chart-theme.ts';

/** Longest specification that is drawn, in UTF-16 units. */
const MAX_TEXT = 500_000;

/** Rows that a specification may make up by itself (`sequence`). */
const MAX_SEQUENCE = 10_000;

/** A Vega-Lite specification that is ready to be drawn. */
export interface PreparedChart {
  readonly runtime: vega.Runtime;
  /** Named data sets that it uses. */
  readonly datasets: ReadonlySet<string>;
  /** Parameters that it declares. */
  readonly parameters: ReadonlySet<string>;
  /** What is taken off the width of the container for the plot; null when the specification has a width of its own. */
  readonly margin: number | null;
  /** What Vega-Lite has to remark; not in the way of a drawing. */
  readonly warnings: readonly string[];
}

/** The text is not a specification that can be drawn. The message says why, and where when it is not JSON. */
export class ChartTextError extends Error {
  override readonly name = 'ChartTextError';
}

interface Fields {
  readonly [name: string]: unknown;
}

/** Reads and compiles a specification. Throws `ChartTextError`. */
export function prepareChart(text: string): PreparedChart {
  if (text.length > MAX_TEXT) {
    throw new ChartTextError(l10n.t('The specification is longer than {0} characters.', MAX_TEXT));
  }
  const spec = parse(text);
  refuseLongSequences(spec);
  const { autosize } = spec;
  const isComposed = ['facet', 'repeat', 'concat', 'hconcat', 'vconcat'].some((name) => name in spec);
  const isOurWidth = !isComposed && (spec['width'] === undefined || spec['width'] === 'container');
  const isBare = autosize === 'none' || (isFields(autosize) && autosize['type'] === 'none');
  const sized: Fields = {
    ...spec,
    ...(isOurWidth ? { width: 600 } : {}),
    ...(isOurWidth && autosize === undefined ? { autosize: { type: 'fit-x', contains: 'padding' } } : {}),
    ...(spec['height'] === 'container' ? { height: PLOT_HEIGHT } : {}),
  };
  const warnings: string[] = [];
  try {
    // SAFETY: Vega-Lite checks what it is given and throws
    const compiled = compile(sized as unknown as TopLevelSpec, { config: CUSTOM_CONFIG, logger: collectInto(warnings) }).spec;
    return {
      runtime: vega.parse(compiled, undefined, { ast: true }),
      datasets: new Set((compiled.data ?? []).map(({ name }) => name)),
      parameters: new Set((compiled.signals ?? []).map(({ name }) => name)),
      margin: isOurWidth ? (isBare ? sideWidth(spec['padding']) : 0) : null,
      warnings,
    };
  } catch (error) {
    // Vega-Lite reads a wrong specification until it stumbles: that message says little to a user.
    const message = messageOf(error);
    throw new ChartTextError(
      error instanceof TypeError ? l10n.t('Vega-Lite does not understand this specification ({0}).', message) : message,
    );
  }
}

/** What an error says, in one line. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').slice(0, 500);
}

/** What Vega only warns of although nothing is drawn without it. */
const FATAL_WARNING = /^(?:Loading|Data ingestion) failed/;

/** Vega's logger that calls `report` for warnings and errors, and nothing else. */
export function vegaLogger(report: (message: string, isError: boolean) => void): vega.LoggerInterface {
  let level = vega.Warn;
  function levelOf(): number;
  function levelOf(value: number): vega.LoggerInterface;
  function levelOf(value?: number): number | vega.LoggerInterface {
    if (value === undefined) {
      return level;
    }
    level = value;
    return logger;
  }
  const say =
    (isError: boolean) =>
    (...args: readonly unknown[]): vega.LoggerInterface => {
      const message = args.map(messageOf).join(' ');
      report(message, isError || FATAL_WARNING.test(message));
      return logger;
    };
  const silent = (): vega.LoggerInterface => logger;
  const logger: vega.LoggerInterface = { level: levelOf, error: say(true), warn: say(false), info: silent, debug: silent };
  return logger;
}

function collectInto(warnings: string[]): vega.LoggerInterface {
  return vegaLogger((message) => warnings.push(message));
}

function parse(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ChartTextError(l10n.t('The text is not valid JSON: {0}', messageOf(error)));
  }
  if (!isFields(value)) {
    throw new ChartTextError(l10n.t('A Vega-Lite specification is a JSON object.'));
  }
  return value;
}

/** One number too many would fill the memory. */
function refuseLongSequences(value: unknown): void {
  if (typeof value !== 'object' || value === null) {
    return;
  }
  for (const [name, part] of Object.entries(value)) {
    if (name === 'sequence' && isFields(part)) {
      const [start, stop, step] = [part['start'], part['stop'], part['step'] ?? 1].map(Number);
      if (!(Math.abs(((stop ?? 0) - (start ?? 0)) / (step ?? 1)) <= MAX_SEQUENCE)) {
        throw new ChartTextError(l10n.t('A sequence may have at most {0} values.', MAX_SEQUENCE));
      }
    }
    refuseLongSequences(part);
  }
}

function sideWidth(padding: unknown): number {
  if (typeof padding === 'number') {
    return padding * 2;
  }
  const { left, right } = isFields(padding) ? padding : {};
  return (typeof left === 'number' ? left : 0) + (typeof right === 'number' ? right : 0);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
