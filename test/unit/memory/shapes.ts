/** A way to use more and more memory, as the code of a cell. */
interface Shape {
  readonly name: string;
  readonly code: string;
  /** What the failure has to say. */
  readonly says: RegExp;
  /** Runs with all tests; the others with `npm run memory`. */
  readonly quick?: true;
}

/** Without a word about a restart at the end. */
const STATE =
  /^StateTooLargeException: The state of the job takes .* more than the 8 MB of streambook\.state\.max-size\. .* Checkpoints so far are kept\.\]$/;
const MEMORY =
  /^OutOfMemoryError: (The job used more than its \d+ MB of memory|One call of a function in the cell took more than \d+ MB of memory)/;

const NUMBERS = 'const n = env.fromSequence(1, 1e9);\n';

/** In a process function of a keyed stream; `key` says how it is keyed. */
const keyed = (each: string, before = '', key = 'x % 3'): string => `${NUMBERS}${before}
n.keyBy((x) => ${key}).process({ processElement(x, ctx, out) { ${each} } })`;

const value = "const value = new ValueStateDescriptor<any>('value');";
const list = "const list = new ListStateDescriptor<any>('list');";
const map = "const map = new MapStateDescriptor<any, any>('map');";

/** In windows that never fire. */
const windowed = (rest: string, key = 'x % 3'): string =>
  `${NUMBERS}
n.map((x) => ({ k: ${key}, x }))
  .keyBy('k').window(TumblingEventTimeWindows.of('1000 d'))${rest}`.replace(
    '.map(',
    '.assignTimestampsAndWatermarks(WatermarkStrategy.forMonotonousTimestamps<number>().withTimestampAssigner(() => 1)).map(',
  );

const state = (name: string, code: string, quick?: true): Shape => ({
  name: `state: ${name}`,
  code,
  says: STATE,
  ...(quick ? { quick } : {}),
});
const live = (name: string, code: string, quick?: true): Shape => ({
  name: `kept: ${name}`,
  code,
  says: MEMORY,
  ...(quick ? { quick } : {}),
});
const call = (name: string, code: string, quick?: true): Shape => ({
  name: `one call: ${name}`,
  code,
  says: MEMORY,
  ...(quick ? { quick } : {}),
});

/** In a function that sees every record. */
const seen = (before: string, each: string): string => `${NUMBERS}${before}\nn.map((x) => { ${each}; return 0; }).filter((x) => x > 0)`;
/** In the call for the first record. */
const once = (body: string): string => `env.fromData([1]).map((x) => { ${body} return x; })`;

const STATE_SHAPES: readonly Shape[] = [
  state('a value per key', keyed('ctx.getState(value).update(x);', value, 'x'), true),
  state('text that grows', keyed("ctx.getState(value).update((ctx.getState(value).value() ?? '') + 'some more text');", value), true),
  state('an object per key', keyed('ctx.getState(value).update({ x, y: String(x) });', value, 'x')),
  state(
    'an array changed in place',
    keyed('const a = ctx.getState(value).value(); if (a) a.push(x); else ctx.getState(value).update([x]);', value),
  ),
  state(
    'an array that is put anew',
    keyed('const a = ctx.getState(value).value() ?? []; ctx.getState(value).update(x % 500 === 0 ? [...a, ...a, x] : a);', value),
  ),
  state(
    'a Map changed in place',
    keyed('const m = ctx.getState(value).value(); if (m) m.set(x, x); else ctx.getState(value).update(new Map());', value),
    true,
  ),
  state(
    'a Set changed in place',
    keyed('const m = ctx.getState(value).value(); if (m) m.add(x); else ctx.getState(value).update(new Set());', value),
  ),
  state(
    'an object as a dictionary',
    keyed("const o = ctx.getState(value).value(); if (o) o['name ' + x] = x; else ctx.getState(value).update({});", value),
  ),
  state('a typed array per key', keyed('ctx.getState(value).update(new Float64Array(1000));', value, 'x')),
  state('a bigint that grows', keyed('ctx.getState(value).update((ctx.getState(value).value() ?? 1n) << 1_000_000n);', value)),
  state('nested arrays', keyed('ctx.getState(value).update([[x], [[x, x]]]);', value, 'x')),
  state('dates', keyed('ctx.getListState(list).add(new Date(x));', list)),
  state('a list state', keyed('ctx.getListState(list).add(x);', list), true),
  state('a list state with addAll', keyed('ctx.getListState(list).addAll(Array.from({ length: 100 }, (_, i) => i));', list)),
  state('a map state', keyed('ctx.getMapState(map).put(x, x);', map), true),
  state('a map state of objects', keyed("ctx.getMapState(map).put('key ' + x, { x });", map)),
  state('a map state in one call', keyed('for (let i = 0; ; i++) ctx.getMapState(map).put(i, i);', map)),
  state('event-time timers', keyed('ctx.timerService().registerEventTimeTimer(1e12 + x);'), true),
  state('processing-time timers', keyed('ctx.timerService().registerProcessingTimeTimer(1e15 + x);')),
  state('keys of text', keyed('ctx.getState(value).update(1);', value, "'a rather long key with the number ' + x")),
  state('keys that are tuples', `${NUMBERS}n.map((x) => ({ a: x, b: String(x) })).keyBy('a', 'b').sum('a')`),
  state('a running sum of ever more keys', `${NUMBERS}n.map((x) => ({ k: x, x })).keyBy('k').sum('x')`),
  state(
    'a running reduce that joins text',
    `${NUMBERS}n.map((x) => ({ k: x % 3, t: String(x) })).keyBy('k').reduce((a, b) => ({ k: a.k, t: a.t + b.t })).filter(() => false)`,
  ),
  state('windows that list records', windowed('.process((key, ctx, records) => [[...records].length])'), true),
  state('windows of ever more keys', windowed(".aggregate({ n: 'count' })", 'x')),
  // Deeper than state may be nested: only the worker's own limit sees it.
  {
    ...state('windows whose reduce nests arrays', windowed('.reduce((a: any, b: any) => ({ k: a.k, x: [a.x, b.x] } as any))')),
    says: MEMORY,
  },
  state(
    'windows whose accumulator grows in place',
    windowed(
      '.aggregate({ createAccumulator: () => [] as number[], add: (r, all) => { all.push(r.x); return all; }, getResult: (all) => all.length, merge: (a) => a })',
    ),
  ),
  state(
    'records that wait between subtasks',
    'env.setParallelism(2);\nenv.fromData([1]).flatMap(function* (x) { for (;;) yield x; }).rebalance().map((x) => x)',
    true,
  ),
];

const LIVE_SHAPES: readonly Shape[] = [
  live('objects in a closure', seen('const all: object[] = [];', 'all.push({ x, text: String(x) })'), true),
  live('a Map in a closure', seen('const all = new Map<number, object>();', 'all.set(x, { x })')),
  live('a Set of text', seen('const all = new Set<string>();', "all.add('text ' + x)")),
  live('a dictionary', seen('const all: Record<string, number> = {};', "all['name ' + x] = x")),
  live('a linked list', seen('let head: object | null = null;', 'head = { head, x }')),
  live('closures', seen('const all: (() => number)[] = [];', 'const big = [x, x, x, x]; all.push(() => big.length)')),
  live('typed arrays', seen('const all: Float64Array[] = [];', 'if (x % 100 === 0) all.push(new Float64Array(10000).fill(x))'), true),
  live('text that is joined', seen("let all = '';", "all += 'text ' + x")),
  live('the global object', seen('', "(globalThis as any)['g' + x] = { x }")),
  live('a static field', seen('class Kept { static all: object[] = []; }', 'Kept.all.push([x, x, x])')),
];

const CALL_SHAPES: readonly Shape[] = [
  call('an array without end', once('const a: number[] = []; for (;;) a.push(a.length);'), true),
  call('a Map without end', once('const m = new Map(); for (let i = 0; ; i++) m.set(i, i);'), true),
  call('a Set without end', once('const m = new Set(); for (let i = 0; ; i++) m.add(i);')),
  call('a Map of objects', once('const m = new Map(); for (let i = 0; ; i++) m.set(i, { i });')),
  call('objects without end', once('const a: object[] = []; for (;;) a.push({ a: 1, b: 2 });')),
  call('typed arrays without end', once('const a: Uint8Array[] = []; for (;;) a.push(new Uint8Array(1e6).fill(1));'), true),
  call('a dictionary without end', once("const o: Record<string, number> = {}; for (let i = 0; ; i++) o['n' + i] = i;")),
  call('spread arrays', once('let a = [1]; for (;;) a = [...a, ...a];')),
  call('nested arrays', once('let a: unknown = []; for (;;) a = [a, a, [1, 2, 3]];')),
  call(
    'a generator that keeps',
    'env.fromData([1]).flatMap(function* (x) { const a: object[] = []; for (;;) { a.push([x, x]); if (a.length < 0) yield x; } })',
  ),
  call('while cells are evaluated', 'const a: object[] = []; for (;;) a.push([a.length]);\nenv.fromData([1])'),
  {
    name: 'one call: text that doubles',
    code: once("let t = 'ab'; for (;;) t += t;"),
    says: /^RangeError: Invalid string length/,
    quick: true,
  },
  {
    name: 'one call: repeat',
    code: once("'ab'.repeat(1e9);"),
    says: /^RangeError: (Invalid string length|Invalid count value)/,
    quick: true,
  },
  { name: 'one call: an array too long', code: once('new Array(-1);'), says: /^RangeError: Invalid array length/ },
  {
    name: 'one call: a typed array too large',
    code: once('new Uint8Array(2 ** 40);'),
    says: /^RangeError: (Array buffer allocation failed|Invalid typed array length)/,
    quick: true,
  },
  {
    name: 'one call: recursion',
    code: once('const f = (n: number): number => f(n + 1) + 1; f(1);'),
    says: /^RangeError: Maximum call stack size exceeded/,
    quick: true,
  },
];

/** Fifty ways and more. */
export const SHAPES: readonly Shape[] = [...STATE_SHAPES, ...LIVE_SHAPES, ...CALL_SHAPES];
