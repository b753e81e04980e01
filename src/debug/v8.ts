import type { Debugger, Runtime } from 'node:inspector';

/** The part of V8's debugging protocol that is used, by method: parameters and result. */
export interface V8Methods {
  'Debugger.enable': { params: Record<string, never>; result: unknown };
  'Debugger.evaluateOnCallFrame': {
    params: Debugger.EvaluateOnCallFrameParameterType & { throwOnSideEffect?: boolean };
    result: Debugger.EvaluateOnCallFrameReturnType;
  };
  'Debugger.getPossibleBreakpoints': {
    params: Debugger.GetPossibleBreakpointsParameterType;
    result: Debugger.GetPossibleBreakpointsReturnType;
  };
  'Debugger.pause': { params: Record<string, never>; result: unknown };
  'Debugger.removeBreakpoint': { params: Debugger.RemoveBreakpointParameterType; result: unknown };
  'Debugger.resume': { params: Record<string, never>; result: unknown };
  'Debugger.setBlackboxPatterns': { params: Debugger.SetBlackboxPatternsParameterType; result: unknown };
  'Debugger.setBreakpointByUrl': { params: Debugger.SetBreakpointByUrlParameterType; result: Debugger.SetBreakpointByUrlReturnType };
  'Debugger.setPauseOnExceptions': { params: Debugger.SetPauseOnExceptionsParameterType; result: unknown };
  'Debugger.setSkipAllPauses': { params: Debugger.SetSkipAllPausesParameterType; result: unknown };
  'Debugger.setVariableValue': { params: Debugger.SetVariableValueParameterType; result: unknown };
  'Debugger.stepInto': { params: Record<string, never>; result: unknown };
  'Debugger.stepOut': { params: Record<string, never>; result: unknown };
  'Debugger.stepOver': { params: Record<string, never>; result: unknown };
  'Runtime.addBinding': { params: { name: string }; result: unknown };
  'Runtime.callFunctionOn': { params: Runtime.CallFunctionOnParameterType; result: Runtime.CallFunctionOnReturnType };
  'Runtime.compileScript': { params: Runtime.CompileScriptParameterType; result: Runtime.CompileScriptReturnType };
  'Runtime.enable': { params: Record<string, never>; result: unknown };
  'Runtime.evaluate': { params: Runtime.EvaluateParameterType; result: Runtime.EvaluateReturnType };
  'Runtime.getProperties': { params: Runtime.GetPropertiesParameterType; result: Runtime.GetPropertiesReturnType };
  'Runtime.releaseObjectGroup': { params: Runtime.ReleaseObjectGroupParameterType; result: unknown };
}

/** What V8 tells on its own, as far as it is heard. */
export type V8Event =
  | { readonly method: 'Debugger.paused'; readonly params: Debugger.PausedEventDataType }
  | { readonly method: 'Debugger.resumed'; readonly params: unknown }
  | { readonly method: 'Debugger.scriptParsed'; readonly params: Debugger.ScriptParsedEventDataType }
  | { readonly method: 'Runtime.bindingCalled'; readonly params: { readonly name: string; readonly payload: string } };

/** V8's debugger on one worker thread, from the main thread: it answers also while the worker is paused. */
export interface V8Connection {
  /** Rejects with V8's reason, or when the connection is closed. */
  send<M extends keyof V8Methods>(method: M, params: V8Methods[M]['params']): Promise<V8Methods[M]['result']>;
  onEvent(listener: (event: V8Event) => void): void;
  /** Lets the worker go on without a debugger, however it stands. Settles when it does. */
  close(): Promise<void>;
}
