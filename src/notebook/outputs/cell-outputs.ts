import { applyDelta } from '../../output/delta.ts';
import type { OutputDelta, OutputError, OutputState, RunPhase } from '../../output/types.ts';
import type { Execution, Log, RendererChannel } from '../../platform/ports.ts';
import { PROTOCOL_VERSION } from '../../renderer/protocol.ts';
import { errorState } from '../../output/error-state.ts';
import { outputContent, withPhase } from './output-states.ts';

/** The newest state of each output of a cell, on its ways to the renderers and into the notebook. */
export class CellOutputs {
  readonly #cell: string;
  readonly #channel: RendererChannel;
  readonly #log: Log;
  #states: readonly OutputState[] = [];
  /** False while the states are still those of the run before. */
  #isOfThisRun = false;

  constructor(cell: string, channel: RendererChannel, log: Log) {
    this.#cell = cell;
    this.#channel = channel;
    this.#log = log;
  }

  /** In the order in which they are shown. */
  get states(): readonly OutputState[] {
    return this.#states;
  }

  /** A run begins. The outputs of the one before stay until it has its own. */
  beginRun(): void {
    this.#isOfThisRun = false;
  }

  /** The run has these outputs from now on. */
  replace(states: readonly OutputState[]): void {
    this.#states = states;
    this.#isOfThisRun = true;
  }

  /** Outputs of an earlier session. */
  restore(states: readonly OutputState[]): void {
    this.#states = states;
  }

  /** Takes changes over and hands them on to the renderers. */
  apply(deltas: readonly OutputDelta[]): void {
    const byId = new Map(deltas.map((delta) => [delta.id, delta]));
    this.#states = this.#states.map((state) => {
      const delta = byId.get(state.id);
      if (delta === undefined) {
        return state;
      }
      this.#channel.post({ version: PROTOCOL_VERSION, type: 'delta', delta });
      const next = applyDelta(state, delta);
      if (next === null) {
        this.#log.warn(`A change of output ${state.id} does not follow the one before it`);
      }
      return next ?? state;
    });
  }

  /** Gives the outputs of this run another phase. */
  setPhase(phase: RunPhase): void {
    if (this.#isOfThisRun) {
      this.#states = this.#states.map((state) => withPhase(state, phase));
    }
  }

  /** Marks every output of this run as failed; makes one, with that title, when there is none. */
  fail(error: OutputError, title: string): void {
    this.replace(
      this.#isOfThisRun
        ? this.#states.map((state): OutputState => ({ ...withPhase(state, 'failed'), error, ghosts: [] }))
        : [errorState(`${this.#cell}/error`, title, 'failed', error)],
    );
    this.show();
  }

  /** Shows the outputs of this run as a whole in the renderers that are open. */
  show(): void {
    for (const state of this.#isOfThisRun ? this.#states : []) {
      this.#channel.post({ version: PROTOCOL_VERSION, type: 'state', state });
    }
  }

  /** Writes the outputs into the notebook's output items: rarely, because they cross processes as a whole. */
  async write(execution: Execution | null): Promise<void> {
    try {
      await execution?.replaceOutputs(this.#states.map(outputContent));
    } catch (error) {
      this.#log.warn(`The outputs of ${this.#cell} could not be written: ${String(error)}`);
    }
  }
}
