/** A job's process from its source: a process gets no loader from the one that starts it. */
import { register } from 'tsx/esm/api';

register();
await import('../../../src/host/job-process.ts');
