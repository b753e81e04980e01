import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import type { JobSnapshot } from '../../../engine/checkpoint/snapshot.ts';
import { FileSource } from '../../../engine/connectors/file-source.ts';
import type { Source } from '../../../engine/connectors/source.ts';
import { JobRunner } from '../../../engine/node/job-runner.ts';
import { replay } from '../../../engine/observe/replay.ts';
import { Timeline } from '../../../engine/observe/timeline.ts';
import type { Executor, ExecutorOptions } from '../../../engine/runtime/job.ts';
import { SnapshotChain, takeSnapshot } from '../../../engine/testkit/snapshots.ts';
import { rowsOf, start } from '../job.ts';
import { TempFolder } from './temp-folder.ts';
import { VirtualClock } from './virtual-clock.ts';

/** What happens once so many records have been read, or so many more looks were made. */
type Event = readonly [when: number | 'looked', what: () => void];

const INTERVAL = 250;

const MAX_LOOKS = 500;

describe('files that are watched', () => {
  let folder: TempFolder;
  beforeEach(() => {
    folder = new TempFolder();
  });
  afterEach(() => folder.remove());

  const at = (name: string): string => path.join(folder.path, name);
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    writeFileSync(at(name), text);
  };
  const append = (name: string, text: string): void => appendFileSync(at(name), text);

  interface Played {
    readonly rows: readonly unknown[];
    readonly executor: Executor;
    readonly snapshot: JobSnapshot;
    readonly message: string | null;
    readonly jobOf: (options?: Partial<ExecutorOptions>) => Executor;
  }

  /** Runs until all events have happened and some looks more were made; every look of the job is one of the clock's, so nothing waits. */
  async function play(
    source: () => Source<unknown>,
    events: readonly Event[],
    options: Partial<ExecutorOptions> = {},
    parallelism = 1,
  ): Promise<Played> {
    const jobOf = (more: Partial<ExecutorOptions> = {}): Executor =>
      start((env) => {
        env.addDisplay(env.fromSource(source(), WatermarkStrategy.noWatermarks(), 'files').setParallelism(parallelism), 'rows');
      }, more);
    const executor = jobOf(options);
    const clock = new VirtualClock();
    const rows: unknown[] = [];
    const waiting = [...events];
    let looks = 0;
    let all = 0;
    const next = (): void => {
      if (++all > MAX_LOOKS) runner.stop();
      rows.push(...executor.takeRows(0, 1e6).rows.map(({ value }) => value));
      const [event] = waiting;
      if (event === undefined) {
        if (looks >= 6) runner.stop();
        return;
      }
      const [when, what] = event;
      if (when === 'looked' ? looks < 4 : rows.length < when) return;
      waiting.shift();
      looks = 0;
      what();
    };
    const runner: JobRunner = new JobRunner(executor, {
      baseDirectory: folder.path,
      pace: { kind: 'full' },
      onProgress: () => undefined,
      ports: {
        clock: clock.sleepingBy((milliseconds, wake) => {
          if (milliseconds !== INTERVAL) return clock.wakeAfter(milliseconds, wake);
          return clock.wakeAfter(milliseconds, () => {
            looks++;
            next();
            wake();
          });
        }),
      },
    });
    const end = await runner.run();
    rows.push(...executor.takeRows(0, 1e6).rows.map(({ value }) => value));
    assert.equal(end, executor.failure === null ? 'stopped' : 'failed');
    assert.ok(all <= MAX_LOOKS, `${waiting.length} events did not happen; ${JSON.stringify(rows)} were read`);
    const snapshot = executor.failure === null ? takeSnapshot(executor, 1, true) : ({} as JobSnapshot);
    return { rows, executor, snapshot, message: executor.failure?.message ?? null, jobOf };
  }

  function replays({ executor, rows, jobOf }: Played, options: Partial<ExecutorOptions> = {}): void {
    const again = jobOf(options);
    replay(again, executor.journal());
    assert.deepEqual(
      rowsOf(again).map(({ value }) => value),
      rows,
    );
    assert.deepEqual(again.stateBytes(), executor.stateBytes());
    assert.deepEqual(again.positions(), executor.positions());
    const timeline = new Timeline({
      recording: {
        startTime: 0,
        restore: options.restore ?? null,
        journal: executor.journal(),
        end: { turn: executor.turnCount, record: executor.recordCount },
      },
      create: (restore) => jobOf({ ...options, restore }),
      writesFiles: () => false,
      mark: () => null,
      onRestart: () => undefined,
    });
    timeline.seek('end');
    timeline.stepBack();
    timeline.stepBack();
    timeline.seek('end');
    assert.deepEqual(timeline.executor.positions(), executor.positions());
    timeline.close();
  }

  const options = { monitorInterval: INTERVAL } as const;

  describe('for new ones', () => {
    const text = (): Source<unknown> => FileSource.text('in', options);

    it('are read once each, also compressed ones', async () => {
      write('in/b.txt', 'b1\nb2');
      const played = await play(text, [
        [2, () => write('in/a.txt', 'a1\n')],
        [3, () => folder.write('in/deep/c.txt.gz', gzipSync('c1\nc2\n'))],
        [5, () => renameSync(at('in/b.txt'), at('in/.b.txt'))],
        ['looked', () => renameSync(at('in/.b.txt'), at('in/b.txt'))],
      ]);
      assert.deepEqual(played.rows, ['b1', 'b2', 'a1', 'c1', 'c2']);
      replays(played);
    });

    it('may be none at first, but a name has to be right', async () => {
      mkdirSync(at('in'));
      const none = await play(() => FileSource.text(['in', 'in/*.log'], options), [['looked', () => write('in/x.log', 'x\n')]]);
      assert.deepEqual(none.rows, ['x']);
      assert.equal((await play(() => FileSource.text('in/y.log', options), [])).message, 'in/y.log does not exist. Is it in/x.log?');
    });

    it('are read on from a checkpoint: not those that were read, also when they are not there for a while', async () => {
      write('in/a.txt', 'a1\n');
      const first = await play(text, [
        [1, () => write('in/b.txt', 'b1\n')],
        [2, () => undefined],
      ]);
      renameSync(at('in/a.txt'), at('.a.txt'));
      write('in/0.txt', 'new\n');
      const restore = new SnapshotChain().add(first.snapshot);
      const second = await play(text, [[1, () => renameSync(at('.a.txt'), at('in/a.txt'))]], { restore });
      assert.deepEqual(second.rows, ['new']);
      replays(second, { restore });
      const third = await play(text, [], { restore: new SnapshotChain().add(second.snapshot) });
      assert.deepEqual(third.rows, []);
    });

    it('go to the subtasks by their paths', async () => {
      for (const name of ['a', 'b', 'c', 'd']) write(`in/${name}`, `${name}\n`);
      const played = await play(
        text,
        [
          [4, () => write('in/0', '0\n')],
          [5, () => undefined],
        ],
        {},
        3,
      );
      assert.deepEqual([...played.rows].sort(), ['0', 'a', 'b', 'c', 'd']);
      replays(played);
      const restored = await play(
        text,
        [
          ['looked', () => write('in/e', 'e\n')],
          [1, () => undefined],
        ],
        { restore: new SnapshotChain().add(played.snapshot) },
        2,
      );
      assert.deepEqual(restored.rows, ['e']);
    });
  });

  describe('and followed', () => {
    const text = (): Source<unknown> => FileSource.text('logs', { ...options, follow: true });

    it('give what is added, whole lines only', async () => {
      write('logs/a.log', 'one\ntw');
      const played = await play(text, [
        ['looked', () => append('logs/a.log', 'o\nthree €'.slice(0, 8))],
        [2, () => append('logs/a.log', '€')],
        ['looked', () => append('logs/a.log', '\n')],
        [3, () => undefined],
      ]);
      assert.deepEqual(played.rows, ['one', 'two', 'three €']);
      replays(played);
    });

    it('are read to their end when another takes their place, and then that one', async () => {
      write('logs/a.log', 'one\n');
      const played = await play(text, [
        [
          1,
          () => {
            append('logs/a.log', 'two\n');
            renameSync(at('logs/a.log'), at('logs/a.log.1'));
            write('logs/a.log', 'new 1\n');
            append('logs/a.log.1', 'three\nlast');
          },
        ],
        [5, () => append('logs/a.log', 'new 2\n')],
        [
          6,
          () => {
            renameSync(at('logs/a.log.1'), at('logs/a.log.2'));
            renameSync(at('logs/a.log'), at('logs/a.log.1'));
          },
        ],
        ['looked', () => write('logs/a.log', 'newest\n')],
        [7, () => undefined],
      ]);
      assert.deepEqual(played.rows, ['one', 'two', 'three', 'last', 'new 1', 'new 2', 'newest']);
      const splits = played.executor.positions()[0]!.positions.map(({ split, finished }) => [split.replace(/-.*/, ''), finished]);
      assert.deepEqual(splits, [
        ['logs/a.log#1', true],
        ['logs/a.log#2', true],
        ['logs/a.log#3', false],
      ]);
      replays(played);
    });

    it('begin anew when they are cut off', async () => {
      write('logs/a.csv', 'id,n\na,1\nb,2\n');
      const played = await play(
        () => FileSource.csv('logs/a.csv', { ...options, follow: true }),
        [
          [2, () => truncateSync(at('logs/a.csv'))],
          ['looked', () => append('logs/a.csv', 'n,id\n3,c\n')],
          [3, () => append('logs/a.csv', '4,d\n')],
          [4, () => undefined],
        ],
      );
      assert.deepEqual(played.rows, [
        { id: 'a', n: 1 },
        { id: 'b', n: 2 },
        { n: 3, id: 'c' },
        { n: 4, id: 'd' },
      ]);
      replays(played);
    });

    it('may be many, found later, and go away', async () => {
      write('logs/a.log', 'a1\n');
      const played = await play(text, [
        [1, () => write('logs/b.log', 'b1\n')],
        [2, () => append('logs/a.log', 'a2\n')],
        [3, () => append('logs/b.log', 'b2\nrest')],
        [4, () => rmSync(at('logs/b.log'))],
        [5, () => append('logs/a.log', 'a3\n')],
        [6, () => write('logs/b.log', 'another\n')],
        [7, () => undefined],
      ]);
      assert.deepEqual(played.rows, ['a1', 'b1', 'a2', 'b2', 'rest', 'a3', 'another']);
      replays(played);
    });

    it('are read on from a checkpoint at the byte, wherever they are now', async () => {
      write('logs/a.log', 'one\ntwo\nthr');
      const first = await play(text, [[2, () => undefined]]);
      const restore = new SnapshotChain().add(first.snapshot);
      append('logs/a.log', 'ee\n');
      const second = await play(text, [[1, () => undefined]], { restore });
      assert.deepEqual(second.rows, ['three']);
      replays(second, { restore });

      append('logs/a.log', 'four\n');
      mkdirSync(at('other'));
      renameSync(at('logs/a.log'), at('logs/.a.log.old'));
      write('logs/a.log', 'new\n');
      const third = await play(
        text,
        [
          [3, () => append('logs/a.log', 'newer\n')],
          [4, () => undefined],
        ],
        { restore },
      );
      assert.deepEqual(third.rows, ['three', 'four', 'new', 'newer']);

      renameSync(at('logs/.a.log.old'), at('other/a.log'));
      const lost = await play(text, [], { restore });
      assert.match(lost.message ?? '', /^The checkpoint had read logs\/a.log of files up to 8, but it is not there any more/);
    });

    it('are cut off while the job is down: the new content is read', async () => {
      write('logs/a.log', 'one\ntwo\n');
      const { snapshot } = await play(text, [[2, () => undefined]]);
      truncateSync(at('logs/a.log'));
      append('logs/a.log', 'new\n');
      const restored = await play(text, [[1, () => undefined]], { restore: new SnapshotChain().add(snapshot) });
      assert.deepEqual(restored.rows, ['new']);
    });

    it('do not wait for one another, and name the file of a line that cannot be read', async () => {
      write('logs/a.ndjson', '');
      write('logs/b.ndjson', '1\n');
      const played = await play(
        () => FileSource.ndjson('logs', { ...options, follow: true }),
        [[1, () => append('logs/b.ndjson', 'oops\n')]],
      );
      assert.deepEqual(played.rows, [1]);
      assert.match(played.message ?? '', /^Line 2 of logs\/b.ndjson is not one JSON value/);
    });

    it('are not compressed', async () => {
      folder.write('logs/a.gz', gzipSync('x\n'));
      assert.match((await play(text, [])).message ?? '', /^logs\/a.gz is compressed and cannot be followed/);
    });
  });

  it('are looked at at an interval above 0', () => {
    assert.throws(() => FileSource.text('in', { monitorInterval: 0 }), /has to be longer than 0/);
    assert.equal(FileSource.text('in', { follow: true }).boundedness, 'CONTINUOUS_UNBOUNDED');
  });
});
