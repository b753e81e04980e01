import { formatCut } from '../../engine/runtime/format-value.ts';
import type { Executor } from '../../engine/runtime/job.ts';
import type { Figure, Figures, JobFigures } from '../output/figures.ts';
import type { RunPhase } from '../output/types.ts';

/** ms between two looks at a running job: a gauge is code of the user's. */
const INTERVAL = 500;
/** Figures of a kind that are shown; more are counted. */
const MAX_SHOWN = 500;
const MAX_VALUE = 1_000;

const NONE: Figures = { shown: [], total: 0, problem: null };
/** Of a job that has not told of any. */
export const NO_FIGURES: JobFigures = { accumulators: NONE, metrics: NONE };

/** Looks at the accumulators and metrics of user functions, at most twice a second while a job runs. */
export class FigureReader {
  #last: JobFigures = NO_FIGURES;
  #executor: Executor | null = null;
  #at = Number.NEGATIVE_INFINITY;

  /** `now`: ms of any clock. Never throws. */
  read(executor: Executor | null, now: number, phase: RunPhase): JobFigures {
    if (executor === null) return NO_FIGURES;
    if (phase === 'running' && executor === this.#executor && now - this.#at < INTERVAL) return this.#last;
    this.#executor = executor;
    this.#at = now;
    this.#last = { accumulators: accumulatorsOf(executor), metrics: metricsOf(executor) };
    return this.#last;
  }
}

function accumulatorsOf(executor: Executor): Figures {
  try {
    return figures([...executor.accumulators()].map(([name, value]) => ({ name, value: formatCut(value, MAX_VALUE) })));
  } catch (error) {
    return { ...NONE, problem: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

/** By operator and subtask, as Flink's scope of operators ends: "Map.0.matched". */
function metricsOf(executor: Executor): Figures {
  const metrics = executor.userMetrics();
  if (metrics.length === 0) return NONE;
  const names = new Map(executor.metrics().map(({ id, name }) => [id, name]));
  return figures(
    metrics.map(({ operator, subtask, name, value }) => ({
      name: `${names.get(operator) ?? operator}.${subtask}.${name}`,
      value: formatCut(value, MAX_VALUE),
    })),
  );
}

function figures(all: readonly Figure[]): Figures {
  return { shown: all.slice(0, MAX_SHOWN), total: all.length, problem: null };
}
