import { AbstractRichFunction } from '../api/rich-functions.ts';
import { methodOf, type UserFunction } from '../api/user-function.ts';
import type { OperatorContext } from '../runtime/operator.ts';

/** `open` and `close` of an operator's user functions, to be spread into its instance. */
export function lifecycleOf(functions: readonly UserFunction[], context: OperatorContext): { open(): void; close(): void } {
  return {
    open(): void {
      for (const { target } of functions) {
        AbstractRichFunction.attach(target, context.runtime);
        const open = typeof target === 'function' ? null : methodOf(target, 'open');
        if (!open) continue;
        try {
          open({ getRuntimeContext: () => context.runtime });
        } catch (error) {
          context.fail(error, undefined);
        }
      }
    },
    close(): void {
      for (const { target } of functions) {
        const close = typeof target === 'function' ? null : methodOf(target, 'close');
        if (!close) continue;
        try {
          close();
        } catch (error) {
          context.fail(error, undefined);
        }
      }
    },
  };
}
