import * as l10n from '@vscode/l10n';
import * as vega from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile } from 'vega-lite';
import { type ChartLook, chartSpec } from './chart-spec.ts';

/** What a chart draws: rows per named data set, and values of its parameters. */
export interface ChartPicture {
  /** Of the plot, where the specification does not say. */
  readonly width?: number;
  /** Of the plot, where the specification's does not fit. */
  readonly height?: number;
  readonly data: Readonly<Record<string, readonly object[]>>;
  readonly parameters: Readonly<Record<string, unknown>>;
}

const refuse = (uri: string): Promise<never> =>
  Promise.reject(new Error(l10n.t('Charts load nothing: {0}. Draw the data of the cell, or put values into the specification.', uri)));

/** Charts refuse the network, whatever a specification asks for. */
const REFUSING_LOADER: vega.Loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };

const compiled = new Map<string, vega.Runtime>();

/** Our own chart of a look. */
export function builtInChart(look: ChartLook): vega.Runtime {
  const name = JSON.stringify(look);
  const runtime = compiled.get(name) ?? vega.parse(compile(chartSpec(look)).spec, undefined, { ast: true });
  compiled.set(name, runtime);
  return runtime;
}

/** One Vega view in an element. Expressions are interpreted (no `eval`), data is changed by change sets, and the view ends with `dispose`. */
export class VegaChart {
  readonly #view: vega.View;
  #running: Promise<unknown> = Promise.resolve();
  #disposed = false;

  /** @param logger what Vega has to say; without one its errors go to the console */
  constructor(runtime: vega.Runtime, container: HTMLElement, picture: ChartPicture, logger?: vega.LoggerInterface) {
    this.#view = new vega.View(runtime, {
      renderer: 'svg',
      container,
      hover: logger !== undefined,
      loader: REFUSING_LOADER,
      expr: expressionInterpreter,
      ...(logger === undefined ? { logLevel: vega.Error } : { logger }),
    });
    this.draw(picture);
  }

  /** Draws new data; one run of the view, however much changed. */
  draw(picture: ChartPicture): void {
    if (this.#disposed) {
      return;
    }
    if (picture.width !== undefined) {
      this.#view.width(picture.width);
    }
    if (picture.height !== undefined) {
      this.#view.height(picture.height);
    }
    this.patch(picture.data, picture.parameters);
  }

  /** Changes some data sets or parameters between two draws. */
  patch(data: ChartPicture['data'], parameters: ChartPicture['parameters'] = {}): void {
    if (this.#disposed) {
      return;
    }
    for (const [name, rows] of Object.entries(data)) {
      this.#view.change(
        name,
        vega
          .changeset()
          .remove(vega.truthy)
          .insert(rows.map((row) => ({ ...row }))),
      );
    }
    for (const [name, value] of Object.entries(parameters)) {
      this.#view.signal(name, value);
    }
    this.#run();
  }

  /** Settles when everything asked for so far is drawn. */
  drawn(): Promise<unknown> {
    return this.#running;
  }

  dispose(): void {
    this.#disposed = true;
    this.#view.finalize();
  }

  #run(): void {
    this.#running = this.#view.runAsync().catch((error: unknown) => {
      console.error('Streambook: the chart could not be drawn', error);
    });
  }
}
