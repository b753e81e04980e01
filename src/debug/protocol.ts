import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';

/** One thread: the engine runs a job in one. */
export const THREAD_ID = 1;

/** Name of the filter for errors that are thrown in cells. */
export const ALL_ERRORS = 'all';

/** Body of a response; null without one. */
export type Answer = Record<string, unknown> | null;

/** The requests of VS Code that a session answers, with what comes with them. */
export interface Requests {
  readonly initialize: DebugProtocol.InitializeRequestArguments;
  readonly launch: { readonly cell?: unknown };
  readonly setBreakpoints: DebugProtocol.SetBreakpointsArguments;
  readonly setExceptionBreakpoints: DebugProtocol.SetExceptionBreakpointsArguments;
  readonly breakpointLocations: DebugProtocol.BreakpointLocationsArguments;
  readonly configurationDone: unknown;
  readonly threads: unknown;
  readonly stackTrace: DebugProtocol.StackTraceArguments;
  readonly scopes: DebugProtocol.ScopesArguments;
  readonly variables: DebugProtocol.VariablesArguments;
  readonly setVariable: DebugProtocol.SetVariableArguments;
  readonly evaluate: DebugProtocol.EvaluateArguments;
  readonly continue: unknown;
  readonly next: unknown;
  readonly stepIn: unknown;
  readonly stepOut: unknown;
  readonly pause: unknown;
  readonly terminate: unknown;
  readonly disconnect: DebugProtocol.DisconnectArguments | undefined;
}

export type Handlers = { readonly [C in keyof Requests]: (args: Requests[C]) => Promise<Answer> | Answer };

/** Answers a request. Throws, or rejects, with why it cannot be answered. */
export function answer(handlers: Handlers, { command, arguments: args }: DebugProtocol.Request): Promise<Answer> | Answer {
  if (!Object.hasOwn(handlers, command)) throw new Error(`“${command}” is not supported.`);
  // SAFETY: it is one of them, and VS Code sends the arguments that the protocol has for it.
  const handler = handlers[command as keyof Requests] as (args: unknown) => Promise<Answer> | Answer;
  return handler(args);
}

/** What a session can do, for VS Code. */
export function capabilities(): DebugProtocol.Capabilities & Record<string, unknown> {
  return {
    supportsConfigurationDoneRequest: true,
    supportsConditionalBreakpoints: true,
    supportsHitConditionalBreakpoints: true,
    supportsLogPoints: true,
    supportsBreakpointLocationsRequest: true,
    supportsEvaluateForHovers: true,
    supportsClipboardContext: true,
    supportsSetVariable: true,
    supportsTerminateRequest: true,
    supportTerminateDebuggee: true,
    exceptionBreakpointFilters: [
      {
        filter: ALL_ERRORS,
        label: l10n.t('Errors thrown in cells'),
        description: l10n.t('Stops where code of a cell throws an error, also when the code catches it itself.'),
        default: false,
      },
    ],
  };
}
