import type { Debugger, Runtime } from 'node:inspector';
import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { HookRow, HookScope } from '../host/debug-hook.ts';
import { HOOK } from './conditions.ts';
import type { ShownFrame } from './stack.ts';
import type { V8Connection } from './v8.ts';
import { elementCount, isExpandable, PAGE_FUNCTION, remoteText } from './values.ts';

/** Objects that are looked at while the job is paused; they are let go together. */
const GROUP = 'streambook-pause';
/** Named properties of one value; elements of lists are paged instead. */
const MAX_PROPERTIES = 500;
/** Lists that are longer are paged by VS Code. */
const PAGE = 100;

/** What a variables reference stands for. */
type Container =
  | { readonly kind: 'scope'; readonly objectId: string; readonly call: Debugger.CallFrame; readonly scope: number }
  | { readonly kind: 'hook'; readonly scope: HookScope; readonly step: number }
  | { readonly kind: 'object'; readonly objectId: string; readonly elements: number };

interface Page {
  readonly start: number;
  readonly count: number;
}

/** Scopes and variables of a job that is paused. Everything is forgotten when it goes on. */
export class Variables {
  readonly #connection: V8Connection;
  readonly #containers: Container[] = [];
  #hook: Promise<string | null> | null = null;

  constructor(connection: V8Connection) {
    this.#connection = connection;
  }

  /** What was looked at is let go. Not awaited: the job may be gone. */
  release(): void {
    this.#containers.length = 0;
    this.#hook = null;
    this.#connection.send('Runtime.releaseObjectGroup', { objectGroup: GROUP }).catch(() => undefined);
  }

  /** The stream's own scopes first, then JavaScript's. */
  scopes({ call, step }: ShownFrame): readonly DebugProtocol.Scope[] {
    const hooked: readonly [string, HookScope][] = [
      [l10n.t('Record'), 'record'],
      [l10n.t('Key'), 'key'],
      [l10n.t('State'), 'state'],
    ];
    const own =
      step === null
        ? []
        : hooked.map(([name, scope]) => ({ name, variablesReference: this.#add({ kind: 'hook', scope, step }), expensive: false }));
    const shown = (call?.scopeChain ?? []).flatMap((scope, index) => {
      const { objectId } = scope.object;
      const name = scopeName(scope.type);
      if (call === null || objectId === undefined || name === null) return [];
      const variablesReference = this.#add({ kind: 'scope', objectId, call, scope: index });
      const isLocal = scope.type === 'local';
      return [{ name, variablesReference, expensive: false, ...(isLocal && { presentationHint: 'locals' }) }];
    });
    return [...own, ...shown];
  }

  /** Rejects when the reference is of an earlier pause. */
  async children({
    variablesReference,
    filter,
    start,
    count,
  }: DebugProtocol.VariablesArguments): Promise<readonly DebugProtocol.Variable[]> {
    const container = this.#container(variablesReference);
    switch (container.kind) {
      case 'hook':
        return await this.#hookRows(container.step, container.scope);
      case 'scope':
        return await this.#scopeVariables(container.objectId);
      case 'object': {
        const elements = container.elements > 0 && filter !== 'named';
        const page = { start: start ?? 0, count: count === undefined || count === 0 ? MAX_PROPERTIES : Math.min(count, MAX_PROPERTIES) };
        return await this.#properties(container.objectId, page, elements, container.elements);
      }
    }
  }

  /** Gives a variable of a JavaScript scope another value: of an expression in the frame. Rejects with why it cannot. */
  async set({ variablesReference, name, value }: DebugProtocol.SetVariableArguments): Promise<DebugProtocol.Variable> {
    const container = this.#container(variablesReference);
    if (container.kind !== 'scope') throw new Error(l10n.t('Only variables of the code can be set.'));
    const { callFrameId } = container.call;
    const { result, exceptionDetails } = await this.#connection.send('Debugger.evaluateOnCallFrame', {
      callFrameId,
      expression: `(${value}\n)`,
      objectGroup: GROUP,
      generatePreview: true,
    });
    if (exceptionDetails !== undefined) throw new Error(thrownText(exceptionDetails));
    const newValue = argumentOf(result);
    await this.#connection.send('Debugger.setVariableValue', { scopeNumber: container.scope, variableName: name, newValue, callFrameId });
    return this.variable(name, result);
  }

  /** The value of an expression in a frame. `quietly`: it must not have effects. Rejects with what it throws. */
  async evaluate(
    expression: string,
    { callFrameId }: Debugger.CallFrame,
    quietly: boolean,
    whole: boolean,
  ): Promise<DebugProtocol.Variable> {
    const { result, exceptionDetails } = await this.#connection.send('Debugger.evaluateOnCallFrame', {
      callFrameId,
      expression,
      objectGroup: GROUP,
      generatePreview: true,
      silent: true,
      throwOnSideEffect: quietly,
    });
    if (exceptionDetails !== undefined) throw new Error(thrownText(exceptionDetails));
    return { ...this.variable('', result), ...(whole && { value: remoteText(result, true) }) };
  }

  variable(name: string, value: Runtime.RemoteObject): DebugProtocol.Variable {
    const shown = { name, value: remoteText(value), type: value.className ?? value.type };
    if (!isExpandable(value) || value.objectId === undefined) return { ...shown, variablesReference: 0 };
    const elements = elementCount(value);
    const variablesReference = this.#add({ kind: 'object', objectId: value.objectId, elements });
    return { ...shown, variablesReference, ...(elements > PAGE && { indexedVariables: elements, namedVariables: 0 }) };
  }

  /** Calls a method of the worker's hook; gives plain data. */
  async ask<T>(method: 'where' | 'rows', ...args: readonly unknown[]): Promise<T> {
    const { result } = await this.#callHook(`function (...args) { return this.${method}(...args); }`, args, true);
    // SAFETY: what the hook gives, as plain data; callers name its type.
    return result.value as T;
  }

  async #hookRows(step: number, scope: HookScope): Promise<readonly DebugProtocol.Variable[]> {
    const names = `function (...args) { return this.rows(...args).map(({ name, text }) => ({ name, text })); }`;
    const values = `function (...args) { return this.rows(...args).map(({ value }) => value); }`;
    // SAFETY: the hook gives it, as plain data.
    const rows = (await this.#callHook(names, [step, scope], true)).result.value as readonly Omit<HookRow, 'value'>[];
    const { result } = await this.#callHook(values, [step, scope], false);
    const properties = result.objectId === undefined ? [] : await this.#describe(result.objectId);
    if (rows.length === 0) return [{ name: noRows(scope), value: '', variablesReference: 0, presentationHint: { kind: 'virtual' } }];
    return rows.map(({ name, text }, index) => {
      const value = properties.find((property) => property.name === String(index))?.value;
      return text !== null || value === undefined ? { name, value: text ?? '', variablesReference: 0 } : this.variable(name, value);
    });
  }

  async #scopeVariables(objectId: string): Promise<readonly DebugProtocol.Variable[]> {
    const properties = await this.#describe(objectId);
    return properties
      .slice(0, MAX_PROPERTIES)
      .map(({ name, value }) =>
        value === undefined ? { name, value: l10n.t('not initialized yet'), variablesReference: 0 } : this.variable(name, value),
      );
  }

  async #properties(
    objectId: string,
    { start, count }: Page,
    elements: boolean,
    total: number,
  ): Promise<readonly DebugProtocol.Variable[]> {
    const { result, exceptionDetails } = await this.#connection.send('Runtime.callFunctionOn', {
      objectId,
      functionDeclaration: PAGE_FUNCTION,
      arguments: [{ value: start }, { value: elements ? count : count + 1 }, { value: elements }],
      objectGroup: GROUP,
      silent: true,
    });
    if (exceptionDetails !== undefined || result.objectId === undefined) {
      return [{ name: l10n.t('error'), value: exceptionDetails === undefined ? '' : thrownText(exceptionDetails), variablesReference: 0 }];
    }
    const properties = await this.#describe(result.objectId);
    const shown = properties
      .slice(0, count)
      .map(({ name, value, get }) =>
        value === undefined
          ? { name, value: get === undefined ? '' : l10n.t('(getter)'), variablesReference: 0 }
          : this.variable(name, value),
      );
    const isMore = elements ? start + count < total && total <= PAGE : properties.length > count;
    return isMore ? [...shown, { name: '…', value: l10n.t('more are not shown'), variablesReference: 0 }] : shown;
  }

  async #describe(objectId: string): Promise<readonly Runtime.PropertyDescriptor[]> {
    const { result } = await this.#connection.send('Runtime.getProperties', { objectId, ownProperties: true, generatePreview: true });
    return result.filter(({ name, enumerable, isOwn }) => isOwn !== false && (enumerable || !isArrayLength(name)));
  }

  async #callHook(
    functionDeclaration: string,
    args: readonly unknown[],
    returnByValue: boolean,
  ): Promise<Runtime.CallFunctionOnReturnType> {
    this.#hook ??= this.#connection
      .send('Runtime.evaluate', { expression: HOOK, objectGroup: GROUP })
      .then(({ result }) => result.objectId ?? null);
    const objectId = await this.#hook;
    if (objectId === null) throw new Error('The job has no debugging hook.');
    const called = {
      objectId,
      functionDeclaration,
      arguments: args.map((value) => ({ value })),
      objectGroup: GROUP,
      returnByValue,
      silent: true,
    };
    return await this.#connection.send('Runtime.callFunctionOn', called);
  }

  #add(container: Container): number {
    return this.#containers.push(container);
  }

  #container(reference: number): Container {
    const container = this.#containers[reference - 1];
    if (container === undefined) throw new Error(l10n.t('The job has gone on.'));
    return container;
  }
}

/** A value as V8 takes it back. */
function argumentOf({ objectId, unserializableValue, value }: Runtime.RemoteObject): Runtime.CallArgument {
  if (objectId !== undefined) return { objectId };
  if (unserializableValue !== undefined) return { unserializableValue };
  const plain: unknown = value;
  return { value: plain };
}

function isArrayLength(name: string): boolean {
  return name === 'length';
}

/** Null for a scope that has nothing of the cells. */
function scopeName(type: string): string | null {
  switch (type) {
    case 'local':
      return l10n.t('Local');
    case 'block':
      return l10n.t('Block');
    case 'catch':
      return l10n.t('Catch Block');
    case 'closure':
      return l10n.t('Closure');
    default:
      return null;
  }
}

function noRows(scope: HookScope): string {
  switch (scope) {
    case 'record':
      return l10n.t('no record');
    case 'key':
      return l10n.t('no key here');
    case 'state':
      return l10n.t('no state of a key here');
  }
}

/** What was thrown, in one line. */
export function thrownText({ text, exception }: Runtime.ExceptionDetails): string {
  return exception?.description?.split('\n')[0] ?? (exception === undefined ? text : remoteText(exception));
}
