/** Messages between the extension host and the process of one job (host "process"): those of the job (protocol.ts), and of V8's inspector, handed on. */
import type { JobFailure } from '../../engine/runtime/job.ts';
import type { Translations } from '../l10n/translations.ts';
import type { FromWorker, JobRequest } from './protocol.ts';

export type ToProcess =
  /** First message: start the job's thread with that file. */
  | { readonly type: 'begin'; readonly worker: string; readonly heapMegabytes: number; readonly translations: Translations }
  | { readonly type: 'job'; readonly message: JobRequest }
  /** A debugger holds the thread, or lets it go on. */
  | { readonly type: 'paused'; readonly paused: boolean }
  /** Attach V8's inspector to the job's thread; the answer is 'attached' or 'detached'. Once in a process. */
  | { readonly type: 'inspect' }
  | { readonly type: 'inspector'; readonly message: string }
  /** Let go of the thread, or do not attach any more; the answer is 'detached'. */
  | { readonly type: 'detach' };

export type FromProcess =
  | { readonly type: 'job'; readonly message: FromWorker }
  /** The job's thread is gone. The process waits to be ended. */
  | { readonly type: 'lost'; readonly failure: JobFailure }
  | { readonly type: 'attached' }
  | { readonly type: 'inspector'; readonly message: string }
  | { readonly type: 'detached'; readonly reason: string };
