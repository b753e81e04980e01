/** Entry of the thread that works for the stores of a job: one request after the other, whatever of it takes waiting. */
import { MessagePort, workerData } from 'node:worker_threads';
import { openLevelDb } from './leveldb-driver.ts';
import type { OpenDriver, StoreDriver, StoreReply, StoreRequest, StoreThreadData } from './store-protocol.ts';

const NOTHING: StoreReply = { ok: true, value: null };

class StoreThread {
  readonly #open: OpenDriver;
  readonly #stores = new Map<number, StoreDriver>();
  /** Why a request without a reply failed: the next with one tells it. */
  readonly #failures = new Map<number, StoreReply>();

  constructor(open: OpenDriver) {
    this.#open = open;
  }

  /** Null where nobody waits for a reply. Never rejects. */
  async handle(request: StoreRequest): Promise<StoreReply | null> {
    const isAwaited = request.kind !== 'write' || request.wait;
    const failed = this.#failures.get(request.store);
    if (failed !== undefined && request.kind !== 'dispose') return isAwaited ? failed : null;
    try {
      const reply = await this.#do(request);
      return isAwaited ? reply : null;
    } catch (error) {
      const reply: StoreReply = { ok: false, ...explained(error) };
      if (isAwaited) return reply;
      this.#failures.set(request.store, reply);
      return null;
    }
  }

  async #do(request: StoreRequest): Promise<StoreReply> {
    if (request.kind === 'open') {
      this.#stores.set(request.store, await this.#open(request.name));
      return NOTHING;
    }
    const store = this.#stores.get(request.store);
    if (store === undefined) throw new Error('The store is not open.');
    switch (request.kind) {
      case 'write':
        await store.write(request.writes);
        return NOTHING;
      case 'get':
        return { ok: true, value: await store.get(request.key) };
      case 'scan':
        return { ok: true, entries: await store.scan(request.from, request.to, request.limit) };
      case 'dispose':
        this.#stores.delete(request.store);
        this.#failures.delete(request.store);
        await store.dispose();
        return NOTHING;
    }
  }
}

function explained(error: unknown): { readonly message: string; readonly hint: string | null } {
  const text = textOf(error);
  const hint = /no space left|ENOSPC/i.test(text)
    ? 'Free some space on the disk.'
    : "Run the job again, or set 'state.backend.type' to 'hashmap'.";
  return { message: `The state backend failed: ${text}`, hint };
}

function textOf(error: unknown): string {
  // Of a host with several addresses that cannot be reached, the first address tells.
  if (error instanceof AggregateError && error.message === '') return textOf(error.errors[0]);
  const cause: unknown = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

// SAFETY: blocking-thread.ts gives exactly this.
const { driver, place, replies, port } = workerData as StoreThreadData & { readonly port: unknown };
if (!(port instanceof MessagePort)) throw new Error('the thread was started without a port');
const thread = new StoreThread(async (name) => {
  if (driver === 'leveldb') return await openLevelDb(place, name);
  const { openPostgreSql } = await import('./postgresql-driver.ts');
  return await openPostgreSql(place, name);
});
let last: Promise<void> = Promise.resolve();
port.on('message', (request: StoreRequest) => {
  last = last.then(async () => {
    const reply = await thread.handle(request);
    if (reply === null) return;
    port.postMessage(reply);
    Atomics.add(replies, 0, 1);
    Atomics.notify(replies, 0);
  });
});
