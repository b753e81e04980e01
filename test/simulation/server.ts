import type { CommitRequest, UserCommitter, UserSink, UserSinkWriter } from '../../engine/connectors/user-sink.ts';

/** What a sink has to commit: rows under a name of their own. */
interface Transaction {
  readonly name: string;
  readonly rows: readonly string[];
}

/** Something outside of the simulated machine, which no fault reaches: takes transactions, each once, however often it is told to. */
export class Server {
  #names = 0;
  readonly #committed = new Map<string, readonly string[]>();

  /** A job begins that nobody has run before. */
  begin(): void {
    this.#names = 0;
    this.#committed.clear();
  }

  newName(): string {
    return `transaction ${++this.#names}`;
  }

  commit({ name, rows }: Transaction): void {
    this.#committed.set(name, rows);
  }

  /** All rows there are, as JSON. */
  get rows(): readonly string[] {
    return [...this.#committed.values()].flat();
  }
}

/** A sink of the user's own, in two phases: what was written since the last checkpoint is a transaction, which the checkpoint commits. */
export class ServerSink implements UserSink<unknown, Transaction> {
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
  }

  createWriter(): UserSinkWriter<unknown, Transaction> {
    const server = this.#server;
    let rows: string[] = [];
    return {
      write: (row) => {
        rows.push(JSON.stringify(row));
      },
      flush: () => undefined,
      prepareCommit: () => {
        const transaction = { name: server.newName(), rows };
        rows = [];
        return transaction.rows.length > 0 ? [transaction] : [];
      },
    };
  }

  createCommitter(): UserCommitter<Transaction> {
    return {
      commit: (requests: readonly CommitRequest<Transaction>[]) => {
        for (const request of requests) this.#server.commit(request.getCommittable());
      },
    };
  }
}
