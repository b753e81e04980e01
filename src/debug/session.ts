import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { InspectorPort } from '../host/job-port.ts';
import type { CompiledProgram } from '../program/types.ts';
import { Attachment, type Stop } from './attachment.ts';
import { Breakpoints } from './breakpoints.ts';
import { debuggedJob, type Job, type JobDebugger } from './debugged-job.ts';
import { ALL_ERRORS, answer, type Answer, capabilities, type Handlers, type Requests, THREAD_ID } from './protocol.ts';
import type { ShownFrame } from './stack.ts';
import { InspectorConnection } from './v8-connection.ts';

/** The host's end of the job that is debugged. */
export interface DebuggedHost {
  inspect(signal: AbortSignal): Promise<InspectorPort>;
  setPaused(paused: boolean): void;
  beforeTermination(letGo: () => Promise<void>): void;
}

/** A debugger that takes part in the run of a cell. */
export interface RunDebugger {
  /** The job stands still in the debugger. */
  readonly paused: boolean;
  /** The run has a worker: gives the job as the run is to use it. */
  attach(job: Job, host: DebuggedHost): Job;
  /** The run is over, also when it never had a worker. */
  onEnd(): void;
}

/** What a session needs of the notebook and of V8. */
export interface SessionPorts {
  /** Starts a run of the cell; gives why it cannot, or null. */
  run(cell: string, debug: RunDebugger): string | null;
  /** Stops the run; the second time its job is killed. */
  stop(cell: string): void;
  /** What users call the cell. */
  title(cell: string): string;
  /** The cell's text now; null when it is gone. */
  text(cell: string): string | null;
  /** The job was stopped, or goes on. */
  onPaused(cell: string): void;
  warn(message: string): void;
}

/** One debug session: VS Code's debugging protocol on one side, the run of a cell and V8's debugger on its worker on the other. */
export class DebugSession implements RunDebugger, JobDebugger {
  readonly #ports: SessionPorts;
  readonly #send: (message: DebugProtocol.ProtocolMessage) => void;
  readonly #breakpoints: Breakpoints;
  readonly #abort = new AbortController();
  readonly #configured: Promise<void>;
  #configure: () => void = () => undefined;
  #cell: string | null = null;
  #host: DebuggedHost | null = null;
  /** Settles when V8 has let go of the worker. */
  #released: Promise<void> = Promise.resolve();
  /** From the worker's start on, until it is let go. */
  #attachment: Attachment | null = null;
  #stop: Stop | null = null;
  #exceptions: 'none' | 'all' = 'none';
  #isOver = false;
  #nextSeq = 1;

  constructor(ports: SessionPorts, send: (message: DebugProtocol.ProtocolMessage) => void) {
    this.#ports = ports;
    this.#send = send;
    this.#breakpoints = new Breakpoints((breakpoint) => this.#event('breakpoint', { reason: 'changed', breakpoint }));
    this.#configured = new Promise((resolve) => {
      this.#configure = resolve;
    });
  }

  // ── VS Code's side

  /** Handles a message of VS Code; what goes wrong is the response. */
  async handle(message: DebugProtocol.ProtocolMessage): Promise<void> {
    if (message.type !== 'request') return;
    // SAFETY: the type of the message says so.
    const request = message as DebugProtocol.Request;
    const response = { type: 'response', request_seq: request.seq, command: request.command };
    try {
      const body = await answer(this.#handlers, request);
      this.#post({ ...response, success: true, ...(body && { body }) });
      if (request.command === 'initialize') this.#event('initialized');
    } catch (error) {
      this.#post({ ...response, success: false, message: error instanceof Error ? error.message : String(error) });
    }
  }

  /** VS Code has ended the session: a job that runs on is let go. */
  dispose(): void {
    this.#letGo();
  }

  readonly #handlers: Handlers = {
    initialize: () => capabilities(),
    launch: (args) => this.#launch(args),
    setBreakpoints: async ({ source, breakpoints }) => ({ breakpoints: await this.#breakpoints.set(source.path ?? '', breakpoints ?? []) }),
    setExceptionBreakpoints: async ({ filters }) => {
      this.#exceptions = filters.includes(ALL_ERRORS) ? 'all' : 'none';
      await this.#attachment?.connection.send('Debugger.setPauseOnExceptions', { state: this.#exceptions });
      return null;
    },
    breakpointLocations: ({ source, line, endLine }) => {
      const stops = this.#attachment?.map.stopsIn(source.path ?? '', line, endLine ?? line) ?? [];
      return { breakpoints: stops.map((stop) => ({ line: stop.line, column: stop.column })) };
    },
    configurationDone: () => {
      this.#configure();
      return null;
    },
    threads: () => ({
      threads: [{ id: THREAD_ID, name: this.#cell === null ? '' : l10n.t('Cell {0}', this.#ports.title(this.#cell)) }],
    }),
    stackTrace: ({ startFrame = 0, levels = 0 }) => {
      const frames = this.#stop?.frames ?? [];
      const shown = frames.slice(startFrame, levels === 0 ? undefined : startFrame + levels);
      return { stackFrames: shown.map(({ frame }) => frame), totalFrames: frames.length };
    },
    scopes: ({ frameId }) => ({ scopes: this.#stopped().variables.scopes(this.#frame(frameId)) }),
    variables: async (args) => ({ variables: await this.#stopped().variables.children(args) }),
    setVariable: async (args) => {
      const { name: _name, ...variable } = await this.#stopped().variables.set(args);
      return variable;
    },
    evaluate: (args) => this.#evaluate(args),
    continue: () => this.#go('Debugger.resume', { allThreadsContinued: true }),
    next: () => this.#go('Debugger.stepOver'),
    stepIn: () => this.#go('Debugger.stepInto'),
    stepOut: () => this.#go('Debugger.stepOut'),
    pause: async () => {
      if (this.#attachment === null) throw new Error(l10n.t('The job does not run yet.'));
      if (!this.paused) await this.#attachment.halt();
      return null;
    },
    terminate: () => this.#end(),
    disconnect: async (args) => {
      if (args?.terminateDebuggee !== false) return this.#end();
      await this.release();
      return null;
    },
  };

  #launch({ cell }: Requests['launch']): Answer {
    if (typeof cell !== 'string') throw new Error(l10n.t('The configuration names no cell.'));
    this.#cell = cell;
    const refused = this.#ports.run(cell, this);
    if (refused !== null) throw new Error(refused);
    if (this.#isOver) throw new Error(l10n.t('The cell cannot be run now. Choose Streambook as the kernel of the notebook and try again.'));
    return null;
  }

  async #evaluate({ expression, frameId, context }: Requests['evaluate']): Promise<Answer> {
    const { variables } = this.#stopped();
    const call = frameId === undefined ? null : this.#frame(frameId).call;
    if (call === null) throw new Error(l10n.t('Choose a frame with code of a cell in the call stack.'));
    const quietly = context === 'hover' || context === 'watch';
    const { value, name: _name, ...variable } = await variables.evaluate(expression, call, quietly, context === 'clipboard');
    return { result: value, ...variable };
  }

  #stopped(): Attachment {
    if (this.#attachment === null || this.#stop === null) throw new Error(l10n.t('The job is not paused.'));
    return this.#attachment;
  }

  #frame(id: number): ShownFrame {
    const frame = this.#stop?.frames[id - 1];
    if (frame === undefined) throw new Error(l10n.t('The job has gone on.'));
    return frame;
  }

  async #go(how: 'Debugger.resume' | 'Debugger.stepOver' | 'Debugger.stepInto' | 'Debugger.stepOut', body: Answer = null): Promise<Answer> {
    const { variables, connection } = this.#stopped();
    variables.release();
    this.#setStop(null);
    await connection.send(how, {});
    return body;
  }

  #end(): Answer {
    if (this.#cell !== null && !this.#isOver) this.#ports.stop(this.#cell);
    return null;
  }

  // ── The run's side

  get paused(): boolean {
    return this.#stop !== null;
  }

  attach(job: Job, host: DebuggedHost): Job {
    this.#host = host;
    host.beforeTermination(() => this.release());
    return debuggedJob(job, this);
  }

  async prepare(program: CompiledProgram): Promise<void> {
    if (this.#host === null) throw new Error('not attached');
    const connection = new InspectorConnection(await this.#host.inspect(this.#abort.signal));
    const attachment = await Attachment.create(connection, program, {
      onHeld: (held) => this.#host?.setPaused(held),
      onStop: (stop) => this.#onStop(stop),
      onLog: (line) => this.say(line),
      onError: (error) => this.#ports.warn(`The debugger: ${String(error)}`),
    });
    if (this.#abort.signal.aborted) {
      await attachment.close();
      throw new Error('aborted');
    }
    this.#attachment = attachment;
    await this.#configured;
    const { map } = attachment;
    await connection.send('Debugger.setPauseOnExceptions', { state: this.#exceptions });
    const texts = new Map(program.cells.map(({ id, text }) => [id, text]));
    await this.#breakpoints.attach({ connection, map, isCurrent: (cell) => texts.get(cell) === this.#ports.text(cell) });
  }

  async release(): Promise<void> {
    const attachment = this.#attachment;
    this.#attachment = null;
    this.#setStop(null);
    this.#abort.abort();
    // A job that waits for its breakpoints need not wait for them any more.
    this.#configure();
    if (attachment !== null) this.#released = attachment.close();
    await this.#released;
  }

  say(text: string): void {
    this.#event('output', { category: 'console', output: `${text}\n` });
  }

  onEnd(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#letGo();
    this.#event('terminated');
  }

  #letGo(): void {
    this.release().catch((error: unknown) => this.#ports.warn(String(error)));
  }

  #onStop(stop: Stop | null): void {
    this.#setStop(stop);
    if (stop === null) return;
    const ids = this.#breakpoints.hit(stop.breakpoints);
    this.#event('stopped', {
      reason: stop.cause,
      threadId: THREAD_ID,
      allThreadsStopped: true,
      ...(ids.length > 0 && { hitBreakpointIds: ids }),
    });
  }

  #setStop(stop: Stop | null): void {
    if (stop === this.#stop) return;
    this.#stop = stop;
    if (this.#cell !== null) this.#ports.onPaused(this.#cell);
  }

  #event(event: string, body?: Record<string, unknown>): void {
    this.#post({ type: 'event', event, ...(body && { body }) });
  }

  #post(message: Record<string, unknown> & { type: string }): void {
    this.#send({ seq: this.#nextSeq++, ...message });
  }
}
