/** What the command line's exit code says. */
export const FINISHED = 0;
export const JOB_FAILED = 1;
/** Bad usage or a compile error: nothing was run. */
export const BAD_USAGE = 2;
export const INTERRUPTED = 130;
