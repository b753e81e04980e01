import { tmpdir } from 'node:os';
import path from 'node:path';
import { nodeStateBackends } from '../../engine/node/state/node-state-backends.ts';
import type { StateBackends } from '../../engine/runtime/state-stores.ts';

/**
 * The state backends of a job. `directory`: that of its checkpoints, beside which its stores are, so that large state is not on a disk in memory, as the
 * system's folder for temporary files may be; null where there is none.
 */
export function stateBackends(directory: string | null): StateBackends {
  // Where the bundles are, each beside the others.
  const thread = new URL('./state-thread.cjs', import.meta.url);
  return nodeStateBackends(thread, directory === null ? path.join(tmpdir(), 'streambook-working') : path.join(directory, 'working'));
}
