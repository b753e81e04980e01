/** Why a worker is gone that nobody has ended, in words. */
import * as l10n from '@vscode/l10n';
import type { JobFailure } from '../../engine/runtime/job.ts';
import { plainFailure } from '../../engine/runtime/plain-failure.ts';
import { failureOfError } from './failures.ts';

/** Name of the error of a job that used up its memory. */
const OUT_OF_MEMORY = 'OutOfMemoryError';

/** What V8 writes before it ends a process that has no memory left. */
const V8_OUT_OF_MEMORY = /out of memory|heap limit/i;

/** What it writes when an array or a map has to be made larger than it can. */
const V8_INVALID_SIZE = /invalid (?:size error|table size)/i;

/** Signals that a process gives itself: its own fault. */
const CRASHES = new Set(['SIGABRT', 'SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGTRAP', 'SIGFPE']);

/** Exit codes from here on are those of Windows for a process that crashed (NTSTATUS). */
const NT_ERROR = 0xc0000000;

/** Whether the job used up its memory. */
export function isOutOfMemory(failure: JobFailure): boolean {
  return failure.errorName === OUT_OF_MEMORY;
}

/** The worker thread has ended with an error. */
export function lostByError(error: Error, heapMegabytes: number): JobFailure {
  return 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? outOfMemory(heapMegabytes) : failureOfError(error);
}

/** The worker was ended because it took more memory than it may: in all, or in one call of user code. */
export function lostByMemory(exceeded: 'live' | 'growth', megabytes: number): JobFailure {
  if (exceeded === 'live') return outOfMemory(megabytes);
  const message = l10n.t('One call of a function in the cell took more than {0} MB of memory.', megabytes);
  return plainFailure(OUT_OF_MEMORY, message, l10n.t('Look for a loop that does not end and adds to an array, a map or a text.'));
}

/** The worker thread has ended by itself. */
export function lostByExit(code: number): JobFailure {
  const hint = l10n.t('Code in the cell may have called process.exit().');
  return plainFailure('', l10n.t('The worker of the job ended unexpectedly (exit code {0}).', code), hint);
}

/** The job's process has ended; `lastWords` is the end of what it wrote. */
export function lostProcess(code: number | null, signal: string | null, lastWords: string, heapMegabytes: number): JobFailure {
  if (V8_OUT_OF_MEMORY.test(lastWords)) return outOfMemory(heapMegabytes);
  if (V8_INVALID_SIZE.test(lastWords)) {
    const hint = l10n.t('Look for one that only grows, such as an array outside of the functions of the cell.');
    return plainFailure(OUT_OF_MEMORY, l10n.t('An array or a map of the job has grown beyond what V8 can make.'), hint);
  }
  const how = signal ?? l10n.t('exit code {0}', code ?? '?');
  if ((signal !== null && CRASHES.has(signal)) || (code !== null && code >= NT_ERROR)) {
    const hint = l10n.t('The log may have its last words. Run the cell again, or restore its newest checkpoint.');
    return plainFailure('', l10n.t('The process of the job crashed ({0}).', how), hint);
  }
  const hint = l10n.t(
    'Something outside the job ended it, such as the system when memory ran short. Run the cell again, or restore its newest checkpoint.',
  );
  return plainFailure('', l10n.t('The process of the job was ended ({0}).', how), hint);
}

function outOfMemory(heapMegabytes: number): JobFailure {
  const message = l10n.t('The job used more than its {0} MB of memory.', heapMegabytes);
  const hint = l10n.t('Keep less state: use windows, fewer keys, or state with a time to live.');
  return plainFailure(OUT_OF_MEMORY, message, hint);
}
