/** The invented data of samples/data, the same every time: `npm run samples:data` writes the files. */

/** Mulberry32: good enough for stories, and short. @param {number} seed */
function randomOf(seed) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return {
    next,
    /** @param {number} bound */
    int: (bound) => Math.floor(next() * bound),
    /** @template T @param {readonly T[]} list @returns {T} */
    of: (list) => list[Math.floor(next() * list.length)],
    /** @param {number} mean */
    exponential: (mean) => -Math.log(1 - next()) * mean,
    /** @param {number} median @param {number} spread */
    logNormal: (median, spread) => median * Math.exp(spread * normal()),
  };
}

/** In the order of arrival: each record comes `delay` ms after its time. @template {{ time: number, delay: number }} T @param {T[]} records */
const arriving = (records) =>
  records
    .map((record, at) => ({ record, at }))
    .sort((a, b) => a.record.time + a.record.delay - b.record.time - b.record.delay || a.at - b.at);

const MINUTE = 60_000;

/** Card payments of three hours; some cards are tried out with a small amount first, and a shop's terminal is offline for a while. */
export function payments() {
  const random = randomOf(7);
  const begin = Date.UTC(2026, 2, 14, 9);
  const shops = ['DE', 'DE', 'DE', 'FR', 'FR', 'GB', 'GB', 'NL', 'ES', 'IT', 'US'];
  const card = () => `4929-${String(1_000 + random.int(400)).padStart(4, '0')}`;
  const delay = () => Math.min(4_500, random.exponential(900));
  const rows = [];
  for (let time = begin; time < begin + 180 * MINUTE; time += random.exponential(4_800)) {
    const country = random.of(shops);
    const offline = country === 'NL' && time > begin + 95 * MINUTE && time < begin + 101 * MINUTE;
    rows.push({
      time: Math.round(time),
      card: card(),
      amount: Math.max(1.1, random.logNormal(24, 1.1)),
      country,
      delay: offline ? begin + 118 * MINUTE - time + random.int(2_000) : delay(),
    });
  }
  for (let stolen = 0; stolen < 11; stolen++) {
    const time = Math.round(begin + (8 + stolen * 15 + random.int(9)) * MINUTE);
    const victim = `4929-9${String(100 + random.int(900))}`;
    const country = random.of(['US', 'ES', 'IT']);
    rows.push({ time, card: victim, amount: 0.2 + random.next() * 0.7, country, delay: delay() });
    // Two of them wait longer than a minute, and one is a customer who tried and then bought something cheap.
    const pause = stolen % 5 === 4 ? 70_000 + random.int(40_000) : 9_000 + random.int(40_000);
    const amount = stolen === 6 ? 38 : 520 + random.int(1_800);
    rows.push({ time: time + pause, card: victim, amount, country, delay: delay() });
  }
  const lines = arriving(rows).map(({ record }) =>
    [new Date(record.time).toISOString(), record.card, record.amount.toFixed(2), record.country].join(','),
  );
  return ['time,card,amount,country', ...lines, ''].join('\n');
}

/** Connections in a small network of twelve minutes: a nightly copy that runs by day, and a host that tries out ports. */
export function flows() {
  const random = randomOf(11);
  const begin = Date.UTC(2026, 2, 14, 13);
  const hosts = Array.from({ length: 18 }, (_, host) => `10.0.0.${host + 10}`);
  const targets = ['10.0.1.5', '10.0.1.6', '10.0.2.20', '198.51.100.7', '203.0.113.40', '203.0.113.41'];
  const delay = () => Math.min(9_000, random.exponential(1_800));
  const rows = [];
  for (let time = begin; time < begin + 12 * MINUTE; time += random.exponential(480)) {
    const packets = 3 + Math.round(random.logNormal(12, 1));
    rows.push({
      time: Math.round(time),
      source: random.of(hosts),
      target: random.of(targets),
      port: random.of([443, 443, 443, 80, 53, 22, 5432]),
      bytes: Math.round(packets * (60 + random.next() * 1_000)),
      packets,
      delay: delay(),
    });
  }
  for (let time = begin + 4 * MINUTE; time < begin + 6 * MINUTE; time += 2_000) {
    const bytes = 900_000 + random.int(500_000);
    rows.push({ time, source: '10.0.0.17', target: '10.0.1.6', port: 445, bytes, packets: Math.ceil(bytes / 1_400), delay: delay() });
  }
  for (let port = 20; port < 110; port++) {
    const time = Math.round(begin + 8 * MINUTE + (port - 20) * 620);
    rows.push({ time, source: '10.0.0.23', target: '10.0.1.5', port, bytes: 60, packets: 1, delay: delay() });
  }
  return ndjson(rows);
}

/** What sixty visitors of a shop looked at in four hours; some are on the road, and their phones send late. */
export function clicks() {
  const random = randomOf(13);
  const begin = Date.UTC(2026, 2, 14, 17);
  const pages = {
    cameras: ['compact-x1', 'mirrorless-a7', 'lens-35mm', 'tripod'],
    cycling: ['gravel-bike', 'helmet', 'lights', 'pump'],
    kitchen: ['espresso-machine', 'knife-set', 'kettle'],
    books: ['streaming-systems', 'cookbook', 'travel-guide'],
    garden: ['tomato-seeds', 'hose', 'bird-feeder'],
  };
  const categories = Object.keys(pages);
  const rows = [];
  for (let visitor = 1; visitor <= 60; visitor++) {
    const user = `visitor-${String(visitor).padStart(2, '0')}`;
    const favourite = random.of(categories);
    const mobile = random.next() < 0.3;
    let time = begin + random.int(90 * MINUTE);
    for (let session = 1 + random.int(3); session > 0; session--) {
      for (let clicks = 3 + random.int(16); clicks > 0; clicks--) {
        const category = random.next() < 0.65 ? favourite : random.of(categories);
        const dwell = Math.round(random.logNormal(category === favourite ? 40 : 12, 0.8));
        rows.push({
          time,
          user,
          page: random.of(pages[category]),
          category,
          dwell,
          delay: Math.min(29_000, random.exponential(mobile ? 9_000 : 700)),
        });
        time += Math.round(dwell * 1_000 + random.exponential(20_000));
      }
      time += 20 * MINUTE + random.int(40 * MINUTE);
    }
  }
  return ndjson(rows);
}

/** @param {{ time: number, delay: number }[]} rows */
function ndjson(rows) {
  return `${arriving(rows)
    .map(({ record: { delay: _, ...fields } }) => JSON.stringify(fields))
    .join('\n')}\n`;
}

/** File in samples/data → its content. @type {Readonly<Record<string, () => string>>} */
export const SAMPLE_DATA = { 'payments.csv': payments, 'flows.ndjson': flows, 'clicks.ndjson': clicks };
