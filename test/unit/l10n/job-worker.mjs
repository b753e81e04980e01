/** The job worker from its source: a thread gets no loader from the one that starts it. */
import { register } from 'tsx/esm/api';

register();
await import('../../../src/host/job-worker.ts');
