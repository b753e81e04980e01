import type { JobPort } from '../../../src/host/job-port.ts';

/** The same worker, and a promise that is kept when its client has ended it. */
export function awaited(worker: JobPort): { readonly port: JobPort; readonly gone: Promise<void> } {
  let isGone: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => {
    isGone = resolve;
  });
  const terminate = async (): Promise<void> => {
    await worker.terminate();
    isGone();
  };
  return { port: { ...worker, terminate }, gone };
}
