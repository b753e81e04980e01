/** A thread that runs a worker's TypeScript source: Node 20 gives no loader to worker threads, so that the thread registers it itself. */
export function sourceWorker(file: string): string {
  return `import('tsx/esm/api')
  .then(({ register }) => register())
  .then(() => import(${JSON.stringify(new URL(`../../../${file}`, import.meta.url).href)}));`;
}
