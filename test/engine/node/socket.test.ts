import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import { DelimitedText } from '../../../engine/connectors/delimited-text.ts';
import { JobRunner } from '../../../engine/node/job-runner.ts';
import { replay } from '../../../engine/observe/replay.ts';
import type { Executor } from '../../../engine/runtime/job.ts';
import { rowsOf, start } from '../job.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Handles one connection after the other; the last also all that come later. */
type Handler = (socket: Socket, server: Server) => void;

describe('socketTextStream', () => {
  let server: Server | null = null;
  afterEach(async () => {
    if (server?.listening === true) {
      server.close();
      await once(server, 'close');
    }
    server = null;
  });

  async function listen(...handlers: readonly Handler[]): Promise<number> {
    let count = 0;
    const made = createServer((socket) => handlers[Math.min(count++, handlers.length - 1)]?.(socket, made));
    server = made;
    made.listen(0, '127.0.0.1');
    await once(made, 'listening');
    return (made.address() as AddressInfo).port;
  }

  const lines =
    (port: number, ...more: readonly [delimiter?: string, maxRetry?: number]) =>
    (env: StreamExecutionEnvironment): void =>
      env.addDisplay(env.socketTextStream('127.0.0.1', port, ...more), 'lines');

  /** Runs until the job ends, or `enough` says so. */
  async function run(describe: (env: StreamExecutionEnvironment) => void, enough: (rows: readonly unknown[]) => boolean = () => false) {
    const executor: Executor = start(describe);
    const rows: unknown[] = [];
    const clock = new VirtualClock();
    const runner = new JobRunner(executor, {
      baseDirectory: '',
      pace: { kind: 'full' },
      onProgress: () => {
        rows.push(...executor.takeRows(0, 1_000_000).rows.map(({ value }) => value));
        if (enough(rows)) runner.stop();
      },
      ports: { clock },
    });
    const end = await runner.run();
    return { end, rows, message: executor.failure?.message ?? null, executor, clock };
  }

  it('gives a record per line, and the rest at the end of the connection', async () => {
    const port = await listen((socket) => socket.end('one\r\ntwo\n\nlast'));
    const { end, rows } = await run(lines(port));
    assert.equal(end, 'finished');
    assert.deepEqual(rows, ['one', 'two', '', 'last']);
  });

  it('puts together what packets tear apart, also within a character', async () => {
    const port = await listen((socket) => {
      const bytes = Buffer.from('grün\n€ und 😀\nende\n');
      const send = (at: number): void => {
        if (at === bytes.length) socket.end();
        else socket.write(bytes.subarray(at, at + 1), () => setImmediate(send, at + 1));
      };
      socket.setNoDelay(true);
      send(0);
    });
    assert.deepEqual((await run(lines(port))).rows, ['grün', '€ und 😀', 'ende']);
  });

  it('takes delimiters of several characters, and leaves carriage returns then', async () => {
    const port = await listen((socket) => socket.end('a\r||b|c||'));
    assert.deepEqual((await run(lines(port, '||'))).rows, ['a\r', 'b|c']);
  });

  it('connects again, going on with the rest of the line as Flink does', async () => {
    const port = await listen(
      (socket) => socket.end('one\ntw'),
      (socket) => socket.end('o\nthree\n'),
      (socket) => socket.write('four\n'),
    );
    const { end, rows, clock } = await run(lines(port, '\n', 1), (seen) => seen.length === 4);
    assert.equal(end, 'stopped');
    assert.deepEqual(rows, ['one', 'two', 'three', 'four']);
    assert.ok(clock.time >= 1_000, 'two pauses of 500 ms');
  });

  it('fails when the listener has gone for good', async () => {
    const port = await listen((socket, listener) => {
      listener.close();
      socket.end('one\n');
    });
    const { end, rows, message } = await run(lines(port, '\n', 3));
    assert.equal(end, 'failed');
    assert.deepEqual(rows, ['one']);
    assert.equal(
      message,
      `Nothing listens at 127.0.0.1:${port}: the connection was refused, also in 3 more attempts. Start the server first, and check the port.`,
    );
  });

  it('fails when nothing listens, when the name is unknown, and when the connection breaks off', async () => {
    let peer: Socket | null = null;
    const port = await listen((socket) => {
      peer = socket;
      socket.write('one\n');
    });
    const broken = await run(lines(port), (rows) => {
      if (rows.length > 0) peer?.resetAndDestroy();
      return false;
    });
    assert.match(broken.message ?? '', /^The server at 127.0.0.1:\d+ broke the connection off \(ECONNRESET\). Run again, or give/);
    server!.close();
    await once(server!, 'close');
    assert.match((await run(lines(port))).message ?? '', /^Nothing listens at .*: the connection was refused. Start the server first/);
    const unknown = (env: StreamExecutionEnvironment): void =>
      env.addDisplay(env.socketTextStream('no.such.host.invalid', 1, '\n', -1), 'lines');
    assert.match((await run(unknown)).message ?? '', /no.such.host.invalid/);
  });

  it('can be stopped while it waits to connect again', async () => {
    const port = await listen((socket, listener) => {
      listener.close();
      socket.end('one\n');
    });
    const executor = start(lines(port, '\n', -1));
    const clock = new VirtualClock();
    let pauses = 0;
    const runner = new JobRunner(executor, {
      baseDirectory: '',
      pace: { kind: 'full' },
      onProgress: () => undefined,
      ports: {
        clock: clock.sleepingBy((milliseconds, wake) => {
          if (milliseconds === 500 && ++pauses === 3) runner.stop();
          return clock.wakeAfter(milliseconds, wake);
        }),
      },
    });
    assert.equal(await runner.run(), 'stopped');
    assert.equal(pauses, 3);
    assert.equal(executor.failure, null);
  });

  it('takes no more from the socket than the job can work off', async () => {
    let sent = 0;
    const port = await listen((socket) => {
      const send = (): void => {
        let more = true;
        for (; more && sent < 40_000_000; sent += 100_000) more = socket.write('x'.repeat(99).concat('\n').repeat(1_000));
        socket.once('drain', send);
      };
      socket.on('error', () => undefined);
      send();
    });
    let seen = 0;
    const slow = (env: StreamExecutionEnvironment): void => {
      const read = env.socketTextStream('127.0.0.1', port).map((line) => {
        seen++;
        return line;
      });
      env.addDisplay(read, 'lines');
    };
    const executor = start(slow);
    let steps = 0;
    const clock = new VirtualClock();
    const runner: JobRunner = new JobRunner(executor, {
      baseDirectory: '',
      pace: { kind: 'full' },
      onProgress: () => undefined,
      ports: { clock },
      // Work takes time.
      step: () => {
        clock.time += 2;
        if (++steps === 8_000) runner.stop();
        return executor.step(1);
      },
    });
    assert.equal(await runner.run(), 'stopped');
    assert.ok(seen > 1_000, `${seen} records`);
    assert.ok(sent < 30_000_000, `${sent} bytes were taken for ${seen} records`);
  });

  it('is the same in a replay of its journal', async () => {
    const port = await listen((socket) => socket.end('b\na\nb\n'));
    const counts = (env: StreamExecutionEnvironment): void =>
      env.addDisplay(
        env
          .socketTextStream('127.0.0.1', port)
          .map((word) => ({ word, n: 1 }))
          .keyBy('word')
          .sum('n'),
        'counts',
      );
    const { executor, rows } = await run(counts);
    const again = start(counts);
    replay(again, executor.journal());
    assert.equal(rows.length, 3);
    assert.deepEqual(
      rowsOf(again).map(({ value }) => value),
      rows,
    );
    assert.deepEqual(again.stateBytes(), executor.stateBytes());
  });

  it('refuses what cannot be, before it connects', () => {
    const refused = (...args: Parameters<StreamExecutionEnvironment['socketTextStream']>): (() => void) => {
      return () => start((env) => env.addDisplay(env.socketTextStream(...args), 'lines'));
    };
    assert.throws(refused('', 80), /hostname/);
    assert.throws(refused('localhost', 0), /port is out of range: 0/);
    assert.throws(refused('localhost', 70_000), /port is out of range/);
    assert.throws(refused('localhost', 80, ''), /delimiter/);
    assert.throws(refused('localhost', 80, '\n', -2), /maxRetry/);
    assert.throws(
      () => start((env) => env.addDisplay(env.socketTextStream('localhost', 80).setParallelism(2), 'lines')),
      /The maximum parallelism of non parallel operator must be 1/,
    );
  });
});

describe('delimited text', () => {
  it('has the same records in whatever pieces it comes', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'ü', '😀', '\r', '\n', '|', '-'), maxLength: 40 });
    fc.assert(
      fc.property(
        text,
        fc.constantFrom('\n', '||', '|-|', 'ü'),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (content, delimiter, sizes) => {
          const expected = content.split(delimiter).map((line) => (delimiter === '\n' ? line.replace(/\r$/, '') : line));
          const last = content.split(delimiter).at(-1);
          expected.pop();
          const bytes = Buffer.from(content);
          const cut = new DelimitedText(delimiter);
          const records: string[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const size = sizes[turn % sizes.length]!;
            records.push(...cut.append(bytes.subarray(at, at + size)));
            at += size;
          }
          records.push(...cut.interrupt());
          assert.deepEqual(records, expected);
          assert.equal(cut.finish(), last === '' ? null : last);
        },
      ),
    );
  });

  it('gives up when no delimiter comes', () => {
    const cut = new DelimitedText('\n');
    cut.append(new Uint8Array(16 * 1024 * 1024).fill(97));
    assert.throws(() => cut.append(Uint8Array.of(97)), /has sent 16 million characters without the delimiter "\\n"/);
  });
});
