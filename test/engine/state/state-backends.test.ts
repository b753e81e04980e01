import { MEMORY_STATE_BACKEND } from '../../../engine/testkit/memory-state-backend.ts';
import { STATE_BACKEND_CONFORMANCE } from '../../../engine/testkit/state-backend-conformance.ts';

describe('A state backend in memory', () => {
  for (const [name, check] of Object.entries(STATE_BACKEND_CONFORMANCE)) it(name, () => check(MEMORY_STATE_BACKEND));
});
