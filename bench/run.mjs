/**
 * One variant in a process of its own: `node bench/run.mjs VARIANT RECORDS KEYS` prints one line of JSON.
 * The job runs twice and the faster run counts, so that every variant is measured after it was compiled.
 */
import { generate, Sink } from './tight-loop.mjs';
import { VARIANTS } from './variants.mjs';

const SIZE = 10_000;

/** Results in the order of the reference: windows by start, keys by their first record in the window. Its checksum depends on the order. */
function inOrderOfArrival(data, results) {
  const order = new Map();
  for (let i = 0; i < data.key.length; i++) {
    if (!(data.value[i] * 1.1 > 0.05)) continue;
    const start = data.ts[i] - (data.ts[i] % SIZE);
    let keys = order.get(start);
    if (keys === undefined) order.set(start, (keys = new Map()));
    if (!keys.has(data.key[i])) keys.set(data.key[i], keys.size);
  }
  const place = (result) => order.get(result.start)?.get(result.key) ?? -1;
  return results.map((result) => ({ ...result, place: place(result) })).sort((a, b) => a.start - b.start || a.place - b.place);
}

const [name, records, keys] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const data = generate(records, keys);
const variant = await VARIANTS[name]();
const job = await variant.prepare(data);
const best = { seconds: Number.POSITIVE_INFINITY, cpu: Number.POSITIVE_INFINITY };
let results = [];
for (let repetition = 0; repetition < 2; repetition++) {
  results = [];
  const cpu = process.cpuUsage();
  const start = process.hrtime.bigint();
  await job((key, windowStart, count, sum) => results.push({ key, start: windowStart, count, sum }));
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const used = process.cpuUsage(cpu);
  best.seconds = Math.min(best.seconds, seconds);
  best.cpu = Math.min(best.cpu, (used.user + used.system) / 1e6);
}
const sink = new Sink();
for (const { key, start, count, sum } of inOrderOfArrival(data, results)) sink.emit(key, start, count, sum);
console.log(JSON.stringify({ ...best, results: sink.results, count: sink.count, sum: sink.sum.toFixed(3), check: sink.check }));
