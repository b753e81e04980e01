import { compileFunction } from 'node:vm';
import * as l10n from '@vscode/l10n';
import type { StreamExecutionEnvironment } from '../../engine/api/environment.ts';
import { createCellScope } from '../../engine/cells.ts';
import type { JobProgram } from '../../engine/runtime/job.ts';
import { jobNameOf } from './job-name.ts';
import { createLocator, scriptName } from './locate.ts';
import type { CompiledProgram } from './types.ts';

/**
 * Makes a compiled program runnable. Each `evaluate` compiles and runs the code anew, so that no function, class or closure is shared
 * between two evaluations (rule 3). Does not throw: code that V8 refuses is reported by `evaluate`.
 */
export function loadProgram(compiled: CompiledProgram): JobProgram<StreamExecutionEnvironment> {
  const fileName = scriptName(compiled);
  return {
    name: compiled.jobName,
    evaluate(env) {
      const scope = createCellScope(env);
      const values = compiled.parameters.map((name) => (Object.hasOwn(scope, name) ? scope[name] : outsideScope(name)));
      const body = compileFunction(compiled.code, [...compiled.parameters], { filename: fileName });
      Reflect.apply(body, undefined, values);
    },
    locate: createLocator(fileName, compiled.cells),
    cellName: (index) => {
      const cell = compiled.cells[index];
      return cell === undefined ? null : jobNameOf(cell);
    },
  };
}

/** What the API takes over from the platform as it is (TextEncoder, for example), else something that explains itself when it is used. */
function outsideScope(name: string): unknown {
  return name in globalThis ? Reflect.get(globalThis, name) : missing(name);
}

/** Stands for a name of the API that this version declares but does not have: using it in any way explains that. */
function missing(name: string): unknown {
  // An arrow function could not stand for a class.
  function fail(): never {
    throw new TypeError(l10n.t('“{0}” is part of the API but not in this version of Streambook.', name));
  }
  return new Proxy(fail, { get: fail, apply: fail, construct: fail, has: fail });
}
