/**
 * @typedef {object} StageResult
 * @property {number} passed
 * @property {number} failed
 * @property {readonly string[]} [skipped] what was not checked and why
 * @property {string} [output] what the stage printed, when it was collected
 * @property {readonly string[]} [failures] titles and stacks of the tests that failed
 *
 * @typedef {object} Stage
 * @property {string} name
 * @property {() => Promise<StageResult>} run
 */

/**
 * A stage that is one check: it passes when `work` does.
 * @param {string} name
 * @param {() => Promise<{ ok: boolean, output?: string, skipped?: readonly string[] }>} work
 * @returns {Stage}
 */
export function check(name, work) {
  return {
    name,
    run: async () => {
      const { ok, output, skipped } = await work();
      return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, ...(output === undefined ? {} : { output }), ...(skipped ? { skipped } : {}) };
    },
  };
}

/**
 * @param {Stage} stage
 * @returns {Promise<StageResult & { name: string, seconds: number }>}
 */
async function runStage(stage) {
  const start = performance.now();
  /** @type {StageResult} */
  let result;
  try {
    result = await stage.run();
  } catch (error) {
    result = { passed: 0, failed: 1, output: `${error.stack ?? error}\n` };
  }
  const seconds = (performance.now() - start) / 1000;
  console.log(`\n=== ${stage.name}: ${result.passed} passed, ${result.failed} failed (${seconds.toFixed(1)} s)`);
  if (result.output) process.stdout.write(result.output);
  return { ...result, name: stage.name, seconds };
}

/** Stages that run at a time: as many as the machines have cores that this is made for. */
const LANES = 2;

/** Of a failed stage that does not say which of its tests failed, so much of its output is repeated, in characters. */
const LAST_OUTPUT = 2000;

/**
 * Runs stages and prints a summary, under it what failed, and as the last line "N passed, N failed".
 * @param {readonly (readonly Stage[])[]} steps one after another; of a step as many stages at a time as there are lanes, begun in order
 * @returns {Promise<boolean>} whether everything passed
 */
export async function runStages(steps) {
  const start = performance.now();
  const results = [];
  for (const stages of steps) {
    const waiting = [...stages];
    const lane = async () => {
      for (let stage = waiting.shift(); stage !== undefined; stage = waiting.shift()) results.push(await runStage(stage));
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }
  console.log(`\nSummary (${((performance.now() - start) / 1000).toFixed(0)} s)`);
  for (const { name, passed, failed, seconds, skipped = [] } of results) {
    console.log(`  ${failed === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${passed} passed, ${failed} failed, ${seconds.toFixed(1)} s`);
    for (const reason of skipped) console.log(`         skipped: ${reason}`);
  }
  for (const { name, failed, failures = [], output = '' } of results) {
    if (failed === 0) continue;
    console.log(`\n--- ${name}`);
    console.log(failures.length > 0 ? failures.join('\n') : output.slice(-LAST_OUTPUT));
  }
  const sum = (/** @type {'passed' | 'failed'} */ field) => results.reduce((total, result) => total + result[field], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  return results.length > 0 && sum('failed') === 0;
}
