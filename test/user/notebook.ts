import type { Frame } from 'playwright-core';
import { until } from '../workbench/outside.ts';
import type { UserWindow } from './window.ts';

/** A notebook with a job that ends, and one that does not. */
export const NOTEBOOK = `# Counts

\`\`\`ts id=counts
class Count extends KeyedProcessFunction<string, number, { key: string; count: number }> {
  private readonly count = new ValueStateDescriptor<number>('tally');
  override processElement(n: number, ctx: KeyedProcessFunction.Context<string>, out: Collector<{ key: string; count: number }>) {
    const state = ctx.getState(this.count);
    const count = (state.value() ?? 0) + 1;
    state.update(count);
    out.collect({ key: ctx.getCurrentKey(), count });
  }
}
env.configure({ 'execution.checkpointing.interval': '100 ms', 'execution.checkpointing.num-retained': 4 });
const numbers = DataGeneratorSource({ generatorFunction: n => n, count: 900, rateLimiterStrategy: RateLimiterStrategy.perSecond(400) });
const counts = env.fromSource(numbers, WatermarkStrategy.noWatermarks(), 'numbers').keyBy(n => 'key ' + n % 3).process(new Count()).uid('counter');
counts.sinkTo(FileSink.ndjson('counted'));
counts
\`\`\`

\`\`\`ts id=endless
env.configure({ 'execution.checkpointing.interval': '100 ms', 'execution.checkpointing.num-retained': 4 });
const ticks = DataGeneratorSource({ generatorFunction: n => n, count: 1_000_000, rateLimiterStrategy: RateLimiterStrategy.perSecond(50) });
env.fromSource(ticks, WatermarkStrategy.noWatermarks(), 'ticks').keyBy(n => n % 2).reduce((a, b) => a + b)
\`\`\`
`;

/** What an output shows. */
export interface Shown {
  readonly text: string;
  /** Labels and numbers of the chart. */
  readonly chart: readonly string[];
}

/** The outputs on screen. */
export async function outputs(window: UserWindow): Promise<readonly Shown[]> {
  const frames = window.page.frames().filter((frame) => frame !== window.page.mainFrame());
  return (await Promise.all(frames.map((frame) => shownIn(frame).catch(() => [])))).flat();
}

async function shownIn(frame: Frame): Promise<readonly Shown[]> {
  return await frame.locator('.streambook').evaluateAll((outputs) =>
    outputs.map((output) => ({
      text: (output as HTMLElement).innerText,
      chart: [...output.querySelectorAll('.chart svg text')].map(({ textContent }) => textContent),
    })),
  );
}

/** Waits for an output that says this. */
export async function outputThat(window: UserWindow, says: RegExp): Promise<Shown> {
  const found = await until(
    `an output that says ${String(says)}`,
    () => outputs(window),
    (shown) => shown.some(({ text }) => says.test(text)),
    60,
  );
  const [output] = found.filter(({ text }) => says.test(text));
  if (output === undefined) throw new Error('unreachable');
  return output;
}
