import type { DebugProtocol } from '@vscode/debugprotocol';
import { DebugSession, type RunDebugger, type SessionPorts } from '../../src/debug/session.ts';
import type { Job } from '../../src/debug/debugged-job.ts';
import { JobClient, type JobListener } from '../../src/host/job-client.ts';
import type { JobFailure } from '../../engine/runtime/job.ts';
import { applyDelta } from '../../src/output/delta.ts';
import type { OutputState } from '../../src/output/types.ts';
import type { CellSource } from '../../src/program/types.ts';
import { type Host, JobBundles } from '../unit/host/real-jobs.ts';
import { programOf } from '../unit/program/compiling.ts';

type Event = DebugProtocol.Event & { readonly body?: Record<string, unknown> };

/** VS Code's end of a debug session. Events come in order; each is taken once. */
export class DapClient {
  readonly session: DebugSession;
  readonly events: Event[] = [];
  readonly #waiting: { readonly wanted: string; readonly resolve: (event: Event) => void }[] = [];
  readonly #pending = new Map<number, (response: DebugProtocol.Response) => void>();
  #seq = 1;

  constructor(ports: SessionPorts) {
    this.session = new DebugSession(ports, (message) => {
      if (message.type === 'response') {
        const response = message as DebugProtocol.Response;
        this.#pending.get(response.request_seq)?.(response);
        return;
      }
      const event = message as Event;
      const at = this.#waiting.findIndex(({ wanted }) => wanted === event.event);
      if (at < 0) this.events.push(event);
      else this.#waiting.splice(at, 1)[0]?.resolve(event);
    });
  }

  response(command: string, args: object = {}): Promise<DebugProtocol.Response> {
    const seq = this.#seq++;
    return new Promise((resolve) => {
      this.#pending.set(seq, resolve);
      void this.session.handle({ seq, type: 'request', command, arguments: args } as DebugProtocol.Request);
    });
  }

  /** The body of a successful response. */
  async request<T = Record<string, unknown>>(command: string, args: object = {}): Promise<T> {
    const response = await this.response(command, args);
    if (!response.success) throw new Error(`${command}: ${response.message ?? ''}`);
    return response.body as T;
  }

  /** The next event of that name, which may have come already. */
  event(wanted: string): Promise<Event> {
    const at = this.events.findIndex(({ event }) => event === wanted);
    const [come] = at < 0 ? [] : this.events.splice(at, 1);
    return come === undefined ? new Promise((resolve) => this.#waiting.push({ wanted, resolve })) : Promise.resolve(come);
  }

  async stack(): Promise<readonly DebugProtocol.StackFrame[]> {
    return (await this.request<DebugProtocol.StackTraceResponse['body']>('stackTrace', { threadId: 1 })).stackFrames;
  }

  async variables(variablesReference: number, page: object = {}): Promise<readonly DebugProtocol.Variable[]> {
    return (await this.request<DebugProtocol.VariablesResponse['body']>('variables', { variablesReference, ...page })).variables;
  }

  /** The variables of a scope of a frame, by name. */
  async scope(frameId: number, name: string): Promise<Readonly<Record<string, string>>> {
    return Object.fromEntries((await this.scopeVariables(frameId, name)).map((variable) => [variable.name, variable.value]));
  }

  async scopeVariables(frameId: number, name: string): Promise<readonly DebugProtocol.Variable[]> {
    const { scopes } = await this.request<DebugProtocol.ScopesResponse['body']>('scopes', { frameId });
    const scope = scopes.find((candidate) => candidate.name === name);
    if (scope === undefined) throw new Error(`There is no scope ${name} among ${scopes.map((other) => other.name).join(', ')}`);
    return await this.variables(scope.variablesReference);
  }
}

/** A job in a real worker, under the real debugger. */
export interface Debugged extends DapClient {
  readonly job: {
    ended: Promise<{ readonly phase: string; readonly failure: JobFailure | null }>;
    silent: number;
    client: JobClient | null;
    /** The job as its run sees it. */
    debugged: Job | null;
    /** Settles when the pipeline runs. */
    started: Promise<void>;
    /** A second has passed for the watchdog. */
    tick: () => void;
    rows: () => Promise<OutputState['rows']>;
  };
}

const bundles = await JobBundles.make();

after(() => bundles.folder.remove());

/** A session over the cells, the last of which is debugged; `begin` sets breakpoints and starts it. */
export function debugSession(
  cells: readonly CellSource[],
  settings: Readonly<Record<string, string>> = {},
  host: Host = 'worker',
): Debugged {
  let outputs: readonly OutputState[] = [];
  let begun: () => void = () => undefined;
  let end: (result: { phase: string; failure: JobFailure | null }) => void = () => undefined;
  const job: Debugged['job'] = {
    ended: new Promise((resolve) => {
      end = resolve;
    }),
    silent: 0,
    client: null,
    debugged: null,
    started: new Promise((resolve) => {
      begun = resolve;
    }),
    tick: () => undefined,
    rows: () => Promise.resolve(outputs.flatMap(({ rows }) => rows)),
  };
  const run = (cell: string, debug: RunDebugger): string | null => {
    const over = (phase: string, failure: JobFailure | null): void => {
      end({ phase, failure });
      debug.onEnd();
    };
    const listener: JobListener = {
      onOutputs: (states) => {
        outputs = states;
      },
      onDeltas: (deltas) => {
        outputs = outputs.map((state) => {
          const delta = deltas.find(({ id }) => id === state.id);
          return delta === undefined ? state : (applyDelta(state, delta) ?? state);
        });
      },
      onStarted: begun,
      onCheckpoint: () => undefined,
      onException: () => undefined,
      onRewound: () => undefined,
      onEnded: (phase, failure) => over(phase, failure),
      onLost: (failure) => over('lost', failure),
      onSilent: () => job.silent++,
      onResponsive: () => undefined,
    };
    const worker = bundles.start(host);
    const client = new JobClient(worker, listener, {
      every: (_ms, tick) => {
        job.tick = tick;
        return () => undefined;
      },
    });
    job.client = client;
    const debugged = debug.attach(client, client);
    job.debugged = debugged;
    const program = programOf(cells, cell);
    debugged.start({
      program,
      baseDirectory: '.',
      pace: { kind: 'full' },
      outputPrefix: cell,
      settings,
      checkpoints: null,
      recording: null,
      replay: null,
    });
    return null;
  };
  const dap = new DapClient({
    run,
    stop: () => void job.debugged?.stop(),
    title: (cell) => cell,
    text: (cell) => cells.find(({ id }) => id === cell)?.text ?? null,
    onPaused: () => undefined,
    warn: (message) => {
      throw new Error(message);
    },
  });
  return Object.assign(dap, { job });
}

/** From the first message to the running job; gives the breakpoints as they are when the cell was compiled. */
export async function begin(
  dap: Debugged,
  cell: string,
  breakpoints: Readonly<Record<string, readonly DebugProtocol.SourceBreakpoint[]>>,
  filters: readonly string[] = [],
): Promise<readonly DebugProtocol.Breakpoint[]> {
  await dap.request('initialize', { adapterID: 'streambook' });
  await dap.event('initialized');
  await dap.request('launch', { cell });
  let count = 0;
  for (const [path, wanted] of Object.entries(breakpoints)) {
    count += wanted.length;
    await dap.request('setBreakpoints', { source: { path }, breakpoints: wanted });
  }
  await dap.request('setExceptionBreakpoints', { filters });
  await dap.request('configurationDone');
  const bound: DebugProtocol.Breakpoint[] = [];
  while (bound.length < count) bound.push((await dap.event('breakpoint')).body?.['breakpoint'] as DebugProtocol.Breakpoint);
  return bound;
}
