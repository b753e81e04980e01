import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What of a manifest counts here; read with code of its own, not with the engine's. */
interface Manifest {
  readonly records: number;
  readonly ended: boolean;
  readonly operators: readonly {
    readonly subtasks: readonly { readonly committables: readonly { readonly pending: string; readonly final: string }[] }[];
  }[];
}

/** Where a job was when it was killed, by what it has left on the disk. */
export type Place =
  | 'starting up'
  | 'before its first checkpoint'
  | 'writing a checkpoint'
  | 'committing the sink'
  | 'between checkpoints'
  | 'after the end of its input';

const NOTEBOOK = 'orders.stream.md';
const INPUT = 'orders.ndjson';
const OUT = 'out';
const STATE = 'state';
const TEMPORARY = 'temporary';

/** Every kind of thing that a kill could disturb: state and timers by key, event time out of order, results by records and by timers, a sink. */
const CELL = `interface Order { n: number; key: string; at: number; amount: number }
interface Total { key: string; orders: number; total: number; last: number; at: number; why: string }
class Totals extends KeyedProcessFunction<string, Order, Total> {
  private readonly sum = new ValueStateDescriptor<{ orders: number; total: number; last: number }>('sum');
  override processElement(order: Order, ctx: KeyedProcessFunction.Context<string>, out: Collector<Total>) {
    const state = ctx.getState(this.sum);
    const before = state.value();
    if (before === null) ctx.timerService().registerEventTimeTimer(order.at + 900);
    const sum = { orders: (before?.orders ?? 0) + 1, total: (before?.total ?? 0) + order.amount, last: order.n };
    state.update(sum);
    if (sum.orders % 4 === 0) out.collect({ key: ctx.getCurrentKey(), ...sum, at: order.at, why: 'orders' });
  }
  override onTimer(at: number, ctx: KeyedProcessFunction.OnTimerContext<string>, out: Collector<Total>) {
    const state = ctx.getState(this.sum);
    out.collect({ key: ctx.getCurrentKey(), ...state.value()!, at, why: 'timer' });
    state.clear();
  }
}
env.enableCheckpointing('10 ms');
const byTime = WatermarkStrategy.forBoundedOutOfOrderness<Order>(20).withTimestampAssigner(order => order.at);
const orders = env.fromSource(FileSource.ndjson<Order>('${INPUT}'), byTime, 'orders');
orders.keyBy(order => order.key).process(new Totals()).sinkTo(FileSink.ndjson('${OUT}'));`;

/** A folder with a notebook, its input, its output, its checkpoints, and a place for temporary files. */
export class JobFolder {
  readonly path: string;
  readonly out: string;
  readonly temporary: string;

  constructor(folder: string) {
    this.path = folder;
    this.out = path.join(folder, OUT);
    this.temporary = path.join(folder, TEMPORARY);
  }

  /** Puts down the notebook and an input of so many records. */
  static create(folder: string, records: number): JobFolder {
    const made = new JobFolder(folder);
    // The folder of the sink too: it is watched from the beginning.
    for (const name of [made.out, made.temporary]) mkdirSync(name, { recursive: true });
    writeFileSync(path.join(folder, NOTEBOOK), `# Totals of orders\n\n\`\`\`ts id=totals\n${CELL}\n\`\`\`\n`);
    const order = (n: number): string =>
      JSON.stringify({ n, key: `k${(n * 7_919) % 97}`, at: n * 3 + 12 - (n % 5) * 3, amount: (n * 31) % 17 });
    writeFileSync(path.join(folder, INPUT), Array.from({ length: records }, (_, n) => `${order(n)}\n`).join(''));
    return made;
  }

  /** Arguments of the command line that run the job, from its last checkpoint where there is one. */
  command(pace: string): readonly string[] {
    const restore = this.newest() === null ? [] : ['--restore', 'latest'];
    return ['run', NOTEBOOK, '--state-dir', STATE, '--no-check', '--pace', pace, ...restore];
  }

  /** The folder of the job's checkpoints; null before there is one. */
  job(): string | null {
    const jobs = path.join(this.path, STATE, 'jobs');
    const name = existsSync(jobs) ? readdirSync(jobs)[0] : undefined;
    return name === undefined ? null : path.join(jobs, name);
  }

  runFolder(run: number): string | null {
    const job = this.job();
    const folder = job === null ? null : path.join(job, `run-${run}`);
    return folder !== null && existsSync(folder) ? folder : null;
  }

  /** The number that the next run gets. */
  nextRun(): number {
    return 1 + Math.max(0, ...this.#runs());
  }

  /** Records that the newest checkpoint covers; null when there is none. */
  newest(): number | null {
    for (const run of this.#runs().sort((a, b) => b - a)) {
      const manifest = this.#newestOf(run);
      if (manifest !== null) return manifest.records;
    }
    return null;
  }

  /** Records that the newest checkpoint of a run covers; null when it has none. */
  records(run: number): number | null {
    return this.#newestOf(run)?.records ?? null;
  }

  /** Where run `run` has come to its end. */
  place(run: number): Place {
    const folder = this.runFolder(run);
    if (folder === null) return 'starting up';
    const written = [...readdirSync(folder), ...readdirSync(path.join(folder, '..', 'blobs'))];
    const newest = this.#newestOf(run);
    if (newest?.ended === true) return 'after the end of its input';
    if (written.some((name) => name.endsWith('.part'))) return 'writing a checkpoint';
    if (newest === null) return 'before its first checkpoint';
    const parts = newest.operators.flatMap(({ subtasks }) => subtasks.flatMap(({ committables }) => committables));
    return parts.some(({ pending }) => existsSync(path.join(this.out, pending))) ? 'committing the sink' : 'between checkpoints';
  }

  /** What the sink has committed: its finished files in the order of their numbers (run, subtask, file). */
  output(): string {
    const names = readdirSync(this.out).filter((name) => !name.startsWith('.'));
    const ordered = names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    return ordered.map((name) => readFileSync(path.join(this.out, name), 'utf8')).join('');
  }

  /** What is there besides input, finished files and complete checkpoints: after the end of a job nothing. */
  leftovers(): readonly string[] {
    const job = path.relative(this.path, this.job() ?? '').replaceAll(path.sep, '/');
    const wanted = [
      new RegExp(`^(${NOTEBOOK}|${INPUT}|${STATE}/\\.gitignore|${job}/job\\.json)$`),
      new RegExp(`^${OUT}/part-\\d+-0-\\d+\\.ndjson$`),
      new RegExp(`^${job}/run-\\d+/(run|chk-\\d+)\\.json$`),
    ];
    const manifests = this.#runs()
      .flatMap((run) => this.#manifests(run))
      .map((file) => readFileSync(file, 'utf8'))
      .join('');
    return readdirSync(this.path, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => path.relative(this.path, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
      .filter((name) => {
        const blob = new RegExp(`^${job}/blobs/([0-9a-f]{64})$`).exec(name)?.[1];
        return blob === undefined ? !wanted.some((pattern) => pattern.test(name)) : !manifests.includes(blob);
      });
  }

  #runs(): number[] {
    const job = this.job();
    return job === null ? [] : readdirSync(job).flatMap((name) => numberOf(/^run-(\d+)$/, name));
  }

  /** Files of a run's checkpoints, oldest first. */
  #manifests(run: number): readonly string[] {
    const folder = this.runFolder(run);
    if (folder === null) return [];
    const numbers = readdirSync(folder).flatMap((name) => numberOf(/^chk-(\d+)\.json$/, name));
    return numbers.sort((a, b) => a - b).map((number) => path.join(folder, `chk-${number}.json`));
  }

  #newestOf(run: number): Manifest | null {
    const file = this.#manifests(run).at(-1);
    if (file === undefined) return null;
    // The line behind it is its checksum.
    const [json = ''] = readFileSync(file, 'utf8').split('\n');
    // SAFETY: the manifests here are those that the job under test has written, and a kill test that misreads one fails.
    return JSON.parse(json) as Manifest;
  }
}

function numberOf(pattern: RegExp, name: string): readonly number[] {
  const digits = pattern.exec(name)?.[1];
  return digits === undefined ? [] : [Number(digits)];
}
