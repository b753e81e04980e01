import assert from 'node:assert/strict';
import type { CommitRequest, UserSink, UserSinkWriter } from '../../../engine/connectors/user-sink.ts';
import { SINK_CONFORMANCE, type SinkUnderTest } from '../../../engine/testkit/sink-conformance.ts';

/** A store with transactions: rows are seen once theirs is committed. A transaction that nobody commits is seen by nobody. */
class Transactions implements SinkUnderTest {
  readonly #pending = new Map<string, readonly number[]>();
  readonly #committed = new Map<string, readonly number[]>();
  /** How often the committer puts off what it is given. */
  puttingOff = 0;
  #begun = 0;

  committed(): readonly number[] {
    return [...this.#committed.values()].flat();
  }

  create(): UserSink<number, string> {
    return {
      createWriter: async () => {
        await Promise.resolve();
        return this.#writer();
      },
      createCommitter: () => ({
        commit: async (requests) => {
          await Promise.resolve();
          for (const request of requests) this.#commit(request);
        },
      }),
    };
  }

  #writer(): UserSinkWriter<number, string> {
    let rows: number[] = [];
    return {
      // Some writes take longer than others.
      write: (row) => (row % 3 === 0 ? Promise.resolve().then(() => void rows.push(row)) : void rows.push(row)),
      flush: () => undefined,
      prepareCommit: () => {
        if (rows.length === 0) return [];
        const transaction = `t${++this.#begun}`;
        this.#pending.set(transaction, rows);
        rows = [];
        return [transaction];
      },
    };
  }

  #commit(request: CommitRequest<string>): void {
    const transaction = request.getCommittable();
    if (this.puttingOff > 0) {
      this.puttingOff--;
      request.retryLater();
      return;
    }
    const rows = this.#pending.get(transaction);
    if (rows === undefined) {
      assert.ok(this.#committed.has(transaction), `nobody began ${transaction}`);
      request.signalAlreadyCommitted();
      return;
    }
    this.#pending.delete(transaction);
    this.#committed.set(transaction, rows);
  }
}

/** Writes by key: what comes again replaces what was there. State is what is not written yet. */
class Upserts implements SinkUnderTest {
  readonly #rows = new Set<number>();
  committed(): readonly number[] {
    return [...this.#rows];
  }
  create(): UserSink<number, never, number> {
    const writer = (waiting: number[]): UserSinkWriter<number, never, number> => ({
      write: (row) => void waiting.push(row),
      flush: (endOfInput) => {
        // Half of it stays until later, in the state.
        for (const row of waiting.splice(0, endOfInput ? waiting.length : Math.floor(waiting.length / 2))) this.#rows.add(row);
      },
      snapshotState: () => [...waiting],
    });
    return { createWriter: () => writer([]), restoreWriter: (_context, state) => writer([...state]) };
  }
}

/** Forgets to wait for the checkpoint. */
class Hasty implements SinkUnderTest {
  readonly #rows: number[] = [];
  committed(): readonly number[] {
    return this.#rows;
  }
  create(): UserSink<number> {
    return { createWriter: () => ({ write: (row) => void this.#rows.push(row), flush: () => undefined }) };
  }
}

describe('A sink of the user’s own, two-phase', () => {
  for (const [what, check] of Object.entries(SINK_CONFORMANCE)) it(what, () => check(() => new Transactions()));

  it('commits what its committer puts off', async () => {
    const open = (): SinkUnderTest => Object.assign(new Transactions(), { puttingOff: 3 });
    await SINK_CONFORMANCE['commits every record once']?.(open);
  });
});

describe('A sink of the user’s own, with state', () => {
  for (const [what, check] of Object.entries(SINK_CONFORMANCE)) {
    if (what !== 'shows nothing that no checkpoint covers') it(what, () => check(() => new Upserts()));
  }
});

describe('The conformance kit of sinks', () => {
  it('finds one that does not wait for checkpoints', async () => {
    const failed: string[] = [];
    for (const [what, check] of Object.entries(SINK_CONFORMANCE)) await check(() => new Hasty()).catch(() => failed.push(what));
    assert.ok(failed.includes('shows nothing that no checkpoint covers'), failed.join());
    assert.ok(
      failed.some((what) => what.includes('crashes between two records')),
      failed.join(),
    );
  });
});
