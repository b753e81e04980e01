import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { RuntimeException } from '../../api/errors.ts';
import type { StoreReply, StoreRequest, StoreThreadData } from './store-protocol.ts';

/** ms after which a thread that does not answer is given up. */
const PATIENCE = 60_000;

/** A thread that does what takes waiting, for one that may not await (rule 5): it blocks until the reply is there. */
export class BlockingThread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #replies = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

  constructor(entry: URL, name: string, data: Omit<StoreThreadData, 'replies'>) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(entry, {
      name,
      workerData: { ...data, replies: this.#replies, port: port2 },
      transferList: [port2],
      execArgv: [],
    });
    // What goes wrong in it comes back as a reply, or as none; a job that ends does not wait for it.
    this.#worker.on('error', () => undefined);
    this.#worker.unref();
    this.#port.unref();
  }

  /** Without waiting. */
  post(request: StoreRequest): void {
    this.#port.postMessage(request);
  }

  /** Waits for the reply. Throws what went wrong in the thread. */
  call(request: StoreRequest): Extract<StoreReply, { ok: true }> {
    const before = Atomics.load(this.#replies, 0);
    this.#port.postMessage(request);
    // The notice of an earlier reply, which was seen without it, may come only now.
    while (Atomics.load(this.#replies, 0) === before) {
      if (Atomics.wait(this.#replies, 0, before, PATIENCE) === 'timed-out') throw noAnswer();
    }
    const received = receiveMessageOnPort(this.#port);
    if (received === undefined) throw new Error('a reply was announced and did not come');
    // SAFETY: the other end of the port is the thread's, which sends nothing else.
    const reply = received.message as StoreReply;
    if (!reply.ok) throw new RuntimeException(reply.message, reply.hint);
    return reply;
  }

  close(): void {
    void this.#worker.terminate();
  }
}

function noAnswer(): RuntimeException {
  return new RuntimeException(
    'The thread of the state backend does not answer.',
    "Run the job again, or set 'state.backend.type' to 'hashmap'.",
  );
}
