import type { Debugger } from 'node:inspector';
import { type HookState, LOG_BINDING } from '../host/debug-hook.ts';
import { scriptName } from '../program/locate.ts';
import type { CompiledProgram } from '../program/types.ts';
import { mapProgram, type ProgramMap } from './program-map.ts';
import { type ShownFrame, shownFrames } from './stack.ts';
import type { V8Connection, V8Event } from './v8.ts';
import { Variables } from './variables.ts';

/** Where and why the job stands still. */
export interface Stop {
  readonly frames: readonly ShownFrame[];
  readonly cause: 'breakpoint' | 'exception' | 'pause' | 'step';
  /** V8's ids of the breakpoints. */
  readonly breakpoints: readonly string[];
}

/** What is told of a worker under V8's debugger. */
export interface AttachmentListener {
  /** V8 holds the worker, or lets it go: also in passing, where nobody wants to stop. */
  onHeld(held: boolean): void;
  /** The job stands still, for the user to look; null = it goes on. */
  onStop(stop: Stop | null): void;
  onLog(line: string): void;
  onError(error: unknown): void;
}

/** A job's worker under V8's debugger: stops only in code of cells. */
export class Attachment {
  readonly connection: V8Connection;
  readonly map: ProgramMap;
  readonly variables: Variables;
  readonly #listener: AttachmentListener;
  /** V8's ids of the program's code, which is compiled for every evaluation. */
  readonly #scripts = new Set<string>();
  /** The user wants to see where the job is. */
  #isHalting = false;
  #isOver = false;

  private constructor(connection: V8Connection, map: ProgramMap, listener: AttachmentListener) {
    this.connection = connection;
    this.map = map;
    this.variables = new Variables(connection);
    this.#listener = listener;
  }

  /** Before the program is evaluated. Rejects when V8 cannot debug it. */
  static async create(connection: V8Connection, program: CompiledProgram, listener: AttachmentListener): Promise<Attachment> {
    await connection.send('Debugger.enable', {});
    await connection.send('Runtime.enable', {});
    await connection.send('Runtime.addBinding', { name: LOG_BINDING });
    const attachment = new Attachment(connection, await mapProgram(connection, program), listener);
    connection.onEvent((event) => attachment.#onEvent(event, scriptName(program)));
    await attachment.#passOverEngine();
    return attachment;
  }

  /** V8 drops a wish to pause that it meets in code it has to pass over: so it pauses there, and goes on to the next function of a cell. */
  async halt(): Promise<void> {
    this.#isHalting = true;
    await this.connection.send('Debugger.setBlackboxPatterns', { patterns: [] });
    await this.connection.send('Debugger.pause', {});
  }

  /** Lets the worker go on for good. Settles when it does. */
  async close(): Promise<void> {
    this.#isOver = true;
    await this.connection.close();
    this.#listener.onHeld(false);
  }

  async #passOverEngine(): Promise<void> {
    const url = this.map.url.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    await this.connection.send('Debugger.setBlackboxPatterns', { patterns: [`^(?!${url}$)`] });
  }

  #onEvent(event: V8Event, url: string): void {
    switch (event.method) {
      case 'Debugger.scriptParsed':
        // Call frames do not say the name of code that was compiled as a function.
        if (event.params.url === url) this.#scripts.add(event.params.scriptId);
        break;
      case 'Debugger.paused':
        this.#listener.onHeld(true);
        this.#onPaused(event.params).catch((error: unknown) => this.#isOver || this.#listener.onError(error));
        break;
      case 'Debugger.resumed':
        this.#listener.onStop(null);
        this.#listener.onHeld(false);
        break;
      case 'Runtime.bindingCalled':
        if (event.params.name === LOG_BINDING) this.#listener.onLog(event.params.payload);
    }
  }

  async #onPaused({ callFrames, reason, hitBreakpoints = [] }: Debugger.PausedEventDataType): Promise<void> {
    const isHalting = this.#isHalting;
    if (isHalting) {
      await this.#passOverEngine();
      if (!this.#scripts.has(callFrames[0]?.location.scriptId ?? '')) {
        await this.connection.send('Debugger.stepInto', {});
        return;
      }
      this.#isHalting = false;
    }
    const state = await this.variables.ask<HookState>('where');
    if (state.evaluation !== null && state.evaluation > 1) {
      // The cells' own statements run again for every operator: nobody wants to step through that.
      await this.connection.send('Debugger.stepOut', {});
      return;
    }
    if (this.#isOver) return;
    const isError = reason === 'exception' || reason === 'promiseRejection';
    this.#listener.onStop({
      frames: shownFrames(callFrames, this.#scripts, state, this.map),
      cause: hitBreakpoints.length > 0 ? 'breakpoint' : isError ? 'exception' : isHalting ? 'pause' : 'step',
      breakpoints: hitBreakpoints,
    });
  }
}
